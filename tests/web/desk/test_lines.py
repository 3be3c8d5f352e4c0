from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from fundtracker.domain.roles import Grant, Role
from fundtracker.services.verify import verify
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_fund
from tests.web.desk.browsers import ACCEPT, json_of

if TYPE_CHECKING:
    from tests.web.desk.browsers import Browsers


def change_fund(desk: Browsers, **values: Any) -> None:  # noqa: ANN401 - columns of a fund
    with desk.office.database.unit_of_work() as session:
        session.execute(update(FundRow).values(**values))


# ---- taking -------------------------------------------------------------------------------------


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


def test_a_level_that_changed_is_asked_about_with_both_amounts(desk: Browsers) -> None:
    desk.ben.type("/level 500 EUR")
    seen = {"minor": 100_000, "currency": "EUR", "text": "€1,000.00"}

    answer = desk.anna.send("GB 3@", level=seen)

    told = json_of(answer)
    assert (answer.status_code, told["kind"]) == (422, "question")
    assert told["message"] == (
        "€500.00 is called up by now, and it was €1,000.00 when this was typed. Which is meant?"
    )
    assert [choice["line"] for choice in told["choices"]] == [
        "GB 500 EUR 3@",
        "GB 1000 EUR 3@",
    ]
    assert "Is that meant?" in json_of(desk.anna.send("GB", level=None))["message"]


def test_a_level_answers_with_what_it_has_set_however_often(desk: Browsers) -> None:
    body = {"client_id": "11111111-3333", "typed_at": datetime.now(UTC).isoformat()}

    first = desk.anna.send("/level 500 EUR", **body)
    desk.ben.type("/level off")
    again = desk.anna.send("/level 500 EUR", **body)

    assert [json_of(each)["level"]["text"] for each in (first, again)] == ["€500.00", "€500.00"]
    assert json_of(desk.ben.send("/level off"))["level"] is None
    assert "level" not in json_of(desk.anna.send("GB 20"))


@pytest.mark.parametrize(
    "level", [7, "500 EUR", {}, {"minor": "1", "currency": "EUR"}, {"minor": 1, "currency": "XXX"}]
)
def test_a_level_that_is_none_tells_nothing(desk: Browsers, level: object) -> None:
    desk.ben.type("/level 500 EUR")

    assert desk.anna.type("GB", level=level)["total"]["text"] == "€500.00"


def test_a_line_that_arrives_twice_is_one(desk: Browsers) -> None:
    body = {"client_id": "11111111-2222", "typed_at": datetime.now(UTC).isoformat()}

    first, again = desk.anna.send("GB 500", **body), desk.anna.send("GB 500", **body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert json_of(first) == json_of(again)
    assert verify(desk.parts).broken == ()


def test_the_same_id_with_other_content_is_shown_what_is_stored(desk: Browsers) -> None:
    desk.anna.send("GB 500", client_id="11111111-2222")

    answer = desk.anna.send("GB 600", client_id="11111111-2222")

    assert answer.status_code == 409
    assert json_of(answer)["line"]["raw"] == "GB 500"
    assert "not booked" in json_of(answer)["error"]


def test_a_question_is_answered_by_a_line_that_is_sure(desk: Browsers) -> None:
    answer = desk.anna.send("GB 1.500", client_id="11111111-2222")

    assert answer.status_code == 422
    question = json_of(answer)
    assert (question["kind"], [choice["key"] for choice in question["choices"]]) == (
        "question",
        [1, 2],
    )
    chosen = question["choices"][0]
    assert chosen["habits"] == {".": "groups"}
    line = desk.anna.type(
        chosen["line"],
        habits=chosen["habits"],
        sure=chosen["sure"],
        client_id="11111111-2222",
    )
    assert line["each"]["minor"] == 150_000
    assert desk.anna.type("GB 2.500")["each"]["minor"] == 250_000


@pytest.mark.parametrize("line", ["GB 5\u202e00", "GB\t500\x00", "XX 5", "GB -5", "x" * 4001, ""])
def test_a_refusal_is_a_sentence_and_books_nothing(desk: Browsers, line: str) -> None:
    answer = desk.anna.send(line)

    assert answer.status_code == 422
    assert json_of(answer)["kind"] == "refusal"
    assert json_of(answer)["message"]
    assert desk.anna.state()["lines"] == []


def test_what_nobody_understands_is_parked_as_it_was_typed(desk: Browsers) -> None:
    line = desk.anna.type("GB 5\u202e00 \udc80 Leeds", parked=True)

    assert (line["state"], line["each"], line["total"], line["base"]) == (
        "parked",
        None,
        None,
        None,
    )
    assert line["raw"].startswith("GB 5\u202e00")
    assert json_of(desk.ben.send("GB 500", replaces=line["number"]))["line"]["replaces"] == 1


def test_a_command_tells_what_it_changed(desk: Browsers) -> None:
    desk.anna.type("GB 500")
    desk.anna.type("GB 600")

    answer = json_of(desk.anna.send("/undo 2"))

    assert answer["line"] is None
    assert [(line["number"], line["state"]) for line in answer["changed"]] == [
        (2, "taken_back"),
        (1, "taken_back"),
    ]
    refused = desk.anna.send("/undo")
    assert (refused.status_code, json_of(refused)["kind"]) == (422, "refusal")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": "paused"}, "paused"),
        ({"status": "closed"}, "closed"),
        ({"status": "archived"}, "archived"),
    ],
)
def test_a_desk_that_takes_no_calls_keeps_the_queue_waiting(
    desk: Browsers, values: dict[str, str], words: str
) -> None:
    key = desk.anna.page["key"]
    change_fund(desk, **values)

    answer = desk.anna.send("GB 500", fund_id_check=key)

    assert answer.status_code == 409
    assert words in json_of(answer)["error"]


def test_yesterdays_rehearsal_is_not_booked_today(desk: Browsers) -> None:
    change_fund(desk, rehearsal=True)
    rehearsed = desk.anna.page["key"]
    change_fund(desk, rehearsal=False)

    answer = desk.anna.send("GB 500", fund_id_check=rehearsed)

    assert answer.status_code == 409
    assert "rehearsal" in json_of(answer)["error"]
    assert desk.anna.state()["true"]["headline"] == 0


def test_a_hundred_lines_pasted_at_once_are_a_hundred_in_order(desk: Browsers) -> None:
    key = desk.anna.page["key"]

    numbers = [
        desk.anna.type(f"GB {amount}", fund_id_check=key)["number"] for amount in range(10, 110)
    ]

    assert numbers == list(range(1, 101))
    assert desk.ben.state()["true"]["pledges"] == 100


@pytest.mark.parametrize(
    "broken",
    [
        {"client_id": "short"},
        {"client_id": 7},
        {"line": None},
        {"line": ["GB"]},
        {"typed_at": "yesterday"},
        {"typed_at": "2026-06-12T18:00:00"},
        {"typed_at": "0001-01-01T00:00:00+14:00"},
        {"fund_id_check": None},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(desk: Browsers, broken: dict[str, Any]) -> None:
    answer = desk.anna.send("GB 500", **broken)

    assert answer.status_code == 422
    assert desk.anna.state()["lines"] == []


@pytest.mark.parametrize("body", [None, [], "GB 500", {"habits": 7}])
def test_so_is_what_is_no_object(desk: Browsers, body: object) -> None:
    assert desk.anna.post("/lines", body).status_code == 422


def test_habits_are_those_of_marks_alone(desk: Browsers) -> None:
    odd = {".": "nonsense", "x": "groups", ",": "groups"}

    assert desk.anna.type("GB 1,500", habits=odd)["each"]["minor"] == 150_000
    assert desk.anna.send("GB 1.500", habits=[1]).status_code == 422


# ---- who ----------------------------------------------------------------------------------------


def test_signed_out_a_script_is_told_so_and_no_page(desk: Browsers) -> None:
    client = desk.office.client()

    for answer in (
        client.get("/desk/hall/state", headers=ACCEPT),
        client.get("/desk/hall/stream", headers={"Accept": "text/event-stream"}),
        client.post("/desk/hall/lines", json={}, headers=ACCEPT),
    ):
        assert answer.status_code == 401
    assert json_of(client.get("/desk/hall/state", headers=ACCEPT))["error"]


def test_a_teller_of_another_fund_finds_no_desk(desk: Browsers) -> None:
    with desk.office.database.unit_of_work() as session:
        other = a_fund(session, slug="other").id
    elsewhere = desk.browser(Grant(Role.TELLER, fund_id=other), name="Zoe")

    for path in ("/state", "/check", "/stream", "/tally", "/difference", "/prepared", ""):
        assert elsewhere.get(path).status_code == 404
    for path in ("/read", "/lines", "/check"):
        assert elsewhere.post(path, {}).status_code == 404


def test_a_role_without_a_desk_is_refused(desk: Browsers) -> None:
    auditor = desk.browser(Grant(Role.AUDITOR), name="Zoe")

    assert auditor.get("/state").status_code == 403
    assert json_of(auditor.get("/state"))["error"]


def test_a_draft_has_no_desk_yet(desk: Browsers) -> None:
    change_fund(desk, status="draft")

    assert desk.anna.get("/state").status_code == 404
