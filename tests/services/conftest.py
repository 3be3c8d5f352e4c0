"""The tools of the use cases: databases of both kinds, a gateway in memory, a set clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.rows import a_donation, a_fund
from tests.support.clocks import Clock
from tests.support.gateway import MemoryGateway
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.database import Database
    from fundtracker.store.donations import DonationRow


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(clock: Clock) -> MemoryGateway:
    return MemoryGateway(clock)


@pytest.fixture
def parts(database: Database, gateway: MemoryGateway, clock: Clock) -> Parts:
    return parts_on(database, clock, gateway)


@pytest.fixture
def donation(parts: Parts) -> DonationRow:
    """Return a donation of £50 that waits for its payment."""
    with parts.database.unit_of_work() as session:
        return a_donation(session, a_fund(session))
