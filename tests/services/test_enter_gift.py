from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from fundtracker.domain.actors import Actor
from fundtracker.domain.donations import Method
from fundtracker.domain.errors import Invalid, NoRate, NotNow, UnknownFund, UnknownSection
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Reach, Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.enter_gift import Entered, EnteredBefore, enter_gift
from fundtracker.services.verify import Report, verify
from fundtracker.store import treasury
from fundtracker.store.audit import AuditRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow, milestones
from fundtracker.store.ledger import JournalRow
from fundtracker.store.sections import SectionRow
from tests.factories.rows import a_fund
from tests.support.telling import books_of, whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

EVERYWHERE = Scope.everything()
BY_BANK = Entered(
    attempt="form-of-the-day-1",
    method=Method.BANK,
    section="GB",
    amount=Money(5000, "GBP"),
    given_on=date(2026, 6, 10),
    holder="Cooperative Bank",
    reference="Gift 12",
    public_name="A branch",
)


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session, milestones=[5000, 90_000])


@pytest.fixture
def desk(parts: Parts) -> Parts:
    """The parts in the hands of a treasurer."""
    return parts.acting(Actor.staff("treasurer", "127.0.0.1"))


def row_of(parts: Parts, token: str) -> DonationRow:
    with parts.database.reading() as session:
        row = session.scalars(select(DonationRow).where(DonationRow.token == token)).one()
        assert (row.public_name, row.reference) is not None
        return row


def count(parts: Parts) -> int:
    with parts.database.reading() as session:
        return session.scalar(select(func.count(DonationRow.id))) or 0


def section_id(parts: Parts, code: str) -> int:
    with parts.database.reading() as session:
        return session.scalars(select(SectionRow.id).where(SectionRow.code == code)).one()


def test_money_by_bank_is_booked_counted_and_announced(desk: Parts, fund: FundRow) -> None:
    token = enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)

    row = row_of(desk, token)
    assert (row.method, row.status, row.kept) == ("bank", "succeeded", 5000)
    assert (row.rate_mantissa, row.rate_scale) == (115, 2)
    assert row.succeeded_at == datetime(2026, 6, 10, 10, 0, tzinfo=UTC)
    assert row.booked_at == desk.clock()
    assert (row.public_name, row.reference) == ("A branch", "Gift 12")
    assert whole(desk, fund.id) == Totals(received=5750, donations=1)
    assert books_of(desk, row.id) == {("bank", "GBP"): 5000, ("gifts", "GBP"): -5000}
    assert desk.broker.newer(fund.slug, 0, timeout=0) is not None
    with desk.database.reading() as session:
        assert [mark.reached_at is not None for mark in milestones(session, fund.id)] == [
            True,
            False,
        ]
    assert verify(desk) == Report((), ())


@pytest.mark.parametrize("method", [Method.CASH, Method.CHEQUE])
def test_cash_and_cheques_are_in_hand_until_they_are_banked(
    desk: Parts, fund: FundRow, method: Method
) -> None:
    token = enter_gift(desk, fund.slug, replace(BY_BANK, method=method), EVERYWHERE)

    assert books_of(desk, row_of(desk, token).id)[("cash", "GBP")] == 5000


def test_who_entered_it_stands_in_the_journal_and_in_the_log(desk: Parts, fund: FundRow) -> None:
    token = enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)

    with desk.database.reading() as session:
        journal = session.scalars(select(JournalRow)).one()
        entry = session.scalars(select(AuditRow)).one()
    assert journal.actor == "staff:treasurer"
    assert journal.section_id == section_id(desk, "GB")
    assert (entry.action, entry.subject) == ("gift_entered", f"donation:{token}")
    assert "Gift 12" not in entry.facts
    assert "Gift 12" in (entry.private or "")


def test_the_same_form_twice_is_one_gift(desk: Parts, fund: FundRow) -> None:
    first = enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)

    assert enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE) == first
    assert whole(desk, fund.id) == Totals(received=5750, donations=1)


@pytest.mark.measured
def test_the_same_form_twice_at_the_same_moment_is_one_gift(desk: Parts, fund: FundRow) -> None:
    with ThreadPoolExecutor(4) as pool:
        tokens = list(
            pool.map(lambda _: enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE), range(4))
        )

    assert len(set(tokens)) == 1
    assert whole(desk, fund.id) == Totals(received=5750, donations=1)
    assert verify(desk) == Report((), ())


def test_what_looks_the_same_is_asked_about_and_may_be_another(desk: Parts, fund: FundRow) -> None:
    enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)
    again = replace(BY_BANK, attempt="form-of-the-day-2", reference="GIFT  12")

    with pytest.raises(EnteredBefore):
        enter_gift(desk, fund.slug, again, EVERYWHERE)
    enter_gift(desk, fund.slug, replace(again, another=True), EVERYWHERE)

    assert whole(desk, fund.id) == Totals(received=11_500, donations=2)


def test_gifts_without_a_reference_are_compared_among_themselves(
    desk: Parts, fund: FundRow
) -> None:
    enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)
    plain = replace(BY_BANK, attempt="form-of-the-day-2", reference="")
    enter_gift(desk, fund.slug, plain, EVERYWHERE)

    with pytest.raises(EnteredBefore):
        enter_gift(desk, fund.slug, replace(plain, attempt="form-of-the-day-3"), EVERYWHERE)


def test_a_gift_is_found_by_its_reference_alone(desk: Parts, fund: FundRow) -> None:
    token = enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)

    with desk.database.reading() as session:
        found = treasury.donations(
            session, LedgerFilter(text="gift12"), EVERYWHERE, limit=9, names=EVERYWHERE
        )
        stored = session.execute(text("SELECT reference, reference_key FROM donation")).one()
    assert [(line.token, line.reference) for line in found] == [(token, "Gift 12")]
    assert b"Gift" not in bytes(stored.reference)
    assert "gift" not in stored.reference_key


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"given_on": date(2026, 6, 13)}, "given_on"),
        ({"given_on": date(1926, 6, 12)}, "given_on"),
        ({"holder": " "}, "holder"),
        ({"holder": "x" * 81}, "holder"),
        ({"reference": "a\u202eb"}, "reference"),
        ({"public_name": "x" * 81}, "public_name"),
        ({"method": Method.ONLINE}, "method"),
        ({"amount": Money(0, "GBP")}, "amount"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    desk: Parts, fund: FundRow, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        enter_gift(desk, fund.slug, replace(BY_BANK, **changes), EVERYWHERE)

    assert refused.value.field == field
    assert count(desk) == 0


def test_a_currency_without_a_rate_is_never_counted_at_one(desk: Parts, fund: FundRow) -> None:
    with pytest.raises(NoRate):
        enter_gift(desk, fund.slug, replace(BY_BANK, amount=Money(5000, "SEK")), EVERYWHERE)

    assert count(desk) == 0


def test_only_ones_own_section_can_be_entered_for(desk: Parts, fund: FundRow) -> None:
    swiss = Scope.of([section_id(desk, "CH")])

    for code in ("GB", "", "SE"):
        with pytest.raises(UnknownSection):
            enter_gift(desk, fund.slug, replace(BY_BANK, section=code), swiss)
    enter_gift(desk, fund.slug, replace(BY_BANK, section="CH"), swiss)

    assert count(desk) == 1


def test_a_fund_out_of_reach_is_as_unknown_as_one_that_is_not_there(
    desk: Parts, fund: FundRow
) -> None:
    elsewhere = Scope(frozenset({Reach(fund_id=fund.id + 1)}))

    for slug in (fund.slug, "nowhere"):
        with pytest.raises(UnknownFund):
            enter_gift(desk, slug, BY_BANK, elsewhere)


def test_the_centre_enters_what_belongs_to_no_section(desk: Parts, fund: FundRow) -> None:
    token = enter_gift(desk, fund.slug, replace(BY_BANK, section=""), EVERYWHERE)

    assert row_of(desk, token).section_id == 0


def test_a_fund_that_is_archived_or_unknown_takes_nothing(desk: Parts) -> None:
    with desk.database.unit_of_work() as session:
        archived = a_fund(session, status="archived")
        closed = a_fund(session, status="closed")

    with pytest.raises(NotNow):
        enter_gift(desk, archived.slug, BY_BANK, EVERYWHERE)
    with pytest.raises(UnknownFund):
        enter_gift(desk, "nowhere", BY_BANK, EVERYWHERE)
    enter_gift(desk, closed.slug, BY_BANK, EVERYWHERE)

    assert count(desk) == 1
