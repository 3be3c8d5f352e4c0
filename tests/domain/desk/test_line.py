from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.desk.line import read
from fundtracker.domain.desk.values import Call, Choice, Level, Mark, PaidBy, Question, Refusal
from fundtracker.domain.money import Money
from tests.domain.desk.desks import a_desk

DESK = a_desk()


def call(section: str, minor: int, currency: str, **rest: Any) -> Call:  # noqa: ANN401 - a call's own
    return Call(section, Money(minor, currency), **rest)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("GB 500", call("GB", 50_000, "GBP")),
        ("500 GB", call("GB", 50_000, "GBP")),
        ("gb 20 x 12", call("GB", 2_000, "GBP", count=12)),
        ("gb 20 X12", call("GB", 2_000, "GBP", count=12)),
        ("GB 20 ×12", call("GB", 2_000, "GBP", count=12)),
        ("GB 12@20", call("GB", 2_000, "GBP", count=12)),
        (
            'CH 1\'000 "Zürich branch"',
            call("CH", 100_000, "CHF", label="Zürich branch"),
        ),
        ("CH „Zürich; Ost“ 1000", call("CH", 100_000, "CHF", label="Zürich; Ost")),
        ("CL 50.000", call("CL", 50_000, "CLP")),
        ("JP 10,000", call("JP", 10_000, "JPY")),
        ("GB 1,50", call("GB", 150, "GBP")),
        ("GB 1.5", call("GB", 150, "GBP")),
        ("GB 1,234.56", call("GB", 123_456, "GBP")),
        ("GB 1.234,56", call("GB", 123_456, "GBP")),
        ("GB 1'234.56", call("GB", 123_456, "GBP")),
        ("GB 1.234.567", call("GB", 123_456_700, "GBP", needs_second=True)),
        ("GB 20k", call("GB", 2_000_000, "GBP")),
        ("GB 1.5K", call("GB", 150_000, "GBP")),
        ("GB 0.0123mn", call("GB", 1_230_000, "GBP")),
        ("KW 1.2345k", call("KW", 1_234_500, "KWD")),
        ("SE 5000 EUR", call("SE", 500_000, "EUR")),
        ("SE €5000", call("SE", 500_000, "EUR")),
        ("SE 5000€", call("SE", 500_000, "EUR")),
        ("? 500", call("", 50_000, "EUR")),
        ("SE 50kr", call("SE", 5_000, "SEK")),
        ("DK 50 kr", call("DK", 5_000, "DKK")),
        ("CH 50 fr", call("CH", 5_000, "CHF")),
        ("GB 50 fr", call("GB", 5_000, "CHF")),
        ("CA $50", call("CA", 5_000, "CAD")),
        ("BR R$50", call("BR", 5_000, "BRL")),
        ("GB 500GBP", call("GB", 50_000, "GBP")),
        ("DE GBP500", call("DE", 50_000, "GBP")),
        ("GB 20/m", call("GB", 2_000, "GBP", instalments=12)),
        ("GB 20/m6 x 3", call("GB", 2_000, "GBP", count=3, instalments=6)),
        ("=120k DE", call("DE", 12_000_000, "EUR", is_total=True, needs_second=True)),
        ("swed 50", call("SE", 5_000, "SEK")),
        ("oster 50", call("AT", 5_000, "EUR")),
        ("MEXI 50", call("MX", 5_000, "MXN")),
        ("uk 50", call("GB", 5_000, "GBP")),
        ("#217 GB 500", call("GB", 50_000, "GBP", badge="217")),
        (
            "~ GB 5000 ; unclear, ask again",
            call("GB", 500_000, "GBP", note="unclear, ask again", parked=True),
        ),
        ('GB 50 ; said "perhaps"', call("GB", 5_000, "GBP", note='said "perhaps"')),
        ("GB 50 ;", call("GB", 5_000, "GBP")),
        ("cash GB 5", call("GB", 500, "GBP", paid_by=PaidBy.CASH)),
        ("check US 5", call("US", 500, "USD", paid_by=PaidBy.CHEQUE)),
        (
            "bank DE 40000",
            call("DE", 4_000_000, "EUR", paid_by=PaidBy.BANK, needs_second=True),
        ),
        ("GB 51@5", call("GB", 500, "GBP", count=51, needs_second=True)),
        ("DE 3000/m", call("DE", 300_000, "EUR", instalments=12, needs_second=True)),
        ("GB !", Call("GB", None, prepared=True)),
    ],
)
def test_what_a_line_means(line: str, meant: Call) -> None:
    assert read(line, DESK) == meant


@pytest.mark.parametrize(
    "line",
    [
        *("", "   ", "500", "GB", "XX 50", "GB 0", "GB 0.00", "GB -5", "GB −5", "GB 50.", "GB .50"),
        *("GB 1e9", "GB 1,23,456", "PK 1,23,456", "GB 1.2345", "GB 1'0000", "GB 1'000'00"),
        *("GB 1,2'345.6", "GB 1.000'000", "GB 1,000.000'000", "JP 10.5", "CL 5,00"),
        *("GB 1234567890123", "GB 999999999999mn", "GB 5\u202e00", "GB\u200b 500", "GB 5\x0000"),
        *(
            "GB ٥٠",
            "GB １２",
            "GB 50 x 201",
            "GB 50 x 0",
            "GB 0@5",
            "GB 9999@5",
            "GB 50 x",
            "GB 50 x 1.5",
        ),
        *("GB cash bank 5", "GB DE 5", "? GB 5", "GB 5 EUR GBP", "GB €5£", "GB £5 EUR"),
        *("GB 2@5 x 3", "GB 5 x 2 x 3", "GB #1 #2 5", "~ ~ GB 5", "GB ! !", "GB ! 5", "GB ! x 3"),
        *("GB 20/m1", "GB 20/m61", "GB 20/m999", "GB 20/w", "GB 3@", "GB 1 2 3"),
        *('GB 5 "open', 'GB "a" "b" 5', 'GB 5 "' + "a" * 81 + '"', "GB 5 ;" + "a" * 201),
        *("GB " + "5" * 300, "GB 5 AED", "SE 50 ₹", "ZA 50", "SE 50Kč", "GB 300 400.5x"),
    ],
)
def test_what_means_nothing_is_refused_with_a_sentence(line: str) -> None:
    refusal = read(line, DESK)

    assert isinstance(refusal, Refusal), refusal
    assert refusal.message % refusal.values


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("GB 1.000", {"GBP 1000.00": 100_000, "GBP 1.00": 100}),
        ("DE 1.250", {"EUR 1250.00": 125_000, "EUR 1.25": 125}),
        ("GB 1.500k", {"GBP 1500000.00": 150_000_000, "GBP 1500.00": 150_000}),
        ("JP 1,500k", {"JPY 1500000": 1_500_000, "JPY 1500": 1_500}),
        ("KW 1.500", {"KWD 1500.000": 1_500_000, "KWD 1.500": 1_500}),
        ("ID 500", {"IDR 500.00": 50_000, "IDR 500k": 50_000_000, "EUR 500": 50_000}),
        ("ID 500 IDR", {"IDR 500.00": 50_000, "IDR 500k": 50_000_000}),
        ("ID 0.5k", {"IDR 500.00": 50_000, "EUR 0.5": 50_000}),
        ("GB 0.50", {"GBP 0.50": 50, "EUR 0.50": None}),
    ],
)
def test_what_could_be_two_amounts_is_asked(line: str, answers: dict[str, int | None]) -> None:
    question = read(line, DESK)

    assert isinstance(question, Question), question
    assert question.message % question.values
    found = {choice.meaning: taken(choice) for choice in question.choices}
    assert {meaning: minor_of(answer) for meaning, answer in found.items()} == answers


def taken(choice: Choice) -> Call | Question | Refusal:
    """Read on, as the desk does when the digit of a choice is pressed."""
    return read(choice.line, DESK.used_to(choice.habits), sure=choice.sure)


def minor_of(reading: Call | Question | Refusal) -> int | None:
    return reading.amount.minor if isinstance(reading, Call) and reading.amount else None


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("GB 20 500", ["GB 1 × GBP 20500.00", "GB 20 × GBP 500.00"]),
        ('cash GB 300 400 "Leeds"', ["GB 1 × GBP 300400.00"]),
        ("GB 1 000 000", ["GB 1 × GBP 1000000.00"]),
        ("GB 4 5", ["GB 4 × GBP 5.00", "GB 5 × GBP 4.00"]),
        ("GB 4 5.50", ["GB 4 × GBP 5.50"]),
        ("GB 1.234", ["GB 1 × GBP 1234.00"]),
        ("? $50", [" 1 × USD 50.00", " 1 × AUD 50.00", " 1 × CAD 50.00"]),
        ("GB ¥5000", ["GB 1 × JPY 5000"]),
        ("GB 5000 kr", ["GB 1 × SEK 5000.00", "GB 1 × DKK 5000.00"]),
        ("skru 50 kr", ["SK 1 × SEK 50.00", "SK 1 × DKK 50.00"]),
        ("GBB 5", ["GB 1 × GBP 5.00"]),
        ("Brittain 5", ["GB 1 × GBP 5.00"]),
        ("UKK 5", ["GB 1 × GBP 5.00"]),
    ],
)
def test_what_is_unclear_is_asked_and_each_answer_is_a_call(line: str, answers: list[str]) -> None:
    question = read(line, DESK)

    assert isinstance(question, Question), question
    assert [said(taken(choice)) for choice in question.choices] == answers


def said(reading: Call | Question | Refusal) -> str:
    assert isinstance(reading, Call), reading
    return f"{reading.section} {reading.count} × {reading.amount}"


def test_a_sign_for_which_there_is_no_rate_is_refused() -> None:
    desk = a_desk(rates={"EUR": DESK.rates["EUR"]})

    assert isinstance(read("DE $5", desk), Refusal)


@pytest.mark.parametrize(
    ("line", "section", "currency"),
    [
        ("FR 300", "FR", "EUR"),
        ("fr 300 fr", "FR", "CHF"),
        ("300 FR", "FR", "EUR"),
        ("CH 300 fr", "CH", "CHF"),
        ("GB fr 300", "GB", "CHF"),
    ],
)
def test_france_is_called_as_the_franc_is_written(line: str, section: str, currency: str) -> None:
    call = read(line, DESK)

    assert isinstance(call, Call)
    assert call.amount is not None
    assert (call.section, call.amount.currency) == (section, currency)


def test_a_beginning_of_several_names_is_asked() -> None:
    question = read("uni 5", a_desk(sections={**DESK.sections, "UA": DESK.sections["US"]}))

    assert isinstance(question, Question)
    assert [choice.line for choice in question.choices] == ["UA 5", "US 5"]


def test_two_letters_are_no_beginning() -> None:
    assert isinstance(read("sw 5", DESK), Question | Refusal)


def test_at_most_three_sections_are_offered() -> None:
    question = read("AXX 5", a_desk(sections={f"AX{n}": DESK.sections["GB"] for n in "BCDEFG"}))

    assert isinstance(question, Question)
    assert len(question.choices) == 3


def test_a_mark_that_was_explained_once_is_not_asked_about_again() -> None:
    groups, decimal = a_desk(habits={".": Mark.GROUPS}), a_desk(habits={".": Mark.FRACTION})

    assert read("GB 1.500", groups) == call("GB", 150_000, "GBP")
    assert read("GB 1.500", decimal) == call("GB", 150, "GBP")
    assert isinstance(read("GB 1,500", groups), Question)


def test_a_bare_number_can_be_the_funds() -> None:
    assert read("GB 500", a_desk(in_fund_currency=True)) == call("GB", 50_000, "EUR")
    assert read("CA $50", a_desk(in_fund_currency=True)) == call("CA", 5_000, "CAD")


def test_at_a_level_a_section_alone_is_a_call() -> None:
    desk = a_desk(level=Money(50_000, "EUR"))

    assert read("GB", desk) == call("GB", 50_000, "EUR")
    assert read("GB 3@", desk) == call("GB", 50_000, "EUR", count=3)
    assert read("GB 20", desk) == call("GB", 2_000, "GBP")


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("GB", ["GB 500 EUR", "GB 1000.5 CHF"]),
        ("3@ gb cash", ["3@ gb 500 EUR cash", "3@ gb 1000.5 CHF cash"]),
        (
            'GB x 2 "Leeds" ; twice',
            ['GB 500 EUR x 2 "Leeds" ; twice', 'GB 1000.5 CHF x 2 "Leeds" ; twice'],
        ),
    ],
)
def test_a_level_that_is_another_one_by_now_is_asked_about(line: str, choices: list[str]) -> None:
    desk = a_desk(level=Money(50_000, "EUR"), level_seen=Level(Money(100_050, "CHF")))

    asked = read(line, desk)

    assert isinstance(asked, Question)
    assert [choice.meaning for choice in asked.choices] == ["EUR 500.00", "CHF 1000.50"]
    assert [choice.line for choice in asked.choices] == choices
    now, then = (read(each, desk) for each in choices)
    assert isinstance(now, Call)
    assert isinstance(then, Call)
    assert (now.amount, then.amount) == (Money(50_000, "EUR"), Money(100_050, "CHF"))


def test_thousandths_of_a_coin_are_no_thousands_in_a_choice() -> None:
    desk = a_desk(
        level=Money(500_000, "KWD"),
        level_seen=Level(Money(12_500, "KWD")),
        habits={".": Mark.GROUPS},
    )

    asked = read("KW", desk)

    assert isinstance(asked, Question)
    assert [read(choice.line, desk) for choice in asked.choices] == [
        call("KW", 500_000, "KWD"),
        call("KW", 12_500, "KWD"),
    ]


def test_so_is_one_that_was_not_there_when_the_line_was_typed() -> None:
    asked = read("JP", a_desk(level=Money(50_000, "JPY"), level_seen=Level(None)))

    assert isinstance(asked, Question)
    assert [choice.line for choice in asked.choices] == ["JP 50000 JPY"]


def test_a_level_that_is_what_the_teller_saw_is_not_asked_about() -> None:
    level = Money(50_000, "EUR")

    assert read("GB", a_desk(level=level, level_seen=Level(level))) == call("GB", 50_000, "EUR")
    assert read("GB 20", a_desk(level=level, level_seen=Level(None))) == call("GB", 2_000, "GBP")
    assert isinstance(read("GB", a_desk(level_seen=Level(level))), Refusal)
    # What is parked counts at none.
    assert isinstance(read("~ GB", a_desk(level=level, level_seen=Level(None))), Call)


def test_a_currency_without_an_amount_is_not_the_level() -> None:
    assert isinstance(read("GB USD", a_desk(level=Money(50_000, "EUR"))), Refusal)


def test_people_of_a_number_that_stands_apart_are_not_asked_about() -> None:
    assert isinstance(read("300 GB 400", DESK), Refusal)


def test_the_sum_of_a_call_is_what_all_promise_together() -> None:
    counted, prepared = read("GB 20/m6 x 3", DESK), read("GB !", DESK)

    assert isinstance(counted, Call)
    assert counted.total == Money(36_000, "GBP")
    assert isinstance(prepared, Call)
    assert prepared.total is None


WORDS = st.sampled_from(
    [
        *("GB", "?", "swed", "XX", "500", "1.500", "20k", "€5", "kr", "$", "x", "x3", "3@5", "/m6"),
        *("=1k", "~", "!", "#7", '"a b"', "; note", "cash", "EUR", "5'0", "１", "\u200b", "5/m"),
    ],
)


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=7).map(" ".join)))
def test_any_line_has_an_answer_and_every_choice_can_be_read(line: str) -> None:
    answer = read(line, DESK)

    if isinstance(answer, Question):
        assert len(answer.choices) <= 3
        assert all(taken(choice) != answer for choice in answer.choices)
