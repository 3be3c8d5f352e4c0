from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import DeadLink
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.totals import Totals
from fundtracker.services.confirm_promise import asked_of
from fundtracker.services.forget_promises import forget_promises
from fundtracker.services.verify import verify
from fundtracker.services.work import KINDS
from fundtracker.store import funds, pledge_terms
from tests.factories.pledges import a_pledge
from tests.factories.rows import a_fund
from tests.services.promising import FIFTY, confirmed, pledges, promised
from tests.support.telling import whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock


@pytest.fixture(autouse=True)
def hall_id(parts: Parts) -> int:
    with parts.database.unit_of_work() as session:
        return a_fund(session, slug="hall", closes_at=None).id


def wait(clock: Clock, days: int) -> None:
    clock.advance(int(timedelta(days=days).total_seconds()))


def test_what_nobody_confirmed_is_forgotten_after_a_month(
    parts: Parts, clock: Clock, hall_id: int
) -> None:
    link = promised(parts)
    wait(clock, 30)
    assert forget_promises(parts) == 0
    wait(clock, 1)
    assert forget_promises(parts) == 1

    (row,) = pledges(parts)
    assert (row.name, row.email, row.email_key, row.status) == (None, None, None, "cancelled")
    assert whole(parts, hall_id) == Totals()
    assert verify(parts).broken == ()
    assert forget_promises(parts) == 0
    with pytest.raises(DeadLink):
        asked_of(parts, link)


def test_what_is_confirmed_stays_whether_it_counts_or_waits(parts: Parts, clock: Clock) -> None:
    confirmed(parts)
    with parts.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, "hall").id, PledgeTerms(0))
    confirmed(parts, attempt="another-form-of-today")
    a_pledge(parts, "hall", FIFTY, status="unconfirmed", name="Berta")
    wait(clock, 99)

    assert forget_promises(parts) == 0


def test_the_worker_does_it_by_itself(parts: Parts, clock: Clock) -> None:
    promised(parts)
    wait(clock, 31)

    KINDS["forget"](parts, parts.gateway.account)

    assert pledges(parts)[0].email is None
