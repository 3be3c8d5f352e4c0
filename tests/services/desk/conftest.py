"""A desk in the hall, with two tellers and somebody who checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from tests.factories.rows import a_fund
from tests.support.tellers import Hall

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def hall(parts: Parts) -> Hall:
    """The desk of an open fund in euros, with the sections GB and CH; anna sits there."""
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall", milestones=[100_000])
    return Hall(parts.acting(Actor.staff("anna")))
