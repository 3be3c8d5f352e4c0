"""One section: what it is called in every fund, and its part in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import N_, Invalid, NotAllowed
from fundtracker.domain.funds import ScreenMode
from fundtracker.domain.money import CURRENCIES
from fundtracker.domain.roles import Permission
from fundtracker.domain.sections import Visibility
from fundtracker.services.change_section import FundPart, change_part, change_section
from fundtracker.store import aliases, funds
from fundtracker.store import sections as store
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.effects import needs_confirming
from fundtracker.web.office.entries import (
    CONFIRM,
    MADE_FROM,
    Entries,
    attempt,
    count_of,
    typed_amount,
)
from fundtracker.web.office.found import find_section, fund_for, may, may_change_sections
from fundtracker.web.office.sections import typed_section

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.sections import FundSection, Section

    Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A section's part in one fund, with its form; `part` is None where it takes none."""

    fund: Fund
    part: FundPart | None
    form: Entries
    may_change: bool


@bp.get("/sections/<code>")
@requires(Permission.READ_FUNDS)
def section(code: str) -> str:
    """Show what a section is called and how it takes part."""
    return _page(code)


@bp.post("/sections/<code>")
@requires(Permission.CHANGE_FUNDS)
def section_save(code: str) -> Answer:
    """Change what a section is called, in every fund at once."""
    if not may_change_sections():
        raise NotAllowed
    form = Entries(request.form)
    wanted, made_from = typed_section(form), form.made_from
    status = attempt(
        form,
        Action.SECTION_CHANGED,
        f"section:{code}",
        lambda: change_section(acting(), code, wanted, made_from=made_from),
    )
    if status:
        return _page(code, section_form=form), status
    flash(gettext("The section is saved."))
    return redirect(url_for("office.section", code=wanted.code), HTTPStatus.SEE_OTHER)


@bp.post("/sections/<code>/funds/<slug>")
@requires(Permission.CHANGE_FUNDS)
def section_part(code: str, slug: str) -> Answer:
    """Change a section's part in a fund; what the public sees of it is told first."""
    found = fund_for(slug, Permission.CHANGE_FUNDS)
    form = Entries(request.form, at=slug)
    wanted = _typed_part(form, found)
    if wanted is None:
        return _page(code, part_form=(slug, form)), HTTPStatus.UNPROCESSABLE_ENTITY
    if _shows_otherwise(code, found, wanted) and form.text(CONFIRM) != edition(wanted):
        form.typed[CONFIRM] = edition(wanted)
        return _page(code, part_form=(slug, form), confirms=wanted.visibility)
    made_from = form.made_from
    status = attempt(
        form,
        Action.SECTION_CHANGED,
        f"section:{code}",
        lambda: change_part(acting(), slug, code, wanted, made_from=made_from),
    )
    if status:
        return _page(code, part_form=(slug, form)), status
    flash(gettext("The section's part in this fund is saved."))
    return redirect(url_for("office.section", code=code), HTTPStatus.SEE_OTHER)


def _typed_part(form: Entries, fund: Fund) -> FundPart | None:
    target = form.money("target", fund.currency) if form.text("target") else None
    members = form.read("members", count_of)
    visibility = form.read("visibility", _visibility)
    if not form.is_fine or visibility is None:
        return None
    return FundPart(target, members, visibility)


def _visibility(text: str) -> Visibility:
    try:
        return Visibility(text)
    except ValueError:
        raise Invalid(N_("Please choose what the public sees.")) from None


def _shows_otherwise(code: str, fund: Fund, wanted: FundPart) -> bool:
    """Tell whether a hall that may be looking would see the section elsewhere, or no more."""
    with parts().database.reading(scope(Permission.READ_FUNDS)) as session:
        found = find_section(session, code)[1].get(fund.id)
    return (
        found is not None and needs_confirming(fund) and found.visibility is not wanted.visibility
    )


def _page(
    code: str,
    *,
    section_form: Entries | None = None,
    part_form: tuple[str, Entries] | None = None,
    confirms: Visibility | None = None,
) -> str:
    """Show a section, one of its forms perhaps as it was typed."""
    reach = scope(Permission.READ_FUNDS)
    with parts().database.reading(reach) as session:
        found, places = find_section(session, code)
        known = [fund for fund in funds.all_funds(session) if reach.allows_fund(fund.id)]
        given = store.has_donations(session, found.id)
        words = aliases.of_section(session, found.id)
    typed = dict([part_form]) if part_form else {}
    return render_template(
        "office/section.html",
        section=found,
        aliases=words,
        form=_section_form(found, section_form),
        places=[_place(fund, places.get(fund.id), typed.get(fund.slug)) for fund in known],
        fixed=given,
        may_change=may_change_sections(),
        confirms=confirms,
        at=part_form[0] if part_form else "",
        is_held=any(fund.slug in typed and fund.mode is ScreenMode.HOLD for fund in known),
        currencies=sorted(CURRENCIES),
        visibilities=Visibility,
    )


def _section_form(found: Section, typed: Entries | None) -> Entries:
    shown = {
        "code": found.code,
        "name": found.name,
        "short_name": found.short_name,
        "currency": found.currency,
    }
    form = typed or Entries(shown)
    if form.is_stale:
        form.compare(shown)
    form.typed[MADE_FROM] = edition(found)
    return form


def _place(fund: Fund, found: FundSection | None, typed: Entries | None) -> Place:
    part = None if found is None else FundPart(found.target, found.members, found.visibility)
    holds = part or FundPart()
    shown = {
        "target": typed_amount(holds.target, fund.currency),
        "members": "" if holds.members is None else str(holds.members),
        "visibility": str(holds.visibility),
    }
    form = typed or Entries(shown, at=fund.slug)
    if form.is_stale:
        form.compare(shown)
    form.typed[MADE_FROM] = edition(part)
    return Place(fund, part, form, may(Permission.CHANGE_FUNDS, fund))
