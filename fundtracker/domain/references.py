"""By what a pledge is called in the hall and found on a bank statement.

A number has eight characters that nobody takes for each other. With ISO 11649's check digits it is
a creditor reference of twelve, which every bank passes on whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# No 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, U and V: read out loud or copied by hand.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 8
# A reference in groups, and a word before it. Whoever types more tries out many.
LONGEST_TYPED = 40
_PREFIX = "RF"
_MODULUS = 97
_FOLDED = str.maketrans("OI", "01")


def new_number(choose: Callable[[Sequence[str]], str]) -> str:
    """Return a number at random; `choose` is that of a generator that nobody can foresee."""
    return "".join(choose(ALPHABET) for _ in range(LENGTH))


def reference(number: str) -> str:
    """Return the creditor reference of a number: RF, two check digits, the number."""
    return f"{_PREFIX}{_check_digits(number)}{number}"


def spoken(number: str) -> str:
    """Write a number as it is read out: in two groups of four."""
    return f"{number[: LENGTH // 2]} {number[LENGTH // 2 :]}"


def typed_number(text: str) -> str:
    """Read a number that somebody typed, in groups or in small letters; "" for what is none."""
    joined = re.sub(r"[^A-Z0-9]", "", text.upper())
    return joined if len(joined) == LENGTH and set(joined) <= set(ALPHABET) else ""


def named_number(text: str) -> str:
    """Read the one number that a field for it names, also as a reference; "" for none."""
    if len(text) > LONGEST_TYPED:
        return ""
    return typed_number(text) or next(iter(numbers_in(text)), "")


def numbers_in(text: str) -> list[str]:
    """Find the numbers whose references stand in the text of a bank line, each once, in order.

    With or without RF, in groups or in one, in small letters, with O for 0 and I for 1: so they
    come back from banks and from people. Only what agrees with its check digits is found.
    """
    joined = re.sub(r"[^A-Z0-9]", "", text.upper()).translate(_FOLDED)
    size = 2 + LENGTH
    found = (joined[start : start + size] for start in range(len(joined) - size + 1))
    return list(dict.fromkeys(part[2:] for part in found if _is_reference(part)))


def _is_reference(part: str) -> bool:
    digits, number = part[:2], part[2:]
    return set(number) <= set(ALPHABET) and digits == _check_digits(number)


def _check_digits(number: str) -> str:
    """Return the digits that leave 1 when the reference, its front put behind, is divided by 97."""
    return f"{98 - int(_as_digits(number + _PREFIX) + '00') % _MODULUS:02}"


def _as_digits(text: str) -> str:
    """Write letters as 10 to 35, as the standard counts."""
    return "".join(str(int(character, 36)) for character in text)
