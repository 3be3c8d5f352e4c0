"""An edit of a line that somebody else has changed meanwhile, as the desk's script hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.desk.browsers import json_of

if TYPE_CHECKING:
    from tests.web.desk.browsers import Browsers


def test_the_line_is_told_as_it_is_by_now(desk: Browsers) -> None:
    line = desk.anna.type("GB 500")
    before = {"1": line["version"]}
    desk.anna.send("/fix 1 50")

    answer = desk.ben.send("/fix 1 60", seen=before, shown=1 << 60)

    assert answer.status_code == 409
    now = json_of(answer)["lines"]
    assert [(each["number"], each["state"]) for each in now] == [(1, "taken_back"), (2, "counted")]
    shown = {str(each["number"]): each["version"] for each in now}
    chosen = desk.ben.send("/fix 1 60", seen=shown, chosen=True)
    assert chosen.status_code == 201
    told = [(each["number"], each["state"]) for each in json_of(chosen)["changed"]]
    assert told == [(3, "second"), (2, "counted")]


@pytest.mark.parametrize("seen", [None, 7, [1], {"1": "x", "x": 1, "1\u0663": 1, "1234567890": 1}])
def test_what_no_page_of_ours_saw_was_not_seen(desk: Browsers, seen: object) -> None:
    desk.anna.type("GB 500")

    assert desk.ben.send('/name 1 "Leeds"', seen=seen).status_code == 201


def test_the_echo_says_that_there_is_a_choice(desk: Browsers) -> None:
    for line in ("GB 500", "GB 600"):
        desk.anna.type(line)
    desk.anna.send("/fix 1 50")
    desk.anna.send("/undo #2")

    replaced = [
        desk.ben.read(line)
        for line in ("/fix 1 60", "/move 1 CH", '/name 1 "York"', "/undo #1", "/double 1 3")
    ]
    assert {read["kind"] for read in replaced} == {"command"}
    assert {read["echo"] for read in replaced} == {
        "Line 1 is line 3 (GB £50.00) by now. Enter shows both, and you choose."
    }
    anew = desk.ben.read("/fix 2 60")
    assert anew["echo"] == "Line 2 is taken back. Enter shows it, and you choose."
    for line in ("/undo #2", '/name 2 "York"'):
        assert desk.ben.read(line)["message"] == "Line 2 is taken back already."
    assert desk.ben.read("/fix 9 60")["message"] == "There is no line 9."
