"""Wake-ups within one process."""

from __future__ import annotations

from threading import Condition


class LocalBroker:
    """A broker for one process: what is announced elsewhere never reaches it."""

    def __init__(self) -> None:
        self._versions: dict[str, int] = {}
        self._changed = Condition()

    def announce(self, fund: str, version: int) -> None:
        """Remember the version, unless a later one is known, and wake everyone who waits."""
        with self._changed:
            self._versions[fund] = max(version, self._versions.get(fund, 0))
            self._changed.notify_all()

    def newer(self, fund: str, version: int, timeout: float) -> int | None:
        """Wait for a version of a fund above the given one; None after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._known(fund) > version, timeout)
            known = self._known(fund)
        return known if known > version else None

    def _known(self, fund: str) -> int:
        return self._versions.get(fund, 0)
