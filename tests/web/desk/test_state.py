from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlalchemy import select

from fundtracker.domain.errors import Busy
from fundtracker.domain.scope import Scope
from fundtracker.live.kept import Kept
from fundtracker.services.desk.settings import DeskSettings, change_desk
from fundtracker.services.hold import hold, release
from fundtracker.store.funds import FundRow
from fundtracker.web.context import context_of
from fundtracker.web.desk import state as module
from tests.factories.rows import a_donation
from tests.web.desk.browsers import SLUG

if TYPE_CHECKING:
    from tests.web.desk.browsers import Browsers


def test_every_teller_sees_the_lines_of_all(desk: Browsers) -> None:
    before = desk.ben.state()
    desk.anna.type("GB 500")

    state = desk.ben.state(after=before["version"])

    assert [(line["number"], line["mine"]) for line in state["lines"]] == [(1, False)]
    assert state["true"]["headline"] == state["hall"]["headline"] == 57_500
    assert state["open"]["to_check"]["count"] == 1
    assert state["not_called"] == ["CH"]
    assert [teller["initials"] for teller in state["tellers"]] == ["AL", "BO"]
    assert desk.ben.state(after=state["version"])["lines"] == []


def test_what_is_open_is_counted(desk: Browsers) -> None:
    for line in ("GB 500", "GB 500", "~ GB 7", "GB 30k", "CH 20"):
        desk.anna.type(line)
    first, *_ = desk.ben.state()["lines"][::-1]
    desk.ben.check("doubt", first)
    desk.ben.send("/undo #5")

    opened = desk.ben.state()["open"]

    assert opened["to_check"]["count"] == 3
    assert opened["to_check"]["sum"]["text"] == "€1,171.00"
    counts = {name: opened[name] for name in ("doubles", "parked", "second", "undo_asked", "doubt")}
    assert counts == {"doubles": 1, "parked": 1, "second": 1, "undo_asked": 1, "doubt": 1}
    assert (opened["late"], opened["blind"]) == (0, 0)
    states = {line["number"]: line["state"] for line in desk.ben.state()["lines"]}
    assert states == {1: "doubt", 2: "counted", 3: "parked", 4: "second", 5: "counted"}


def test_while_the_count_is_held_tellers_see_both_numbers(desk: Browsers) -> None:
    desk.anna.type("GB 500")
    hold(desk.parts, SLUG)
    desk.anna.type("GB 100")

    state = desk.ben.state()

    assert (state["hall"]["headline"], state["hall"]["mode"]) == (57_500, "hold")
    assert state["true"]["headline"] == 69_000
    assert state["hall"]["since"]
    release(desk.parts, SLUG)
    assert desk.ben.state()["hall"]["headline"] == 69_000


def test_online_gifts_of_an_amount_that_was_called_may_be_counted_twice(desk: Browsers) -> None:
    desk.anna.type("? 50 GBP")
    now = datetime.now(UTC)
    with desk.office.database.unit_of_work() as session:
        fund = session.scalars(select(FundRow)).one()
        paid = {"status": "succeeded", "succeeded_at": now, "kept": 5000}
        a_donation(session, fund, **paid)
        a_donation(session, fund, **paid, amount=5001)
        a_donation(session, fund, **paid, rate_mantissa=None, rate_scale=None)

    # It is good enough for five seconds, and was asked for when the page was opened.
    object.__setattr__(context_of(desk.office.app), "overlaps", Kept())
    assert desk.anna.state()["open"]["overlap"]["minor"] == 5750


def test_the_level_and_the_settings_are_told(desk: Browsers) -> None:
    desk.anna.send("/level 500 EUR")

    state = desk.ben.state()

    assert state["level"]["text"] == "€500.00"
    assert state["settings"] == {
        "default_currency": "section",
        "two_keyers": False,
        "status": "open",
    }


def test_who_waits_with_how_many_lines_is_told(desk: Browsers) -> None:
    desk.anna.state(waiting=3)
    desk.ben.state(waiting="many")

    waiting = {teller["initials"]: teller["waiting"] for teller in desk.ben.state()["tellers"]}

    assert waiting == {"AL": 3, "BO": 0}


def test_a_database_that_is_busy_keeps_nobody_from_looking(desk: Browsers) -> None:
    with patch.object(module, "notice", side_effect=Busy):
        assert desk.anna.state()["tellers"] == []


def test_a_second_keyer_sees_the_own_lines_alone(desk: Browsers) -> None:
    settings = DeskSettings(in_fund_currency=False, two_keyers=True)
    change_desk(desk.parts, SLUG, settings, Scope.everything())
    desk.anna.type("GB 500")
    desk.ben.type("GB 600", blind=True)

    blind = desk.ben.state(blind=1)

    assert [line["number"] for line in blind["lines"]] == [2]
    assert blind["open"]["blind"] == 1
    assert desk.ben.state(after=0, blind=1)["lines"] == blind["lines"]


def test_a_line_of_somebody_who_is_gone_stays(desk: Browsers) -> None:
    desk.anna.type("GB 500")
    with desk.office.database.unit_of_work() as session:
        session.merge(desk.anna.member).token = "another"

    (line,) = desk.ben.state()["lines"]

    assert (line["teller"], line["mine"]) == ("?", False)
