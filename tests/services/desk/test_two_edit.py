"""Two tellers edit one pledge: the second one sees the difference, and chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.totals import Totals
from fundtracker.services.desk.sitting import Differs
from fundtracker.services.verify import Report, verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.tellers import Hall


def seen(hall: Hall, *numbers: int) -> dict[int, int]:
    """What stands on a screen of these lines."""
    return {number: hall.line(number).version for number in numbers}


def shown_instead(hall: Hall, line: str, before: dict[int, int], **more: int) -> Sequence[int]:
    """Send an edit that is refused for what has changed, and return the lines that are shown."""
    version = hall.version
    with pytest.raises(Differs) as refused:
        hall.type(line, seen=before, **more)
    assert hall.version == version
    return refused.value.numbers


def insist(hall: Hall, line: str, numbers: Sequence[int], **more: int) -> int:
    """Want one's own all the same, twice under one id, as after an answer that was lost."""
    sent = hall.sent(line, seen=seen(hall, *numbers), chosen=True, **more)
    taken = hall.send(sent)
    version = hall.version
    assert hall.send(sent).numbers == taken.numbers
    assert hall.version == version
    return taken.numbers[0]


def balanced(hall: Hall) -> bool:
    return verify(hall.parts) == Report((), ())


def test_the_second_amount_goes_to_the_line_that_replaced_the_first(hall: Hall) -> None:
    hall.type("GB 500")
    before, ben = seen(hall, 1), hall.of("ben")
    hall.of("ben").check(1)
    hall.of("carla").check(hall.type("/fix 1 60"))

    assert shown_instead(ben, "/fix 1 50", before) == (1, 2)
    number = insist(ben, "/fix 1 50", (1, 2))

    # Somebody else's: it waits for a second person, in the place of the newer one.
    assert (hall.state(2), hall.state(number), hall.line(number).replaces) == (
        "counted",
        "second",
        2,
    )
    hall.check(number)
    assert [hall.state(each) for each in (1, 2, number)] == ["taken_back", "taken_back", "counted"]
    assert hall.totals() == Totals(pledged=5750, pledges=1)
    assert balanced(hall)


@pytest.mark.parametrize(
    ("command", "total"),
    [("/move 1 CH", 57_500), ('/name 1 "York"', 57_500), ("/fix 1 50", 5750)],
)
def test_every_edit_of_a_line_that_moved_is_shown_where_it_went(
    hall: Hall, command: str, total: int
) -> None:
    hall.type("? 500")
    before = seen(hall, 1)
    hall.type("/move 1 GB")
    hall.type("/fix 2 500 GBP", seen=seen(hall, 2))

    assert shown_instead(hall, command, before) == (1, 2, 3)
    insist(hall, command, (1, 2, 3))

    assert hall.totals() == Totals(unconfirmed=total, pledges=1)
    assert balanced(hall)


def test_what_is_taken_back_is_booked_anew_if_the_second_one_wants_it(hall: Hall) -> None:
    hall.type('cash GB 2@500 "York"')
    before, ben = seen(hall, 1), hall.of("ben")
    hall.type("/undo")

    assert shown_instead(ben, "/fix 1 50", before) == (1,)
    number = insist(ben, "/fix 1 50", (1,))

    old, new = hall.line(1), hall.line(number)
    assert (old.state, old.replaced_by, new.replaces) == ("taken_back", number, 1)
    assert (new.state, new.teller, new.count, new.amount) == ("counted", "ben", 2, 5000)
    assert (new.paid_by, new.label) == ("cash", "York")
    assert hall.totals() == Totals(unconfirmed=11_500, pledges=2)
    # A third one does not book it once more.
    assert shown_instead(hall.of("carla"), "/fix 1 70", before) == (1, number)
    assert balanced(hall)


def test_large_or_moved_it_is_booked_anew_as_it_would_be_typed(hall: Hall) -> None:
    for line in ("GB 500", "GB 600"):
        hall.type(line)
    hall.type("/undo 2")
    ben = hall.of("ben")

    large, moved = insist(ben, "/fix 1 30k", (1,)), insist(ben, "/move 2 CH", (2,))

    assert (hall.state(large), hall.state(moved)) == ("second", "counted")
    hall.check(large)
    assert hall.totals() == Totals(pledged=3_450_000, unconfirmed=69_000, pledges=2)
    assert balanced(hall)


def test_what_never_counted_is_not_booked_anew_by_an_edit(hall: Hall) -> None:
    hall.type("~ GB 500")
    before = seen(hall, 1)
    hall.type("/undo")

    assert shown_instead(hall.of("ben"), "/fix 1 50", before) == (1,)
    with pytest.raises(Refused, match="did not count"):
        insist(hall.of("ben"), "/fix 1 50", (1,))
    assert hall.totals() == Totals()


@pytest.mark.parametrize("command", ['/name 1 "York"', "/undo #1", "/double 1 2"])
def test_of_what_is_taken_back_nothing_is_left_to_name_or_undo(hall: Hall, command: str) -> None:
    hall.type("GB 500")
    before = seen(hall, 1)
    hall.type("/undo")

    with pytest.raises(Refused, match="Line 1 is taken back already"):
        hall.of("ben").type(command, seen=before)


def test_the_later_name_does_not_win_silently(hall: Hall) -> None:
    hall.type("GB 500")
    before, ben = seen(hall, 1), hall.of("ben")
    hall.type('/name 1 "Leeds"')

    assert shown_instead(ben, '/name 1 "York"', before) == (1,)
    assert hall.line(1).label == "Leeds"
    insist(ben, '/name 1 "York"', (1,))

    assert hall.line(1).label == "York"


def test_what_happens_to_other_lines_is_no_difference(hall: Hall) -> None:
    hall.type("GB 500")
    before, shown, ben = seen(hall, 1), hall.version, hall.of("ben")
    hall.type("GB 600")
    hall.type('/name 2 "Leeds"')

    ben.type('/name 1 "York"', seen=before, shown=shown)

    assert hall.line(1).label == "York"


def test_ones_own_edit_is_known_but_not_what_it_became(hall: Hall) -> None:
    hall.type("GB 500")
    before = seen(hall, 1)
    hall.type('/name 1 "Leeds"', seen=before)
    hall.type("/fix 1 50", seen=before)

    # Typed ahead without a network: the first one went through, the second one asks.
    assert shown_instead(hall, "/fix 1 60", before) == (1, 2)
    insist(hall, "/fix 1 60", (1, 2))

    assert hall.totals() == Totals(unconfirmed=6900, pledges=1)


def test_what_changes_while_the_difference_is_shown_is_shown_as_well(hall: Hall) -> None:
    hall.type("GB 500")
    before, ben = seen(hall, 1), hall.of("ben")
    hall.type('/name 1 "Leeds"')
    shown_instead(ben, "/fix 1 50", before)
    then = seen(hall, 1)
    hall.type("/fix 1 60")

    with pytest.raises(Differs) as refused:
        ben.type("/fix 1 50", seen=then, chosen=True)

    assert refused.value.numbers == (1, 2)
    insist(ben, "/fix 1 50", (1, 2))
    assert hall.totals() == Totals(unconfirmed=6900, pledges=1)


def test_a_second_proposal_for_somebody_elses_line_takes_the_place_of_the_first(
    hall: Hall,
) -> None:
    hall.type("GB 500")
    before, ben, carla = seen(hall, 1), hall.of("ben"), hall.of("carla")
    first = ben.type("/fix 1 50", seen=before)

    assert shown_instead(carla, "/fix 1 60", before) == (1, first)
    second = insist(carla, "/fix 1 60", (1, first))

    assert [hall.state(each) for each in (1, first, second)] == ["counted", "taken_back", "second"]
    assert hall.line(first).replaced_by == second
    hall.check(second)
    assert hall.totals() == Totals(pledged=6900, pledges=1)
    assert balanced(hall)


def test_who_typed_the_line_sees_the_proposal_before_mending_it(hall: Hall) -> None:
    hall.type("GB 500")
    before = seen(hall, 1)
    first = hall.of("ben").type("/fix 1 50")

    assert shown_instead(hall, "/fix 1 60", before) == (1, first)
    insist(hall, "/fix 1 60", (1, first))

    assert [hall.state(each) for each in (1, first)] == ["taken_back", "taken_back"]
    assert hall.totals() == Totals(unconfirmed=6900, pledges=1)
    assert balanced(hall)


def test_two_who_mend_one_parked_line(hall: Hall) -> None:
    parked = hall.type("~ GB 500")
    before, ben = seen(hall, parked), hall.of("ben")
    first = hall.type("GB 450", replaces=parked, seen=before)

    assert shown_instead(ben, "GB 400", before, replaces=parked) == (parked, first)
    second = insist(ben, "GB 400", (parked, first), replaces=parked)

    assert (hall.state(first), hall.state(second)) == ("counted", "second")
    hall.check(second)
    assert hall.totals() == Totals(pledged=46_000, pledges=1)
    assert balanced(hall)


def test_one_that_was_thrown_away_meanwhile_is_mended_or_parked_once_more(hall: Hall) -> None:
    numbers = [hall.type("~ GB 500"), hall.type("something about Leeds", parked=True)]
    before, ben = seen(hall, *numbers), hall.of("ben")
    hall.type("/undo 2")

    for number, line in zip(numbers, ("GB 450", "~ GB 450"), strict=True):
        assert shown_instead(ben, line, before, replaces=number) == (number,)
    counted, parked = (
        insist(ben, line, (number,), replaces=number)
        for number, line in zip(numbers, ("GB 450", "~ GB 450"), strict=True)
    )

    assert (hall.state(counted), hall.state(parked)) == ("counted", "parked")
    assert [hall.line(number).replaced_by for number in numbers] == [counted, parked]
    assert balanced(hall)


def test_a_parked_line_that_counts_by_now_is_not_parked_again(hall: Hall) -> None:
    parked = hall.type("~ GB 500")
    first = hall.type("GB 450", replaces=parked)

    with pytest.raises(Refused, match="Only a parked line"):
        insist(hall.of("ben"), "~ GB 400", (parked, first), replaces=parked)
