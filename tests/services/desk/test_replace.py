from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, update

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.totals import Totals
from fundtracker.services.desk.understand import Unanswered
from fundtracker.services.verify import Report, verify
from fundtracker.store.funds import FundRow
from fundtracker.store.sections import FundSectionRow
from tests.support.tellers import Hall, section_id

if TYPE_CHECKING:
    from fundtracker.store.calls import CallRow


def both(hall: Hall, *numbers: int) -> list[CallRow]:
    return [hall.line(number) for number in numbers]


def test_another_amount_is_a_new_line_instead_of_the_old_one_in_one_version(hall: Hall) -> None:
    hall.type('cash GB 2@500 #7 "York" ; third row')
    before = hall.version

    number = hall.type("/fix 1 50")

    old, new = both(hall, 1, number)
    assert (old.state, old.replaced_by, new.state, new.replaces) == ("taken_back", 2, "counted", 1)
    assert (new.amount, new.count, new.paid_by, new.label) == (5000, 2, "cash", "York")
    assert (new.badge, new.note, new.raw) == ("7", "third row", "/fix 1 50")
    assert old.changed == new.changed == hall.version > before
    assert new.double_of is None
    assert hall.totals() == Totals(unconfirmed=11_500, pledges=2)
    assert verify(hall.parts) == Report((), ())


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/fix 1 3@50", (5000, "GBP", 3, 12, None)),
        ("/fix 1 50 x 4", (5000, "GBP", 4, 12, None)),
        ("/fix 1 50/m6", (5000, "GBP", 2, 6, None)),
        ("/fix 1 €50", (5000, "EUR", 2, 12, None)),
        ("/fix 1 50 bank", (5000, "GBP", 2, 12, "bank")),
    ],
)
def test_what_the_new_amount_says_holds_and_the_rest_stays(
    hall: Hall, command: str, expected: tuple[object, ...]
) -> None:
    hall.type("GB 2@500/m")

    row = hall.line(hall.type(command))

    assert (row.amount, row.currency, row.count, row.instalments, row.paid_by) == expected


def test_in_which_currency_is_asked_where_the_line_was_in_another_one(hall: Hall) -> None:
    hall.type("GB 500 EUR")

    with pytest.raises(Unanswered) as asked:
        hall.type("/fix 1 50")

    lines = [choice.line for choice in asked.value.question.choices]
    assert lines == ["/fix 1 50 EUR", "/fix 1 50 GBP"]
    assert hall.line(hall.type(lines[0])).currency == "EUR"


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        ("/fix 1 GB 5", "two sections"),
        ("/fix 1 =900", "Take the line back first"),
        ("/fix 9 50", "no line 9"),
        ("/fix 2 50", "not understood"),
        ('/name 3 "York"', "taken back already"),
        ("/undo #3", "taken back already"),
        ("/move 2 CH", "not understood"),
    ],
)
def test_what_cannot_be_fixed_is_said(hall: Hall, command: str, refusal: str) -> None:
    hall.type("GB 500")
    hall.type("something about Leeds", parked=True)
    hall.type("GB 700")
    hall.type("/undo #3")

    with pytest.raises(Refused, match=refusal):
        hall.type(command)
    assert hall.totals().pledges == 1


def test_somebody_elses_line_stays_until_a_second_person_approves(hall: Hall) -> None:
    hall.type("GB 500")
    ben = hall.of("ben")

    number = ben.type("/fix 1 50")

    assert [row.state for row in both(hall, 1, number)] == ["counted", "second"]
    assert hall.totals().unconfirmed == 57_500
    hall.check(number)
    old, new = both(hall, 1, number)
    assert (old.state, old.replaced_by, new.state, new.checked_by) == (
        "taken_back",
        number,
        "counted",
        "anna",
    )
    assert hall.totals() == Totals(pledged=5750, pledges=1)
    assert verify(hall.parts) == Report((), ())


def test_one_that_was_taken_back_meanwhile_is_not_replaced_any_more(hall: Hall) -> None:
    hall.type("GB 500")
    number = hall.of("ben").type("/fix 1 50")
    hall.type("/undo #1")

    with pytest.raises(Refused, match="Line 1 is taken back"):
        hall.check(number)
    assert hall.totals() == Totals()


def test_an_own_line_that_becomes_large_waits_and_so_does_the_old_one(hall: Hall) -> None:
    hall.type("GB 500")

    number = hall.type("/fix 1 30k")

    assert [row.state for row in both(hall, 1, number)] == ["counted", "second"]


def test_a_parked_line_is_fixed_by_anybody_and_counts(hall: Hall) -> None:
    hall.type("~ GB 500")
    hall.type("~ GB 600")

    counted, large = hall.of("ben").type("/fix 1 50"), hall.of("ben").type("/fix 2 30k")

    assert [row.state for row in both(hall, 1, counted)] == ["taken_back", "counted"]
    assert [row.state for row in both(hall, 2, large)] == ["taken_back", "second"]
    hall.check(large)
    assert hall.state(large) == "counted"


def test_a_line_moves_to_another_section_with_its_amount(hall: Hall) -> None:
    hall.type("GB 500")
    hall.type("? 20")

    to_switzerland, to_none, from_none = (
        hall.type(command) for command in ("/move 1 CH", "/move 3 ?", "/move 2 GB")
    )

    rows = both(hall, to_switzerland, to_none, from_none)
    assert [row.section_id for row in rows] == [section_id(hall, "CH"), 0, section_id(hall, "GB")]
    assert [(row.amount, row.currency) for row in rows] == [
        (50_000, "GBP"),
        (50_000, "GBP"),
        (2000, "EUR"),
    ]
    assert hall.totals(section_id(hall, "CH")) == Totals()
    assert hall.totals(0) == Totals(unconfirmed=57_500, pledges=1)
    assert verify(hall.parts) == Report((), ())


def test_a_whole_line_can_be_typed_instead_of_another(hall: Hall) -> None:
    hall.type("GB 500")

    number = hall.type("CH 40", replaces=1)

    assert [row.state for row in both(hall, 1, number)] == ["taken_back", "counted"]
    with pytest.raises(Refused, match="then type the total"):
        hall.type("CH =900", replaces=number)


def test_a_total_may_stand_instead_of_a_parked_line(hall: Hall) -> None:
    hall.type("~ GB 500")

    assert hall.line(hall.type("GB =900", replaces=1)).announced == 90_000


def test_what_has_no_rate_or_no_section_any_more_is_not_moved(hall: Hall) -> None:
    hall.type("GB 500")
    with hall.parts.database.unit_of_work() as session:
        session.execute(update(FundRow).values(rate_table_id=None))
    with pytest.raises(Refused, match="no exchange rate"):
        hall.type("/move 1 CH")

    with hall.parts.database.unit_of_work() as session:
        leaving = FundSectionRow.section_id == section_id(hall, "GB")
        session.execute(delete(FundSectionRow).where(leaving))
    with pytest.raises(Refused, match="takes part no more"):
        hall.type("/move 1 CH")
