"""Filters that stand behind another one, asked by themselves whether anything foreign comes out."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from flask import template_rendered
from sqlalchemy.orm import Session

from fundtracker.domain.donations import Method
from fundtracker.domain.errors import UnknownDonation, UnknownFund, UnknownSection
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Reach, Scope
from fundtracker.services.enter_gift import Entered, enter_gift
from fundtracker.store import (
    donations,
    pledge_tasks,
    rates,
    treasury_journals,
    treasury_places,
    treasury_search,
)
from fundtracker.store.base import fingerprints
from fundtracker.store.donations import DonationRow
from tests.factories.owned import add
from tests.factories.rows import NOW
from tests.matrix import direct_pledges
from tests.matrix.cast import cast
from tests.matrix.crawler import offers_refused
from tests.matrix.direct_desk import DESK
from tests.matrix.visitors import Visitor
from tests.matrix.world import Place, World

if TYPE_CHECKING:
    from flask import Flask

_NUMBERS = itertools.count(1)

Question = Callable[[Session, Place, Place, Scope], bool]
Direct = Callable[[World], bool]


def _locked(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    try:
        donations.locked_by_token(session, foreign.token, scope)
    except UnknownDonation:
        return False
    return True


def _recent(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    return bool(donations.recent(session, foreign.fund_id, scope, 9))


def _waiting(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    return bool(rates.waiting(session, foreign.fund_id, scope))


def _journals(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    return bool(treasury_journals.of_donation(session, foreign.donation_id, scope))


def _resolved(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    wanted = LedgerFilter(fund=foreign.fund)
    return treasury_search.resolve(session, wanted, scope) is not None


def _timezone(session: Session, _own: Place, _foreign: Place, scope: Scope) -> bool:
    """Whether it is told that there are funds elsewhere."""
    return treasury_places.zone_of(session, LedgerFilter(), scope) != "Europe/Zurich"


def _few(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    asked = DonationRow.id == foreign.donation_id
    return bool(treasury_search.few(session, DonationRow, asked, scope))


def _named(session: Session, own: Place, foreign: Place, scope: Scope) -> bool:
    """Also where what others wrote leaves no room for what one wrote oneself."""
    if treasury_search.named_by(session, foreign.token, scope):
        return True
    for place in (own, foreign):
        row = session.get_one(DonationRow, place.donation_id)
        row.reference_key = fingerprints(session, "rent")[0]
    session.flush()
    with patch.object(treasury_search, "_MOST_FOUND", 1):
        return treasury_search.named_by(session, "rent", scope) != {own.donation_id}


def _tasks(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Whether a promise of elsewhere that needs a person is listed."""
    number = f"FRGN{next(_NUMBERS):04}"
    add(
        session,
        "pledge",
        token=number,
        number=number,
        fund_id=foreign.fund_id,
        section_id=foreign.section_id,
        source="online",
        status="unconfirmed",
        confirmed_at=NOW,
        currency="GBP",
        amount=5000,
        counted=False,
        rate_scale=2,
    )
    return any(line.number == number for line in pledge_tasks.listed(session, scope))


def _within_the_hall(question: Question) -> Direct:
    """Ask for something of the strike, later than what is of the hall."""

    def ask(world: World) -> bool:
        own, foreign = world.place("hall", "SE"), world.place("strike", "SE")
        scope = Scope(frozenset({Reach(fund_id=own.fund_id)}))
        with world.office.database.unit_of_work() as session:
            found = question(session, own, foreign, scope)
            # The next question finds the world as it was.
            session.rollback()
        return found

    return ask


def _entered(world: World) -> bool:
    """Whether a fund out of reach is told apart from one that does not exist."""
    own, foreign = world.place("hall", "SE"), world.place("strike", "SE")
    money = Money(100, "GBP")
    gift = Entered("a-form-of-today", Method.CASH, "ZZ", money, world.parts.clock().date(), "bag")
    with pytest.raises((UnknownFund, UnknownSection)) as refused:
        enter_gift(world.parts, foreign.fund, gift, Scope(frozenset({Reach(own.fund_id)})))
    return refused.type is UnknownSection


def _offered(address: Callable[[Place], str]) -> Direct:
    """Ask a page that may be read, and of which no link may be used to change anything."""

    def ask(world: World) -> bool:
        name = "auditor, central treasurer of the hall"
        reader = Visitor(world, name, cast(world)[name])
        return offers_refused(reader, address(world.place("strike", "SE")))

    return ask


def _handed(world: World, path: str) -> str:
    """Return what the template of a page was given, shown or not."""
    name = "auditor of the hall"
    browser, given = Visitor(world, name, cast(world)[name]).browser(), []

    def note(_app: Flask, context: dict[str, Any], **_template: object) -> None:
        given.append(context)

    with template_rendered.connected_to(note, world.office.app):
        assert browser.get(path).status_code == 200
    return repr([context.items() for context in given])


def _told_of_funds(path: str) -> Direct:
    """Ask whether a template, which happens not to show it, knows of a fund elsewhere."""

    def ask(world: World) -> bool:
        return world.place("strike", "SE").fund_name in _handed(world, path)

    return ask


# By module and function.
DIRECT: dict[str, Direct] = DESK | {
    "services/enter_gift.py:enter_gift": _entered,
    "store/donations.py:locked_by_token": _within_the_hall(_locked),
    "store/donations.py:recent": _within_the_hall(_recent),
    "store/pledge_tasks.py:listed": _within_the_hall(_tasks),
    "store/rates.py:waiting": _within_the_hall(_waiting),
    "store/treasury_journals.py:of_donation": _within_the_hall(_journals),
    "store/treasury_places.py:place_of": _within_the_hall(_resolved),
    "store/treasury_search.py:few": _within_the_hall(_few),
    "store/treasury_places.py:zone_of": _within_the_hall(_timezone),
    "store/treasury_search.py:named_by": _within_the_hall(_named),
    "web/office/found.py:may": _offered(lambda place: f"/office/funds/{place.fund}/rates"),
    "web/office/section.py:_page": _told_of_funds("/office/sections/SE"),
    "web/office/sections.py:sections": _told_of_funds("/office/sections"),
    "web/treasury/donation.py:may": _offered(lambda place: f"/treasury/donations/{place.token}"),
    "web/treasury/pledge.py:may": _offered(lambda place: f"/treasury/pledges/{place.pledge_token}"),
    "services/look_at_pledge.py:look_at_pledge": direct_pledges.addressed,
    "services/restate_pledge.py:section_in": _within_the_hall(direct_pledges.moved),
    "services/write_pledge.py:_write": direct_pledges.written,
    "store/allocations.py:of_pledge": _within_the_hall(direct_pledges.paid_by),
    "store/allocations.py:of_donation": _within_the_hall(direct_pledges.pays),
    "store/donations.py:by_token": _within_the_hall(direct_pledges.gift),
    "store/pledge_history.py:_decided": direct_pledges.decided,
    "store/pledge_matches.py:fitting": _within_the_hall(direct_pledges.fitting),
    "store/pledge_matches.py:free_gifts": _within_the_hall(direct_pledges.free),
    "store/pledge_matches.py:numbered": _within_the_hall(direct_pledges.numbered),
    "store/pledge_matches.py:proposed": _within_the_hall(direct_pledges.proposed),
    "store/pledge_matches.py:refused": _within_the_hall(direct_pledges.refused),
    "store/pledge_search.py:_named": _within_the_hall(direct_pledges.named),
    "store/pledges.py:by_number": _within_the_hall(direct_pledges.number),
    "store/pledges.py:locked_by_token": _within_the_hall(direct_pledges.locked),
    "store/recent_pledges.py:_together": direct_pledges.called_out,
    "store/recent_pledges.py:calls_of_hall": direct_pledges.called_out,
    "store/statement_pledges.py:promises": _within_the_hall(direct_pledges.stated),
    "store/treasury_donations.py:by_ids": _within_the_hall(direct_pledges.gifts),
    "store/treasury_journals.py:of_pledge": _within_the_hall(direct_pledges.booked),
    "store/treasury_pledges.py:_of_row": _within_the_hall(direct_pledges.promisers),
    "store/treasury_pledges.py:by_ids": _within_the_hall(direct_pledges.promises),
    "web/treasury/promises.py:_may_settle": direct_pledges.settled,
}
