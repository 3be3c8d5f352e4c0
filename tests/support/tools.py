"""The parts of use cases, over a real database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fundtracker.domain.actors import Actor
from fundtracker.live.local import LocalBroker
from fundtracker.services.parts import Parts
from tests.support.clocks import Clock
from tests.support.gateway import MemoryGateway
from tests.support.mailbox import Mailbox

if TYPE_CHECKING:
    from fundtracker.mail.delivery import Delivery
    from fundtracker.payments.gateway import Gateway
    from fundtracker.store.database import Database


def parts_on(
    database: Database,
    clock: Clock | None = None,
    gateway: Gateway | None = None,
    delivery: Delivery | None = None,
    exports: Path = Path("/nowhere"),
) -> Parts:
    """Return parts in the hands of the worker."""
    clock = clock or Clock()
    return Parts(
        database=database,
        gateway=gateway or MemoryGateway(clock),
        broker=LocalBroker(),
        clock=clock,
        actor=Actor.worker(),
        public_url="https://give.example",
        delivery=delivery or Mailbox(),
        exports=exports,
    )
