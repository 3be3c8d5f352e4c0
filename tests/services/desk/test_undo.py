from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import NotNow
from fundtracker.domain.totals import Totals
from fundtracker.services.verify import Report, verify
from fundtracker.store.funds import FundRow
from fundtracker.store.pledges import PledgeRow

if TYPE_CHECKING:
    from tests.support.tellers import Hall


def test_the_last_line_of_ones_own_is_taken_back(hall: Hall) -> None:
    hall.type("GB 500")
    hall.of("ben").type("GB 700")

    number = hall.type("/undo")

    assert (number, hall.state(1), hall.state(2)) == (1, "taken_back", "counted")
    assert {row.status for row in hall.pledges(1)} == {"cancelled"}
    assert hall.totals() == Totals(unconfirmed=80_500, pledges=1)
    assert hall.type("GB 500") == 3
    assert verify(hall.parts) == Report((), ())


def test_several_are_taken_back_in_one_version(hall: Hall) -> None:
    for line in ("GB 1000", "GB 2@20", "~ CH 5", "GB 30k"):
        hall.type(line)
    before = hall.version

    numbers = hall.send(hall.sent("/undo 4")).numbers

    assert numbers == (4, 3, 2, 1)
    assert {hall.line(number).changed for number in numbers} == {hall.version}
    assert hall.version > before
    assert hall.totals() == Totals()


def test_there_may_be_nothing_to_take_back(hall: Hall) -> None:
    hall.of("ben").type("GB 500")

    with pytest.raises(Refused, match="no line of yours"):
        hall.type("/undo")


def test_a_line_of_ones_own_is_taken_back_by_its_number_once(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("GB 600")
    hall.type("/undo #1")

    assert (hall.state(1), hall.state(2)) == ("taken_back", "counted")
    with pytest.raises(Refused, match="taken back already"):
        hall.type("/undo #1")
    with pytest.raises(Refused, match="no line 9"):
        hall.type("/undo #9")


def test_somebody_elses_line_waits_for_a_second_person(hall: Hall) -> None:
    hall.type("GB 500")
    ben = hall.of("ben")

    ben.type("/undo #1")
    ben.type("/undo #1")

    assert (hall.state(1), hall.line(1).undo_asked_by) == ("counted", "ben")
    assert hall.totals().pledges == 1
    hall.of("carla").type("/undo #1")
    assert (hall.state(1), hall.line(1).undo_asked_by) == ("taken_back", None)
    assert hall.totals() == Totals()


def test_so_does_one_that_is_confirmed(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("GB 600")
    hall.of("ben").check(2)

    hall.type("/undo")
    assert (hall.state(2), hall.line(2).undo_asked_by) == ("counted", "anna")

    # What is asked for already is not asked for again.
    hall.type("/undo")
    assert hall.state(1) == "taken_back"
    hall.of("ben").type("/undo #2")
    assert hall.state(2) == "taken_back"
    assert verify(hall.parts) == Report((), ())


def test_what_is_paid_is_the_treasurys(hall: Hall) -> None:
    hall.type("GB 500")
    with hall.parts.database.unit_of_work() as session:
        session.execute(update(PledgeRow).values(paid=1))

    with pytest.raises(Refused, match="Line 1 is paid"):
        hall.type("/undo")
    assert hall.state(1) == "counted"


def test_a_pledge_that_is_withdrawn_already_stays_so(hall: Hall) -> None:
    hall.type("GB 2@500")
    with hall.parts.database.unit_of_work() as session:
        first = hall.pledges(1)[0]
        session.execute(
            update(PledgeRow).where(PledgeRow.id == first.id).values(status="written_off")
        )

    hall.type("/undo")

    assert [row.status for row in hall.pledges(1)] == ["written_off", "cancelled"]


def test_it_is_corrected_also_once_the_fund_is_closed_but_not_in_the_archive(hall: Hall) -> None:
    for line in ("GB 500", "GB 600"):
        hall.type(line)
    for status in ("closed", "archived"):
        with hall.parts.database.unit_of_work() as session:
            session.execute(update(FundRow).values(status=status))
        if status == "closed":
            hall.type("/undo")

    with pytest.raises(NotNow, match="archived"):
        hall.type("/undo")
    assert (hall.state(1), hall.state(2)) == ("counted", "taken_back")
