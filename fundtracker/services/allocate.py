"""Allocate: let a donation that is here already pay a pledge, once its effect has been seen.

A late allocation leaves what was received alone and lowers the headline by what it nets. What was
shown before is what is done: where anything has changed meanwhile, nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.allocations import NOTHING, AllocationStatus, Share
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Changed, Invalid, NotNow
from fundtracker.domain.pledge_postings import Part
from fundtracker.services.book_pledges import Books, merged
from fundtracker.services.count import count
from fundtracker.services.pay_pledges import add, new_part, offer, rederive, tell
from fundtracker.services.record import record
from fundtracker.store import allocations, donations, funds, pledges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.services.book_pledges import Changes
    from fundtracker.services.parts import Parts
    from fundtracker.store.allocations import AllocationRow
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.pledges import PledgeRow


@dataclass(frozen=True, slots=True)
class Effect:
    """What an allocation would do.

    `share` is what of the donation pays what of the pledge; the headline falls by `lowers` minor
    units of the fund's currency; `left` minor units of the pledge's stay open.
    """

    share: Share
    lowers: int
    left: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pledge is to be paid; `most` minor units of the donation, or as much as there is.

    `shown` is the effect that a person agreed to; None where nobody was asked.
    """

    pledge: str
    most: int | None = None
    shown: Share | None = None


def effect(parts: Parts, donation: str, wanted: Wanted, scope: Scope) -> Effect:
    """Say what an allocation would do, and do nothing.

    Raises UnknownDonation, UnknownPledge, Invalid or NotNow as `allocate` would.
    """
    with parts.database.reading(scope) as session:
        books = _books(session, parts)
        row = donations.by_token(session, donation, scope)
        pledge = pledges.by_token(session, wanted.pledge, scope)
        return _effect(books, pledge, _offer(books, row, pledge, wanted.most))


def allocate(parts: Parts, donation: str, several: Sequence[Wanted], scope: Scope) -> None:
    """Pay one pledge or several with a donation, all of it or nothing.

    Raises UnknownDonation, UnknownPledge, Invalid, NotNow, or Changed where the effect is not the
    one that was shown.
    """
    with parts.database.unit_of_work() as session:
        books = _books(session, parts)
        row = donations.locked_by_token(session, donation, scope)
        named = {each.pledge: pledges.by_token(session, each.pledge, scope) for each in several}
        locked = pledges.lock(session, {pledge.id for pledge in named.values()})
        changes: Changes = {}
        deeds = []
        for each in several:
            pledge = locked[named[each.pledge].id]
            agreed = _offer(books, row, pledge, each.most)
            if each.shown is not None and agreed != each.shown:
                raise Changed
            lowers = _effect(books, pledge, agreed).lowers
            part = add(books, row, pledge, agreed)
            changes = merged(changes, tell(books, pledge, agreed.part, "pledge_allocated"))
            deeds.append((part, lowers))
        versions = count(session, changes, books.now)
        for part, lowers in deeds:
            _record(books, Action.ALLOCATED, part, lowers)
    for slug, version in versions.items():
        parts.broker.announce(slug, version)


def propose(parts: Parts, donation: str, wanted: Wanted, scope: Scope) -> str:
    """Write an allocation down for somebody to confirm, and return its token; nothing is booked.

    Raises what `allocate` does.
    """
    with parts.database.unit_of_work() as session:
        books = _books(session, parts)
        row = donations.locked_by_token(session, donation, scope)
        pledge = pledges.by_token(session, wanted.pledge, scope)
        agreed = _offer(books, row, pledge, wanted.most)
        part = new_part(books, row, pledge, agreed, AllocationStatus.PROPOSED)
        _record(books, Action.ALLOCATION_PROPOSED, part, 0)
        return part.token


def confirm(parts: Parts, token: str, scope: Scope) -> None:
    """Let a proposed allocation count; raises NotNow if it is decided, Changed if it would differ.

    Raises UnknownAllocation besides.
    """
    with parts.database.unit_of_work() as session:
        books, row, part, locked = _locked(session, parts, token, scope)
        pledge = locked[part.pledge_id]
        if part.status != AllocationStatus.PROPOSED:
            raise NotNow(N_("This is decided already."))
        agreed = _offer(books, row, pledge, part.given)
        if agreed != part.share:
            raise Changed
        lowers = _effect(books, pledge, agreed).lowers
        _decide(books, part, AllocationStatus.CONFIRMED)
        part.kept_amount, part.kept_base = agreed.amount, agreed.base
        session.flush()
        changes = tell(books, pledge, agreed.part, "pledge_allocated")
        versions = count(session, changes, books.now)
        _record(books, Action.ALLOCATED, part, lowers)
    for slug, version in versions.items():
        parts.broker.announce(slug, version)


def reverse(parts: Parts, token: str, scope: Scope) -> None:
    """Take an allocation back, or refuse one that is proposed; what it paid is open again.

    Raises UnknownAllocation, or NotNow where that was done before.
    """
    with parts.database.unit_of_work() as session:
        books, row, part, locked = _locked(session, parts, token, scope)
        if part.status == AllocationStatus.REVERSED:
            raise NotNow(N_("This is taken back already."))
        _decide(books, part, AllocationStatus.REVERSED)
        session.flush()
        others = allocations.confirmed_of(session, [row.id])
        kept = Part(-part.kept_amount, -part.kept_base)
        part.kept_amount = part.kept_base = 0
        taken = tell(books, locked[part.pledge_id], kept, "pledge_payment_taken_back")
        moved = rederive(books, [row], others, locked, "pledge_payment_changed")
        versions = count(session, merged(taken, moved), books.now)
        _record(books, Action.ALLOCATION_REVERSED, part, kept.base)
    for slug, version in versions.items():
        parts.broker.announce(slug, version)


def _books(session: Session, parts: Parts) -> Books:
    currencies = {fund.id: fund.currency for fund in funds.all_funds(session)}
    return Books(session, parts, currencies, parts.clock())


def _locked(
    session: Session, parts: Parts, token: str, scope: Scope
) -> tuple[Books, DonationRow, AllocationRow, dict[int, PledgeRow]]:
    """An allocation with its donation and all pledges that this pays, locked in their order."""
    found = allocations.by_token(session, token, scope)
    row = donations.locked(session, found.donation_id)
    others = allocations.confirmed_of(session, [row.id]).get(row.id, ())
    locked = pledges.lock(session, {found.pledge_id, *(part.pledge_id for part in others)})
    # Whoever waited for the locks sees what was decided meanwhile.
    return _books(session, parts), row, allocations.by_token(session, token, scope), locked


def _offer(books: Books, row: DonationRow, pledge: PledgeRow, most: int | None) -> Share:
    if row.fund_id != pledge.fund_id:
        raise Invalid(N_("This gift and this pledge are of different funds."))
    if not row.booked_at or not row.kept:
        raise NotNow(N_("Nothing of this gift is here to pay with."))
    agreed = offer(books, row, pledge, most)
    if agreed == NOTHING:
        raise NotNow(N_("There is nothing open on this pledge, or nothing free of this gift."))
    return agreed


def _effect(books: Books, pledge: PledgeRow, agreed: Share) -> Effect:
    before = books.promise(pledge)
    after = before.paying(agreed.part)
    lowers = 0 if before.layer is None else before.open_base - after.open_base
    return Effect(agreed, lowers, after.open_amount)


def _decide(books: Books, part: AllocationRow, status: AllocationStatus) -> None:
    part.status = status
    part.decided_by, part.decided_at = str(books.parts.actor), books.now


def _record(books: Books, action: Action, part: AllocationRow, lowers: int) -> None:
    record(
        books.session,
        books.parts,
        action,
        f"allocation:{part.token}",
        fund_id=part.fund_id,
        section_id=part.section_id,
        after={"given": part.given, "amount": part.amount, "lowers": lowers},
    )
