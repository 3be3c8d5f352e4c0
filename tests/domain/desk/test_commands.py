from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.desk.commands import (
    Command,
    Confirm,
    Fix,
    Move,
    Name,
    Repetition,
    Undo,
    read_command,
)
from fundtracker.domain.desk.values import Level, Question, Refusal
from fundtracker.domain.money import Money
from tests.domain.desk.desks import a_desk

DESK = a_desk()


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/undo", Undo(1)),
        ("/undo #12", Undo(number=12)),
        ("/level off", Level(None)),
        ("/UNDO 3", Undo(3)),
        ("/fix 12 500", Fix(12, "500")),
        ("/fix 12 1'500 EUR", Fix(12, "1'500 EUR")),
        ("/move 12 CH", Move(12, "CH")),
        ("/move 12 swed", Move(12, "SE")),
        ("/move 12 ?", Move(12, "")),
        ('/name 12 "Zürich branch"', Name(12, "Zürich branch")),
        ("/ok 12", Confirm(12, 12)),
        ("/ok 12-20", Confirm(12, 20)),
        ("/ok 12 - 20", Confirm(12, 20)),
        ("/double 12 9", Repetition(12, 9)),
        ("/level 500 EUR", Level(Money(50_000, "EUR"))),
        ("/level £1k", Level(Money(100_000, "GBP"))),
        ("/level 500", Level(Money(50_000, "EUR"))),
    ],
)
def test_what_a_command_means(line: str, meant: Command) -> None:
    assert read_command(line, DESK) == meant


@pytest.mark.parametrize(
    "line",
    [
        *(
            "/",
            "/help",
            "/undo x",
            "/undo 0",
            "/undo 101",
            "/undo 1 2",
            "/undo #0",
            "/undo #x",
            '/undo 2 "a"',
        ),
        *("/fix", "/fix 12", "/fix GB 5", "/fix 0 5", "/fix 12 GB", "/fix 1234567890 5"),
        *("/move 12", "/move x CH", "/move 12 XX", "/name 12", '/name "a"', '/name x "a"'),
        *("/ok", "/ok 0", "/ok 20-12", "/ok a-b", "/double 12", "/double 9 9", "/double 0 9"),
        *("/level", "/level GB 5", "/level 5 x 3", "/level 5 AED", "/le\u200bvel 5"),
    ],
)
def test_what_is_no_command_is_refused_with_a_sentence(line: str) -> None:
    refusal = read_command(line, DESK)

    assert isinstance(refusal, Refusal), refusal
    assert refusal.message % refusal.values


def test_what_is_unclear_in_a_command_is_asked() -> None:
    for line in ("/move 12 GBR", "/level 1.500", "/level $50"):
        assert isinstance(read_command(line, DESK), Question)


@given(st.text(max_size=30))
def test_any_command_has_an_answer(rest: str) -> None:
    assert read_command(f"/{rest}", DESK) is not None
