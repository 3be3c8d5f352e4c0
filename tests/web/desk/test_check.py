from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.desk.browsers import json_of

if TYPE_CHECKING:
    from tests.web.desk.browsers import Browsers


def test_a_second_person_sees_the_oldest_first_and_confirms(desk: Browsers) -> None:
    for line in ("GB 500", "~ GB 7", "GB 30k", "CH 20"):
        desk.anna.type(line)

    shown = json_of(desk.ben.get("/check"))

    assert [line["number"] for line in shown["lines"]] == [1, 3, 4]
    answer = desk.ben.check("confirm", *shown["lines"])
    assert answer.status_code == 200
    changed = json_of(answer)["changed"]
    assert {(line["state"], line["checked_by"]) for line in changed} == {("counted", "BO")}
    assert json_of(desk.ben.get("/check"))["lines"] == []


def test_what_has_changed_is_shown_and_not_confirmed(desk: Browsers) -> None:
    line = desk.anna.type("GB 500")
    desk.anna.send('/name 1 "Leeds"')

    answer = desk.ben.check("confirm", line)

    assert answer.status_code == 409
    (now,) = json_of(answer)["lines"]
    assert (now["label"], now["version"], now["checked_by"]) == ("Leeds", 2, None)


def test_so_it_is_with_the_command(desk: Browsers) -> None:
    desk.anna.type("GB 500")
    shown = desk.ben.state()["version"]
    desk.anna.send('/name 1 "Leeds"')

    answer = desk.ben.send("/ok 1", shown=shown)

    assert answer.status_code == 409
    assert [line["label"] for line in json_of(answer)["lines"]] == ["Leeds"]
    assert desk.ben.send("/ok 1", shown=desk.ben.state()["version"]).status_code == 201


def test_ones_own_are_refused(desk: Browsers) -> None:
    line = desk.anna.type("GB 500")

    answer = desk.anna.check("confirm", line)

    assert (answer.status_code, json_of(answer)["kind"]) == (422, "refusal")


@pytest.mark.parametrize(
    "broken",
    [
        {"lines": None},
        {"lines": [7]},
        {"lines": [{"number": 1}]},
        {"lines": [{"number": True, "version": 1}]},
        {"lines": [{"number": 1 << 70, "version": 1}]},
        {"lines": []},
        {"verdict": "perhaps"},
        {"verdict": None},
        {"client_id": "*"},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(desk: Browsers, broken: dict[str, Any]) -> None:
    line = desk.anna.type("GB 500")

    answer = desk.ben.check("confirm", line, **broken)

    assert answer.status_code == 422
    assert json_of(answer)["message"]
