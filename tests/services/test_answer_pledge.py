from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Changed, Invalid, InvalidAmount, NotNow, UnknownPledge
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.answer_pledge import (
    looked_at,
    lower,
    postpone,
    say_paid,
    stop_mails,
    want_mails,
    withdraw,
)
from fundtracker.services.change_pledge import Shown
from fundtracker.services.show_pledge import show_pledge
from fundtracker.services.verify import verify
from tests.factories.pledges import read
from tests.factories.rows import a_fund
from tests.services.promising import confirmed, contact
from tests.support.deeds import deeds
from tests.support.telling import whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

LATER = date(2027, 1, 15)


@pytest.fixture
def hall_id(parts: Parts) -> int:
    with parts.database.unit_of_work() as session:
        return a_fund(session, slug="hall").id


@pytest.fixture
def token(parts: Parts, hall_id: int) -> str:
    """£50 in two parts, promised, confirmed and counted."""
    return confirmed(parts, parts=2)


def shown(parts: Parts, token: str) -> Shown:
    return Shown(token, read(parts, token).version)


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


def test_another_day_is_written_down_and_the_number_stays(
    parts: Parts, token: str, hall_id: int
) -> None:
    postpone(parts, shown(parts, token), LATER)

    plan = show_pledge(parts, token).parts
    assert [part.due for part in plan] == [LATER, date(2027, 2, 15)]
    assert whole(parts, hall_id) == Totals(pledged=5750, pledges=1)


def test_a_day_that_is_over_is_none(parts: Parts, token: str) -> None:
    with pytest.raises(Invalid) as refused:
        postpone(parts, shown(parts, token), date(2026, 6, 12))

    assert refused.value.field == "date"


def test_less_is_promised_and_the_number_follows(parts: Parts, token: str, hall_id: int) -> None:
    lower(parts, shown(parts, token), pounds(2000))

    assert whole(parts, hall_id) == Totals(pledged=2300, pledges=1)
    assert [part.amount.minor for part in show_pledge(parts, token).parts] == [1000, 1000]
    assert verify(parts).broken == ()


@pytest.mark.parametrize("minor", [5001, 99_999_999])
def test_nobody_promises_more_by_themselves(
    parts: Parts, token: str, hall_id: int, minor: int
) -> None:
    with pytest.raises(InvalidAmount):
        lower(parts, shown(parts, token), pounds(minor))

    assert whole(parts, hall_id).pledged == 5750


def test_a_promise_is_withdrawn_and_counts_no_more(parts: Parts, token: str, hall_id: int) -> None:
    withdraw(parts, shown(parts, token))

    assert read(parts, token).status == "cancelled"
    assert whole(parts, hall_id) == Totals()
    assert verify(parts).broken == ()


def test_of_a_withdrawn_promise_nothing_is_changed(parts: Parts, token: str) -> None:
    withdraw(parts, shown(parts, token))

    with pytest.raises(NotNow):
        withdraw(parts, shown(parts, token))
    with pytest.raises(NotNow):
        postpone(parts, shown(parts, token), LATER)
    with pytest.raises(NotNow):
        lower(parts, shown(parts, token), pounds(100))


def test_who_looks_at_an_older_page_changes_nothing(parts: Parts, token: str) -> None:
    before = shown(parts, token)
    lower(parts, before, pounds(4000))

    with pytest.raises(Changed):
        withdraw(parts, before)
    with pytest.raises(Changed):
        postpone(parts, before, LATER)
    with pytest.raises(Changed):
        lower(parts, before, pounds(100))
    assert read(parts, token).amount == 4000


def test_a_pledge_that_is_none_cannot_be_changed(parts: Parts, token: str) -> None:
    nobodys = Shown("nothing", 1)

    with pytest.raises(UnknownPledge):
        withdraw(parts, nobodys)
    with pytest.raises(UnknownPledge):
        postpone(parts, nobodys, LATER)
    with pytest.raises(UnknownPledge):
        lower(parts, nobodys, pounds(100))
    with pytest.raises(UnknownPledge):
        say_paid(parts, "nothing")
    with pytest.raises(UnknownPledge):
        stop_mails(parts, "nothing")


def test_the_log_says_what_was_changed_and_not_by_whom(parts: Parts, token: str) -> None:
    lower(parts, shown(parts, token), pounds(4000))
    withdraw(parts, shown(parts, token))

    _, changed, withdrawn = deeds(parts.database)
    assert (changed.action, withdrawn.action) == ("pledge_changed", "pledge_cancelled")
    assert "anna" not in str((changed, withdrawn)).lower()


def test_who_says_that_it_is_paid_is_heard_until_the_treasurer_has_looked(
    parts: Parts, token: str
) -> None:
    say_paid(parts, token)
    first = contact(parts).said_paid_at
    say_paid(parts, token)

    assert first == parts.clock()
    assert show_pledge(parts, token).contact.said_paid

    looked_at(parts, token, Scope.everything())
    assert not show_pledge(parts, token).contact.said_paid


def test_a_treasurer_looks_within_the_own_scope(parts: Parts, token: str) -> None:
    with pytest.raises(UnknownPledge):
        looked_at(parts, token, Scope.nothing())


def test_mails_are_stopped_and_wanted_again(parts: Parts, token: str) -> None:
    stop_mails(parts, token)
    stop_mails(parts, token)
    assert show_pledge(parts, token).contact.stopped

    want_mails(parts, token)
    assert not show_pledge(parts, token).contact.stopped
