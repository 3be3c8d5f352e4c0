"""The keys of personal data: what is written with them, and found again without being read."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, MultiFernet

if TYPE_CHECKING:
    from collections.abc import Sequence


class Keys:
    """Fernet keys, the newest first: it writes, all of them read."""

    def __init__(self, keys: Sequence[str | bytes]) -> None:
        """Take at least one key as Fernet makes them; raises ValueError for anything else."""
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        # Apart from what encrypts, though made of it: a key has one use.
        self._lookups = [
            sha256(b"look-up:" + (key if isinstance(key, bytes) else key.encode())).digest()
            for key in keys
        ]

    def encrypt(self, text: str) -> bytes:
        """Encrypt with the newest key."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, token: bytes) -> str:
        """Decrypt with whichever key fits; raises cryptography's InvalidToken."""
        return self._fernet.decrypt(token).decode()

    def fingerprints(self, text: str) -> list[str]:
        """By what an encrypted text is found: one for each key, the newest first.

        They tell nobody anything who has no key, and cannot be guessed from a list of addresses.
        """
        return [hmac.new(key, text.encode(), sha256).hexdigest() for key in self._lookups]
