"""Create a fund: its row, its milestones and the total of gifts that belong to no section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.fund_settings import (
    FundSettings,
    check_milestones,
    check_settings,
    check_slug,
    check_target,
)
from fundtracker.domain.funds import CountingRule, FundStatus, ScreenMode
from fundtracker.domain.money import currency
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.record import record
from fundtracker.store import desks, funds, sections
from fundtracker.store.funds import FundRow, MilestoneRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts


@dataclass(frozen=True, slots=True)
class NewFund:
    """What is decided about a fund; amounts are minor units of `currency`, presets whole ones.

    Without a ceiling no single gift may be larger than the target, without an opening time the
    fund opens at once.
    """

    slug: str
    name: str
    currency: str
    target: int
    ceiling: int | None = None
    timezone: str = "UTC"
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    counting_rule: CountingRule = CountingRule.EVERYTHING_ANNOUNCED
    rehearsal: bool = False
    milestones: tuple[int, ...] = ()
    presets: tuple[int, ...] = ()
    status: FundStatus = FundStatus.DRAFT


def create_fund(parts: Parts, wanted: NewFund) -> Fund:
    """Make a fund and return it; raises Invalid, also when its address is taken."""
    with parts.database.unit_of_work() as session:
        fund = add_fund(session, parts, wanted)
        record_creation(session, parts, fund)
    parts.broker.announce(fund.slug, fund.version)
    return fund


def add_fund(session: Session, parts: Parts, wanted: NewFund) -> Fund:
    """Add a fund in the caller's unit of work; raises Invalid, then nothing of it may stay."""
    row = _row(wanted, parts.clock())
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise taken(wanted.slug) from None
    sections.join(session, row.id, NO_SECTION)
    desks.make(session, row.id)
    session.add_all(
        MilestoneRow(fund_id=row.id, amount=amount) for amount in sorted(wanted.milestones)
    )
    session.flush()
    return funds.by_slug(session, wanted.slug)


def record_creation(session: Session, parts: Parts, fund: Fund, **more: object) -> None:
    """Write into the audit log that a fund was made, and what else is to be said of it."""
    record(
        session,
        parts,
        Action.FUND_CREATED,
        f"fund:{fund.slug}",
        fund_id=fund.id,
        after={
            "name": fund.name,
            "currency": fund.currency,
            "target": fund.target,
            "status": str(fund.status),
            "rehearsal": fund.rehearsal,
            **more,
        },
    )


def taken(slug: str) -> Invalid:
    """What is said to the second one who wants an address."""
    return Invalid(N_("There is a fund called %(slug)s already."), field="slug", slug=slug)


def _row(wanted: NewFund, now: datetime) -> FundRow:
    code = currency(wanted.currency).code
    settings = FundSettings(
        name=wanted.name.strip(),
        timezone=wanted.timezone,
        opens_at=wanted.opens_at or now,
        closes_at=wanted.closes_at,
        counting_rule=wanted.counting_rule,
        ceiling=wanted.target if wanted.ceiling is None else wanted.ceiling,
        presets=wanted.presets,
    )
    check_slug(wanted.slug)
    check_target(wanted.target)
    check_settings(settings, code)
    check_milestones(wanted.milestones)
    return FundRow(
        slug=wanted.slug,
        name=settings.name,
        currency=code,
        first_target=wanted.target,
        target=wanted.target,
        status=wanted.status,
        opens_at=settings.opens_at,
        closes_at=settings.closes_at,
        timezone=settings.timezone,
        counting_rule=settings.counting_rule,
        rehearsal=wanted.rehearsal,
        ceiling=settings.ceiling,
        presets=list(settings.presets),
        mode=ScreenMode.LIVE,
        version=int(now.timestamp() * 1000),
        as_of=now,
    )
