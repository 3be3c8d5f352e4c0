from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.filters import Dates
from fundtracker.domain.scope import Reach, Scope
from fundtracker.store import days, statistics
from fundtracker.store.days import DayKey, Sum
from fundtracker.store.statistics import Wanted
from tests.factories.rows import a_fund, a_section

if TYPE_CHECKING:
    from fundtracker.store.database import Database

EVERYTHING = Scope.everything()
FIRST, SECOND, THIRD = (date(2026, 6, day) for day in (1, 2, 3))


@pytest.fixture
def fund(database: Database) -> int:
    """A fund with days in Britain and Switzerland, beside another one."""
    with database.unit_of_work() as session:
        fund, other = a_fund(session), a_fund(session, sections_in={"CL": "CLP"})
        britain, swiss = a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")
        chile = a_section(session, "CL", "CLP")
        days.add(
            session,
            {
                DayKey(fund.id, britain, FIRST, SECOND, "online", "card"): Sum(100, 1),
                DayKey(fund.id, britain, THIRD, THIRD, "online", ""): Sum(20, 2),
                DayKey(fund.id, swiss, SECOND, SECOND, "bank", ""): Sum(7, 1),
                DayKey(fund.id, swiss, THIRD, THIRD, "cash", ""): Sum(5, 1),
                DayKey(other.id, chile, FIRST, FIRST, "online", "card"): Sum(9, 9),
            },
        )
        given_back = {DayKey(fund.id, swiss, THIRD, THIRD, "cash", ""): Sum(-5, -1)}
        days.add(session, given_back)
    return fund.id


def section(database: Database, code: str) -> int:
    with database.unit_of_work() as session:
        return a_section(session, code, "EUR")


def test_days_stand_in_their_order(database: Database, fund: int) -> None:
    wanted = Wanted(fund)

    with database.reading() as session:
        given = statistics.by_day(session, wanted, EVERYTHING)
        booked = statistics.by_day(session, replace(wanted, dates=Dates.BOOKING), EVERYTHING)

    assert list(given.items()) == [(FIRST, Sum(100, 1)), (SECOND, Sum(7, 1)), (THIRD, Sum(20, 2))]
    assert booked == {SECOND: Sum(107, 2), THIRD: Sum(20, 2)}


def test_sums_are_split_by_section_and_by_way_of_paying(database: Database, fund: int) -> None:
    with database.reading() as session:
        sections = statistics.by_section(session, Wanted(fund), EVERYTHING)
        ways = statistics.by_method(session, Wanted(fund), EVERYTHING)

    assert sections == {section(database, "GB"): Sum(120, 3), section(database, "CH"): Sum(7, 1)}
    assert ways == {
        ("online", "card"): Sum(100, 1),
        ("online", ""): Sum(20, 2),
        ("bank", ""): Sum(7, 1),
    }


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"since": SECOND}, 27),
        ({"until": SECOND}, 107),
        ({"since": SECOND, "until": SECOND}, 7),
        ({"since": SECOND, "until": SECOND, "dates": Dates.BOOKING}, 107),
        ({"method": "online"}, 120),
        ({"method": "cheque"}, 0),
    ],
)
def test_every_narrowing_holds(
    database: Database, fund: int, narrowed: dict[str, object], expected: int
) -> None:
    wanted = replace(Wanted(fund), **narrowed)  # type: ignore[arg-type] # a table of columns

    with database.reading() as session:
        for sums in (statistics.by_day, statistics.by_section, statistics.by_method):
            found = sums(session, wanted, EVERYTHING)
            assert sum(total.received for total in found.values()) == expected


def test_one_section_alone_may_be_meant(database: Database, fund: int) -> None:
    britain = section(database, "GB")

    with database.reading() as session:
        found = statistics.by_section(session, Wanted(fund, britain), EVERYTHING)

    assert found == {britain: Sum(120, 3)}


def test_what_came_earlier_is_known(database: Database, fund: int) -> None:
    with database.reading() as session:
        assert statistics.earlier(session, Wanted(fund), EVERYTHING) == Sum()
        assert statistics.earlier(session, Wanted(fund, since=FIRST), EVERYTHING) == Sum()
        assert statistics.earlier(session, Wanted(fund, since=THIRD), EVERYTHING) == Sum(107, 2)


def test_nobody_sees_beyond_their_sections(database: Database, fund: int) -> None:
    swiss = section(database, "CH")
    scope = Scope.of([swiss])

    with database.reading(scope) as session:
        assert statistics.by_day(session, Wanted(fund), scope) == {SECOND: Sum(7, 1)}
        assert statistics.by_section(session, Wanted(fund), scope) == {swiss: Sum(7, 1)}
        assert statistics.by_method(session, Wanted(fund), scope) == {("bank", ""): Sum(7, 1)}
        assert statistics.earlier(session, Wanted(fund, since=THIRD), scope) == Sum(7, 1)


def test_funds_are_those_in_which_something_may_be_read(database: Database, fund: int) -> None:
    chile, britain = section(database, "CL"), section(database, "GB")

    def seen(scope: Scope) -> set[bool]:
        with database.reading(scope) as session:
            return {each.id == fund for each in statistics.funds_within(session, scope)}

    assert seen(EVERYTHING) == {True, False}
    assert seen(Scope.of([britain])) == {True}
    assert seen(Scope.of([chile])) == {False}
    assert seen(Scope(frozenset({Reach(fund_id=fund)}))) == {True}
    assert seen(Scope.nothing()) == set()
