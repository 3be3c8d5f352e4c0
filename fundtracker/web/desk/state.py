"""The state of a desk: the lines that changed, the truth, what the hall sees, who sits there."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask import jsonify, request

from fundtracker.domain.desk.calls import initials
from fundtracker.domain.errors import Busy
from fundtracker.domain.money import Money
from fundtracker.domain.roles import Permission
from fundtracker.domain.totals import Totals, headline
from fundtracker.live.kept import Once
from fundtracker.services.desk.notice import notice
from fundtracker.store import calls, desk_sums, desks, funds, tellers, totals
from fundtracker.web.access import requires
from fundtracker.web.acting import acting
from fundtracker.web.context import context, parts
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.line_json import Line, for_all, for_reader, money_json
from fundtracker.web.desk.place import place_at, reach, teller
from fundtracker.web.i18n import locale

if TYPE_CHECKING:
    from flask import Response

    from fundtracker.web.desk.line_json import Json
    from fundtracker.web.desk.place import Place

NEWEST = 200
# The hour of the collection: what was given online before that is no call heard twice.
_THE_HOUR = timedelta(hours=3)
# Seconds for which a sum over many gifts is good enough: the operator looks at it at the end.
_OVERLAP_LASTS = 5
_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Sums:
    """What is the same for everybody who asks about a version of a fund.

    `lines` are those that changed since another one, by that version and the reader's language:
    whoever sits at a desk sees all of its fund.
    """

    true: Totals
    headline: int
    hall: int
    mode: str
    open: desk_sums.Open
    not_called: tuple[str, ...]
    lines: Once[list[Line]] = field(default_factory=Once)


@bp.get("/<slug>/state")
@requires(Permission.USE_DESK)
def state(slug: str) -> Response:
    """Return the state, with the lines that changed after a version if one is named."""
    blind = "blind" in request.args
    note(slug, _number("waiting") or 0)
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        return jsonify(state_json(place, after=_number("after"), blind=blind))


def state_json(place: Place, *, after: int | None = None, blind: bool = False) -> Json:
    """Write down the state of a desk; `blind` leaves out the lines of others."""
    fund = place.fund
    sums = context().desk_sums.get(fund.id, fund.version, lambda: _sums(place))
    whose = teller() if blind else None
    lines = sums.lines.get((after, whose, str(locale())), lambda: _lines(place, after, whose))
    level = desks.level_of(place.desk)
    now = parts().clock()
    here = _tellers(place, now)
    return {
        "version": fund.version,
        "now": now.astimezone(UTC).isoformat(),
        "lines": for_reader(lines),
        "true": asdict(sums.true) | {"headline": sums.headline},
        "hall": {
            "headline": sums.hall,
            "mode": sums.mode,
            "since": None if fund.mode_since is None else fund.mode_since.isoformat(),
        },
        "open": _open(place, sums.open, now),
        "tellers": here,
        "not_called": sums.not_called,
        "level": money_json(level),
        "settings": {
            "default_currency": fund.currency if place.desk.in_fund_currency else "section",
            "two_keyers": place.desk.two_keyers,
            "status": fund.status,
        },
    }


def note(slug: str, waiting: int) -> None:
    """Take note that the visitor is here; nobody waits for that where the database is busy."""
    if context().attendance.is_news(slug, teller(), waiting):
        with suppress(Busy):
            notice(acting(), slug, waiting, reach())


def _number(name: str) -> int | None:
    """Read a number of the address, None for anything else."""
    text = request.args.get(name, "")
    return (
        int(text) if text.isdecimal() and text.isascii() and len(text) <= _LONGEST_NUMBER else None
    )


def _lines(place: Place, after: int | None, whose: str | None) -> list[Line]:
    """Lines that changed after a version, or were typed last; all, or those of one teller."""
    fund, session, scope = place.fund, place.session, place.scope
    if after is None:
        rows = calls.newest(session, fund.id, scope, NEWEST, teller=whose)
    else:
        rows = calls.changed_after(session, fund.id, after, scope, teller=whose)
    return for_all(place, rows)


def _sums(place: Place) -> Sums:
    fund, session, scope = place.fund, place.session, place.scope
    whole = sum(totals.of_fund(session, fund.id, scope).values(), Totals())
    counted = headline(fund.counting_rule, whole)
    held = funds.row_of(session, fund.slug).held
    missing = desk_sums.not_called(session, fund.id, scope)
    return Sums(
        true=whole,
        headline=counted,
        hall=counted if held is None else json.loads(held)["headline"],
        mode=fund.mode,
        open=desk_sums.open_lines(session, fund.id, scope),
        not_called=tuple(part.code for id, part in place.sections.items() if id in missing),
    )


def _open(place: Place, found: desk_sums.Open, now: datetime) -> Json:
    currency = place.fund.currency
    counts = found._asdict()
    to_check = {
        "count": counts.pop("to_check"),
        "sum": money_json(Money(counts.pop("to_check_base"), currency)),
    }
    twice = context().overlaps.get(
        place.fund.id,
        int(now.timestamp()) // _OVERLAP_LASTS,
        lambda: desk_sums.overlap(place.session, place.fund.id, now - _THE_HOUR, place.scope),
    )
    return {"to_check": to_check, **counts, "overlap": money_json(Money(twice, currency))}


def _tellers(place: Place, now: datetime) -> list[Json]:
    rows = tellers.at(place.session, place.fund.id)
    names = place.names(row.teller for row in rows)
    return [
        {
            "initials": initials(names[row.teller]),
            "name": names[row.teller],
            "count": row.lines,
            "seen_ago": max(0, int((now - row.seen_at).total_seconds())),
            "waiting": row.waiting,
        }
        for row in rows
        if row.teller in names
    ]
