from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import UnknownSection
from fundtracker.domain.scope import Scope
from fundtracker.services.desk.prepare import WrittenMeanwhile, discard, prepare
from fundtracker.services.desk.understand import Unanswered
from fundtracker.store import prepared
from fundtracker.store.funds import FundRow
from tests.support.deeds import deeds
from tests.support.tellers import Hall, section_id

if TYPE_CHECKING:
    from fundtracker.store.prepared import PreparedRow
    from tests.support.clocks import Clock

EVERYWHERE = Scope.everything()


def write_down(hall: Hall, line: str) -> None:
    prepare(hall.parts, "hall", line, EVERYWHERE)


def of(hall: Hall, code: str) -> PreparedRow | None:
    with hall.parts.database.reading() as session:
        return prepared.of_section(session, hall.fund_id, section_id(hall, code), EVERYWHERE)


def test_what_is_written_down_is_booked_by_one_keystroke_once(hall: Hall) -> None:
    write_down(hall, 'GB 3@500/m6 "Leeds"')

    number = hall.type("GB !")

    row = hall.line(number)
    assert (row.amount, row.count, row.instalments, row.label) == (50_000, 3, 6, "Leeds")
    with pytest.raises(Refused, match="booked already, as line 1"):
        hall.type("GB !")
    assert [deed.action for deed in deeds(hall.parts.database)] == ["announcement_prepared"]


def test_taken_back_it_can_be_booked_again_and_replaced_it_cannot(hall: Hall) -> None:
    write_down(hall, "GB 500")
    hall.type("GB !")
    hall.type("/undo")
    hall.type("GB !")

    number = hall.type("/fix 2 600")

    with pytest.raises(Refused, match=f"as line {number}"):
        hall.type("GB !")


def test_it_may_be_a_total(hall: Hall) -> None:
    hall.type("GB 500")
    write_down(hall, "GB =2000")

    assert hall.line(hall.type('GB ! "Leeds"')).amount == 150_000


def test_a_large_one_needs_one_more_person_only(hall: Hall) -> None:
    write_down(hall, "GB 30k")
    write_down(hall.of("ben"), "CH 30k")

    assert (hall.state(hall.type("GB !")), hall.state(hall.type("CH !"))) == ("second", "counted")


def test_another_one_takes_its_place_and_it_can_be_forgotten(hall: Hall) -> None:
    write_down(hall, "GB 500")
    write_down(hall, "GB 600")

    row = of(hall, "GB")
    assert row is not None
    assert row.amount == 60_000
    discard(hall.parts, "hall", "GB", EVERYWHERE)
    discard(hall.parts, "hall", "GB", EVERYWHERE)
    assert of(hall, "GB") is None
    with pytest.raises(UnknownSection):
        discard(hall.parts, "hall", "SE", EVERYWHERE)


def test_what_somebody_else_wrote_down_meanwhile_is_neither_replaced_nor_forgotten(
    hall: Hall, clock: Clock
) -> None:
    seen = clock()
    clock.advance(seconds=1)
    write_down(hall.of("ben"), "GB 500")

    with pytest.raises(WrittenMeanwhile, match=r"GBP 500\.00 for GB"):
        prepare(hall.parts, "hall", "GB 600", EVERYWHERE, seen)
    with pytest.raises(WrittenMeanwhile):
        discard(hall.parts, "hall", "GB", EVERYWHERE, seen)

    row = of(hall, "GB")
    assert row is not None
    assert row.amount == 50_000
    prepare(hall.of("ben").parts, "hall", "GB 700", EVERYWHERE, seen)
    prepare(hall.parts, "hall", "GB 600", EVERYWHERE, clock())
    discard(hall.parts, "hall", "GB", EVERYWHERE, clock())
    assert of(hall, "GB") is None


def test_parked_it_is_not_used_up(hall: Hall) -> None:
    write_down(hall, "GB 500")
    hall.type("~ GB !")

    assert hall.state(hall.type("GB !")) == "counted"


def test_one_that_is_booked_stays(hall: Hall) -> None:
    write_down(hall, "GB 500")
    hall.type("GB !")

    with pytest.raises(Refused, match="booked, as line 1"):
        write_down(hall, "GB 600")
    with pytest.raises(Refused, match="booked, as line 1"):
        discard(hall.parts, "hall", "GB", EVERYWHERE)


@pytest.mark.parametrize(
    "line",
    ["? 500", "~ GB 500", "cash GB 500", "GB 500 #7", "GB 500 ; note", "GB !", "GB", "GB =5 x 2"],
)
def test_what_is_no_announcement_is_refused(hall: Hall, line: str) -> None:
    with pytest.raises(Refused):
        write_down(hall, line)


def test_what_is_unclear_is_asked(hall: Hall) -> None:
    with pytest.raises(Unanswered):
        write_down(hall, "GB 1.500")


def test_the_level_is_no_amount_of_an_announcement(hall: Hall) -> None:
    hall.type("/level 5 EUR")
    write_down(hall, "GB")

    row = of(hall, "GB")
    assert row is not None
    assert row.money.minor == 500


def test_a_rate_that_is_gone_meanwhile_is_missed_on_the_day(hall: Hall) -> None:
    write_down(hall, "GB 500")
    with hall.parts.database.unit_of_work() as session:
        session.execute(update(FundRow).values(rate_table_id=None))

    with pytest.raises(Refused, match="no exchange rate for GBP"):
        hall.type("GB !")
