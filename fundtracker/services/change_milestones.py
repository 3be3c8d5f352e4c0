"""Add and remove milestones; one that was reached stays, whatever anybody would like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.fund_settings import check_milestones
from fundtracker.services.record import record
from fundtracker.store import funds, milestones
from fundtracker.store.funds import MilestoneRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow

# As many as a person can still tell apart on a bar.
MOST = 20


def add_milestone(parts: Parts, slug: str, amount: int) -> None:
    """Mark an amount of the fund's currency, in minor units; raises UnknownFund or Invalid.

    One that lies below the headline is reached at once, and nobody celebrates it.
    """
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = funds.locked(session, slug)
        known = tuple(mark.amount for mark in funds.milestones(session, row.id))
        check_milestones((*known, amount))
        if len(known) >= MOST:
            raise Invalid(
                N_("A fund has at most %(most)s milestones."), field="milestone", most=MOST
            )
        session.add(MilestoneRow(fund_id=row.id, amount=amount))
        session.flush()
        version = funds.bump(session, [row.id], now)[slug]
        milestones.reach(session, [row.id], now)
        _record(session, parts, row, after={"milestone": amount})
    parts.broker.announce(slug, version)


def remove_milestone(parts: Parts, slug: str, amount: int) -> bool:
    """Mark an amount no more; return whether it was. Raises UnknownFund, Invalid once reached."""
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = funds.locked(session, slug)
        marks = {mark.amount: mark for mark in funds.milestones(session, row.id)}
        mark = marks.get(amount)
        if mark is None:
            return False
        if mark.reached_at is not None:
            raise Invalid(N_("This milestone was reached and stays."), field="milestone")
        session.delete(mark)
        session.flush()
        version = funds.bump(session, [row.id], now)[slug]
        _record(session, parts, row, before={"milestone": amount})
    parts.broker.announce(slug, version)
    return True


def _record(
    session: Session,
    parts: Parts,
    row: FundRow,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    record(
        session,
        parts,
        Action.FUND_CHANGED,
        f"fund:{row.slug}",
        fund_id=row.id,
        before=before,
        after=after,
    )
