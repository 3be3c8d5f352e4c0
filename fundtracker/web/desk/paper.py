"""The count on paper: a sheet to print and to tick, and the desk held against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.desk.tally import STEPS, differences, unit_of
from fundtracker.domain.errors import NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.roles import Permission
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.desk.count_paper import OtherSums, count_paper
from fundtracker.store import desk_sums, paper, rates
from fundtracker.web.access import requires
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.paper_form import Entry, read_sums
from fundtracker.web.desk.place import place_at, reach
from fundtracker.web.i18n import decimal_mark, say

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from werkzeug.wrappers import Response

    from fundtracker.domain.desk.tally import Difference
    from fundtracker.domain.sections import Section
    from fundtracker.services.desk.count_paper import Place
    from fundtracker.store.desk_sums import Tally
    from fundtracker.web.desk.place import Place as At


@dataclass(frozen=True, slots=True)
class Row:
    """A section with what was called for it; `kept` stands on paper, `by` typed it.

    `typed` is what stands in the form if it was sent, `shown` what the page had shown in minor
    units. With `to_choose` somebody else has typed something as well.
    """

    section: Section | None
    currency: str
    tally: Tally | None
    difference: Difference | None
    kept: Money | None = None
    by: str = ""
    sent: str | None = None
    shown_before: str | None = None
    mistake: str = ""
    to_choose: bool = False

    @property
    def place(self) -> Place:
        """Where the sum is of."""
        return ("" if self.section is None else self.section.code), self.currency

    @property
    def field(self) -> str:
        """The name of its entry in the form."""
        return f"{self.place[0] or 'none'}-{self.currency}"

    @property
    def typed(self) -> str:
        """What stands in its entry."""
        return _shown(self.kept) if self.sent is None else self.sent

    @property
    def shown(self) -> str:
        """What the sum was when the form was made, in minor units."""
        if self.shown_before is None or self.to_choose:
            return "" if self.kept is None else str(self.kept.minor)
        return self.shown_before


@dataclass(frozen=True, slots=True)
class _Sent:
    """The form as it came, to be shown once more."""

    form: Mapping[str, str]
    mistakes: Mapping[str, str]
    to_choose: Collection[Place]

    def onto(self, row: Row) -> Row:
        """A row with what was typed into it, unless what stands there was chosen."""
        if self.form.get(f"choice-{row.field}") == "theirs" and row.place not in self.to_choose:
            return row
        return replace(
            row,
            sent=self.form.get(row.field, ""),
            shown_before=self.form.get(f"shown-{row.field}"),
            mistake=self.mistakes.get(row.field, ""),
            to_choose=row.place in self.to_choose,
        )


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
    """Keep what was counted on paper; of what two have typed the second one chooses."""
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        entries = [Entry(row.field, row.place, row.kept) for row in _rows(place)]
    read = read_sums(entries, request.form)
    if read.mistakes:
        again = _again(slug, read.mistakes, "", read.to_choose)
        return again, HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        count_paper(acting(), slug, read.sums, reach())
    except OtherSums as error:
        return _again(slug, {}, say(error), error.places), error.status
    except NotNow as error:
        return _again(slug, {}, say(error)), error.status
    flash(gettext("The sums on paper are saved."))
    return redirect(url_for("desk.difference", slug=slug), HTTPStatus.SEE_OTHER)


def _again(
    slug: str, mistakes: dict[str, str], problem: str, to_choose: Collection[Place] = ()
) -> str:
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        rows = _rows(place, _Sent(request.form.to_dict(), mistakes, to_choose))
    return _render("desk/difference.html", place, rows, problem)


def _rows(place: At, sent: _Sent | None = None) -> list[Row]:
    """A row for each section in its currency, and in those in which it was called."""
    tallies = {
        (found.section_id, found.currency): found
        for found in desk_sums.tallies(place.session, place.fund.id, place.scope)
    }
    on_paper = paper.kept(place.session, place.fund.id, place.scope)
    sums = {where: row.money for where, row in on_paper.items()}
    own = {(id, section.currency) for id, section in place.sections.items()}
    called = {key: Money(found.amount, key[1]) for key, found in tallies.items()}
    found = {(each.section_id, each.desk.currency): each for each in differences(called, sums)}
    order = [*place.sections, NO_SECTION]
    places = own | {(NO_SECTION, place.fund.currency)} | found.keys()
    names = place.names(row.typed_by for row in on_paper.values())
    rows = []
    for section, code in sorted(places, key=lambda each: (order.index(each[0]), each[1])):
        on = on_paper.get((section, code))
        row = Row(
            section=place.sections.get(section),
            currency=code,
            tally=tallies.get((section, code)),
            difference=found.get((section, code)),
            kept=sums.get((section, code)),
            by="" if on is None else names.get(on.typed_by, ""),
        )
        rows.append(row if sent is None else sent.onto(row))
    return rows


def _shown(money: Money | None) -> str:
    if money is None:
        return ""
    return str(money).removeprefix(f"{money.currency} ").replace(".", decimal_mark())


def _render(template: str, place: At, rows: list[Row], problem: str = "", **more: object) -> str:
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
