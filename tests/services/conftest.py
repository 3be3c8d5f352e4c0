"""The tools of the use cases: databases of both kinds, a gateway in memory, a set clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.live.local import LocalBroker
from fundtracker.services.parts import Parts
from tests.support.clocks import Clock
from tests.support.gateway import MemoryGateway

if TYPE_CHECKING:
    from fundtracker.store.database import Database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(clock: Clock) -> MemoryGateway:
    return MemoryGateway(clock)


@pytest.fixture
def parts(database: Database, gateway: MemoryGateway, clock: Clock) -> Parts:
    return Parts(
        database=database,
        gateway=gateway,
        broker=LocalBroker(),
        clock=clock,
        actor=Actor.worker(),
        public_url="https://give.example",
    )
