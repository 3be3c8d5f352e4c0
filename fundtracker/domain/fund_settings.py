"""What may be decided about a fund, and the rules that every decision keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid, InvalidText
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.local_times import zone_of
from fundtracker.domain.money import Money, currency
from fundtracker.domain.text import clean_line

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.funds import CountingRule, Fund

MOST_PRESETS = 6
LONGEST_NAME = 80
_SLUG = re.compile(r"(?=.{1,60}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")

# From each status, those that may follow it, the likeliest first.
FOLLOWING = {
    FundStatus.DRAFT: (FundStatus.OPEN,),
    FundStatus.OPEN: (FundStatus.PAUSED, FundStatus.CLOSED),
    FundStatus.PAUSED: (FundStatus.OPEN, FundStatus.CLOSED),
    FundStatus.CLOSED: (FundStatus.OPEN, FundStatus.ARCHIVED),
    FundStatus.ARCHIVED: (),
}


@dataclass(frozen=True, slots=True)
class FundSettings:
    """What may be changed about a fund at any time; `ceiling` is minor units of its currency."""

    name: str
    timezone: str
    opens_at: datetime
    closes_at: datetime | None
    counting_rule: CountingRule
    ceiling: int
    presets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FundBase:
    """What addresses, amounts and gifts rest on: fixed once the fund is open or was given to."""

    slug: str
    currency: str
    rehearsal: bool


def settings_of(fund: Fund) -> FundSettings:
    """Return what is decided about a fund at the moment."""
    return FundSettings(
        name=fund.name,
        timezone=fund.timezone,
        opens_at=fund.opens_at,
        closes_at=fund.closes_at,
        counting_rule=fund.counting_rule,
        ceiling=fund.ceiling,
        presets=fund.presets,
    )


def base_of(fund: Fund) -> FundBase:
    """Return what a fund rests on."""
    return FundBase(fund.slug, fund.currency, fund.rehearsal)


def check_settings(settings: FundSettings, code: str) -> None:
    """Raise Invalid, with the field at fault, unless a fund in that currency may be so."""
    if not clean_line(settings.name, field="name", limit=LONGEST_NAME):
        raise InvalidText(N_("Please enter a name."), field="name")
    zone_of(settings.timezone)
    if settings.closes_at is not None and settings.closes_at <= settings.opens_at:
        raise Invalid(N_("A fund closes after it has opened."), field="closes")
    least = Money(currency(code).minimum, code)
    if settings.ceiling < least.minor:
        raise Invalid(
            N_("The largest gift cannot be below the smallest one, %(least)s."),
            field="ceiling",
            least=least,
        )
    _check_presets(settings, code)


def check_slug(slug: str) -> None:
    """Raise Invalid unless a fund may have that address."""
    if not _SLUG.fullmatch(slug):
        raise Invalid(
            N_("A fund's address has 1 to 60 of the letters a to z, digits and single hyphens."),
            field="slug",
        )


def check_target(target: int) -> None:
    """Raise Invalid for a target that is none."""
    if target <= 0:
        raise Invalid(N_("The target has to be more than zero."), field="target")


def check_milestones(amounts: tuple[int, ...]) -> None:
    """Raise Invalid unless these are different amounts of more than zero."""
    if any(amount <= 0 for amount in amounts) or len(set(amounts)) < len(amounts):
        raise Invalid(N_("Milestones are different amounts of more than zero."), field="milestone")


def recast(minor: int, before: str, after: str) -> int:
    """Return the same number of another currency: 400,000 euros become 400,000 yen."""
    ours, theirs = currency(after).exponent, currency(before).exponent
    amount, rest = divmod(minor * 10**ours, 10**theirs)
    if rest:
        raise Invalid(
            N_("%(amount)s has decimals, which %(code)s has not. Change it first."),
            field="currency",
            amount=Money(minor, before),
            code=after,
        )
    return int(amount)


def _check_presets(settings: FundSettings, code: str) -> None:
    unit = 10 ** currency(code).exponent
    presets = settings.presets
    if len(presets) > MOST_PRESETS or len(set(presets)) < len(presets):
        raise Invalid(
            N_("Offer at most %(most)s different amounts."), field="presets", most=MOST_PRESETS
        )
    if any(not currency(code).minimum <= amount * unit <= settings.ceiling for amount in presets):
        raise Invalid(
            N_("Amounts to offer lie between %(least)s and the largest gift, %(most)s."),
            field="presets",
            least=Money(currency(code).minimum, code),
            most=Money(settings.ceiling, code),
        )
