"""What is open of a fund's pledges: by section, by age, and what became of what was announced."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import render_template, request

from fundtracker.domain.errors import Invalid
from fundtracker.domain.filters import LedgerFilter, parse_day
from fundtracker.domain.pledge_stages import Age
from fundtracker.domain.roles import Permission
from fundtracker.store import pledge_sums, statistics
from fundtracker.store.pledge_course import course
from fundtracker.web.access import requires, scope
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import say
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.selection import select

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from fundtracker.domain.funds import Fund
    from fundtracker.store.pledge_sums import Owed


@dataclass(frozen=True, slots=True)
class OwedLine:
    """What a section owes in one currency; `name` is empty for no section."""

    name: str
    code: str
    owed: Owed


@bp.get("/pledges/open", endpoint="owed")
@requires(Permission.READ_LEDGER)
def owed() -> tuple[str, int]:
    """Show what is open in one fund, as it is known now or at the end of a day."""
    reach = scope(Permission.READ_LEDGER)
    now, error, known_on = parts().clock(), None, None
    try:
        known_on = parse_day(request.args.get("on", ""), "on")
    except Invalid as mistake:
        error = mistake
    with parts().database.reading(reach) as session:
        funds = statistics.funds_within(session, reach)
        asked = LedgerFilter(fund=request.args.get("fund", ""))
        chosen = select(session, asked, reach, funds)
        if chosen is None:
            return _page(funds, None, [], [], error=error)
        fund = chosen.fund
        today = now.astimezone(ZoneInfo(fund.timezone)).date()
        names = {part.section.id: part.section for part in chosen.parts}
        found = pledge_sums.owed(session, fund.id, reach, today)
        told = course(session, fund.id, _end_of(known_on, fund), reach)
    lines = [
        OwedLine(names[each.section_id].name, names[each.section_id].code, each)
        if each.section_id in names
        else OwedLine("", "-", each)
        for each in found
    ]
    lines.sort(key=lambda line: (not line.name, line.name.casefold(), line.owed.currency))
    return _page(funds, fund, lines, _ages(found), course=told, known_on=known_on, error=error)


def _end_of(day: date | None, fund: Fund) -> datetime | None:
    """When a day is over where the fund is at home."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(fund.timezone))


def _ages(found: Iterable[Owed]) -> list[tuple[Age, int, Mapping[str, int]]]:
    """What is open by age: in the fund's currency, and in each pledge's own."""
    base: dict[Age, int] = dict.fromkeys(Age, 0)
    own: dict[Age, defaultdict[str, int]] = {age: defaultdict(int) for age in Age}
    for each in found:
        for age, amount in each.ages.items():
            own[age][each.currency] += amount
        for age, share in each.base_ages.items():
            base[age] += share
    return [(age, base[age], dict(sorted(own[age].items()))) for age in Age]


def _page(
    funds: Sequence[Fund],
    fund: Fund | None,
    lines: Sequence[OwedLine],
    ages: Sequence[tuple[Age, int, Mapping[str, int]]],
    *,
    error: Invalid | None,
    **more: object,
) -> tuple[str, int]:
    page = render_template(
        "treasury/owed.html",
        funds=funds,
        fund=fund,
        rehearsal=fund is not None and fund.rehearsal,
        lines=lines,
        ages=ages,
        on=request.args.get("on", ""),
        error=error,
        error_words="" if error is None else say(error),
        simulated=settings().simulated,
        **more,
    )
    return page, HTTPStatus.OK if error is None else error.status
