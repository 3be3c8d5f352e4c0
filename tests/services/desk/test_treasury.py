"""What the treasury does to the pledges of a line is to be seen at the desk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from fundtracker.domain.errors import Changed
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.domain.pledges import Instalment
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import cancel_pledge, reopen_pledge, write_off_pledge
from fundtracker.services.desk.sitting import Differs
from fundtracker.services.follow_line import follow_later
from fundtracker.services.restate_pledge import name_pledge, restate_pledge
from fundtracker.services.verify import Report, verify
from fundtracker.services.work import work
from fundtracker.store import calls, desk_sums
from fundtracker.store.desk_sums import Tally
from fundtracker.store.pledges import PledgeRow
from tests.support.tellers import Hall, section_id

EVERYWHERE = Scope.everything()
if TYPE_CHECKING:
    from tests.support.clocks import Clock


def shown(hall: Hall, number: int, which: int = 0) -> Shown:
    """One of the pledges of a line, as it is."""
    pledge = hall.pledges(number)[which]
    return Shown(pledge.token, pledge.version)


def to_check(hall: Hall) -> tuple[int, int]:
    """How many lines wait for a second person, and what they are worth."""
    with hall.parts.database.reading() as session:
        found = desk_sums.open_lines(session, hall.fund_id, EVERYWHERE)
        listed = calls.to_check(session, hall.fund_id, EVERYWHERE, 9)
    assert sum(row.worth for row in listed if row.state == "counted") == found.to_check_base
    return found.to_check, found.to_check_base


def tally(hall: Hall) -> list[Tally]:
    with hall.parts.database.reading() as session:
        return desk_sums.tallies(session, hall.fund_id, EVERYWHERE)


def left(hall: Hall, number: int) -> tuple[int | None, int | None, int | None]:
    row = hall.line(number)
    return row.left_people, row.left_amount, row.left_base


def test_what_is_withdrawn_is_checked_and_tallied_no_more_until_it_is_open_again(
    hall: Hall,
) -> None:
    for line in ("GB 500", "GB 20"):
        hall.type(line)
    before = hall.line(1).version

    cancel_pledge(hall.parts, shown(hall, 1), EVERYWHERE)

    row = hall.line(1)
    assert (row.state, left(hall, 1)) == ("counted", (0, 0, 0))
    assert (row.version, row.changed, row.changed_by) == (before + 1, hall.version, "anna")
    assert to_check(hall) == (1, 2300)
    assert tally(hall) == [Tally(section_id(hall, "GB"), "GBP", 1, 1, 2000, 2300)]
    assert hall.totals() == Totals(unconfirmed=2300, pledges=1)
    # A range of lines confirms no promise that is gone.
    assert hall.of("ben").send(hall.sent("/ok 1-2", shown=hall.version)).numbers == (2,)

    reopen_pledge(hall.parts, shown(hall, 1), EVERYWHERE)

    assert left(hall, 1) == (None, None, None)
    assert to_check(hall) == (1, 57_500)
    assert [(each.lines, each.amount) for each in tally(hall)] == [(2, 52_000)]
    assert verify(hall.parts) == Report((), ())


def test_of_several_people_those_are_left_whose_promises_are(hall: Hall) -> None:
    hall.type("GB 3@20/m6")

    write_off_pledge(hall.parts, shown(hall, 1, 1), EVERYWHERE, "gone away")

    assert left(hall, 1) == (2, 24_000, 27_600)
    assert to_check(hall) == (1, 27_600)
    assert tally(hall) == [Tally(section_id(hall, "GB"), "GBP", 1, 2, 24_000, 27_600)]


def test_another_sum_is_seen_and_the_first_one_again(hall: Hall) -> None:
    hall.type("GB 500")
    (pledge,) = hall.pledges(1)

    for minor, found in ((40_000, (1, 40_000, 46_000)), (50_000, (None, None, None))):
        parts = [Instalment(pledge.due_on, Money(minor, "GBP"))]
        restate_pledge(hall.parts, shown(hall, 1), parts, EVERYWHERE)
        assert left(hall, 1) == found
        assert to_check(hall) == (1, minor * 115 // 100)


def test_whoever_checks_or_mends_a_line_is_shown_that_it_is_withdrawn(hall: Hall) -> None:
    hall.type("GB 500")
    seen, ben = {1: hall.line(1).version}, hall.of("ben")
    cancel_pledge(hall.of("treasurer").parts, shown(hall, 1), EVERYWHERE)

    with pytest.raises(Differs):
        ben.check(1, lines=tuple(seen.items()))
    with pytest.raises(Differs):
        hall.type("/fix 1 50", seen=seen)


def test_a_name_is_nothing_of_the_sort(hall: Hall) -> None:
    hall.type("GB 500")
    before = hall.line(1).version

    name_pledge(hall.parts, shown(hall, 1), "Leeds", EVERYWHERE)

    assert (hall.line(1).version, left(hall, 1)) == (before, (None, None, None))


def test_what_waits_for_a_second_person_is_seen_to_be_withdrawn_as_well(hall: Hall) -> None:
    hall.type("GB 30k")
    before = hall.version

    cancel_pledge(hall.parts, shown(hall, 1), EVERYWHERE)

    assert (left(hall, 1), hall.state(1)) == ((0, 0, 0), "second")
    assert hall.version > before
    assert to_check(hall) == (0, 0)


def test_a_line_that_was_taken_back_stays_so(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("/undo")

    name_pledge(hall.parts, shown(hall, 1), "Leeds", EVERYWHERE)

    assert left(hall, 1) == (None, None, None)


def test_a_refund_that_withdraws_a_promise_tells_the_desk_by_a_job(
    hall: Hall, clock: Clock
) -> None:
    hall.type("GB 500")
    for _ in range(2):
        with hall.parts.database.unit_of_work() as session:
            session.execute(
                update(PledgeRow).values(status="cancelled", version=PledgeRow.version + 1)
            )
        rows = [*hall.pledges(1), PledgeRow(call_id=None)]
        with hall.parts.database.unit_of_work() as session:
            follow_later(session, rows, clock())
        version = hall.version
        while work(hall.parts):
            pass

    assert left(hall, 1) == (0, 0, 0)
    assert (hall.line(1).version, hall.version) == (2, version)


def test_a_desk_and_a_treasury_at_once_neither_wait_for_ever_nor_contradict_each_other(
    hall: Hall,
) -> None:
    numbers = [hall.type(f"GB 2@{amount}") for amount in range(10, 22)]
    ben, treasurer = hall.of("ben"), hall.of("treasurer").parts

    def check(number: int) -> None:
        with suppress(Differs):
            ben.check(number)

    def withdraw(number: int) -> None:
        with suppress(Changed):
            cancel_pledge(treasurer, shown(hall, number), EVERYWHERE)

    with ThreadPoolExecutor(4) as pool:
        tasks = [
            pool.submit(do, number)
            for one, other in zip(numbers, reversed(numbers), strict=True)
            for do, number in ((check, one), (withdraw, other))
        ]
        for task in tasks:
            task.result(timeout=60)

    for number in numbers:
        open_ones = [row for row in hall.pledges(number) if row.status in EXPECTED]
        people = hall.line(number).left_people
        assert len(open_ones) == (hall.line(number).count if people is None else people)
    assert verify(hall.parts) == Report((), ())
