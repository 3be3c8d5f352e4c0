"""Codes that people type: six digits of an authenticator, and the recovery codes on paper."""

from __future__ import annotations

import re
import unicodedata

from fundtracker.domain.errors import N_, Invalid

DIGITS = 6
# How many letters and digits a recovery code has, in two groups: fifty bits, nobody's guess.
LENGTH = 10
# Without the letters that are taken for others on paper.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_LONGEST_TYPED = 64


def authenticator_code(typed: str) -> str:
    """Return the six digits that were typed, however they were spaced; raises Invalid.

    What an Asian keyboard types as wide digits are digits; those of other scripts are not.
    """
    code = re.sub(r"[\s-]", "", _plain(typed))
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", code):
        raise Invalid(N_("Please enter the six digits that your app shows now."), field="code")
    return code


def recovery_code(typed: str) -> str:
    """Return a recovery code as it is kept, however it was typed; raises Invalid."""
    code = re.sub(r"[\s-]", "", _plain(typed)).upper().translate(_LOOKALIKES)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise Invalid(
            N_("A recovery code has ten letters and digits, such as 7KQ2M-X4RTB."), field="recovery"
        )
    return code


def shown_code(code: str) -> str:
    """Write a recovery code in groups, as it is read from paper."""
    half = LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED]).strip()
