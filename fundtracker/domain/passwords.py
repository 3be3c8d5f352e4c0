"""Which passwords may be chosen: long ones that are not the first to be guessed."""

from __future__ import annotations

import re
import unicodedata

from fundtracker.domain.errors import N_, Invalid

SHORTEST = 12
# A sentence fits; a book would only keep the server busy.
LONGEST = 200
# Fewer than so many different characters are a pattern, however long.
_FEWEST_DIFFERENT = 5
# With these everybody makes a long password out of a short one.
_COMMON = re.compile(
    r"(password|passwort|passphrase|qwerty|qwertz|azerty|letmein|welcome|iloveyou|monkey|dragon"
    r"|football|sunshine|princess|admin|administrator|treasurer|fundtracker|changeme|secret|login"
    r"|master|abcdef|abc|test|user|me|my|the|is|[ -`{-~])+",
)
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")
_ROWS = ("qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")
# Parts of a name or an address that are shorter stand in too many words.
_TELLING = 4


def same_password(text: str) -> str:
    """Return a password as every keyboard sends it: one way to write each character."""
    return unicodedata.normalize("NFKC", text) if len(text) <= LONGEST else text


def check_password(text: str, *, name: str, email: str, field: str = "password") -> None:
    """Raise Invalid for a password that is too short, too long, or easily guessed.

    Nothing is asked of its characters: rules about them make passwords worse, not better.
    """
    password = same_password(text)
    if len(password) < SHORTEST:
        raise Invalid(
            N_("Please choose at least %(shortest)s characters: a few words are easy to remember."),
            field=field,
            shortest=SHORTEST,
        )
    if len(password) > LONGEST:
        raise Invalid(
            N_("Please choose at most %(longest)s characters."), field=field, longest=LONGEST
        )
    if _is_common(password.lower()):
        raise Invalid(
            N_("This is among the first passwords that others would try. Choose other words."),
            field=field,
        )
    if _is_about(password.lower(), f"{name} {email}".lower()):
        raise Invalid(
            N_("There is little in this password besides your name or address."), field=field
        )


def _is_common(password: str) -> bool:
    if len(set(password)) < _FEWEST_DIFFERENT or _COMMON.fullmatch(password):
        return True
    return any(password in run * 2 for run in (*_RUNS, *_ROWS))


def _is_about(password: str, person: str) -> bool:
    """Tell whether too little is left of a password without what everybody knows of the person."""
    left = password
    for part in sorted(re.findall(r"\w+", person), key=len, reverse=True):
        if len(part) >= _TELLING:
            left = left.replace(part, "")
    return left != password and len(re.sub(r"\W", "", left)) < SHORTEST // 2
