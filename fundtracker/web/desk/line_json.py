"""A line as the desk's scripts get it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.money import Money
from fundtracker.domain.sections import NO_SECTION
from fundtracker.web.desk.place import teller
from fundtracker.web.i18n import format_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fundtracker.store.calls import CallRow
    from fundtracker.web.desk.place import Place

Json = dict[str, object]


def money_json(money: Money | None) -> Json | None:
    """Write an amount for a script, and as the reader writes it."""
    if money is None:
        return None
    return {"minor": money.minor, "currency": money.currency, "text": format_money(money)}


@dataclass(frozen=True, slots=True)
class Line:
    """A line as everybody at the desk reads it, and the token of who typed it."""

    teller: str
    shown: Json


def lines_json(place: Place, rows: Sequence[CallRow]) -> list[Json]:
    """Write lines down for whoever asks, each with what it names."""
    return for_reader(for_all(place, rows))


def for_all(place: Place, rows: Sequence[CallRow]) -> list[Line]:
    """Write lines down as everybody reads them in the same language."""
    tokens = {
        token
        for row in rows
        for token in (row.teller, row.checked_by, row.doubted_by, row.undo_asked_by)
    }
    known = place.initials(tokens)
    return [Line(row.teller, _line(place, row, known)) for row in rows]


def for_reader(lines: Iterable[Line]) -> list[Json]:
    """Say of lines which are those of who asks."""
    mine = teller()
    return [line.shown | {"mine": line.teller == mine} for line in lines]


def _left(row: CallRow, currency: str) -> Json | None:
    """Write what is expected of a line still, where that is not what was called."""
    if row.left is None:
        return None
    base = Money(row.worth, currency)
    return {
        "people": row.left_people,
        "total": money_json(row.left),
        "base": money_json(base),
    }


def _line(place: Place, row: CallRow, initials: Mapping[str, str]) -> Json:
    section = place.sections.get(row.section_id) if row.section_id != NO_SECTION else None
    base = None if row.base is None else Money(row.base, place.fund.currency)
    announced = (
        None
        if row.announced is None or row.currency is None
        else Money(row.announced, row.currency)
    )
    doubted = row.doubted_by is not None and row.state == CallState.COUNTED

    def who(token: str | None) -> str | None:
        return None if token is None else initials.get(token, "?")

    each = money_json(row.each)
    return {
        "number": row.number,
        "version": row.version,
        "at": row.typed_at.astimezone(UTC).isoformat(),
        "state": "doubt" if doubted else row.state,
        "checked_by": who(row.checked_by),
        "doubted_by": who(row.doubted_by),
        "undo_asked_by": who(row.undo_asked_by),
        "teller": who(row.teller),
        "section": "" if section is None else section.code,
        "section_name": "" if section is None else section.name,
        "people": row.count,
        "each": each,
        "total": each if row.total == row.each else money_json(row.total),
        "base": money_json(base),
        "announced": money_json(announced),
        "left": _left(row, place.fund.currency),
        "paid_by": row.paid_by,
        "instalments": row.instalments,
        "label": row.label,
        "badge": row.badge,
        "note": row.note,
        "raw": row.raw,
        "unnamed": row.label is None,
        "late": row.late,
        "double_of": row.double_of,
        "double_open": row.double_open,
        "replaces": row.replaces,
        "replaced_by": row.replaced_by,
        "matches": row.matches,
    }
