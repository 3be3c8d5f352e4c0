"""A pledge that the treasury withdraws is seen to be gone at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect
from sqlalchemy import select

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import Instalment
from fundtracker.domain.scope import Scope
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import cancel_pledge, reopen_pledge
from fundtracker.services.restate_pledge import restate_pledge
from fundtracker.store.pledges import PledgeRow
from fundtracker.web.context import context_of
from tests.support.axe import findings

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.desk_page import Teller
    from tests.web.desk.browsers import Browsers
    from tests.web.desk.room import Room

EVERYWHERE = Scope.everything()


def first(parts: Parts) -> tuple[PledgeRow, Shown]:
    """The oldest pledge, as it is."""
    with parts.database.reading() as session:
        row = session.scalars(select(PledgeRow).order_by(PledgeRow.id)).first()
        assert row is not None
        return row, Shown(row.token, row.version)


def test_a_script_is_told_what_is_left(desk: Browsers) -> None:
    assert desk.anna.type("GB 2@500")["left"] is None
    cancel_pledge(desk.parts, first(desk.parts)[1], EVERYWHERE)

    (line,) = desk.anna.state()["lines"]

    assert line["left"]["people"] == 1
    assert (line["left"]["total"]["text"], line["left"]["base"]["text"]) == ("£500.00", "€575.00")
    assert line["total"]["text"] == "£1,000.00"


def test_the_line_and_the_sums_follow_as_the_treasury_decides(room: Room, anna: Teller) -> None:
    parts = context_of(room.office.app).parts
    anna.sends("GB 500", "£500.00")
    berta = room.seats("berta", "/check")
    card = berta.page.locator("[data-card]")
    expect(card).to_contain_text("£500.00")
    to_check = anna.page.locator("[data-field=to-check]")
    expect(to_check).to_have_text("1")

    row, shown = first(parts)
    restate_pledge(parts, shown, [Instalment(row.due_on, Money(40_000, "GBP"))], EVERYWHERE)
    expect(anna.line()).to_contain_text("£400.00")
    expect(anna.line()).to_contain_text("treasury: was £500.00")
    expect(card).to_contain_text("£400.00")
    expect(berta.page.get_by_role("alert")).to_contain_text("It is now GB £400.00.")

    cancel_pledge(parts, first(parts)[1], EVERYWHERE)
    expect(anna.line()).to_contain_text("by the treasury")
    expect(anna.line()).to_contain_text("↶ withdrawn")
    expect(to_check).to_have_text("0")
    assert findings(anna.page) == []
    expect(berta.page.get_by_text("Nothing to check.")).to_be_visible()

    reopen_pledge(parts, first(parts)[1], EVERYWHERE)
    expect(anna.line()).to_contain_text("○ to check")
    expect(card).to_contain_text("£400.00")
