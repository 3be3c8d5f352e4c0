from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import NotNow
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import confirm_pledge, reopen_pledge
from fundtracker.services.restate_pledge import move_pledge
from fundtracker.services.verify import Report, verify

if TYPE_CHECKING:
    from tests.support.tellers import Hall


def test_mending_what_waits_for_a_second_person_leaves_one_line_that_counts(hall: Hall) -> None:
    first = hall.type("GB 500")
    hall.of("ben").check(first)
    second = hall.type(f"/fix {first} 600")

    third = hall.type(f"/fix {second} 700")

    assert hall.totals() == Totals(pledged=57_500, pledges=1)
    assert [hall.line(number).state for number in (first, second, third)] == [
        "counted",
        "taken_back",
        "second",
    ]
    assert hall.line(third).replaces == first

    hall.of("ben").check(third)

    assert hall.totals() == Totals(pledged=80_500, pledges=1)
    assert hall.line(first).state == "taken_back"
    assert verify(hall.parts) == Report((), ())


def test_what_waits_at_the_desk_is_decided_there(hall: Hall) -> None:
    first = hall.type("GB 500")
    hall.of("ben").check(first)
    second = hall.type(f"/fix {first} 600")
    (waiting,) = hall.pledges(second)
    shown = Shown(waiting.token, waiting.version)

    with pytest.raises(NotNow):
        confirm_pledge(hall.parts, shown, Scope.everything())
    with pytest.raises(NotNow):
        move_pledge(hall.parts, shown, "CH", Scope.everything())

    hall.of("ben").check(second)
    (gone,) = hall.pledges(first)
    with pytest.raises(NotNow):
        reopen_pledge(hall.parts, Shown(gone.token, gone.version), Scope.everything())
    assert hall.totals() == Totals(pledged=69_000, pledges=1)


def test_more_than_can_be_counted_is_refused(hall: Hall) -> None:
    with pytest.raises(Refused):
        hall.type("GB 999999999999/m60 x 200")
    assert hall.totals() == Totals()
