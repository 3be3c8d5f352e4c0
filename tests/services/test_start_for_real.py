from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Invalid, UnknownFund
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.rates import Rate
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.desk.prepare import prepare
from fundtracker.services.import_sections import import_sections
from fundtracker.services.remind import remind
from fundtracker.services.set_rates import set_rates
from fundtracker.services.set_status import set_status
from fundtracker.services.start_for_real import rehearsed, start_for_real
from fundtracker.services.verify import verify
from fundtracker.store import desks, funds, pledge_terms, prepared, rates, sections, totals
from tests.factories.pledges import a_pledge
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts

EVERYTHING = Scope.everything()
EVENING = NewFund(
    slug="evening",
    name="The evening",
    currency="EUR",
    target=5_000_000,
    ceiling=100_000,
    timezone="Europe/Brussels",
    milestones=(1_000_000, 5_000_000),
    presets=(10, 20),
    rehearsal=True,
    status=FundStatus.OPEN,
)
SECTIONS = b"""code,name,short_name,currency,target,members,visibility
GB,Britain,Britain,GBP,15000,1200,shown
DE,Deutschland,Deutschland,EUR,,,hidden
"""


def fund_at(parts: Parts, slug: str) -> Fund:
    with parts.database.reading() as session:
        return funds.by_slug(session, slug)


@pytest.fixture
def evening(parts: Parts) -> str:
    create_fund(parts, EVENING)
    import_sections(parts, "evening", SECTIONS)
    set_rates(parts, "evening", {"GBP": Rate.parse("1.15")}, source="sample")
    with parts.database.unit_of_work() as session:
        desks.of_fund(session, funds.by_slug(session, "evening").id).in_fund_currency = True
    prepare(parts, "evening", 'GB 500 "The branches"', EVERYTHING)
    a_pledge(parts, "evening", Money(10_000, "GBP"), "GB")
    return "evening"


def test_settings_sections_rates_and_announcements_are_copied(parts: Parts, evening: str) -> None:
    made = start_for_real(parts, evening, "conference", "Conference")

    old = fund_at(parts, evening)
    assert (made.slug, made.name, made.rehearsal) == ("conference", "Conference", False)
    assert made.status is FundStatus.DRAFT
    assert (made.target, made.ceiling, made.presets) == (5_000_000, 100_000, (10, 20))
    with parts.database.reading() as session:
        of_old, of_new = (sections.of_fund(session, fund.id, EVERYTHING) for fund in (old, made))
        assert of_old == of_new
        assert rates.current(session, made) == rates.current(session, old)
        assert made.rate_table_id != old.rate_table_id
        assert [mark.amount for mark in funds.milestones(session, made.id)] == [
            1_000_000,
            5_000_000,
        ]
        assert desks.of_fund(session, made.id).in_fund_currency
        assert desks.of_fund(session, made.id).key != desks.of_fund(session, old.id).key
        (announced,) = prepared.of_fund(session, made.id, EVERYTHING).values()
    assert (announced.money, announced.used_by) == (Money(50_000, "EUR"), None)


def test_what_happened_stays_in_the_rehearsal_which_is_closed(parts: Parts, evening: str) -> None:
    with parts.database.reading() as session:
        said = rehearsed(session, funds.by_slug(session, evening))
    assert said.stays == Totals(pledged=11_500, pledges=1)
    assert (said.sections, said.rates, said.milestones, said.prepared) == (2, 1, 2, 1)

    made = start_for_real(parts, evening, "conference", "Conference")

    old = fund_at(parts, evening)
    assert old.status is FundStatus.CLOSED
    with parts.database.reading() as session:
        assert sum(totals.of_fund(session, made.id, EVERYTHING).values(), Totals()) == Totals()
        assert rehearsed(session, old).stays == said.stays
    assert verify(parts).broken == ()


def test_the_terms_of_promises_are_copied_but_for_what_is_entered(
    parts: Parts, evening: str
) -> None:
    terms = PledgeTerms(0, "Fund", "BE68539007547034", booked_until=date(2026, 6, 11))
    with parts.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, evening).id, terms)
        assert rehearsed(session, funds.by_slug(session, evening)).terms == terms

    made = start_for_real(parts, evening, "conference", "Conference")

    with parts.database.reading() as session:
        assert pledge_terms.of_fund(session, made) == replace(terms, booked_until=None)


def test_without_terms_of_its_own_a_fund_has_the_usual_ones_of_its_target(
    parts: Parts, evening: str
) -> None:
    made = start_for_real(parts, evening, "conference", "Conference")

    with parts.database.reading() as session:
        assert pledge_terms.decided(session, made.id) is None


def test_nobody_is_reminded_of_what_they_promised_in_the_rehearsal(
    parts: Parts, evening: str
) -> None:
    a_pledge(parts, evening, Money(10_000, "GBP"), "GB", email="anna@example.org")
    start_for_real(parts, evening, "conference", "Conference")

    assert remind(parts) == 0


def test_both_are_in_the_audit_log(parts: Parts, evening: str) -> None:
    start_for_real(parts, evening, "conference", "Conference")

    closed, made = deeds(parts.database)[-2:]
    assert (closed.action, closed.facts["after"]) == ("fund_changed", {"status": "closed"})
    assert made.action == "fund_created"
    assert made.facts["after"]["copied_from"] == "evening"


def test_a_rehearsal_without_rates_that_is_over_is_copied_as_well(parts: Parts) -> None:
    create_fund(parts, EVENING)
    set_status(parts, "evening", FundStatus.CLOSED)

    made = start_for_real(parts, "evening", "conference", "Conference")

    assert made.rate_table_id is None
    assert fund_at(parts, "evening").status is FundStatus.CLOSED


def test_what_is_real_is_not_started_again(parts: Parts) -> None:
    create_fund(parts, replace(EVENING, rehearsal=False))

    with pytest.raises(Invalid, match="no rehearsal"):
        start_for_real(parts, "evening", "conference", "Conference")


@pytest.mark.parametrize("address", ["evening", "Not an address"])
def test_at_an_address_that_is_taken_or_none_nothing_is_done(
    parts: Parts, evening: str, address: str
) -> None:
    with pytest.raises(Invalid):
        start_for_real(parts, evening, address, "Conference")

    assert fund_at(parts, evening).status is FundStatus.OPEN


def test_a_fund_that_is_not_there_is_unknown(parts: Parts) -> None:
    with pytest.raises(UnknownFund):
        start_for_real(parts, "nowhere", "conference", "Conference")
