"""Create a fund: its row, its milestones and the total of gifts that belong to no section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from fundtracker.domain.errors import N_, Invalid, InvalidText
from fundtracker.domain.funds import CountingRule, FundStatus, ScreenMode
from fundtracker.domain.money import Money, currency
from fundtracker.domain.sections import NO_SECTION
from fundtracker.domain.text import clean_line
from fundtracker.store import funds, sections
from fundtracker.store.funds import FundRow, MilestoneRow

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts

_SLUG = re.compile(r"(?=.{1,60}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class NewFund:
    """What is decided about a fund; amounts are minor units of `currency`.

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
    status: FundStatus = FundStatus.DRAFT


def create_fund(parts: Parts, wanted: NewFund) -> Fund:
    """Make a fund and return it; raises Invalid, also when its address is taken."""
    now = parts.clock()
    row = _row(wanted, now)
    with parts.database.unit_of_work() as session:
        session.add(row)
        try:
            session.flush()
        except IntegrityError:
            raise Invalid(
                N_("There is a fund called %(slug)s already."), field="slug", slug=wanted.slug
            ) from None
        sections.join(session, row.id, NO_SECTION)
        session.add_all(
            MilestoneRow(fund_id=row.id, amount=amount) for amount in sorted(wanted.milestones)
        )
        session.flush()
        fund = funds.by_slug(session, wanted.slug)
    parts.broker.announce(fund.slug, fund.version)
    return fund


def zone_of(name: str) -> ZoneInfo:
    """Return a timezone by its name; raises Invalid."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(
            N_("There is no timezone of that name; one is called Europe/Brussels."),
            field="timezone",
        ) from None


def _row(wanted: NewFund, now: datetime) -> FundRow:
    opens_at = wanted.opens_at or now
    ceiling = wanted.target if wanted.ceiling is None else wanted.ceiling
    _check_slug(wanted.slug)
    name = clean_line(wanted.name, field="name", limit=_LONGEST_NAME)
    if not name:
        raise InvalidText(N_("Please enter a name."), field="name")
    code = currency(wanted.currency).code
    _check_amounts(code, wanted, ceiling)
    _check_times(wanted, opens_at)
    return FundRow(
        slug=wanted.slug,
        name=name,
        currency=code,
        first_target=wanted.target,
        target=wanted.target,
        status=wanted.status,
        opens_at=opens_at,
        closes_at=wanted.closes_at,
        timezone=wanted.timezone,
        counting_rule=wanted.counting_rule,
        rehearsal=wanted.rehearsal,
        ceiling=ceiling,
        presets=[],
        mode=ScreenMode.LIVE,
        version=int(now.timestamp() * 1000),
        as_of=now,
    )


def _check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug):
        raise Invalid(
            N_("A fund's address has 1 to 60 of the letters a to z, digits and single hyphens."),
            field="slug",
        )


def _check_amounts(code: str, wanted: NewFund, ceiling: int) -> None:
    if wanted.target <= 0:
        raise Invalid(N_("The target has to be more than zero."), field="target")
    least = Money(currency(code).minimum, code)
    if ceiling < least.minor:
        raise Invalid(
            N_("The largest gift cannot be below the smallest one, %(least)s."),
            field="ceiling",
            least=least,
        )
    milestones = wanted.milestones
    if any(amount <= 0 for amount in milestones) or len(set(milestones)) < len(milestones):
        raise Invalid(N_("Milestones are different amounts of more than zero."), field="milestone")


def _check_times(wanted: NewFund, opens_at: datetime) -> None:
    zone_of(wanted.timezone)
    if wanted.closes_at is not None and wanted.closes_at <= opens_at:
        raise Invalid(N_("A fund closes after it has opened."), field="closes")
