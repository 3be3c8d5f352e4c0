from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Invalid, TooManyRequests
from fundtracker.domain.pledges import PledgeSource
from fundtracker.domain.references import reference, spoken
from fundtracker.domain.scope import Scope
from fundtracker.services.change_pledge import Shown
from fundtracker.services.claim_pledge import claim_pledge
from fundtracker.services.decide_pledge import cancel_pledge
from fundtracker.services.name_pledge import name_pledge
from fundtracker.services.pledge_keys import token_of
from tests.factories.pledges import a_pledge
from tests.factories.rows import a_fund
from tests.services.promising import FIFTY, confirmed, pledges

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow
    from tests.support.clocks import Clock

HALL, HOME = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def called(parts: Parts) -> PledgeRow:
    """A promise that was called out in the hall by nobody whom we know."""
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall")
        a_fund(session, slug="strike")
    return a_pledge(parts, "hall", FIFTY, "GB")


def refused(parts: Parts, number: str, slug: str = "hall", place: str = HALL) -> str:
    with pytest.raises(Invalid) as error:
        claim_pledge(parts, slug, number, place)
    return str(error.value)


def test_the_number_on_the_slip_leads_to_the_page_however_it_is_typed(
    parts: Parts, called: PledgeRow
) -> None:
    number = called.number

    for typed in (number, number.lower(), spoken(number), reference(number)):
        assert token_of(parts, claim_pledge(parts, "hall", typed, HALL)) == called.token


def test_every_other_number_is_answered_alike(parts: Parts, called: PledgeRow) -> None:
    mine = a_pledge(parts, "hall", FIFTY, name="Anna")
    sections = a_pledge(parts, "hall", FIFTY, source=PledgeSource.SECTION)
    gone = a_pledge(parts, "hall", FIFTY)
    cancel_pledge(parts, Shown(gone.token, gone.version), Scope.everything())
    confirmed(parts)
    online = pledges(parts)[-1]
    other = a_pledge(parts, "strike", FIFTY)
    numbers = ["", "AAAAAAAA", "x" * 9999]
    numbers += [row.number for row in (mine, sections, gone, online, other)]

    assert len({refused(parts, number) for number in numbers}) == 1


def test_one_field_is_one_guess(parts: Parts, called: PledgeRow) -> None:
    guesses = [reference("AAAAAAAA"), reference("CCCCCCCC"), reference(called.number)]

    refused(parts, " ".join(guesses[1:]))
    refused(parts, " ".join(guesses * 100))


def test_once_it_has_a_name_the_number_leads_nowhere(parts: Parts, called: PledgeRow) -> None:
    name_pledge(parts, Shown(called.token, called.version), "Anna", "")

    refused(parts, called.number)


def test_nor_once_an_address_is_known(parts: Parts, called: PledgeRow) -> None:
    addressed = a_pledge(parts, "hall", FIFTY, email="anna@example.org")

    refused(parts, addressed.number)


def test_whoever_guesses_is_stopped_and_others_are_not(parts: Parts, called: PledgeRow) -> None:
    for _ in range(20):
        refused(parts, "AAAAAAAA")

    with pytest.raises(TooManyRequests):
        claim_pledge(parts, "hall", called.number, HALL)
    assert token_of(parts, claim_pledge(parts, "hall", called.number, HOME)) == called.token


def test_who_waits_may_try_again(parts: Parts, called: PledgeRow, clock: Clock) -> None:
    for _ in range(20):
        refused(parts, "AAAAAAAA")
    clock.advance(int(timedelta(minutes=15).total_seconds()))

    assert token_of(parts, claim_pledge(parts, "hall", called.number, HALL)) == called.token


@pytest.mark.unmeasured
def test_guessing_from_everywhere_at_once_is_stopped_as_well(
    parts: Parts, called: PledgeRow
) -> None:
    for number in range(50):
        for _ in range(10):
            refused(parts, "AAAAAAAA", place=f"192.0.2.{number}")

    with pytest.raises(TooManyRequests):
        claim_pledge(parts, "hall", called.number, HOME)


def test_delegates_who_come_with_many_slips_are_not_guessing(
    parts: Parts, called: PledgeRow
) -> None:
    for _ in range(30):
        claim_pledge(parts, "hall", called.number, HALL)
