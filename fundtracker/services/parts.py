"""What every use case is handed, as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.domain.actors import Actor
    from fundtracker.live.broker import Broker
    from fundtracker.mail.delivery import Delivery
    from fundtracker.payments.gateway import Gateway
    from fundtracker.store.database import Database

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Parts:
    """The tools of a use case, and who acts; the clock is aware and UTC.

    `public_url` is the address of the site without a last slash; `exports` is the folder of files
    that wait to be fetched.
    """

    database: Database
    gateway: Gateway
    broker: Broker
    clock: Clock
    actor: Actor
    public_url: str
    delivery: Delivery
    exports: Path

    def acting(self, actor: Actor) -> Parts:
        """The same parts in the hands of somebody else."""
        return replace(self, actor=actor)
