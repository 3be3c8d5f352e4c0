"""What carries "fund X is at version V" to whoever waits for it.

An announcement is a hint that may be lost, repeated or late: the database is the truth, and
whoever is woken reads it.
"""

from __future__ import annotations

from typing import Protocol


class Broker(Protocol):
    """Wake-ups for the streams of one process; every method may be called from any thread."""

    def announce(self, fund: str, version: int) -> None:
        """Tell everyone who waits that a fund has reached a version; call it after the commit."""

    def newer(self, fund: str, version: int, timeout: float) -> int | None:
        """Wait for a version of a fund above the given one; None after `timeout` seconds."""
