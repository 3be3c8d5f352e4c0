from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.money import Money
from fundtracker.domain.pledge_filters import PledgeFilter
from fundtracker.domain.pledge_tasks import PledgeTask
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.scope import Scope
from fundtracker.services.answer_pledge import looked_at, postpone, say_paid, withdraw
from fundtracker.services.change_pledge import Shown
from fundtracker.services.remind import remind
from fundtracker.store import funds, pledge_tasks, pledge_terms, treasury_pledges
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_fund
from tests.services.promising import FIFTY, confirmed, promised
from tests.support.clocks import Clock
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.database import Database
    from fundtracker.store.pledge_tasks import TaskLine


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def parts(database: Database, clock: Clock) -> Parts:
    parts = parts_on(database, clock)
    with database.unit_of_work() as session:
        a_fund(session, slug="hall", closes_at=None)
    return parts


def lines(parts: Parts, scope: Scope | None = None) -> list[TaskLine]:
    with parts.database.reading() as session:
        return pledge_tasks.listed(session, scope or Scope.everything())


def tasks(parts: Parts) -> list[PledgeTask]:
    """Return what is to be done, which the list of pledges and each page know as well."""
    listed = lines(parts)
    with parts.database.reading() as session:
        for task in PledgeTask:
            found = treasury_pledges.pledges(
                session,
                PledgeFilter(task=task),
                Scope.everything(),
                now=parts.clock(),
                limit=99,
            )
            tokens = [line.token for line in listed if line.task is task]
            assert [line.token for line in found] == tokens
            assert {pledge_tasks.of_pledge(session, line.id) for line in found} <= {task}
    return [line.task for line in listed]


def all_wait(parts: Parts) -> None:
    """Let nothing count by itself."""
    with parts.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, "hall").id, PledgeTerms(0))


def days_after(clock: Clock, days: int) -> None:
    """Let it be a day, counted from the one by which the promise is due."""
    clock.now = datetime(2026, 7, 12, 10, tzinfo=UTC) + timedelta(days=days)


def test_what_goes_well_is_nobodys_task(parts: Parts) -> None:
    confirmed(parts)
    promised(parts, attempt="another-form-of-today")
    row = a_pledge(parts, "hall", FIFTY, status="unconfirmed")

    assert tasks(parts) == []
    with parts.database.reading() as session:
        assert pledge_tasks.of_pledge(session, row.id) is None


def test_what_is_too_large_to_count_by_itself_is_to_be_checked(parts: Parts, clock: Clock) -> None:
    all_wait(parts)
    token = confirmed(parts)

    (line,) = lines(parts)
    assert (line.task, line.token, line.since) == (PledgeTask.CHECK, token, clock.now)
    assert (line.fund, line.section, line.open) == ("hall", "Sec GB", FIFTY)
    assert tasks(parts) == [PledgeTask.CHECK]


def test_a_payment_that_somebody_tells_of_is_looked_for(parts: Parts) -> None:
    token = confirmed(parts)
    say_paid(parts, token)
    assert tasks(parts) == [PledgeTask.FIND_PAYMENT]

    looked_at(parts, token, Scope.everything())
    assert tasks(parts) == []


def test_what_stays_open_is_asked_for_and_given_up(parts: Parts, clock: Clock) -> None:
    token = confirmed(parts)
    for days, task in ((28, PledgeTask.ASK), (90, PledgeTask.WRITE_OFF)):
        days_after(clock, days)
        remind(parts)
        assert tasks(parts) == [task]

    say_paid(parts, token)
    assert tasks(parts) == [PledgeTask.FIND_PAYMENT]


def test_who_chose_another_day_is_nobodys_task_any_more(parts: Parts, clock: Clock) -> None:
    token = confirmed(parts)
    days_after(clock, 28)
    remind(parts)
    postpone(parts, Shown(token, read(parts, token).version), (clock.now + timedelta(9)).date())

    assert tasks(parts) == []


def test_what_is_withdrawn_is_nobodys_task(parts: Parts) -> None:
    token = confirmed(parts)
    say_paid(parts, token)
    withdraw(parts, Shown(token, read(parts, token).version))

    assert tasks(parts) == []


def test_a_section_sees_its_own(parts: Parts) -> None:
    say_paid(parts, confirmed(parts))
    say_paid(parts, confirmed(parts, section="CH", attempt="another-form-of-today"))
    british = next(line for line in lines(parts) if line.section == "Sec GB")

    assert [line.section for line in lines(parts)] == ["Sec CH", "Sec GB"]
    assert lines(parts, Scope.of([british.section_id])) == [british]
    assert lines(parts, Scope.nothing()) == []


def test_a_promise_of_no_section_is_listed_too(parts: Parts) -> None:
    say_paid(parts, confirmed(parts, section="", amount=Money(5000, "EUR")))

    assert [line.section for line in lines(parts)] == [""]


def test_each_task_has_its_words() -> None:
    assert len({task.label for task in PledgeTask}) == len(PledgeTask)
