from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.totals import Totals
from fundtracker.services.desk.prepare import prepare
from fundtracker.services.desk.settings import DeskSettings, change_desk

if TYPE_CHECKING:
    from tests.support.clocks import Clock
    from tests.support.tellers import Hall


@pytest.fixture
def hall(hall: Hall) -> Hall:
    """The desk of two keyers."""
    change_desk(
        hall.parts, "hall", DeskSettings(in_fund_currency=False, two_keyers=True), hall.scope
    )
    return hall


def blind(hall: Hall, line: str) -> int:
    return hall.of("ben").type(line, blind=True)


def test_what_the_second_keyer_types_never_counts_and_confirms_what_is_the_same(hall: Hall) -> None:
    hall.type("GB 12@20")

    number = blind(hall, "GB 20 x 12")

    assert (hall.state(number), hall.line(number).matches) == ("blind", 1)
    assert (hall.line(1).checked_by, hall.line(1).matches) == ("ben", number)
    assert hall.pledges(number) == []
    assert hall.totals() == Totals(pledged=27_600, pledges=12)


def test_also_where_the_second_keyer_was_first(hall: Hall) -> None:
    number = blind(hall, "GB 500")

    hall.type("GB 500")

    assert (hall.line(2).checked_by, hall.line(number).matches) == ("ben", 2)


def test_a_total_is_matched_by_what_was_announced_and_not_by_what_was_left(hall: Hall) -> None:
    hall.type("GB 500")
    counted = hall.type("GB =2k")

    number = blind(hall, "GB =2k")

    assert (hall.line(number).matches, hall.line(counted).checked_by) == (counted, "ben")
    assert hall.totals().pledged + hall.totals().unconfirmed == 230_000


def test_also_where_less_is_left_when_the_first_keyer_comes(hall: Hall) -> None:
    number = blind(hall, "GB =2k")
    hall.type("GB 500")

    counted = hall.type("GB =2k")

    assert (hall.line(number).matches, hall.line(counted).checked_by) == (counted, "ben")
    assert hall.line(counted).amount == 150_000


def test_a_total_is_not_a_call_of_the_same_amount(hall: Hall) -> None:
    hall.type("GB =2k")

    assert hall.line(blind(hall, "GB 2k")).matches is None


@pytest.mark.parametrize("order", [("counted", "blind"), ("blind", "counted")])
def test_what_was_prepared_is_booked_once_and_matched(hall: Hall, order: tuple[str, str]) -> None:
    prepare(hall.parts, "hall", "GB 5000", hall.scope)

    for each in order:
        if each == "blind":
            number = blind(hall, "GB !")
        else:
            counted = hall.type("GB !")

    assert (hall.line(number).matches, hall.line(counted).checked_by) == (counted, "ben")
    assert hall.totals().pledges == 1


@pytest.mark.parametrize("line", ["GB 501", "CH 500", "GB 500 EUR", "GB 2@500", "GB 500 #9"])
def test_what_differs_is_left_to_be_looked_at(hall: Hall, line: str) -> None:
    hall.type("GB 500 #7")

    number = blind(hall, line)

    assert (hall.line(number).matches, hall.line(1).checked_by) == (None, None)


def test_each_confirms_one(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("GB 500")

    assert [hall.line(blind(hall, "GB 500")).matches for _ in range(3)] == [1, 2, None]


def test_nobody_confirms_their_own_by_typing_it_twice(hall: Hall) -> None:
    hall.type("GB 500")

    assert hall.line(hall.type("GB 500", blind=True)).matches is None


def test_nor_what_was_called_half_an_hour_ago(hall: Hall, clock: Clock) -> None:
    hall.type("GB 500")
    clock.advance(1800)

    assert hall.line(blind(hall, "GB 500")).matches is None


def test_a_line_that_is_taken_back_leaves_the_other_to_be_looked_at(hall: Hall) -> None:
    hall.type("GB 500")
    number = blind(hall, "GB 500")
    hall.of("carla").type("/undo #1")
    hall.type("/undo #1")

    assert (hall.state(1), hall.line(number).matches) == ("taken_back", None)
    assert hall.line(hall.type("GB 500")).matches == number
    hall.of("ben").type("/undo")
    assert hall.state(number) == "taken_back"


def test_a_fixed_line_meets_the_one_that_had_it_right(hall: Hall) -> None:
    hall.type("GB 500")
    number = blind(hall, "GB 50")

    fixed = hall.type("/fix 1 50")

    assert hall.line(fixed).matches == number


def test_what_counts_nothing_is_not_replaced(hall: Hall) -> None:
    number = blind(hall, "GB 500")

    with pytest.raises(Refused, match="counts nothing"):
        hall.of("ben").type(f"/fix {number} 50")


def test_a_desk_without_a_second_keyer_takes_no_blind_lines(hall: Hall) -> None:
    settings = DeskSettings(in_fund_currency=False, two_keyers=False)
    change_desk(hall.parts, "hall", settings, hall.scope)

    with pytest.raises(Refused, match="no second keyer"):
        blind(hall, "GB 500")
    sent = hall.sent("GB 500")
    assert hall.send(replace(sent, blind=False)).numbers == (1,)
