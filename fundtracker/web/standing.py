"""Where a fund stands, ready for a template and for the script that keeps the page up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import render_template, request

from fundtracker.domain.funds import ScreenMode
from fundtracker.domain.money import Money
from fundtracker.web.context import parts
from fundtracker.web.figures import Figures, Part, figures
from fundtracker.web.i18n import format_clock, format_day, format_short, format_whole, money_style
from fundtracker.web.numerals import GLYPHS, Glyph
from fundtracker.web.published import moment, published
from fundtracker.web.words import word, words

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from fundtracker.web.published import MilestoneMark, Recent, Snapshot

_KINDS = ("received", "promised", "checked")


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift or promise just made, in words."""

    id: str
    amount: str
    section: str
    people: str
    time: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone in words; `reached`, and `when` for short, are empty until it is."""

    key: int
    amount: str
    reached: str
    when: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A fund's snapshot, what is said of it, and `data`, what the page's script needs."""

    snapshot: Snapshot
    figures: Figures
    time: str
    recent: tuple[Gift, ...]
    milestones: tuple[Mark, ...]
    kinds: tuple[Part, ...]
    glyphs: tuple[Glyph, ...]
    data: dict[str, object]


def standing(fund: Fund, now: datetime) -> Standing:
    """Where a fund stands, as published; `now` is the server's time."""
    snapshot = published(fund.slug)
    return Standing(
        snapshot=snapshot,
        figures=figures(snapshot),
        time=_time(snapshot, fund.timezone, now),
        recent=tuple(_gift(gift, snapshot, fund.timezone) for gift in snapshot["recent"]),
        milestones=tuple(
            _mark(mark, snapshot, fund.timezone, now) for mark in snapshot["milestones"]
        ),
        kinds=tuple(Part(kind, word(kind), "", "") for kind in _KINDS),
        glyphs=GLYPHS,
        data={
            "snapshot": snapshot,
            "now": now.astimezone(UTC).isoformat(),
            "timezone": fund.timezone,
            "addresses": _addresses(fund.slug),
            "money": money_style(_currencies(snapshot)),
            "words": words(),
        },
    )


def render_standing(template: str, fund: Fund, **values: object) -> str:
    """Fill a template that shows where a fund stands, besides whatever else it shows."""
    view = standing(fund, parts().clock())
    return render_template(template, view=view, fund=fund, rehearsal=fund.rehearsal, **values)


def _addresses(slug: str) -> dict[str, str]:
    api = f"{request.script_root}/api/v1/funds/{slug}"
    return {"total": f"{api}/total", "stream": f"{api}/stream"}


def _currencies(snapshot: Snapshot) -> set[str]:
    of_sections = {line["currency"] for line in snapshot["sections"]}
    of_gifts = {gift["currency"] for gift in snapshot["recent"]}
    return {snapshot["currency"], *of_sections, *of_gifts}


def _time(snapshot: Snapshot, timezone: str, now: datetime) -> str:
    """The time that the number is of: now, unless the count is held."""
    if snapshot["mode"] == ScreenMode.HOLD:
        return word("counted", time=format_clock(moment(snapshot["as_of"]), timezone))
    return format_clock(now, timezone)


def _gift(gift: Recent, snapshot: Snapshot, timezone: str) -> Gift:
    names = {line["code"]: line["short_name"] for line in snapshot["sections"]}
    money = Money(gift["amount"], gift["currency"])
    people = gift["count"]
    return Gift(
        id=gift["id"],
        amount=word("gift", amount=format_short(money)),
        section=names.get(gift["section"], ""),
        people=word("people", number=people) if people > 1 else "",
        time=format_clock(moment(gift["at"]), timezone),
    )


def _mark(mark: MilestoneMark, snapshot: Snapshot, timezone: str, now: datetime) -> Mark:
    day = time = ""
    if mark["reached_at"]:
        reached = moment(mark["reached_at"])
        day, time = format_day(reached, timezone), format_clock(reached, timezone)
    return Mark(
        key=mark["amount"],
        amount=format_whole(Money(mark["amount"], snapshot["currency"])),
        reached=word("reached_at", time=f"{day}, {time}") if day else "",
        when=time if day == format_day(now, timezone) else day,
    )
