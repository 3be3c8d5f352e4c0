from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fundtracker.domain.pledge_filters import EXPECTED, PledgeDates, PledgeFilter
from fundtracker.domain.pledge_stages import Age, Stage, age_of
from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.domain.references import reference, spoken
from fundtracker.domain.scope import Reach, Scope
from fundtracker.store import pledge_sums, treasury_pledges
from fundtracker.store.treasury_pledges import EVERY, NOWHERE, PledgeLine
from tests.factories.pledge_rows import a_pledge_row
from tests.factories.rows import a_fund, a_section
from tests.support.effort import examples

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.store.database import Database
    from fundtracker.store.funds import FundRow

EVERYWHERE = Scope.everything()
# In Auckland it is the 13th already.
NOW = datetime(2026, 6, 12, 18, tzinfo=UTC)
TODAY = {"east": date(2026, 6, 13), "west": date(2026, 6, 12)}
DAYS = [date(2026, 6, 12) + timedelta(days=days) for days in (-120, -75, -1, 0, 1, 30)]


@dataclass(frozen=True)
class Books:
    """Two funds on either side of the date line, pledges of every kind in both."""

    database: Database
    east: FundRow
    west: FundRow
    britain: int
    swiss: int


@pytest.fixture
def books(database: Database) -> Books:
    with database.unit_of_work() as session:
        east = a_fund(session, slug="east", timezone="Pacific/Auckland")
        west = a_fund(session, slug="west", timezone="America/Los_Angeles")
        britain, swiss = a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")
        for number, fund in enumerate((east, west) * 15):
            section = (britain, swiss, 0)[number % 3]
            code = ("GBP", "CHF", "EUR")[number % 3]
            due = [(DAYS[min(number % 5 + step, 5)], 2000 + 500 * step) for step in range(3)]
            a_pledge_row(
                session,
                fund,
                section,
                due[: 1 + number % 3],
                currency=code,
                source=(*PledgeSource, PledgeSource.FLOOR)[number % 4],
                status=(*PledgeStatus, *[PledgeStatus.OPEN] * 5)[number % 9],
                paid=(0, 700, 2000, 7000)[number % 4],
                counted=number % 5 != 0,
                made_at=NOW - timedelta(days=number % 4),
                name="Rosa Parks" if number % 2 else None,
            )
    return Books(database, east, west, britain, swiss)


def found(
    session: Session,
    wanted: PledgeFilter = EVERY,
    scope: Scope = EVERYWHERE,
    names: Scope = NOWHERE,
    step: int = 100,
) -> list[PledgeLine]:
    """Every pledge of a list, page by page."""
    lines: list[PledgeLine] = []
    while True:
        after = lines[-1].id if lines else None
        page = treasury_pledges.pledges(
            session, wanted, scope, now=NOW, limit=step, after=after, names=names
        )
        lines += page
        if len(page) < step:
            return lines


def fits(line: PledgeLine, wanted: PledgeFilter) -> bool:
    """What a filter means, said once more and plainly."""
    day = line.due
    if wanted.dates is PledgeDates.EVENT:
        zone = timedelta(hours={"east": 12, "west": -7}[line.fund])
        day = (line.made_at + zone).date()
    expected = line.stage in {Stage.UNCONFIRMED, Stage.OPEN, Stage.PART_PAID, Stage.OVERDUE}
    age = "" if line.due is None else age_of(line.due, TODAY[line.fund])
    return all(
        (
            wanted.fund in {"", line.fund},
            wanted.section in {"", line.section or "-"},
            wanted.source in {"", line.source},
            wanted.status in {"", line.stage, EXPECTED if expected and line.open else ""},
            wanted.age in {"", age},
            not wanted.unnamed or line.is_unnamed,
            wanted.since is None or (day is not None and day >= wanted.since),
            wanted.until is None or (day is not None and day <= wanted.until),
        )
    )


some_days = st.none() | st.sampled_from(DAYS)
wishes = st.builds(
    PledgeFilter,
    fund=st.sampled_from(["", "east", "west"]),
    section=st.sampled_from(["", "GB", "CH", "-"]),
    source=st.sampled_from(["", *PledgeSource]),
    status=st.sampled_from(["", EXPECTED, *Stage]),
    since=some_days,
    until=some_days,
    dates=st.sampled_from(PledgeDates),
    age=st.sampled_from(["", "", *Age]),
    unnamed=st.sampled_from(["", "", "1"]),
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
    def check(wanted: PledgeFilter, reaches: set[Reach], step: int) -> None:
        scope = Scope(frozenset(reaches))
        ids = {"GB": books.britain, "CH": books.swiss, "": 0}
        owners = {"east": books.east.id, "west": books.west.id}
        with books.database.reading() as session:
            whole = found(session)
        with books.database.reading(scope) as session:
            lines = found(session, wanted, scope, step=step)
            sums = pledge_sums.sums(session, wanted, scope, NOW)
        expected = [
            line
            for line in whole
            if fits(line, wanted) and scope.allows(owners[line.fund], ids[line.section])
        ]
        assert sorted(line.id for line in lines) == sorted(line.id for line in expected)
        assert [(each.count, each.promised, each.paid, each.counted) for each in sums] == (
            [
                (
                    len(expected),
                    sum(line.promised_base for line in expected),
                    sum(line.paid_base for line in expected),
                    sum(line.counted for line in expected),
                )
            ]
            if expected
            else []
        )

    check()


def test_the_pledges_of_the_world_are_of_every_kind(books: Books) -> None:
    with books.database.reading() as session:
        lines = found(session)

    assert {line.stage for line in lines} == set(Stage)
    assert {line.is_counted for line in lines} == {True, False}
    assert len({age_of(line.due, TODAY[line.fund]) for line in lines if line.due}) >= 4


def test_everything_that_is_known_stands_in_a_line(database: Database) -> None:
    with database.unit_of_work() as session:
        fund, britain = a_fund(session), a_section(session, "GB", "GBP")
        due = [(date(2026, 6, 1), 3000), (date(2026, 7, 1), 2000)]
        row = a_pledge_row(session, fund, britain, due, paid=1000, paid_base=1150)
    with database.reading() as session:
        line = treasury_pledges.by_token(session, row.token, EVERYWHERE, NOW)
        by_id = treasury_pledges.by_ids(session, [row.id], EVERYWHERE, NOW)

    assert line is not None
    assert (line.fund, line.section, line.section_name) == (fund.slug, "GB", "Sec GB")
    assert (line.amount, line.paid, line.open, line.overdue) == (5000, 1000, 4000, 2000)
    assert (line.rate, line.promised_base, line.paid_base) == ("1.15", 5750, 1150)
    assert (line.open_base, line.counted) == (4600, 4600)
    assert (line.stage, line.due, line.instalments) == (Stage.OVERDUE, date(2026, 6, 1), 2)
    assert by_id == {row.id: line}


def test_a_number_or_a_reference_finds_the_pledge_and_a_name_where_it_may_be_seen(
    books: Books,
) -> None:
    west = Scope(frozenset({Reach(fund_id=books.west.id)}))
    swiss = Scope.of([books.swiss])
    with books.database.reading() as session:
        first = found(session)[0]
        texts = (first.number, spoken(first.number).lower(), reference(first.number), first.token)
        for text in texts:
            wanted = PledgeFilter(text=text)
            assert [line.id for line in found(session, wanted)] == [first.id], text
            east = Scope(frozenset({Reach(fund_id=books.east.id)}))
            assert found(session, wanted, east if first.fund == "west" else west) == []
        called = PledgeFilter(text="rosa  PARKS")
        assert found(session, called) == []
        of_the_west = found(session, called, names=west)
        assert {line.fund for line in of_the_west} == {"west"}
        assert {line.name for line in of_the_west} == {"Rosa Parks"}
        assert found(session, called, swiss, names=west) == [
            line for line in of_the_west if line.section == "CH"
        ]
        assert pledge_sums.sums(session, called, EVERYWHERE, NOW) == []
        assert found(session, PledgeFilter(text="nobody"), names=EVERYWHERE) == []


def test_a_name_is_told_where_it_may_be_seen(books: Books) -> None:
    names = Scope(frozenset({Reach(fund_id=books.west.id)}))

    with books.database.reading() as session:
        assert {line.name for line in found(session)} == {None}
        assert {line.name for line in found(session, names=names)} == {None, "Rosa Parks"}


def test_an_unknown_fund_or_section_leaves_nothing(books: Books) -> None:
    west = Scope(frozenset({Reach(fund_id=books.west.id)}))
    with books.database.reading() as session:
        for wanted in (PledgeFilter(fund="nowhere"), PledgeFilter(section="SE")):
            assert found(session, wanted) == []
            assert pledge_sums.sums(session, wanted, EVERYWHERE, NOW) == []
        assert found(session, PledgeFilter(fund="east"), west) == []
        token = found(session, PledgeFilter(fund="east"))[0].token
        assert treasury_pledges.by_token(session, token, west, NOW) is None


@pytest.mark.parametrize("dates", PledgeDates)
def test_a_page_after_a_pledge_out_of_reach_tells_nothing(books: Books, dates: PledgeDates) -> None:
    wanted = PledgeFilter(since=DAYS[0], dates=dates)
    with books.database.reading() as session:
        foreign = next(line for line in found(session) if line.section == "GB" and line.due)
        assert (
            treasury_pledges.pledges(
                session, wanted, Scope.of([books.swiss]), now=NOW, limit=9, after=foreign.id
            )
            == []
        )


def test_where_too_many_would_be_added_up_that_is_said(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pledge_sums, "MOST_ADDED", 3)

    with books.database.reading() as session:
        (told,) = pledge_sums.sums(session, EVERY, EVERYWHERE, NOW)

    assert (told.count, told.is_all) == (4, False)


@pytest.mark.parametrize("fund", ["east", "west"])
def test_what_is_owed_is_the_sum_of_the_pledges_that_count(books: Books, fund: str) -> None:
    wanted = replace(EVERY, fund=fund)
    owner = books.east if fund == "east" else books.west
    swiss = Scope.of([books.swiss])
    with books.database.reading() as session:
        lines = [
            line
            for line in found(session, wanted)
            if line.is_counted and line.stage not in {Stage.CANCELLED, Stage.WRITTEN_OFF}
        ]
        owed = pledge_sums.owed(session, owner.id, EVERYWHERE, TODAY[fund])
        of_the_swiss = pledge_sums.owed(session, owner.id, swiss, TODAY[fund])

    ids = {"GB": books.britain, "CH": books.swiss, "": 0}
    for each in owed:
        own = [
            line
            for line in lines
            if (ids[line.section], line.currency) == (each.section_id, each.currency)
        ]
        assert each.count == len(own)
        assert each.promised == sum(line.amount for line in own)
        assert each.paid == sum(line.paid for line in own)
        assert each.open == sum(line.open for line in own) == sum(each.ages.values())
        assert each.overdue == sum(line.overdue for line in own)
        assert each.promised_base == sum(line.promised_base for line in own)
        assert each.paid_base == sum(line.paid_base for line in own)
        assert each.open_base == sum(line.open_base for line in own)
        assert sum(each.base_ages.values()) == (each.open_base if each.open else 0)
        assert each.overdue_base == each.open_base - each.base_ages[Age.NOT_DUE]
    assert sum(each.count for each in owed) == len(lines)
    assert {each.section_id for each in of_the_swiss} <= {books.swiss}
    assert of_the_swiss == [each for each in owed if each.section_id == books.swiss]
