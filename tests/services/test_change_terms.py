from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, Invalid, UnknownFund
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.services.change_terms import change_terms
from fundtracker.store import funds, pledge_terms
from tests.factories.rows import a_fund
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

WANTED = PledgeTerms(
    10_000,
    holder="The movement",
    iban="DE89370400440532013000",
    booked_until=date(2026, 6, 11),
)


@pytest.fixture(autouse=True)
def _a_fund(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall")


def terms(parts: Parts) -> PledgeTerms:
    with parts.database.reading() as session:
        return pledge_terms.of_fund(session, funds.by_slug(session, "hall"))


def test_a_fund_has_usual_terms_until_somebody_decides(parts: Parts) -> None:
    assert terms(parts) == PledgeTerms(40_000)


def test_what_is_decided_holds(parts: Parts) -> None:
    assert change_terms(parts, "hall", WANTED)
    assert terms(parts) == WANTED

    assert change_terms(parts, "hall", replace(WANTED, automatic_limit=0))
    assert terms(parts).automatic_limit == 0


def test_the_log_says_what_was_changed(parts: Parts) -> None:
    change_terms(parts, "hall", WANTED)

    (deed,) = deeds(parts.database)
    assert (deed.action, deed.subject) == ("fund_changed", "fund:hall")
    assert deed.facts["before"]["automatic_limit"] == 40_000
    assert deed.facts["after"]["iban"] == "DE89370400440532013000"
    assert deed.facts["after"]["booked_until"] == "2026-06-11"


def test_the_same_terms_again_change_nothing(parts: Parts) -> None:
    change_terms(parts, "hall", WANTED)

    assert not change_terms(parts, "hall", WANTED)
    assert len(deeds(parts.database)) == 1


def test_two_who_change_them_at_once_notice(parts: Parts) -> None:
    shown = edition(terms(parts))
    change_terms(parts, "hall", WANTED, made_from=shown)

    with pytest.raises(Changed):
        change_terms(parts, "hall", replace(WANTED, automatic_limit=1), made_from=shown)


def test_terms_that_make_no_sense_are_refused(parts: Parts) -> None:
    with pytest.raises(Invalid):
        change_terms(parts, "hall", replace(WANTED, iban="DE00"))
    with pytest.raises(UnknownFund):
        change_terms(parts, "nothing", WANTED)
    assert terms(parts) == PledgeTerms(40_000)


def test_today_is_that_of_the_funds_timezone(parts: Parts) -> None:
    """It is eight in the evening there."""
    assert change_terms(parts, "hall", replace(WANTED, booked_until=date(2026, 6, 12)))
    with pytest.raises(Invalid):
        change_terms(parts, "hall", replace(WANTED, booked_until=date(2026, 6, 13)))
