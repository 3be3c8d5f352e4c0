from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from fundtracker.domain.desk.open import DeskClosed, DeskNotYetOpen, DeskPaused
from fundtracker.domain.desk.values import Level, Mark, Refused
from fundtracker.domain.errors import NotNow, UnknownFund
from fundtracker.domain.money import Money
from fundtracker.domain.rates import Rate
from fundtracker.domain.scope import Reach, Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.desk.once import OtherContent
from fundtracker.services.desk.sitting import Differs, OtherDesk, sitting
from fundtracker.services.desk.understand import Unanswered
from fundtracker.services.hold import hold, release
from fundtracker.services.set_rates import set_rates
from fundtracker.services.verify import Report, verify
from fundtracker.store import pledges, totals
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_fund
from tests.support.tellers import Hall, section_id

if TYPE_CHECKING:
    from tests.support.clocks import Clock


def change_fund(hall: Hall, **values: Any) -> None:  # noqa: ANN401 - columns of a fund
    with hall.parts.database.unit_of_work() as session:
        session.execute(update(FundRow).where(FundRow.slug == hall.slug).values(**values))


# ---- a line and its pledges ---------------------------------------------------------------------


def test_a_line_is_numbered_counted_and_announced(hall: Hall) -> None:
    before = hall.version

    number = hall.type('GB 500 #217 "Leeds branch" ; in the third row')

    row = hall.line(number)
    assert (number, row.state, row.version, row.teller) == (1, "counted", 1, "anna")
    assert (row.label, row.note, row.badge) == ("Leeds branch", "in the third row", "217")
    assert (row.currency, row.amount, row.base) == ("GBP", 50_000, 57_500)
    assert row.changed == hall.version > before
    assert hall.totals() == Totals(unconfirmed=57_500, pledges=1)
    assert hall.parts.broker.newer("hall", before, timeout=0) == hall.version
    assert verify(hall.parts) == Report((), ())


def test_rates_that_change_as_a_line_arrives_hold_for_the_whole_of_it(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*asked: Any) -> Any:  # noqa: ANN401 - handed on
        set_rates(hall.parts, hall.slug, {"GBP": Rate.parse("1.2")}, source="the office")
        return sitting(*asked)

    monkeypatch.setattr("fundtracker.services.desk.take.sitting", late)

    number = hall.type("GB 500")

    (pledge,) = hall.pledges(number)
    assert pledges.rate_of(pledge) == Rate.parse("1.2")
    assert hall.line(number).base == pledge.base == 60_000
    assert verify(hall.parts) == Report((), ())


def test_a_ceiling_that_is_lowered_as_a_line_arrives_asks_for_a_second_person(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*asked: Any) -> Any:  # noqa: ANN401 - handed on
        change_fund(hall, ceiling=10_000)
        return sitting(*asked)

    monkeypatch.setattr("fundtracker.services.desk.take.sitting", late)

    assert hall.state(hall.type("GB 500")) == "second"


def test_each_person_of_a_line_makes_a_pledge(hall: Hall) -> None:
    number = hall.type("bank GB 3@20/m6")

    rows = hall.pledges(number)
    assert [(row.amount, row.status, row.source) for row in rows] == [
        (12_000, "unconfirmed", "floor")
    ] * 3
    assert {row.paid_by for row in rows} == {"bank"}
    assert hall.totals() == Totals(unconfirmed=3 * 13_800, pledges=3)


def test_a_call_without_a_section_is_the_funds_own(hall: Hall) -> None:
    number = hall.type("? 40")

    assert (hall.line(number).section_id, hall.line(number).currency) == (0, "EUR")
    assert hall.totals(0) == Totals(unconfirmed=4000, pledges=1)


def test_two_hundred_people_are_one_line(hall: Hall) -> None:
    number = hall.type("GB 200@5")

    assert hall.state(number) == "second"
    assert len(hall.pledges(number)) == 200
    assert hall.totals() == Totals()


# ---- once, and in order -------------------------------------------------------------------------


def test_what_arrives_twice_is_one_line(hall: Hall) -> None:
    sent = hall.sent("GB 500")
    first = hall.send(sent)

    again = hall.send(replace(sent, key=hall.key))

    assert (again.numbers, first.repeated, again.repeated) == (first.numbers, False, True)
    assert hall.totals() == Totals(unconfirmed=57_500, pledges=1)


@pytest.mark.parametrize("changes", [{"line": "GB 600"}, {"parked": True}, {"replaces": 7}])
def test_the_same_id_with_other_content_is_told_and_books_nothing(
    hall: Hall, changes: dict[str, Any]
) -> None:
    sent = hall.sent("GB 500")
    hall.send(sent)

    with pytest.raises(OtherContent) as refused:
        hall.send(replace(sent, **changes))

    assert refused.value.numbers == (1,)
    assert hall.totals() == Totals(unconfirmed=57_500, pledges=1)


def test_somebody_elses_id_is_other_content(hall: Hall) -> None:
    sent = hall.sent("GB 500")
    hall.send(sent)

    with pytest.raises(OtherContent):
        hall.of("ben").send(sent)


def test_two_tellers_at_once_leave_no_gap(hall: Hall) -> None:
    lines = [hall.of(f"teller-{number % 4}").sent(f"GB {10 + number}") for number in range(16)]
    tellers = [hall.of(f"teller-{number % 4}") for number in range(16)]

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda pair: pair[0].send(pair[1]), zip(tellers, lines, strict=True)))

    assert sorted(each.numbers[0] for each in taken) == list(range(1, 17))
    assert hall.totals().pledges == 16
    assert verify(hall.parts) == Report((), ())


def test_the_same_line_at_the_same_moment_is_one(hall: Hall) -> None:
    sent = hall.sent("GB 500")

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: hall.send(sent), range(4)))

    assert {each.numbers for each in taken} == {(1,)}
    assert sorted(each.repeated for each in taken) == [False, True, True, True]
    assert hall.totals().pledges == 1


def test_commands_are_done_once_as_well(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("GB 600")
    undo = hall.sent("/undo")

    first, again = hall.send(undo), hall.send(undo)

    assert (first.numbers, again.numbers, again.repeated) == ((2,), (2,), True)
    assert hall.totals() == Totals(unconfirmed=57_500, pledges=1)
    with pytest.raises(OtherContent):
        hall.send(replace(undo, line="/undo 2"))


def test_a_line_that_replaces_another_is_told_with_it_again(hall: Hall) -> None:
    parked = hall.type("~ GB 500")
    sent = hall.sent("GB 500", replaces=parked)

    assert hall.send(sent).numbers == (2, 1)
    assert hall.send(sent).numbers == (2, 1)


# ---- what is asked and refused ------------------------------------------------------------------


@pytest.mark.parametrize("line", ["GB 1.500", "GBR 500", "GB 20 500", "GB 0.01"])
def test_what_is_asked_books_nothing(hall: Hall, line: str) -> None:
    with pytest.raises(Unanswered) as asked:
        hall.type(line)

    assert asked.value.question.choices
    assert str(asked.value)
    assert hall.totals() == Totals()
    assert hall.type("GB 500") == 1


def test_an_answer_is_remembered_for_the_teller_alone(hall: Hall) -> None:
    hall.type("GB 1.500", habits={".": Mark.GROUPS})
    hall.type("GB 2.500")

    assert hall.line(2).amount == 250_000
    with pytest.raises(Unanswered):
        hall.of("ben").type("GB 3.500")
    hall.type("GB 2.500", habits={".": Mark.FRACTION}, sure=True)
    assert hall.line(3).amount == 250


def test_a_small_amount_that_is_meant_is_taken(hall: Hall) -> None:
    assert hall.line(hall.type("GB 0.50", sure=True)).amount == 50


@pytest.mark.parametrize(
    "line",
    [
        *("GB", "GB 5\u202e00", "GB\x00 500", "GB 1e9", "GB 50 x 201", "XX", "", "GB !"),
        *("? =500", "GB =500 x 2", "GB 5 SEK", "GB =20/m6"),
    ],
)
def test_what_means_nothing_books_nothing(hall: Hall, line: str) -> None:
    with pytest.raises(Refused):
        hall.type(line)

    assert hall.totals() == Totals()


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"status": "paused"}, DeskPaused),
        ({"status": "closed"}, DeskClosed),
        ({"status": "archived"}, NotNow),
        ({"status": "draft"}, UnknownFund),
        ({"closes_at": "now"}, DeskClosed),
        ({"opens_at": "tomorrow"}, DeskNotYetOpen),
    ],
)
def test_a_fund_that_takes_no_calls_says_so(
    hall: Hall, values: dict[str, Any], refusal: type[Exception]
) -> None:
    now = hall.parts.clock()
    times = {"now": now, "tomorrow": now + timedelta(days=1)}
    change_fund(hall, **{name: times.get(value, value) for name, value in values.items()})

    for line in ("GB 500", "~ GB 500"):
        with pytest.raises(refusal):
            hall.type(line)
    assert hall.totals() == Totals()


def test_a_fund_without_rates_takes_its_own_currency_alone(hall: Hall) -> None:
    change_fund(hall, rate_table_id=None)

    with pytest.raises(Refused, match="no exchange rate for GBP"):
        hall.type("GB 500")
    assert hall.line(hall.type("GB 500 EUR")).currency == "EUR"


def test_a_level_whose_rate_is_gone_is_none(hall: Hall) -> None:
    hall.type("/level £20")
    change_fund(hall, rate_table_id=None)

    with pytest.raises(Refused, match="How much"):
        hall.type("GB")


def test_what_was_called_up_when_a_line_was_typed_is_not_taken_for_what_is_now(hall: Hall) -> None:
    hall.type("/level 500 EUR")

    for seen in (Level(None), Level(Money(20_000, "EUR"))):
        with pytest.raises(Unanswered):
            hall.type("GB", level=seen)

    parked = hall.type("GB", level=Level(None), parked=True)
    assert (hall.state(parked), hall.line(parked).raw) == ("parked", "GB")
    assert hall.line(hall.type("GB", level=Level(Money(50_000, "EUR")))).amount == 50_000


# ---- for which desk -----------------------------------------------------------------------------


def test_a_queue_of_another_desk_is_not_booked(hall: Hall) -> None:
    with pytest.raises(OtherDesk):
        hall.type("GB 500", key="of-yesterday")

    assert hall.totals() == Totals()


def test_nor_is_that_of_the_rehearsal_once_the_fund_is_real(hall: Hall) -> None:
    change_fund(hall, rehearsal=True)
    rehearsed = hall.key
    change_fund(hall, rehearsal=False)

    with pytest.raises(OtherDesk):
        hall.type("GB 500", key=rehearsed)


def test_a_desk_out_of_reach_is_as_unknown_as_one_that_is_not_there(hall: Hall) -> None:
    elsewhere = replace(hall, scope=Scope(frozenset({Reach(fund_id=hall.fund_id + 1)})))

    for desk in (elsewhere, replace(hall, slug="nowhere")):
        with pytest.raises(UnknownFund):
            desk.send(hall.sent("GB 500"))


def test_each_fund_counts_its_own_lines(hall: Hall) -> None:
    with hall.parts.database.unit_of_work() as session:
        a_fund(session, slug="other")
    other = replace(hall, slug="other")

    assert (hall.type("GB 500"), other.type("GB 500"), hall.type("GB 500")) == (1, 1, 2)


# ---- when ---------------------------------------------------------------------------------------


def test_what_was_typed_before_the_count_was_held_and_came_after_is_late(
    hall: Hall, clock: Clock
) -> None:
    typed_at = clock.now
    clock.advance(60)
    hold(hall.parts, "hall")
    clock.advance(60)

    late, after = hall.type("GB 500", typed_at=typed_at), hall.type("GB 600")
    release(hall.parts, "hall")
    clock.advance(60)

    assert (hall.line(late).late, hall.line(after).late) == (True, False)
    assert hall.line(hall.type("GB 700", typed_at=typed_at)).late


def test_nothing_is_typed_after_it_has_arrived(hall: Hall, clock: Clock) -> None:
    number = hall.type("GB 500", typed_at=clock.now + timedelta(hours=3))

    assert hall.line(number).typed_at == clock.now


# ---- parked -------------------------------------------------------------------------------------


def test_a_parked_line_is_kept_and_not_counted(hall: Hall) -> None:
    number = hall.type("~ GB 5000 ; if others match it")

    row = hall.line(number)
    assert (row.state, row.amount, row.note) == ("parked", 500_000, "if others match it")
    assert hall.pledges(number) == []
    assert hall.totals() == Totals()


@pytest.mark.parametrize("line", ["GB 5\u202e00", "", "something about Leeds", "GB 1.500", "/undo"])
def test_whatever_was_typed_can_be_parked(hall: Hall, line: str) -> None:
    number = hall.type(line, parked=True)

    row = hall.line(number)
    assert (row.state, row.raw, row.amount, row.each, row.total) == (
        "parked",
        line,
        None,
        None,
        None,
    )


def test_a_parked_line_becomes_one_that_counts(hall: Hall) -> None:
    parked = hall.type("~ GB 500")

    number = hall.type("GB 450", replaces=parked)

    assert (hall.state(parked), hall.line(parked).replaced_by) == ("taken_back", number)
    assert (hall.state(number), hall.line(number).replaces) == ("counted", parked)
    assert hall.totals() == Totals(unconfirmed=51_750, pledges=1)
    with pytest.raises(Differs):
        hall.type("GB 450", replaces=parked)


def test_also_one_of_somebody_else_for_it_counts_nothing(hall: Hall) -> None:
    parked = hall.type("~ GB 500")

    assert hall.state(hall.of("ben").type("GB 500", replaces=parked)) == "counted"


def test_a_parked_line_may_be_parked_again_and_a_counted_one_not(hall: Hall) -> None:
    parked, counted = hall.type("~ GB 500"), hall.type("GB 500")

    again = hall.type("~ GB 600", replaces=parked)

    assert (hall.state(parked), hall.line(parked).replaced_by) == ("taken_back", again)
    with pytest.raises(Refused, match="parked"):
        hall.type("~ GB 600", replaces=counted)
    with pytest.raises(Refused, match="no line 99"):
        hall.type("~ GB 600", replaces=99)


# ---- heard twice --------------------------------------------------------------------------------


def test_the_same_call_within_two_minutes_is_flagged_and_counts(hall: Hall, clock: Clock) -> None:
    first = hall.type("GB 12@20")
    clock.advance(110)

    second = hall.of("ben").type("GB 20 x 12")

    row = hall.line(second)
    assert (row.state, row.double_of, row.double_open) == ("counted", first, True)
    assert hall.line(first).double_open is False
    assert hall.totals().pledges == 24


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("GB 500", 121),
        ("GB 501", 1),
        ("CH 500", 1),
        ("GB 500 EUR", 1),
        ("GB 2@500", 1),
        ("GB 500/m6", 1),
        ("GB 500 #8", 1),
        ('GB 500 "Leeds"', 1),
        ("~ GB 500", 1),
    ],
)
def test_what_differs_is_not_flagged(hall: Hall, clock: Clock, line: str, seconds: int) -> None:
    hall.type('GB 500 #7 "York"')
    clock.advance(seconds)

    assert hall.line(hall.type(line)).double_of is None


def test_one_without_marks_may_be_any(hall: Hall) -> None:
    hall.type('GB 500 #7 "York"')

    assert hall.line(hall.type("GB 500")).double_of == 1


# ---- totals and announcements -------------------------------------------------------------------


def test_of_an_announced_total_only_what_is_new_is_booked(hall: Hall) -> None:
    hall.type("GB 500")

    number = hall.type("GB =2k")

    row = hall.line(number)
    assert (row.amount, row.announced, row.base) == (150_000, 200_000, 172_500)
    assert hall.totals().unconfirmed == 230_000
    with pytest.raises(Refused, match="nothing is left"):
        hall.type("GB =2k")
    assert verify(hall.parts) == Report((), ())


def test_a_total_in_another_currency_is_the_rest_in_that_currency(hall: Hall) -> None:
    hall.type("GB 100 EUR")

    assert hall.line(hall.type("GB =200 CHF")).amount == 10_476


# ---- the ceiling --------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["GB 30k", "GB 51@5"])
def test_what_is_large_waits_for_a_second_person(hall: Hall, line: str) -> None:
    number = hall.type(line)

    assert hall.state(number) == "second"
    assert {row.counted for row in hall.pledges(number)} == {False}
    assert hall.totals() == Totals()
    assert verify(hall.parts) == Report((), ())


def test_what_is_left_of_a_total_is_exact_while_gifts_come_in(hall: Hall) -> None:
    place = (hall.fund_id, section_id(hall, "GB"))
    sent = hall.sent("GB =2000")
    with ThreadPoolExecutor() as pool:
        with hall.parts.database.unit_of_work() as session:
            # A gift of £500 that is settled at this moment.
            totals.add(session, {place: Totals(received=57_500, donations=1)})
            taken = pool.submit(hall.send, sent)
            with pytest.raises(StillWaiting):
                taken.result(timeout=0.5)
        (number,) = taken.result(timeout=30).numbers

    assert (hall.line(number).amount, hall.line(number).announced) == (150_000, 200_000)
    assert hall.totals(place[1]) == Totals(
        received=57_500, unconfirmed=172_500, donations=1, pledges=1
    )
