"""What is looked for in the audit log, as it stands in the address."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.text import clean_line
from fundtracker.store.audit import AuditFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.domain.funds import Fund

FIELDS = ("actor", "action", "subject", "fund", "since", "until")
# Actors and subjects are tokens, slugs and ids.
_LONGEST = 200
# Days outside of these cannot be told in every timezone.
_YEARS = range(2000, 2200)
# Times of many funds stand in one list: they are told in one timezone.
UTC = "UTC"


def typed(args: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in the address, without what is empty or not ours."""
    return {name: args[name].strip() for name in FIELDS if args.get(name, "").strip()}


def timezone(asked: Mapping[str, str], funds: Mapping[str, Fund]) -> str:
    """Return in which timezone days are meant and times are shown: the fund's, if it is of one."""
    fund = funds.get(asked.get("fund", ""))
    return UTC if fund is None else fund.timezone


def read(asked: Mapping[str, str], funds: Mapping[str, Fund]) -> AuditFilter:
    """Return what to look for; raises Invalid with the field. `funds` are those in reach."""
    zone = ZoneInfo(timezone(asked, funds))
    since, until = _day(asked, "since"), _day(asked, "until")
    if since is not None and until is not None and until < since:
        raise Invalid(N_("This day is before the first one."), field="until")
    return AuditFilter(
        actor=clean_line(asked.get("actor", ""), field="actor", limit=_LONGEST),
        action=_action(asked.get("action", "")),
        subject=clean_line(asked.get("subject", ""), field="subject", limit=_LONGEST),
        fund_id=_fund(asked.get("fund", ""), funds),
        since=None if since is None else _midnight(since, zone),
        until=None if until is None else _midnight(until + timedelta(days=1), zone),
    )


def _action(text: str) -> str:
    if text and text not in set(Action):
        raise Invalid(N_("There is no act of that name."), field="action")
    return text


def _fund(slug: str, funds: Mapping[str, Fund]) -> int | None:
    if not slug:
        return None
    if slug not in funds:
        raise Invalid(N_("There is no fund of that name."), field="fund")
    return funds[slug].id


def _day(asked: Mapping[str, str], field: str) -> date | None:
    text = asked.get(field, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise Invalid(N_("Enter a day, such as 2026-06-14."), field=field)
    return day


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
