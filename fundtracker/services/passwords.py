"""Passwords: kept as argon2 digests, and compared in the same time whether there is one or not."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fundtracker.domain.passwords import LONGEST, same_password

# The library's own choice, RFC 9106's for machines with little memory: 64 MiB a computation.
_hasher = PasswordHasher()
# So many at once in a process, or a crowd at the door would take all of the memory.
_room = BoundedSemaphore(4)
# What is compared with where there is no password: the digest of a random one that nobody kept,
# made with the parameters above. A test holds that they are the same.
NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$NW0wSVT7zcPT/Kbz3lVGNw$"
    "dqffX8wHSwDHAQJGNqKsgpqw+whyjAN+N6UO7Xr3qQ4"
)


def digest_of(password: str) -> str:
    """Return what is kept of a password."""
    with _room:
        return _hasher.hash(same_password(password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether this is the password; it takes as long for those who have none."""
    if len(password) > LONGEST:
        # Nobody's password, and too long to be read at leisure.
        password = password[:LONGEST]
        kept = None
    with _room:
        try:
            _hasher.verify(kept or NOBODYS, same_password(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def renewed(kept: str, password: str) -> str | None:
    """Return what to keep from now on of a password that was right, if not what is kept."""
    return digest_of(password) if _hasher.check_needs_rehash(kept) else None
