"""A donation's own page: what it is worth, what happened to it, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import render_template

from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.errors import UnknownDonation
from fundtracker.domain.money import Money
from fundtracker.domain.roles import Permission
from fundtracker.services.look_at_name import look_at_name
from fundtracker.services.plan_payment import free_of
from fundtracker.store import (
    allocations,
    funds,
    refund_orders,
    staff,
    treasury,
    treasury_pledges,
)
from fundtracker.store.donations import DonationRow
from fundtracker.store.treasury_history import history, stripe_ids
from fundtracker.web.access import me, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.treasury import wording
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.tables import WAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.store.allocations import AllocationRow
    from fundtracker.store.treasury import DonationLine, JournalLine
    from fundtracker.store.treasury_history import Words
    from fundtracker.store.treasury_pledges import PledgeLine


@dataclass(frozen=True, slots=True)
class Doable:
    """What the reader may do with a donation, as it stands; `left` is what could be refunded."""

    left: int
    reverse: bool
    enter_again: bool
    see_names: bool
    allocate: bool

    @property
    def refund(self) -> bool:
        """Whether there is anything to be refunded, and by this reader."""
        return self.left > 0


@dataclass(frozen=True, slots=True)
class Pays:
    """A part of a gift, and the pledge that it pays."""

    part: AllocationRow
    pledge: PledgeLine


@bp.get("/donations/<token>")
@requires(Permission.READ_LEDGER)
def donation(token: str) -> str:
    """Show a donation, without anybody's name."""
    return _page(token)


@bp.post("/donations/<token>/names")
@requires(Permission.READ_NAMES)
def donation_names(token: str) -> str:
    """Show it with what somebody wrote of themselves; that it was looked at is written down."""
    words = look_at_name(acting(), token, scope(Permission.READ_NAMES))
    return _page(token, words)


def line_of(session: Session, token: str, reach: Scope) -> DonationLine:
    """The donation of an address; raises UnknownDonation for one that may not be seen."""
    line = treasury.by_token(session, token, reach)
    if line is None:
        raise UnknownDonation
    return line


def _page(token: str, words: Words | None = None) -> str:
    reach = scope(Permission.READ_LEDGER)
    with parts().database.reading(reach) as session:
        line = line_of(session, token, reach)
        journals = treasury.of_donation(session, line.id, reach)
        happened = history(session, line, journals)
        actors = {item.actor for item in happened} | {journal.actor for journal in journals}
        row = session.get_one(DonationRow, line.id)
        fund = funds.by_ids(session, [row.fund_id])[row.fund_id]
        return render_template(
            "treasury/donation.html",
            line=line,
            fund=fund,
            journals=journals,
            happened=happened,
            names=staff.names_of(session, wording.staff_tokens(actors)),
            stripe_ids=stripe_ids(session, line.id),
            doable=_doable(session, row),
            rehearsal=fund.rehearsal,
            pays=_pays(session, row, reach),
            free=free_of(session, row),
            words=words,
            again=_again(line, journals),
            status=DonationStatus(line.status),
            by_hand=line.method != Method.ONLINE,
            ways=WAYS,
            wording=wording,
            simulated=settings().simulated,
        )


def _again(line: DonationLine, journals: Sequence[JournalLine]) -> dict[str, str]:
    """What is the same when it is entered again; the reference stays out of the address."""
    holders = [entry.holder for journal in journals for entry in journal.entries]
    return {
        "fund": line.fund,
        "section": line.section,
        "method": line.method,
        "currency": line.currency,
        "amount": str(Money(line.amount, line.currency)).removeprefix(f"{line.currency} "),
        "given_on": "" if line.given_at is None else _day(line.given_at, line.timezone),
        "holder": next(iter(holders), ""),
    }


def _day(moment: datetime, timezone: str) -> str:
    return moment.astimezone(ZoneInfo(timezone)).date().isoformat()


def _doable(session: Session, row: DonationRow) -> Doable:
    def may(permission: Permission) -> bool:
        return me().scope(permission).allows(row.fund_id, row.section_id)

    by_hand = row.method != Method.ONLINE
    here = row.account == parts().gateway.account
    refundable = not by_hand and here and may(Permission.REFUND)
    enters = by_hand and may(Permission.ENTER_GIFTS)
    return Doable(
        left=refund_orders.left(session, row) if refundable else 0,
        reverse=enters and row.status == DonationStatus.SUCCEEDED,
        enter_again=enters and row.status == DonationStatus.CANCELLED,
        see_names=may(Permission.READ_NAMES),
        allocate=row.kept > 0 and may(Permission.CHANGE_PLEDGES),
    )


def _pays(session: Session, row: DonationRow, reach: Scope) -> list[Pays]:
    """What it pays, did or is to, as far as the pledges may be seen."""
    found = allocations.of_donation(session, row.id, reach)
    owed = treasury_pledges.by_ids(
        session, [part.pledge_id for part in found], reach, parts().clock()
    )
    return [Pays(part, owed[part.pledge_id]) for part in found if part.pledge_id in owed]
