from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.funds import FundStatus
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.totals import Totals
from fundtracker.store import funds, pledge_terms, totals
from tests.factories.rows import a_fund
from tests.support.desk import Desk

if TYPE_CHECKING:
    from tests.support.office import Office


@pytest.fixture(autouse=True)
def rehearsal_id(office: Office) -> int:
    """Return a rehearsal with four gifts and three promises."""
    with office.database.unit_of_work() as session:
        fund = a_fund(session, slug="evening", name="The evening", rehearsal=True)
        sums = Totals(received=100_000, pledged=200_000, donations=4, pledges=3)
        totals.add(session, {(fund.id, 0): sums})
        a_fund(session, slug="hall")
        return fund.id


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office.sign_in(Grant(Role.ADMINISTRATOR)))


def status(office: Office, slug: str) -> FundStatus:
    with office.database.reading() as session:
        return funds.by_slug(session, slug).status


def test_a_rehearsal_offers_to_start_for_real_and_a_real_fund_does_not(desk: Desk) -> None:
    assert "/office/funds/evening/real" in desk.see("/office/funds/evening").html
    assert "/real" not in desk.see("/office/funds/hall").html
    assert desk.client.get("/office/funds/hall/real").status_code == 409


def test_it_is_said_before_what_stays_and_what_is_copied(desk: Desk) -> None:
    words = desk.see("/office/funds/evening/real").words

    assert "Gifts: 4, €1,000.00" in words
    assert "Promises: 3, €2,000.00 of them open" in words
    assert "Nothing is cleared" in words
    assert "Sections with their targets:" in words


def test_the_terms_of_promises_are_among_it(desk: Desk, office: Office) -> None:
    page = "/office/funds/evening/real"
    assert "Terms of promises: the usual ones, without a bank account" in desk.see(page).words

    terms = PledgeTerms(2_000, "Fund", "BE68539007547034")
    with office.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, "evening").id, terms)
    assert (
        "Terms of promises: up to €20.00 count at once, and the bank account for transfers, of"
        " which nothing is entered yet" in desk.see(page).words
    )
    with office.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, "evening").id, PledgeTerms(0))
    assert "every promise waits for a treasurer" in desk.see(page).words


def test_a_draft_is_made_and_the_rehearsal_closed(desk: Desk, office: Office) -> None:
    told = desk.send("/office/funds/evening/real", slug="conference", name="Conference")

    assert "The fund is made, and the rehearsal is over." in told.words
    assert status(office, "conference") is FundStatus.DRAFT
    assert status(office, "evening") is FundStatus.CLOSED
    with office.database.reading() as session:
        assert not funds.by_slug(session, "conference").rehearsal


def test_an_address_that_is_taken_is_asked_for_again(desk: Desk, office: Office) -> None:
    told = desk.send("/office/funds/evening/real", slug="hall", name="Conference")

    assert "There is a fund called hall already." in told.words
    assert status(office, "evening") is FundStatus.OPEN


def test_whoever_looks_after_one_fund_makes_no_other(office: Office, rehearsal_id: int) -> None:
    theirs = office.sign_in(Grant(Role.ADMINISTRATOR, fund_id=rehearsal_id))

    assert theirs.get("/office/funds/evening/real").status_code == 403
