"""The count on paper: a sheet to print and to tick, and the desk held against it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.desk.tally import STEPS, differences, unit_of
from fundtracker.domain.errors import Invalid, NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.roles import Permission
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.desk.count_paper import count_paper
from fundtracker.store import desk_sums, paper, rates
from fundtracker.web.access import requires
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.place import place_at, reach
from fundtracker.web.i18n import decimal_mark, group_mark, say

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.desk.tally import Difference
    from fundtracker.domain.sections import Section
    from fundtracker.store.desk_sums import Tally
    from fundtracker.web.desk.place import Place


@dataclass(frozen=True, slots=True)
class Row:
    """A section with what was called for it; `field` is the name of its entry in the form."""

    section: Section | None
    currency: str
    tally: Tally | None
    difference: Difference | None
    field: str
    typed: str = ""
    mistake: str = ""


@bp.get("/<slug>/tally")
@requires(Permission.USE_DESK)
def tally(slug: str) -> str:
    """A sheet with a line for each section, to count on paper beside the desk."""
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        rows = _rows(place)
        known = rates.current(session, place.fund)
    base = place.fund.currency
    units = {code: unit_of(code, rate, base) for code, rate in known.items()}
    return _render("desk/tally.html", place, rows, steps=STEPS, units=units)


@bp.get("/<slug>/difference")
@requires(Permission.USE_DESK)
def difference(slug: str) -> str:
    """Hold the desk against what was counted on paper."""
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        rows = _rows(place)
    return _render("desk/difference.html", place, rows)


@bp.post("/<slug>/difference")
@requires(Permission.USE_DESK)
def difference_save(slug: str) -> Response | tuple[str, int]:
    """Keep what was counted on paper."""
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        rows = _rows(place)
    counted: dict[str, list[Money]] = {}
    mistakes: dict[str, str] = {}
    for row in rows:
        try:
            money = _typed(request.form.get(row.field, ""), row.currency)
        except Invalid as error:
            mistakes[row.field] = say(error)
            continue
        if money is not None:
            counted.setdefault(row.section.code if row.section else "", []).append(money)
    if mistakes:
        return _again(slug, mistakes, ""), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        count_paper(acting(), slug, counted, reach())
    except NotNow as error:
        return _again(slug, {}, say(error)), error.status
    flash(gettext("The sums on paper are saved."))
    return redirect(url_for("desk.difference", slug=slug), HTTPStatus.SEE_OTHER)


def _again(slug: str, mistakes: dict[str, str], problem: str) -> str:
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        rows = _rows(place, request.form.to_dict(), mistakes)
    return _render("desk/difference.html", place, rows, problem)


def _typed(text: str, code: str) -> Money | None:
    """Read a sum on paper, None for nothing; zero is a sum."""
    text = text.strip()
    if not text:
        return None
    if text.strip("0") in {"", ".", ","}:
        return Money(0, code)
    return parse_amount(text, code, decimal_mark=decimal_mark(), group_mark=group_mark())


def _rows(
    place: Place, typed: dict[str, str] | None = None, mistakes: dict[str, str] | None = None
) -> list[Row]:
    """A row for each section in its currency, and in those in which it was called."""
    tallies = {
        (found.section_id, found.currency): found
        for found in desk_sums.tallies(place.session, place.fund.id, place.scope)
    }
    on_paper = paper.sums(place.session, place.fund.id, place.scope)
    own = {(id, section.currency) for id, section in place.sections.items()}
    called = {key: Money(found.amount, key[1]) for key, found in tallies.items()}
    found = {(each.section_id, each.desk.currency): each for each in differences(called, on_paper)}
    order = [*place.sections, NO_SECTION]
    places = own | {(NO_SECTION, place.fund.currency)} | found.keys()
    rows = []
    for section, code in sorted(places, key=lambda each: (order.index(each[0]), each[1])):
        field = f"{place.code_of(section) or 'none'}-{code}"
        kept = on_paper.get((section, code))
        rows.append(
            Row(
                section=place.sections.get(section),
                currency=code,
                tally=tallies.get((section, code)),
                difference=found.get((section, code)),
                field=field,
                typed=_shown(kept) if typed is None else typed.get(field, ""),
                mistake=(mistakes or {}).get(field, ""),
            ),
        )
    return rows


def _shown(money: Money | None) -> str:
    if money is None:
        return ""
    return str(money).removeprefix(f"{money.currency} ").replace(".", decimal_mark())


def _render(template: str, place: Place, rows: list[Row], problem: str = "", **more: object) -> str:
    return render_template(
        template,
        fund=place.fund,
        rehearsal=place.fund.rehearsal,
        rows=rows,
        problem=problem,
        printed_at=parts().clock(),
        simulated=settings().simulated,
        **more,
    )
