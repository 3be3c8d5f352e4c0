"""Filters of pledges that stand behind another one, asked by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import (
    UnknownDonation,
    UnknownFund,
    UnknownPledge,
    UnknownSection,
)
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_filters import PledgeFilter
from fundtracker.domain.scope import Reach, Scope
from fundtracker.services.look_at_pledge import look_at_pledge
from fundtracker.services.record import record
from fundtracker.services.restate_pledge import section_in
from fundtracker.services.write_pledge import Written, write_pledge
from fundtracker.store import (
    allocations,
    donations,
    funds,
    pledge_history,
    pledge_matches,
    pledge_search,
    pledges,
    recent_pledges,
    statement_pledges,
    treasury_donations,
    treasury_journals,
    treasury_pledges,
)
from fundtracker.store.pledges import PledgeRow
from tests.factories.owned import add
from tests.factories.pledges import a_pledge
from tests.matrix.cast import cast
from tests.matrix.visitors import Visitor

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.matrix.world import Place, World

EVERYWHERE = Scope.everything()


def unpaid(session: Session, place: Place) -> int:
    """Let a pledge be open, whatever was done to it while filters were left out."""
    row = session.get_one(PledgeRow, place.pledge_id)
    row.paid, row.open_due = 0, row.made_at.date()
    session.flush()
    return row.amount


def paid_by(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether it is told what pays somebody else's pledge."""
    return bool(allocations.of_pledge(session, foreign.pledge_id, scope))


def pays(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether it is told what somebody else's gift pays."""
    return bool(allocations.of_donation(session, foreign.donation_id, scope))


def gift(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether somebody else's gift is found."""
    try:
        donations.by_token(session, foreign.token, scope)
    except UnknownDonation:
        return False
    return True


def number(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether somebody else's pledge is found by its number."""
    try:
        pledges.by_number(session, foreign.pledge_number, scope)
    except UnknownPledge:
        return False
    return True


def locked(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether somebody else's pledge is found to be changed."""
    try:
        pledges.locked_by_token(session, foreign.pledge_token, scope)
    except UnknownPledge:
        return False
    return True


def free(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether somebody else's gifts are looked through for what they pay."""
    part = allocations.by_token(session, foreign.allocation_token, EVERYWHERE)
    part.status = "reversed"
    session.flush()
    found = pledge_matches.free_gifts(session, foreign.fund_id, scope, 99)
    return foreign.donation_id in {each.id for each in found}


def numbered(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether somebody else's pledge is offered for a reference."""
    unpaid(session, foreign)
    return bool(pledge_matches.numbered(session, [foreign.pledge_number], scope))


def fitting(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether somebody else's pledge is offered for its sum."""
    owed = unpaid(session, foreign)
    own = pledge_matches.Gift(
        1, "", foreign.fund_id, foreign.section_id, "bank", "GBP", owed, None, None
    )
    return bool(pledge_matches.fitting(session, [own], scope))


def proposed(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether it is told what was proposed elsewhere."""
    part = allocations.by_token(session, foreign.allocation_token, EVERYWHERE)
    part.status = "proposed"
    session.flush()
    return bool(pledge_matches.proposed(session, foreign.fund_id, scope, 99))


def refused(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether it is told what was refused elsewhere."""
    part = allocations.by_token(session, foreign.allocation_token, EVERYWHERE)
    part.status = "reversed"
    session.flush()
    return bool(pledge_matches.refused(session, [foreign.donation_id], scope))


def named(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether a number or a name finds more than a scope and that of names let it."""

    def found(text: str, reach: Scope, names: Scope) -> bool:
        now = session.get_one(PledgeRow, foreign.pledge_id).made_at
        search = pledge_search.resolve(session, PledgeFilter(text=text), reach, names, now)
        return search is not None and foreign.pledge_id in (search.found or ())

    name = foreign.personal[-1]
    return (
        found(foreign.pledge_number, scope, Scope.nothing())
        or found(name, scope, EVERYWHERE)
        or found(name, EVERYWHERE, scope)
    )


def stated(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether it is told what was promised elsewhere."""
    fund = funds.by_ids(session, [foreign.fund_id])[foreign.fund_id]
    return bool(statement_pledges.promises(session, fund, scope))


def gifts(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether somebody else's gift is told by its number."""
    return bool(treasury_donations.by_ids(session, [foreign.donation_id], scope))


def promises(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether somebody else's pledge is told by its number."""
    now = session.get_one(PledgeRow, foreign.pledge_id).made_at
    return bool(treasury_pledges.by_ids(session, [foreign.pledge_id], scope, now))


def promisers(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether a name is told where a pledge may be seen and names may not."""
    now = session.get_one(PledgeRow, foreign.pledge_id).made_at
    found = treasury_pledges.by_ids(session, [foreign.pledge_id], EVERYWHERE, now, scope)
    return found[foreign.pledge_id].name is not None


def booked(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether it is told what was booked for somebody else's pledge."""
    return bool(treasury_journals.of_pledge(session, foreign.pledge_id, scope))


def moved(session: Session, _own: Place, foreign: Place, scope: Scope) -> bool:
    """Tell whether a pledge may be given to no section where nothing is one's own."""
    try:
        section_in(session, foreign.fund_id, "", scope)
    except UnknownSection:
        return False
    return True


def written(world: World) -> bool:
    """Tell whether a fund out of reach is told apart from one that does not exist."""
    own, foreign = world.place("hall", "SE"), world.place("strike", "SE")
    today = world.parts.clock().date()
    wrote = Written("a-form-of-today", "ZZ", Money(100, "GBP"), today)
    with pytest.raises((UnknownFund, UnknownSection)) as told:
        write_pledge(world.parts, foreign.fund, wrote, Scope(frozenset({Reach(own.fund_id)})))
    return told.type is UnknownSection


def addressed(world: World) -> bool:
    """Tell whether an address is told where names may be seen and addresses may not."""
    own, foreign = world.place("hall", "SE"), world.place("strike", "SE")
    with world.parts.database.unit_of_work() as session:
        session.get_one(PledgeRow, foreign.pledge_id).email = "somebody@example.org"
    emails = Scope(frozenset({Reach(own.fund_id)}))
    found = look_at_pledge(world.parts, foreign.pledge_token, EVERYWHERE, emails)
    return found.email is not None


def decided(world: World) -> bool:
    """Tell whether it is told what was decided about somebody else's pledge."""
    own, foreign = world.place("hall", "SE"), world.place("strike", "SE")
    scope, now = Scope(frozenset({Reach(own.fund_id)})), world.parts.clock()
    with world.parts.database.unit_of_work() as session:
        record(
            session,
            world.parts,
            Action.PLEDGE_REOPENED,
            f"pledge:{foreign.pledge_number}",
            fund_id=foreign.fund_id,
            section_id=foreign.section_id,
        )
        lines = treasury_pledges.by_ids(session, [foreign.pledge_id], EVERYWHERE, now)
        told = pledge_history.history(session, lines[foreign.pledge_id], [], scope)
    return "pledge_reopened" in {each.kind for each in told}


def called_out(world: World) -> bool:
    """Tell whether others of the hall stand beside what is one's own, or leave no room for it."""
    own, others = world.place("hall", "SE"), world.place("hall", "GB")
    # A call of which a pledge has gone to another section, and one that is that section's alone.
    for place, call in ((own, 987_654), (others, 987_654), (others, None)):
        money = Money(1200, "GBP")
        a_pledge(world.parts, place.fund, money, place.section, call_id=call)
    scope = Scope(frozenset({Reach(own.fund_id, own.section_id)}))
    with world.parts.database.reading() as session:
        found = recent_pledges.calls_of_hall(session, own.fund_id, scope, 1)
    return [call.section_id for call in found] != [own.section_id]


def settled(world: World) -> bool:
    """Tell whether a promise that may only be read has a button to settle it."""
    told = a_pledge(world.parts, "strike", Money(1200, "GBP"), "SE")
    with world.parts.database.unit_of_work() as session:
        add(session, "pledge_contact", pledge_id=told.id, said_paid_at=world.parts.clock())
    name = "auditor, central treasurer of the hall"
    page = Visitor(world, name, cast(world)[name]).browser().get("/treasury/promises").text
    assert f"/{told.token}" in page
    return f'value="{told.token}"' in page
