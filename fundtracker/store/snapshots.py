"""Reading a fund's snapshot: the true one for staff, the published one for the world."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.snapshot import MilestoneMark, Recent, build, published
from fundtracker.store import donations, funds, rates, sections, totals
from fundtracker.store.recent_pledges import calls_of_hall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.sections import FundSection
    from fundtracker.domain.snapshot import Snapshot
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.recent_pledges import Called

# Enough for the ticker of a hall; a page shows fewer.
RECENT = 12


def load_true(session: Session, slug: str) -> Snapshot:
    """What is known of a fund, held or not; raises UnknownFund."""
    return _true(session, slug)[0]


def load(session: Session, slug: str) -> bytes:
    """What the world sees, as JSON: frozen while the count is held; raises UnknownFund."""
    row = funds.row_of(session, slug)
    if row.status == FundStatus.DRAFT:
        raise UnknownFund
    if row.held is not None:
        return row.held.encode()
    return public(session, slug).to_json()


def public(session: Session, slug: str) -> Snapshot:
    """What the world would see of the fund as it is now."""
    snapshot, parts = _true(session, slug)
    return published(snapshot, {part.section.code: part.visibility for part in parts})


def _true(session: Session, slug: str) -> tuple[Snapshot, list[FundSection]]:
    scope = Scope.everything()
    fund = funds.by_slug(session, slug)
    parts = sections.of_fund(session, fund.id, scope)
    codes = {part.section.id: part.section.code for part in parts}
    snapshot = build(
        fund,
        parts,
        totals.of_fund(session, fund.id, scope),
        [MilestoneMark(row.amount, row.reached_at) for row in funds.milestones(session, fund.id)],
        rates.current(session, fund),
        _recent(session, fund.id, scope, codes),
    )
    return snapshot, parts


def _recent(session: Session, fund_id: int, scope: Scope, codes: Mapping[int, str]) -> list[Recent]:
    """The gifts and promises made last, newest first."""
    made = [
        *(_gift(row, codes) for row in donations.recent(session, fund_id, scope, RECENT)),
        *(_call(call, codes) for call in calls_of_hall(session, fund_id, scope, RECENT)),
    ]
    return sorted(made, key=lambda entry: entry.at, reverse=True)[:RECENT]


def _gift(row: DonationRow, codes: Mapping[int, str]) -> Recent:
    kept = Money(row.kept, row.currency)
    return Recent(
        id=_public_id(row.token),
        kind="donation",
        count=1,
        section=codes.get(row.section_id, ""),
        amount=kept.minor,
        currency=kept.currency,
        # No name is public before a person has approved it, and approving comes with the office.
        name=None,
        at=row.succeeded_at or row.created_at,
    )


def _call(call: Called, codes: Mapping[int, str]) -> Recent:
    return Recent(
        id=_public_id(call.token),
        kind="pledge",
        count=call.people,
        section=codes.get(call.section_id, ""),
        amount=call.amount,
        currency=call.currency,
        name=None,
        at=call.at,
    )


def _public_id(token: str) -> str:
    """Not the token itself: it opens something, and the public need not know it."""
    return sha256(token.encode()).hexdigest()[:16]
