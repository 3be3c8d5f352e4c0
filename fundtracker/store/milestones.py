"""Milestones that the headline of a fund reaches."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from fundtracker.domain.funds import CountingRule
from fundtracker.domain.totals import Totals, headline
from fundtracker.store.funds import FundRow, MilestoneRow
from fundtracker.store.totals import TotalRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session


# Of funds with milestones that lie ahead: their rule, the nearest one, and their totals.
_NEAREST = (
    select(func.min(MilestoneRow.amount))
    .where(MilestoneRow.fund_id == FundRow.id, MilestoneRow.reached_at.is_(None))
    .correlate(FundRow)
    .scalar_subquery()
)
_AHEAD = (
    select(
        FundRow.id,
        FundRow.counting_rule,
        _NEAREST,
        *(func.sum(getattr(TotalRow, field.name)) for field in fields(Totals)),
    )
    .join(TotalRow, TotalRow.fund_id == FundRow.id)
    .where(FundRow.id.in_(bindparam("funds", expanding=True)), _NEAREST.is_not(None))
    .group_by(FundRow.id, FundRow.counting_rule)
)


def reach(session: Session, fund_ids: Collection[int], now: datetime) -> None:
    """Mark what the headlines of funds have reached; once reached, always.

    With the funds locked no other writer's money is missing from their headlines. It is asked with
    every gift and every line, so that nearly always one question is all.
    """
    for fund_id, rule, nearest, *sums in session.execute(_AHEAD, {"funds": sorted(fund_ids)}):
        reached = headline(CountingRule(rule), Totals(*map(int, sums)))
        if reached >= nearest:
            session.execute(
                update(MilestoneRow)
                .where(
                    MilestoneRow.fund_id == fund_id,
                    MilestoneRow.reached_at.is_(None),
                    MilestoneRow.amount <= reached,
                )
                .values(reached_at=now),
            )
