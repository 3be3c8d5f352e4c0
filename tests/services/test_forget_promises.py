from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.errors import DeadLink
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.totals import Totals
from fundtracker.services import forget_promises as module
from fundtracker.services.confirm_promise import asked_of
from fundtracker.services.forget_promises import forget_promises
from fundtracker.services.verify import verify
from fundtracker.services.work import KINDS
from fundtracker.store import funds, pledge_terms
from fundtracker.store.pledges import PledgeRow
from tests.factories.pledges import a_pledge
from tests.factories.rows import a_fund
from tests.services.promising import FIFTY, confirmed, pledges, promised
from tests.support.telling import whole

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy.orm import Session

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
    with parts.database.unit_of_work() as session:
        session.scalars(select(PledgeRow)).one().locale = "de"
    wait(clock, 30)
    assert forget_promises(parts) == 0
    wait(clock, 1)
    assert forget_promises(parts) == 1

    (row,) = pledges(parts)
    assert (row.name, row.email, row.email_key, row.status) == (None, None, None, "cancelled")
    assert (row.name_key, row.locale) == (None, None)
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


def test_a_flood_is_forgotten_page_by_page(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        promised(parts, attempt=f"form-{number}", email=f"{number}@example.org")
    wait(clock, 31)
    monkeypatch.setattr(module, "PAGE", 2)
    begun = count_begun(parts, monkeypatch)

    assert forget_promises(parts) == 5
    assert len(begun) == 3
    assert {row.email for row in pledges(parts)} == {None}


def count_begun(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Return a list that grows with each unit of work."""
    begun: list[None] = []
    real = parts.database.unit_of_work

    def counted() -> AbstractContextManager[Session]:
        begun.append(None)
        return real()

    monkeypatch.setattr(parts.database, "unit_of_work", counted)
    return begun
