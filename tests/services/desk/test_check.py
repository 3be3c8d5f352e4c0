from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.totals import Totals
from fundtracker.services.desk import check as module
from fundtracker.services.desk.once import OtherContent
from fundtracker.services.desk.sitting import Differs
from fundtracker.services.verify import Report, verify

if TYPE_CHECKING:
    from tests.support.tellers import Hall


def test_a_second_person_confirms_what_was_shown(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("cash GB 20")
    before = hall.version

    taken = hall.of("ben").check(1, 2)

    assert taken.numbers == (1, 2)
    assert [hall.line(number).checked_by for number in (1, 2)] == ["ben", "ben"]
    assert {row.status for row in hall.pledges(1)} == {"open"}
    # Cash is still being checked until it is counted.
    assert hall.totals() == Totals(pledged=57_500, unconfirmed=2300, pledges=2)
    assert hall.line(1).changed == hall.line(2).changed == hall.version > before
    assert verify(hall.parts) == Report((), ())


def test_what_has_changed_since_is_not_confirmed_and_nothing_with_it(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("GB 600")
    shown = tuple((number, hall.line(number).version) for number in (1, 2))
    hall.type('/name 1 "Leeds"')

    with pytest.raises(Differs) as refused:
        hall.of("ben").check(lines=shown)

    assert refused.value.numbers == (1,)
    assert hall.totals().pledged == 0


def test_nobody_confirms_or_doubts_their_own(hall: Hall) -> None:
    hall.type("GB 500")

    for verdict in ("confirm", "doubt"):
        with pytest.raises(Refused, match="Line 1 is your own"):
            hall.check(1, verdict=verdict)


def test_who_doubts_says_so_and_it_counts_until_somebody_decides(hall: Hall) -> None:
    hall.type("GB 500")
    ben = hall.of("ben")

    ben.check(1, verdict="doubt")

    assert (hall.line(1).doubted_by, hall.state(1)) == ("ben", "counted")
    assert hall.totals().unconfirmed == 57_500
    hall.of("carla").check(1)
    assert (hall.line(1).doubted_by, hall.line(1).checked_by) == (None, "carla")


def test_a_second_person_may_want_it_taken_back(hall: Hall) -> None:
    hall.type("GB 500")
    hall.of("ben").type("/undo #1")

    hall.of("carla").check(1, verdict="undo")

    assert hall.state(1) == "taken_back"
    with pytest.raises(Refused, match="taken back already"):
        hall.of("carla").check(1)


def test_or_keep_it(hall: Hall) -> None:
    hall.type("GB 500")
    hall.of("ben").type("/undo #1")

    hall.of("carla").check(1)

    assert (hall.state(1), hall.line(1).undo_asked_by) == ("counted", None)


def test_a_double_that_is_none_is_closed_by_confirming_it(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("GB 500")
    ben = hall.of("ben")
    ben.check(2)

    assert (hall.line(2).double_of, hall.line(2).double_open) == (1, False)
    first = hall.line(2).checked_at
    ben.type("/double 2 1")
    ben.check(2)
    assert (hall.line(2).double_open, hall.line(2).checked_at) == (False, first)
    assert hall.totals().pledged == 57_500


@pytest.mark.parametrize("command", ["/undo #1", "/fix 1 50"])
def test_a_double_is_closed_by_taking_either_of_the_two_back(hall: Hall, command: str) -> None:
    hall.type("GB 500")
    hall.of("ben").type("GB 500")
    before = hall.line(2).version

    hall.type(command)

    assert (hall.line(2).double_open, hall.line(2).version) == (False, before + 1)


def test_a_proposal_is_no_double_of_the_one_that_it_stands_for(hall: Hall) -> None:
    hall.of("ben").check(hall.type("GB 500"))
    first = hall.type("/fix 1 50")

    second = hall.of("carla").type(
        "/fix 1 50", seen={1: hall.line(1).version, first: hall.line(first).version}, chosen=True
    )

    assert (hall.state(first), hall.line(second).double_open) == ("taken_back", False)


def test_what_is_large_counts_once_a_second_person_has_seen_it(hall: Hall) -> None:
    hall.type("GB 30k")

    hall.of("ben").check(1)

    assert (hall.state(1), hall.line(1).checked_by) == ("counted", "ben")
    assert hall.totals() == Totals(pledged=3_450_000, pledges=1)
    assert verify(hall.parts) == Report((), ())


def test_what_does_not_count_is_not_confirmed(hall: Hall) -> None:
    hall.type("~ GB 500")

    with pytest.raises(Refused, match="does not count"):
        hall.of("ben").check(1)


def test_a_check_is_done_once(hall: Hall) -> None:
    hall.type("GB 500")
    ben = hall.of("ben")
    shown = ((1, 1),)

    first = ben.check(client_id="check-of-ben", lines=shown)
    again = ben.check(client_id="check-of-ben", lines=shown)

    assert (first.numbers, again.numbers, again.repeated) == ((1,), (1,), True)
    with pytest.raises(OtherContent):
        ben.check(client_id="check-of-ben", lines=shown, verdict="doubt")


def test_there_is_a_most_at_once(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    for amount in (500, 600):
        hall.type(f"GB {amount}")
    monkeypatch.setattr(module, "MOST_AT_ONCE", 1)
    ben = hall.of("ben")

    for numbers in ((), (1, 2)):
        with pytest.raises(Refused, match="1 to 1 lines"):
            ben.check(*numbers)
    with pytest.raises(Refused, match="At most 1 lines"):
        ben.type("/ok 1-2", shown=hall.version)


# ---- by the command -----------------------------------------------------------------------------


def test_a_range_is_confirmed_but_for_ones_own(hall: Hall) -> None:
    ben = hall.of("ben")
    for teller, line in ((hall, "GB 1"), (ben, "GB 2"), (hall, "~ GB 3"), (hall, "GB 4")):
        teller.type(line, sure=True)

    numbers = ben.send(ben.sent("/ok 1-9", shown=hall.version)).numbers

    assert numbers == (1, 4)
    with pytest.raises(Refused, match="Line 2 is your own"):
        ben.type("/ok 1-9", shown=hall.version)
    with pytest.raises(Refused, match="nothing to confirm"):
        ben.type("/ok 7", shown=hall.version)


def test_the_version_that_was_shown_is_what_a_range_confirms(hall: Hall) -> None:
    hall.type("GB 500")
    shown = hall.version
    hall.type('/name 1 "Leeds"')

    for seen in (shown, None):
        with pytest.raises(Differs) as refused:
            hall.of("ben").type("/ok 1", shown=seen)
        assert refused.value.numbers == (1,)
