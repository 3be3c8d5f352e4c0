"""Every section that the visitor may know of, and the form of a new one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import NotAllowed
from fundtracker.domain.money import CURRENCIES
from fundtracker.domain.roles import Permission
from fundtracker.domain.sections import NO_SECTION, Section
from fundtracker.services.change_section import add_section
from fundtracker.store import funds
from fundtracker.store import sections as store
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import Entries, attempt
from fundtracker.web.office.found import may_change_sections

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/sections")
@requires(Permission.READ_FUNDS)
def sections() -> str:
    """List them with their currencies, and the funds in which they take part."""
    reach = scope(Permission.READ_FUNDS)
    with parts().database.reading(reach) as session:
        places = store.places(session, reach)
        known = [
            section
            for section in store.by_code(session).values()
            if section.id in places or reach.is_everything
        ]
        names = {fund.id: fund for fund in funds.all_funds(session) if reach.allows_fund(fund.id)}
    return render_template(
        "office/sections.html",
        sections=sorted(known, key=store.alphabetical),
        places=places,
        funds=names,
        may_change=may_change_sections(),
    )


@bp.get("/new-section")
@requires(Permission.CHANGE_FUNDS)
def section_new() -> str:
    """Show the form of a new section."""
    return _page(Entries({}))


@bp.post("/new-section")
@requires(Permission.CHANGE_FUNDS)
def section_create() -> Response | tuple[str, int]:
    """Add a section, which takes part in no fund yet."""
    if not may_change_sections():
        raise NotAllowed
    form = Entries(request.form)
    wanted = typed_section(form)
    status = attempt(
        form,
        Action.SECTION_CHANGED,
        "section:new",
        lambda: add_section(acting(), wanted),
        typed=wanted.code,
    )
    if status:
        return _page(form), status
    flash(gettext("The section is added. Choose the funds in which it takes part."))
    return redirect(url_for("office.section", code=wanted.code), HTTPStatus.SEE_OTHER)


def typed_section(form: Entries) -> Section:
    """Return a section as it was typed; its use case says what is wrong with it."""
    return Section(
        NO_SECTION,
        form.text("code").upper(),
        form.text("name"),
        form.text("short_name"),
        form.text("currency"),
    )


def _page(form: Entries) -> str:
    return render_template("office/section_new.html", form=form, currencies=sorted(CURRENCIES))
