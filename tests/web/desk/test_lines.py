from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.desk.browsers import Browsers


def test_a_line_is_taken_and_told_as_it_stands(desk: Browsers) -> None:
    line = desk.anna.type('gb 12@20 "Leeds branch" ; third row')

    told = {name: line[name] for name in ("number", "state", "teller", "mine", "section", "people")}
    assert told == {
        "number": 1,
        "state": "counted",
        "teller": "AL",
        "mine": True,
        "section": "GB",
        "people": 12,
    }
    assert line["each"] == {"minor": 2000, "currency": "GBP", "text": "£20.00"}
    assert line["total"]["text"] == "£240.00"
    assert line["base"]["text"] == "€276.00"
    assert (line["label"], line["note"], line["unnamed"]) == ("Leeds branch", "third row", False)


def test_every_teller_sees_the_lines_of_all(desk: Browsers) -> None:
    before = desk.ben.state()
    desk.anna.type("GB 500")

    state = desk.ben.state(after=before["version"])

    assert [(line["number"], line["mine"]) for line in state["lines"]] == [(1, False)]
    assert state["true"]["headline"] == state["hall"]["headline"] == 57_500
    assert state["open"]["to_check"]["count"] == 1
    assert state["not_called"] == ["CH"]
    assert [teller["initials"] for teller in state["tellers"]] == ["AL", "BO"]
