"""A little work that a browser does for each form, and a thief of cards for every try.

A form's script looks for a number that, written behind the form's own random name, makes SHA-256
begin with so many zero bits. Nobody is asked to do it: whoever sends no proof, because scripts are
off or the connection is not private, shares a smaller number of gifts with others who do not.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Sixty-five thousand digests on average: a second or two for a phone, in the background.
ZERO_BITS = 16
# What is longer was not found by our script.
LONGEST = 20


def is_proved(form: Mapping[str, str]) -> bool:
    """Tell whether a form that was sent carries the proof of its work."""
    name, number = form.get("attempt", ""), form.get("proof", "")
    if not name or not number.isascii() or not number.isdigit() or len(number) > LONGEST:
        return False
    digest = sha256(f"{name}.{number}".encode()).digest()
    return int.from_bytes(digest) >> (len(digest) * 8 - ZERO_BITS) == 0
