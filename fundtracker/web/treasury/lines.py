"""The lines of the figures' tables: sums as they are read, named and put in order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from fundtracker.domain.sections import NO_SECTION
from fundtracker.reports.figure_tables import DayLine, MethodLine, SectionLine
from fundtracker.store import statistics
from fundtracker.store.days import Sum

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.web.treasury.selection import Selection

_A_DAY = timedelta(days=1)


class _Amounts(TypedDict):
    donations: int
    received: int
    currency: str
    local: int | None
    local_currency: str


def day_lines(session: Session, chosen: Selection, scope: Scope) -> list[DayLine]:
    """What each day brought, the first day first."""
    found = statistics.by_day(session, chosen.wanted, scope)
    return [
        DayLine(**_amounts(chosen, total, chosen.currency), day=day) for day, total in found.items()
    ]


def course_lines(session: Session, chosen: Selection, scope: Scope) -> list[DayLine]:
    """What had come by the end of each day, days on which nothing came among them."""
    found = statistics.by_day(session, chosen.wanted, scope)
    if not found:
        return []
    total = statistics.earlier(session, chosen.wanted, scope)
    first, last = min(found), max(found)
    # The day before is where the course starts from.
    lines = []
    for day in _days(first - _A_DAY, last):
        total += found.get(day, Sum())
        lines.append(DayLine(**_amounts(chosen, total, chosen.currency), day=day))
    return lines


def section_lines(session: Session, chosen: Selection, scope: Scope) -> list[SectionLine]:
    """What each section brought, the one that brought most first; those without one have no code.

    Sections from which nothing came yet stand there too, for their targets.
    """
    found = statistics.by_section(session, chosen.wanted, scope)
    lines = [
        SectionLine(
            **_amounts(chosen, found.get(part.section.id, Sum()), part.section.currency),
            section=part.section.code,
            name=part.section.name,
            short_name=part.section.short_name,
            target=part.target,
        )
        for part in chosen.chosen
    ]
    if NO_SECTION in found:
        lines.append(SectionLine(**_amounts(chosen, found[NO_SECTION], "")))
    # By name among equals, as they came.
    return sorted(lines, key=lambda line: -line.received)


def method_lines(session: Session, chosen: Selection, scope: Scope) -> list[MethodLine]:
    """What came by each way of paying, the one that brought most first."""
    found = statistics.by_method(session, chosen.wanted, scope)
    lines = [
        MethodLine(**_amounts(chosen, total, chosen.currency), method=method, stripe_method=stripe)
        for (method, stripe), total in sorted(found.items())
    ]
    return sorted(lines, key=lambda line: -line.received)


def _amounts(chosen: Selection, total: Sum, local_currency: str) -> _Amounts:
    local = chosen.local(total.received, local_currency)
    return {
        "donations": total.donations,
        "received": total.received,
        "currency": chosen.fund.currency,
        "local": local,
        "local_currency": "" if local is None else local_currency,
    }


def _days(first: date, last: date) -> list[date]:
    return [first + _A_DAY * number for number in range((last - first).days + 1)]
