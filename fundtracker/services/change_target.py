"""Change the target of a fund, also while the collection runs, with its history kept."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import refuse_stale
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.fund_settings import check_target
from fundtracker.domain.funds import FundStatus
from fundtracker.services.change_fund import counted
from fundtracker.services.record import record
from fundtracker.store import funds
from fundtracker.store.funds import MilestoneRow, TargetChangeRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow


class Mark(StrEnum):
    """What per cents are of, once a target that nobody has reached is another one."""

    # Of the first target, as before: its post stays where it stands.
    KEEP = "keep"
    # Of the new target: the first one is forgotten but for the history.
    REPLACE = "replace"


def targets_of(fund: Fund) -> tuple[int, int]:
    """Return what a form that changes the target is made from."""
    return fund.target, fund.first_target


def asks_for_mark(fund: Fund, headline: int) -> bool:
    """Tell whether there are two ways to go on: the target is known outside and not reached."""
    return fund.status is not FundStatus.DRAFT and headline < fund.target


def first_target_of(fund: Fund, target: int, mark: Mark | None, headline: int) -> int:
    """Return what per cents would be of, with another target; raises Invalid where that is open."""
    if fund.status is FundStatus.DRAFT:
        return target
    if not asks_for_mark(fund, headline):
        return fund.first_target
    if mark is None:
        raise Invalid(N_("Please choose what per cents are of from now on."), field="mark")
    return target if mark is Mark.REPLACE else fund.first_target


def change_target(
    parts: Parts, slug: str, target: int, mark: Mark | None = None, *, made_from: str | None = None
) -> bool:
    """Change the target, in minor units of the fund's currency; return whether it was another one.

    A target that was reached stays as a milestone, and per cents stay of the first one. Before
    that, `mark` decides. Raises UnknownFund, Invalid (field "mark" where that is open) or Changed.
    """
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = funds.locked(session, slug)
        fund = funds.by_slug(session, slug)
        refuse_stale(made_from, targets_of(fund))
        check_target(target)
        headline = counted(session, fund)
        first = first_target_of(fund, target, mark, headline)
        if (target, first) == targets_of(fund):
            return False
        version = funds.bump(session, [row.id], now)[slug]
        if headline >= fund.target and target > fund.target:
            _keep_as_milestone(session, fund, now)
        _write(session, row, (target, first), str(parts.actor), now)
        record(
            session,
            parts,
            Action.TARGET_CHANGED,
            f"fund:{slug}",
            fund_id=row.id,
            before={"target": fund.target, "first_target": fund.first_target},
            after={"target": target, "first_target": first},
        )
    parts.broker.announce(slug, version)
    return True


def _keep_as_milestone(session: Session, fund: Fund, now: datetime) -> None:
    """Let a target that was reached stay as what it was."""
    known = {row.amount: row for row in funds.milestones(session, fund.id)}
    row = known.get(fund.target) or MilestoneRow(fund_id=fund.id, amount=fund.target)
    row.reached_at = row.reached_at or now
    session.add(row)


def _write(
    session: Session, row: FundRow, targets: tuple[int, int], actor: str, now: datetime
) -> None:
    change = TargetChangeRow(
        fund_id=row.id, before=row.target, after=targets[0], actor=actor, at=now
    )
    session.add(change)
    row.target, row.first_target = targets
    session.flush()
