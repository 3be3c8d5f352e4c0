"""What the treasury does to the pledges of a line is to be seen at the desk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.donations import Method
from fundtracker.domain.errors import Changed
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.domain.pledges import Instalment
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import cancel_pledge, reopen_pledge, write_off_pledge
from fundtracker.services.desk.sitting import Differs
from fundtracker.services.enter_gift import Entered, enter_gift
from fundtracker.services.follow_line import follow_later
from fundtracker.services.restate_pledge import move_pledge, name_pledge, restate_pledge
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


def pay(hall: Hall, number: int, minor: int) -> None:
    """Let a transfer pay so much of the first pledge of a line."""
    money, day = Money(minor, "GBP"), hall.parts.clock().date()
    gift = Entered(f"gift-{number}", Method.BANK, "GB", money, day, "bank")
    token = enter_gift(hall.of("treasurer").parts, hall.slug, gift, EVERYWHERE)
    allocate(hall.parts, token, [Wanted(hall.pledges(number)[0].token)], EVERYWHERE)


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


def test_sums_that_come_to_the_same_may_be_worth_another_cent(hall: Hall) -> None:
    hall.type("GB 2@1.10")

    for which, minor in enumerate((109, 111)):
        parts = [Instalment(hall.pledges(1)[which].due_on, Money(minor, "GBP"))]
        restate_pledge(hall.parts, shown(hall, 1, which), parts, EVERYWHERE)

    assert left(hall, 1) == (2, 220, 253)
    assert to_check(hall) == (1, 253)
    assert hall.totals() == Totals(unconfirmed=253, pledges=2)
    assert verify(hall.parts) == Report((), ())


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


# ---- edits of what the treasury has changed -----------------------------------------------------


@pytest.mark.parametrize("command", ["/fix 1 30", "/move 1 CH"])
@pytest.mark.parametrize("what", ["withdrawn", "restated", "moved"])
def test_no_edit_undoes_what_the_treasury_did_to_a_line(
    hall: Hall, what: str, command: str
) -> None:
    hall.type("GB 3@20")
    (first, *_), pledge = hall.pledges(1), shown(hall, 1)
    if what == "withdrawn":
        cancel_pledge(hall.parts, pledge, EVERYWHERE)
    elif what == "restated":
        parts = [Instalment(first.due_on, Money(1000, "GBP"))]
        restate_pledge(hall.parts, pledge, parts, EVERYWHERE)
    else:
        move_pledge(hall.parts, pledge, "CH", EVERYWHERE)
    before = hall.totals()

    with pytest.raises(Refused, match="The treasury has changed pledges of line 1"):
        hall.type(command, seen={1: hall.line(1).version})

    assert (hall.state(1), hall.totals()) == ("counted", before)
    # Taken back it is, with what is left of it.
    hall.type("/undo")
    assert hall.totals() == Totals()
    assert verify(hall.parts) == Report((), ())


def test_a_refund_that_the_desk_has_not_heard_of_yet_is_not_undone_either(hall: Hall) -> None:
    hall.type("GB 3@20")
    with hall.parts.database.unit_of_work() as session:
        first = hall.pledges(1)[0].id
        query = update(PledgeRow).where(PledgeRow.id == first)
        session.execute(query.values(status="cancelled"))

    with pytest.raises(Refused, match="The treasury has changed"):
        hall.type("/fix 1 30")


def test_what_waited_for_a_second_person_meanwhile_does_not_undo_it(hall: Hall) -> None:
    hall.of("ben").check(hall.type("GB 3@20"))
    waiting = hall.type("/fix 1 30")
    cancel_pledge(hall.parts, shown(hall, 1), EVERYWHERE)

    with pytest.raises(Refused, match="The treasury has changed pledges of line 1"):
        hall.of("carla").check(waiting)

    assert (hall.state(1), hall.state(waiting)) == ("counted", "second")
    assert hall.totals() == Totals(pledged=4600, pledges=2)


def test_a_line_taken_back_after_the_treasury_had_changed_it_is_not_booked_anew(
    hall: Hall,
) -> None:
    hall.type("GB 3@20")
    cancel_pledge(hall.parts, shown(hall, 1), EVERYWHERE)
    hall.type("/undo")

    insisting = {"seen": {1: hall.line(1).version}, "chosen": True}
    for line, replaces in (("/fix 1 30", None), ("GB 3@30", 1)):
        with pytest.raises(Refused, match="The treasury has changed"):
            hall.type(line, replaces=replaces, **insisting)
    assert hall.totals() == Totals()


@pytest.mark.parametrize("command", ["/undo", "/fix 1 30"])
def test_a_line_stays_the_treasurys_once_a_pledge_was_paid_and_then_withdrawn(
    hall: Hall, command: str
) -> None:
    hall.type("GB 2@20")
    pay(hall, 1, 1000)
    cancel_pledge(hall.parts, shown(hall, 1), EVERYWHERE)
    before = hall.totals()

    with pytest.raises(Refused, match="treasury"):
        hall.type(command)

    assert hall.totals() == before
    assert (before.received, before.unconfirmed) == (1150, 2300)
    assert verify(hall.parts) == Report((), ())
