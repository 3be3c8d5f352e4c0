"""What is known of a fund at a version: the true snapshot for staff, the published one for all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money
from fundtracker.domain.sections import NO_SECTION, Section, Visibility
from fundtracker.domain.totals import Totals, headline, permille

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.rates import Rate
    from fundtracker.domain.sections import FundSection

# Below this many gifts of a section, the amount of one could be guessed to be somebody's.
_ENOUGH_TO_HIDE_AMONG = 5


@dataclass(frozen=True, slots=True)
class Local:
    """A section's target and headline in minor units of its own currency, for display."""

    target: int | None
    headline: int


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section's sums in minor units of the fund's currency; code "" is everybody else."""

    code: str
    name: str
    short_name: str
    target: int | None
    received: int
    pledged: int
    unconfirmed: int
    headline: int
    permille: int | None
    currency: str
    local: Local | None
    # Decides what may be published; not part of what is.
    donations: int = field(metadata={"private": True})


@dataclass(frozen=True, slots=True)
class MilestoneMark:
    """An amount on the way, in minor units of the fund's currency, and when it was reached."""

    amount: int
    reached_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recent:
    """A gift or promise just made; `kind` is "donation" or "pledge", `count` how many people."""

    id: str
    kind: str
    count: int
    section: str
    amount: int
    currency: str
    name: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A fund at a version, in minor units of `currency`; the fields are the keys of the JSON."""

    fund: str
    name: str
    version: int
    as_of: datetime
    mode: str
    rehearsal: bool
    currency: str
    first_target: int
    target: int
    next_milestone: int | None
    received: int
    pledged: int
    unconfirmed: int
    headline: int
    permille: int
    counting_rule: str
    donations: int
    pledges: int
    milestones: tuple[MilestoneMark, ...]
    sections: tuple[SectionLine, ...]
    recent: tuple[Recent, ...]

    def to_json(self) -> bytes:
        """Return the compact JSON that goes to every client, keys in the order of the fields."""
        text = json.dumps(self, default=_plain, ensure_ascii=False, separators=(",", ":"))
        return text.encode()


def build(
    fund: Fund,
    sections: Sequence[FundSection],
    totals: Mapping[int, Totals],
    milestones: Sequence[MilestoneMark],
    rates: Mapping[str, Rate],
    recent: Sequence[Recent],
) -> Snapshot:
    """Return the true snapshot: every section, hidden ones too, and a last line for no section."""
    whole = sum(totals.values(), Totals())
    counted = headline(fund.counting_rule, whole)
    listed = {item.section.id for item in sections}
    # What belongs to a section that is not listed is still the fund's.
    rest = sum((part for id, part in totals.items() if id not in listed), Totals())
    nobody = Section(NO_SECTION, "", "", "", fund.currency)
    return Snapshot(
        fund=fund.slug,
        name=fund.name,
        version=fund.version,
        as_of=fund.as_of,
        mode=fund.mode,
        rehearsal=fund.rehearsal,
        currency=fund.currency,
        first_target=fund.first_target,
        target=fund.target,
        next_milestone=_next_milestone(fund, milestones, counted),
        received=whole.received,
        pledged=whole.pledged,
        unconfirmed=whole.unconfirmed,
        headline=counted,
        permille=permille(counted, fund.first_target),
        counting_rule=fund.counting_rule,
        donations=whole.donations,
        pledges=whole.pledges,
        milestones=tuple(sorted(milestones, key=lambda mark: mark.amount)),
        sections=(
            *(
                _line(fund, item.section, item.target, totals.get(item.section.id, Totals()), rates)
                for item in sections
            ),
            _line(fund, nobody, None, rest, rates),
        ),
        recent=tuple(recent),
    )


def published(true: Snapshot, visibility: Mapping[str, Visibility]) -> Snapshot:
    """Return what the world may see; sections that are not shown are one last line, code "".

    A section of which `visibility` says nothing is hidden. Where one is, no recent entry of the
    last line is in another currency than the fund's: one of the hidden section would hint at its
    country, and were only those left out, their absence would.
    """
    shown = {code for code, seen in visibility.items() if seen is Visibility.SHOWN}
    lines = [line for line in true.sections if line.code in shown]
    merged = _merge([line for line in true.sections if line.code not in shown], true.currency)
    lines.append(merged)
    hides = any(
        visibility.get(line.code, Visibility.HIDDEN) is Visibility.HIDDEN
        for line in true.sections
        if line.code
    )
    enough = {line.code for line in lines if line.donations >= _ENOUGH_TO_HIDE_AMONG}
    recent = (
        replace(entry, section=entry.section if entry.section in shown else "", name=None)
        for entry in true.recent
        if not (hides and entry.section not in shown and entry.currency != true.currency)
    )
    return replace(
        true,
        sections=tuple(lines),
        recent=tuple(
            entry for entry in recent if entry.kind != "donation" or entry.section in enough
        ),
    )


def _line(
    fund: Fund, section: Section, target: int | None, totals: Totals, rates: Mapping[str, Rate]
) -> SectionLine:
    counted = headline(fund.counting_rule, totals)
    return SectionLine(
        code=section.code,
        name=section.name,
        short_name=section.short_name,
        target=target,
        received=totals.received,
        pledged=totals.pledged,
        unconfirmed=totals.unconfirmed,
        headline=counted,
        permille=permille(counted, target) if target else None,
        currency=section.currency,
        local=_local(fund, section, target, counted, rates),
        donations=totals.donations,
    )


def _local(
    fund: Fund, section: Section, target: int | None, counted: int, rates: Mapping[str, Rate]
) -> Local | None:
    rate = rates.get(section.currency)
    if rate is None or section.currency == fund.currency:
        return None

    def local(minor: int) -> int:
        return rate.from_base(Money(minor, fund.currency), section.currency).minor

    return Local(None if target is None else local(target), local(counted))


def _next_milestone(fund: Fund, milestones: Sequence[MilestoneMark], counted: int) -> int | None:
    amounts = (mark.amount for mark in milestones)
    ahead = (amount for amount in amounts if amount > counted and amount != fund.target)
    return min(ahead, default=None)


def _merge(lines: Sequence[SectionLine], currency: str) -> SectionLine:
    return SectionLine(
        code="",
        name="",
        short_name="",
        target=None,
        received=sum(line.received for line in lines),
        pledged=sum(line.pledged for line in lines),
        unconfirmed=sum(line.unconfirmed for line in lines),
        headline=sum(line.headline for line in lines),
        permille=None,
        currency=currency,
        local=None,
        donations=sum(line.donations for line in lines),
    )


def _plain(value: Snapshot | SectionLine | Local | MilestoneMark | Recent | datetime) -> object:
    """Return what JSON can hold instead of a value that it cannot."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        item.name: getattr(value, item.name)
        for item in fields(value)
        if "private" not in item.metadata
    }
