"""The settings of a fund as a form shows and sends them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.fund_settings import FundSettings
from fundtracker.domain.funds import CountingRule
from fundtracker.domain.local_times import fold_of, local_time, written, zone_of
from fundtracker.web.office.entries import typed_amount

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.funds import Fund
    from fundtracker.web.office.entries import Entries


def filled(fund: Fund) -> dict[str, str]:
    """Return what the form shows before anybody types."""
    return {
        "name": fund.name,
        "timezone": fund.timezone,
        "opens": written(fund.opens_at, fund.timezone),
        "opens_which": fold_of(fund.opens_at, fund.timezone),
        "closes": written(fund.closes_at, fund.timezone),
        "closes_which": fold_of(fund.closes_at, fund.timezone),
        "counting_rule": str(fund.counting_rule),
        "ceiling": typed_amount(fund.ceiling, fund.currency),
        "presets": " ".join(map(str, fund.presets)),
    }


def read_settings(entries: Entries, fund: Fund) -> FundSettings | None:
    """Return what was typed, or None with the mistakes remembered."""
    presets = entries.read("presets", presets_of)
    rule = entries.read("counting_rule", counting_rule_of)
    ceiling = entries.money("ceiling", fund.currency)
    zone = zone_name(entries)
    opens_at, closes_at = times_of(entries, fund)
    if opens_at is None and "opens" not in entries.mistakes:
        entries.miss("opens", Invalid(N_("Enter a day and a time, such as 2026-06-14 18:00.")))
    known = (presets, rule, ceiling, zone, opens_at)
    if not entries.is_fine or any(value is None for value in known):
        return None
    return FundSettings(
        name=entries.text("name"),
        timezone=zone or "",
        opens_at=opens_at or fund.opens_at,
        closes_at=closes_at,
        counting_rule=rule or fund.counting_rule,
        ceiling=ceiling or 0,
        presets=presets or (),
    )


def zone_name(entries: Entries) -> str | None:
    """Return the name of a timezone that there is."""
    zone = entries.read("timezone", zone_of)
    return None if zone is None else zone.key


def times_of(entries: Entries, fund: Fund | None) -> tuple[datetime | None, datetime | None]:
    """Return when a fund opens and closes, None where nothing was typed."""
    return _time(entries, "opens", fund), _time(entries, "closes", fund)


def presets_of(text: str) -> tuple[int, ...]:
    """Read amounts to offer, in whole units, with spaces or commas between them."""
    amounts = [piece for piece in re.split(r"[\s,;]+", text) if piece]
    if not all(re.fullmatch(r"[0-9]{1,9}", piece, re.ASCII) for piece in amounts):
        raise Invalid(N_("Enter whole amounts with spaces between them, such as 10 25 50 100."))
    return tuple(sorted(map(int, amounts)))


def counting_rule_of(text: str) -> CountingRule:
    """Read one of the counting rules; raises Invalid."""
    try:
        return CountingRule(text)
    except ValueError:
        raise Invalid(N_("Please choose what the large number counts.")) from None


def _time(entries: Entries, name: str, fund: Fund | None) -> datetime | None:
    """Read a time in the timezone of the form."""
    text = entries.text(name)
    if not text or "timezone" in entries.mistakes:
        return None
    which = entries.text(f"{name}_which")
    if fund is not None and entries.text("timezone") == fund.timezone:
        # A form knows no seconds: a time that nobody touched keeps its own.
        before = fund.opens_at if name == "opens" else fund.closes_at
        shown = written(before, fund.timezone), fold_of(before, fund.timezone)
        if before is not None and (text, which) == shown:
            return before
    zone = zone_of(entries.text("timezone"))
    return entries.read(name, lambda typed: local_time(typed, zone, field=name, which=which))
