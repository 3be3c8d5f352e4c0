from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.totals import Totals
from fundtracker.services.desk.sitting import Differs
from fundtracker.services.desk.understand import Unanswered
from fundtracker.store import desks

if TYPE_CHECKING:
    from fundtracker.domain.money import Money
    from tests.support.tellers import Hall


def level(hall: Hall) -> Money | None:
    with hall.parts.database.reading() as session:
        return desks.level_of(desks.of_fund(session, hall.fund_id))


def names(hall: Hall, number: int) -> list[str | None]:
    with hall.parts.database.unit_of_work() as session:
        return [session.merge(row).name for row in hall.pledges(number)]


def test_a_label_names_the_line_and_its_pledges(hall: Hall) -> None:
    hall.type("GB 2@500")
    assert names(hall, 1) == [None, None]

    hall.type('/name 1 "Leeds branch"')

    assert hall.line(1).label == "Leeds branch"
    assert names(hall, 1) == ["Leeds branch"] * 2
    assert hall.totals() == Totals(unconfirmed=115_000, pledges=2)
    hall.type("/undo")
    with pytest.raises(Refused, match="taken back already"):
        hall.type('/name 1 "York"')


def test_a_line_is_said_to_be_another_one_once_more(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("GB 600")
    hall.type("~ GB 700")

    hall.of("ben").type("/double 2 1")

    assert (hall.line(2).double_of, hall.line(2).double_open) == (1, True)
    assert hall.totals().pledges == 2
    with pytest.raises(Refused, match="Line 3 does not count"):
        hall.type("/double 3 1")
    with pytest.raises(Refused, match="no line 9"):
        hall.type("/double 2 9")


def test_the_level_is_what_a_section_alone_means_to_every_teller(hall: Hall) -> None:
    before = hall.version
    hall.type("/level 500 EUR")

    assert str(level(hall)) == "EUR 500.00"
    assert hall.version > before
    one, three = hall.of("ben").type("GB"), hall.type("GB 3@")
    assert [(row.amount, row.count) for row in map(hall.line, (one, three))] == [
        (50_000, 1),
        (50_000, 3),
    ]
    hall.type("/level off")
    assert level(hall) is None
    with pytest.raises(Refused, match="How much"):
        hall.type("GB")


@pytest.mark.parametrize("command", ["/help", "/undo x", "/fix 1"])
def test_what_is_no_command_does_nothing(hall: Hall, command: str) -> None:
    hall.type("GB 500")
    before = hall.version

    with pytest.raises(Refused):
        hall.type(command)
    assert hall.version == before


def test_what_is_unclear_in_a_command_is_asked(hall: Hall) -> None:
    hall.type("GB 500")

    with pytest.raises(Unanswered):
        hall.type("/move 1 CHE")


@pytest.mark.parametrize(
    "command", ["/fix 1 50", "/move 1 CH", '/name 1 "York"', "/double 1 2", "/undo #1"]
)
def test_what_somebody_else_has_changed_meanwhile_is_shown_first(hall: Hall, command: str) -> None:
    hall.type("GB 500")
    hall.of("carla").type("GB 600")
    shown, ben = hall.version, hall.of("ben")
    hall.type('/name 1 "Leeds"')

    with pytest.raises(Differs) as refused:
        ben.type(command, shown=shown)

    assert refused.value.numbers == (1,)
    assert hall.line(1).label == "Leeds"
    ben.type(command, shown=hall.version)


def test_what_one_has_changed_oneself_is_known(hall: Hall) -> None:
    shown = hall.version
    hall.type("GB 500")

    hall.type("/fix 1 50", shown=shown)
    hall.type("/undo", shown=shown)

    assert hall.totals() == Totals()


def test_a_line_that_was_confirmed_meanwhile_is_not_taken_back_unseen(hall: Hall) -> None:
    hall.type("GB 500")
    shown = hall.version
    hall.of("ben").check(1)

    with pytest.raises(Differs):
        hall.type("/undo", shown=shown)
