from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.desk.browsers import Browsers


def test_what_a_line_means_is_told_before_it_is_sent(desk: Browsers) -> None:
    echo = desk.anna.read('cash GB 3@20/m6 "Leeds"')

    assert echo["kind"] == "call"
    told = echo["echo"]
    assert (told["section_name"], told["people"], told["instalments"]) == ("The section GB", 3, 6)
    assert [told[name]["text"] for name in ("each", "total", "base")] == [
        "£20.00",
        "£360.00",
        "€414.00",
    ]
    assert (told["paid_by"], told["label"], told["parked"], told["second"]) == (
        "cash",
        "Leeds",
        False,
        False,
    )
    assert desk.anna.state()["lines"] == []


def test_so_is_what_waits_what_is_parked_and_what_a_total_leaves(desk: Browsers) -> None:
    desk.anna.type("GB 500")

    large, parked, rest = (
        desk.anna.read(line)["echo"] for line in ("GB 30k", "~ GB 30k", "GB =2k")
    )

    assert (large["second"], parked["second"], parked["parked"]) == (True, False, True)
    assert (rest["total"]["text"], rest["announced"]["text"]) == ("£1,500.00", "£2,000.00")
    assert rest["text"] == "of £2,000.00 announced in all"


def test_so_are_questions_and_refusals(desk: Browsers) -> None:
    assert desk.anna.read("GB 1.500")["kind"] == "question"
    assert desk.anna.read("GB 1.500", habits={".": "groups"})["kind"] == "call"
    assert desk.anna.read("GB 0.01")["kind"] == "question"
    assert desk.anna.read("GB 0.01", sure=True)["kind"] == "call"
    assert desk.anna.read("GB")["kind"] == "refusal"
    assert desk.anna.post("/read", {"line": 7}).status_code == 422


TWICE = "CH 2 × CHF\xa040.00"
IT_COUNTS = "it counts until it is taken back."


@pytest.mark.parametrize(
    ("command", "echo"),
    [
        ("/undo", "Takes back line 2 (CH 2 × CHF\xa040.00)."),
        ("/undo #1", "Takes back line 1 (GB £500.00)."),
        ("/undo #3", "Asks a second person to take back line 3 (? €7.00)."),
        ("/fix 1 50", "line 1 (GB £500.00) becomes GB £50.00."),
        ("/move 2 GB", "line 2 (CH 2 × CHF\xa040.00) becomes GB 2 × CHF\xa040.00."),
        ('/name 1 "Leeds"', "line 1 (GB £500.00) is called “Leeds”."),
        ("/ok 1-3", "Confirms 1 lines, €7.00 together. 2 are your own and wait."),
        ("/ok 3", "Confirms 1 lines, €7.00 together."),
        (
            "/double 2 1",
            f"line 2 ({TWICE}) may be line 1 (GB £500.00) once more; {IT_COUNTS}",
        ),
        ("/level 500 EUR", "A section alone is €500.00."),
        ("/level off", "Nothing is called up any more."),
        ("/undo #4", "Takes back line 4 (?)."),
    ],
)
def test_what_a_command_does_is_told_before_it_is_done(
    desk: Browsers, command: str, echo: str
) -> None:
    desk.anna.type("GB 500")
    desk.anna.type("CH 2@40")
    desk.ben.type("? 7")
    if "#4" in command:
        desk.anna.type("somebody", parked=True)

    assert desk.anna.read(command) == {"kind": "command", "echo": echo}


def test_what_a_command_cannot_do_is_told_as_well(desk: Browsers) -> None:
    assert desk.anna.read("/undo") == {
        "kind": "command",
        "echo": "There is no line of yours to take back.",
    }
    for command in ("/undo #9", "/fix 9 5", "/help", '/name 9 "a"'):
        assert desk.anna.read(command)["kind"] == "refusal"
    desk.anna.type("GB 500")
    assert desk.anna.read("/move 1 GBR")["kind"] == "question"
