from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, UnknownFund
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.desk.count_paper import OtherSums, Sum, count_paper
from fundtracker.services.desk.notice import Attendance, notice
from fundtracker.services.desk.settings import DeskSettings, change_desk
from fundtracker.store import desks, funds, paper, tellers
from tests.support.deeds import deeds
from tests.support.tellers import Hall, section_id

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

EVERYWHERE = Scope.everything()
TWO = DeskSettings(in_fund_currency=True, two_keyers=True)


def test_a_fund_is_made_with_its_desk(parts: Parts) -> None:
    fund = create_fund(parts.acting(Actor.staff("anna")), NewFund("new", "New", "EUR", 100))

    with parts.database.reading() as session:
        assert desks.of_fund(session, funds.by_slug(session, fund.slug).id).next_number == 1


def test_how_a_desk_works_is_decided_and_recorded(hall: Hall) -> None:
    before = hall.version

    assert change_desk(hall.parts, "hall", TWO, EVERYWHERE)
    assert not change_desk(hall.parts, "hall", TWO, EVERYWHERE)

    assert hall.line(hall.type("GB 500")).currency == "EUR"
    assert hall.version > before
    (deed,) = deeds(hall.parts.database)
    assert (deed.action, deed.facts["after"]) == (
        "desk_changed",
        {"in_fund_currency": True, "two_keyers": True},
    )
    with pytest.raises(Changed):
        change_desk(hall.parts, "hall", TWO, EVERYWHERE, made_from=edition("other"))


def test_who_is_at_a_desk_is_noticed(hall: Hall, clock: Clock) -> None:
    notice(hall.parts, "hall", 2, EVERYWHERE)
    hall.type("GB 500")
    clock.advance(5)
    notice(hall.of("ben").parts, "hall", 0, EVERYWHERE)
    notice(hall.of("ben").parts, "hall", 3, EVERYWHERE)

    with hall.parts.database.reading() as session:
        found = [(row.teller, row.waiting, row.lines) for row in tellers.at(session, hall.fund_id)]
    assert found == [("ben", 3, 0), ("anna", 2, 1)]
    with pytest.raises(UnknownFund):
        notice(hall.parts, "hall", 0, Scope.nothing())


def test_presence_is_written_down_once_in_a_while_or_when_lines_begin_to_wait() -> None:
    now = [0.0]
    attendance = Attendance(lambda: now[0])

    looks = [(0, 0), (1, 0), (2, 4), (2.5, 3), (4, 3), (6, 0), (6.1, 0)]
    told = []
    for moment, waiting in looks:
        now[0] = moment
        told.append(attendance.is_news("hall", "anna", waiting))

    assert told == [True, False, True, False, False, True, False]


def pounds(typed: int | None, shown: int | None) -> Sum:
    return Sum(*(None if each is None else Money(each, "GBP") for each in (typed, shown)))


def on_paper(hall: Hall) -> dict[tuple[int, str], Money]:
    with hall.parts.database.reading() as session:
        return paper.sums(session, hall.fund_id, EVERYWHERE)


def test_sums_on_paper_are_kept_and_taken_away(hall: Hall) -> None:
    first = {
        ("GB", "GBP"): pounds(500, None),
        ("", "GBP"): pounds(1, None),
        ("CH", "GBP"): pounds(2, None),
        ("SE", "GBP"): pounds(9, None),
    }
    count_paper(hall.parts, "hall", first, EVERYWHERE)
    second = {("GB", "GBP"): pounds(600, 500), ("", "GBP"): pounds(None, 1)}
    count_paper(hall.parts, "hall", second, EVERYWHERE)

    assert on_paper(hall) == {
        (section_id(hall, "GB"), "GBP"): Money(600, "GBP"),
        (section_id(hall, "CH"), "GBP"): Money(2, "GBP"),
    }


def test_of_two_who_type_one_sum_the_second_sees_the_first(hall: Hall) -> None:
    gb, ch = ("GB", "GBP"), ("CH", "GBP")
    count_paper(hall.parts, "hall", {gb: pounds(500, None), ch: pounds(None, None)}, EVERYWHERE)
    ben = hall.of("ben").parts

    with pytest.raises(OtherSums) as refused:
        count_paper(ben, "hall", {gb: pounds(600, None), ch: pounds(7, None)}, EVERYWHERE)

    assert refused.value.places == {gb}
    assert on_paper(hall) == {(section_id(hall, "GB"), "GBP"): Money(500, "GBP")}
    # What one has left alone, or typed alike, is no difference.
    count_paper(ben, "hall", {gb: pounds(None, None), ch: pounds(7, None)}, EVERYWHERE)
    count_paper(ben, "hall", {gb: pounds(500, None), ch: pounds(7, None)}, EVERYWHERE)
    count_paper(ben, "hall", {gb: pounds(600, 500)}, EVERYWHERE)
    assert set(on_paper(hall).values()) == {Money(600, "GBP"), Money(7, "GBP")}
