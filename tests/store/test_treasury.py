from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fundtracker.domain.actors import Actor
from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.filters import Dates, LedgerFilter
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Reach, Scope
from fundtracker.services.enter_gift import Entered, enter_gift
from fundtracker.services.settle import settle_all
from fundtracker.store import treasury
from tests.factories.rows import a_donation, a_fund, a_section
from tests.factories.stripe import Payment, event
from tests.support.effort import examples
from tests.support.telling import tell_and_settle
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts
    from fundtracker.store.database import Database
    from fundtracker.store.funds import FundRow

EVERYWHERE = Scope.everything()
EVERY = LedgerFilter()
REFERENCE = "Gift 12"


@dataclass(frozen=True)
class Books:
    """Two funds on either side of the date line, gifts of several kinds in both."""

    parts: Parts
    east: FundRow
    west: FundRow
    britain: int
    swiss: int
    paid: Payment

    @property
    def database(self) -> Database:
        return self.parts.database


@pytest.fixture
def books(database: Database) -> Books:
    parts = parts_on(database).acting(Actor.staff("treasurer"))
    with database.unit_of_work() as session:
        east = a_fund(session, slug="east", timezone="Pacific/Auckland")
        west = a_fund(session, slug="west", timezone="America/Los_Angeles")
        britain, swiss = a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")
        rows = [
            a_donation(session, fund, section_id=section)
            for fund in (east, west)
            for section in (britain, swiss)
        ]
        a_donation(session, east, section_id=swiss, status="open")
    pays = [Payment(row.token) for row in rows]
    tell_and_settle(parts, *(event(thing) for pay in pays for thing in (pay.session(),)))
    paid = pays[0]
    line = paid.line(paid.charge(), 5700, fee=137)
    tell_and_settle(parts, event(paid.charge(balance_transaction=line["id"])), event(line))
    tell_and_settle(parts, event(paid.refund(2000)), event(pays[3].refund(500)))
    books = Books(parts, east, west, britain, swiss, paid)
    by_hand(books, "east", Method.BANK)
    by_hand(books, "west", Method.CASH)
    settle_all(parts)
    return books


def by_hand(books: Books, slug: str, method: Method) -> str:
    entered = Entered(
        attempt=f"form-of-{slug}-{method}",
        method=method,
        section="GB",
        amount=Money(7000, "EUR"),
        given_on=date(2026, 6, 10),
        holder="Bag 7",
        reference=REFERENCE,
    )
    return enter_gift(books.parts, slug, entered, EVERYWHERE)


def found(
    session: Session, wanted: LedgerFilter = EVERY, scope: Scope = EVERYWHERE, step: int = 100
) -> list[treasury.DonationLine]:
    """Every donation of a list, page by page."""
    lines: list[treasury.DonationLine] = []
    while True:
        after = lines[-1].id if lines else None
        page = treasury.donations(session, wanted, scope, limit=step, after=after)
        lines += page
        if len(page) < step:
            return lines


def fits(line: treasury.DonationLine, wanted: LedgerFilter) -> bool:
    """What a filter means, said once more and plainly."""
    zone = {"east": 12, "west": -7}[line.fund]
    moment = line.booked_at if wanted.dates is Dates.BOOKING else line.given_at
    day = None if moment is None else (moment + timedelta(hours=zone)).date()
    return all(
        (
            wanted.fund in {"", line.fund},
            wanted.section in {"", line.section or "-"},
            wanted.method in {"", line.method},
            wanted.status in {"", line.status},
            wanted.account in {"", line.account},
            wanted.since is None or (day is not None and day >= wanted.since),
            wanted.until is None or (day is not None and day <= wanted.until),
        )
    )


wishes = st.builds(
    LedgerFilter,
    fund=st.sampled_from(["", "east", "west"]),
    section=st.sampled_from(["", "GB", "CH", "-"]),
    since=st.none() | st.sampled_from([date(2026, 6, day) for day in (10, 11, 12, 13)]),
    until=st.none() | st.sampled_from([date(2026, 6, day) for day in (10, 11, 12, 13)]),
    dates=st.sampled_from(Dates),
    method=st.sampled_from(["", *Method]),
    status=st.sampled_from(["", DonationStatus.SUCCEEDED, DonationStatus.OPEN]),
    account=st.sampled_from(["", "main", "other"]),
)


@pytest.mark.parametrize("few", [0, 2, 500])
def test_a_filter_leaves_what_it_means_page_by_page_and_sums_it(
    books: Books, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("fundtracker.store.treasury_search._FEW", few)

    @settings(
        max_examples=examples(12),
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        wanted=wishes,
        reaches=st.sets(
            st.sampled_from(
                [
                    Reach(),
                    Reach(section_id=books.swiss),
                    Reach(fund_id=books.west.id),
                    Reach(books.east.id, books.britain),
                ]
            )
        ),
        step=st.integers(1, 4),
    )
    def check(wanted: LedgerFilter, reaches: set[Reach], step: int) -> None:
        scope = Scope(frozenset(reaches))
        ids = {"GB": books.britain, "CH": books.swiss, "": 0}
        owners = {"east": books.east.id, "west": books.west.id}
        with books.database.reading() as session:
            whole = found(session)
        with books.database.reading(scope) as session:
            lines = found(session, wanted, scope, step)
            sums = treasury.sums(session, wanted, scope)
        expected = [
            line
            for line in whole
            if fits(line, wanted) and scope.allows(owners[line.fund], ids[line.section])
        ]
        assert sorted(line.id for line in lines) == sorted(line.id for line in expected)
        kept = [line.base or 0 for line in expected if line.kept]
        assert [(total.count, total.received) for total in sums] == (
            [(len(kept), sum(kept))] if kept else []
        )

    check()


def test_everything_that_is_known_stands_in_a_line(books: Books) -> None:
    with books.database.reading() as session:
        line = treasury.by_token(session, books.paid.token, EVERYWHERE)

    assert line is not None
    assert (line.fund, line.section, line.section_name) == ("east", "GB", "Sec GB")
    assert (line.amount, line.kept, line.refunded, line.disputed) == (5000, 3000, 2000, 0)
    assert (line.rate, line.base) == ("1.15", 3450)
    assert (line.fee, line.fee_currency) == (137, "EUR")
    assert line.given_at == line.booked_at == books.parts.clock()


def test_what_a_bank_took_back_counts_until_it_gave_it_back(books: Books) -> None:
    pay = books.paid
    out, back = pay.line(pay.dispute(), -1140, "d"), pay.line(pay.dispute(), 1140, "w")

    for moves, disputed in (((out,), 1000), ((out, back), 0)):
        tell_and_settle(books.parts, event(pay.dispute(1000, *moves)))
        with books.database.reading() as session:
            line = treasury.by_token(session, pay.token, EVERYWHERE)
        assert line is not None
        assert line.disputed == disputed


def test_how_it_was_paid_is_stripes_own_word(books: Books) -> None:
    told = books.paid.charge(payment_method_details={"type": "sepa_debit"})
    tell_and_settle(books.parts, event(told))

    with books.database.reading() as session:
        line = treasury.by_token(session, books.paid.token, EVERYWHERE)

    assert line is not None
    assert line.stripe_method == "sepa_debit"


@pytest.mark.parametrize("name", ["cs_{}", "pi_{}", "ch_{}", "re_{}", "txn_{}"])
def test_any_of_stripes_ids_finds_the_donation(books: Books, name: str) -> None:
    wanted = LedgerFilter(text=name.format(books.paid.number))

    with books.database.reading() as session:
        assert [line.token for line in found(session, wanted)] == [books.paid.token]


def test_a_reference_finds_every_gift_that_has_it_and_nobody_elses(books: Books) -> None:
    wanted = LedgerFilter(text=" gift 12")
    west = Scope(frozenset({Reach(fund_id=books.west.id)}))

    with books.database.reading() as session:
        assert [line.fund for line in found(session, wanted)] == ["west", "east"]
        assert [line.fund for line in found(session, wanted, west)] == ["west"]
        by_cash = replace(wanted, method="cash")
        assert [line.fund for line in found(session, by_cash)] == ["west"]
        assert treasury.sums(session, wanted, west) == [treasury.Sum("EUR", 1, 7000)]


def test_names_and_references_are_told_where_they_may_be_seen(books: Books) -> None:
    wanted = LedgerFilter(text=REFERENCE)
    names = Scope(frozenset({Reach(fund_id=books.west.id)}))

    with books.database.reading() as session:
        plain = treasury.donations(session, wanted, EVERYWHERE, limit=9)
        told = treasury.donations(session, wanted, EVERYWHERE, limit=9, names=names)

    assert {line.reference for line in plain} == {None}
    assert {line.fund: line.reference for line in told} == {"west": REFERENCE, "east": None}


def test_an_unknown_fund_or_section_leaves_nothing(books: Books) -> None:
    swiss = Scope.of([books.swiss])
    with books.database.reading() as session:
        for wanted in (
            LedgerFilter(fund="nowhere"),
            LedgerFilter(section="SE"),
            LedgerFilter(text="nothing"),
        ):
            assert found(session, wanted) == []
            assert treasury.refunds(session, wanted, EVERYWHERE, limit=9) == []
            assert treasury.journals(session, wanted, EVERYWHERE, limit=9) == []
            assert treasury.open_orders(session, wanted, EVERYWHERE, limit=9) == []
            assert treasury.sums(session, wanted, EVERYWHERE) == []
        nowhere = Scope(frozenset({Reach(fund_id=books.west.id)}))
        assert found(session, LedgerFilter(fund="east"), nowhere) == []
        assert treasury.by_token(session, books.paid.token, swiss) is None


def test_a_page_after_a_donation_out_of_reach_tells_nothing(books: Books) -> None:
    swiss = Scope.of([books.swiss])
    wanted = LedgerFilter(since=date(2026, 6, 1))
    with books.database.reading() as session:
        foreign = treasury.by_token(session, books.paid.token, EVERYWHERE)
        assert foreign is not None
        assert treasury.donations(session, wanted, swiss, limit=9, after=foreign.id) == []
        assert treasury.journals(session, wanted, swiss, limit=9, after=1) == []
        after = f"re_{books.paid.number}"
        assert treasury.refunds(session, EVERY, swiss, limit=9, after=after) == []


def test_where_too_many_would_be_counted_one_by_one_that_is_said(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.store.treasury_sums.MOST_COUNTED", 1)

    with books.database.reading() as session:
        (counted,) = treasury.sums(session, LedgerFilter(text=REFERENCE), EVERYWHERE)

    assert (counted.count, counted.is_all) == (1, False)


def test_the_zone_of_a_list_is_that_of_its_funds_if_they_share_one(books: Books) -> None:
    with books.database.reading() as session:
        assert treasury.zone_of(session, EVERY, EVERYWHERE) == "UTC"
        east = replace(EVERY, fund="east")
        assert treasury.zone_of(session, east, EVERYWHERE) == "Pacific/Auckland"


def test_a_fund_out_of_reach_does_not_even_show_its_zone(books: Books) -> None:
    of_the_west = Scope(frozenset({Reach(fund_id=books.west.id)}))

    with books.database.reading() as session:
        assert treasury.zone_of(session, EVERY, of_the_west) == "America/Los_Angeles"
        assert treasury.zone_of(session, replace(EVERY, fund="east"), of_the_west) == "UTC"
        assert treasury.zone_of(session, replace(EVERY, fund="nowhere"), of_the_west) == "UTC"


def test_days_begin_at_each_funds_own_midnight(books: Books) -> None:
    """The gifts were booked on the 12th at 18:00 UTC, in Auckland on the 13th."""
    later = LedgerFilter(since=date(2026, 6, 13), method="online")

    with books.database.reading() as session:
        assert {line.fund for line in found(session, later)} == {"east"}
        booked = treasury.journals(session, later, EVERYWHERE, limit=99)

    assert {line.fund for line in booked} == {"east"}
    assert books.parts.clock() == datetime(2026, 6, 12, 18, tzinfo=UTC)
