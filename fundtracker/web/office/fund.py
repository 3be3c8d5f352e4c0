"""One fund: its settings, its target and its milestones."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Invalid
from fundtracker.domain.fund_settings import check_target
from fundtracker.domain.roles import Permission
from fundtracker.services.change_fund import change_fund, counted
from fundtracker.services.change_milestones import add_milestone, remove_milestone
from fundtracker.services.change_target import Mark, change_target, first_target_of
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.effects import effect, needs_confirming
from fundtracker.web.office.entries import CONFIRM, Entries, attempt, count_of
from fundtracker.web.office.found import fund_for
from fundtracker.web.office.fund_form import read_settings
from fundtracker.web.office.fund_page import page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.funds import Fund
    from fundtracker.web.office.effects import Effect

    Answer = str | Response | tuple[str, int]


@bp.get("/funds/<slug>")
@requires(Permission.READ_FUNDS)
def fund(slug: str) -> str:
    """Show how a fund stands and what is decided about it."""
    return page(slug)


@bp.post("/funds/<slug>")
@requires(Permission.CHANGE_FUNDS)
def fund_save(slug: str) -> Answer:
    """Change the settings; another number in the hall is told first and asked to be confirmed."""
    found = fund_for(slug, Permission.CHANGE_FUNDS)
    form = Entries(request.form)
    wanted = read_settings(form, found)
    if wanted is None:
        return page(slug, settings=form), HTTPStatus.UNPROCESSABLE_ENTITY
    counts_otherwise = wanted.counting_rule is not found.counting_rule
    if counts_otherwise and needs_confirming(found) and not _is_confirmed(form, wanted):
        with parts().database.reading(scope(Permission.CHANGE_FUNDS)) as session:
            told = effect(session, found, rule=wanted.counting_rule)
        form.typed[CONFIRM] = edition(wanted)
        return page(slug, settings=form, effect=told)
    made_from = form.made_from
    status = attempt(
        form,
        Action.FUND_CHANGED,
        f"fund:{slug}",
        lambda: change_fund(acting(), slug, wanted, made_from=made_from),
    )
    if status:
        return page(slug, settings=form), status
    return _done(slug, gettext("The settings are saved."))


@bp.post("/funds/<slug>/target")
@requires(Permission.CHANGE_FUNDS)
def fund_target(slug: str) -> Answer:
    """Change the target; while a hall is looking, what it will see is told first."""
    found = fund_for(slug, Permission.CHANGE_FUNDS)
    form = Entries(request.form)
    target = form.money("target", found.currency)
    if target is None:
        return page(slug, target=form), HTTPStatus.UNPROCESSABLE_ENTITY
    mark = Mark(form.text("mark")) if form.text("mark") in list(Mark) else None
    try:
        told = _told(found, target, mark)
    except Invalid as error:
        form.blame(error)
        return page(slug, target=form), error.status
    wanted = (target, mark)
    if told is not None and not _is_confirmed(form, wanted):
        form.typed[CONFIRM] = edition(wanted)
        return page(slug, target=form, effect=told)
    made_from = form.made_from
    status = attempt(
        form,
        Action.TARGET_CHANGED,
        f"fund:{slug}",
        lambda: change_target(acting(), slug, target, mark, made_from=made_from),
    )
    if status:
        return page(slug, target=form), status
    return _done(slug, gettext("The target is saved."))


@bp.post("/funds/<slug>/milestones")
@requires(Permission.CHANGE_FUNDS)
def fund_milestone(slug: str) -> Answer:
    """Add a milestone, or take away one that nobody has reached."""
    found = fund_for(slug, Permission.CHANGE_FUNDS)
    form = Entries(request.form)
    away = form.read("remove", count_of)
    amount = away or form.money("milestone", found.currency)
    if amount is None:
        return page(slug, milestone=form), HTTPStatus.UNPROCESSABLE_ENTITY
    act = remove_milestone if away else add_milestone
    status = attempt(form, Action.FUND_CHANGED, f"fund:{slug}", lambda: act(acting(), slug, amount))
    if status:
        return page(slug, milestone=form), status
    return _done(slug, gettext("The milestones are saved."))


def _told(found: Fund, target: int, mark: Mark | None) -> Effect | None:
    """Return what another target would do in the hall; raises Invalid while it is left open."""
    with parts().database.reading(scope(Permission.CHANGE_FUNDS)) as session:
        check_target(target)
        first = first_target_of(found, target, mark, counted(session, found))
        if not needs_confirming(found):
            return None
        return effect(session, found, targets=(target, first))


def _is_confirmed(form: Entries, wanted: object) -> bool:
    """Tell whether the visitor was told what exactly this would do, and wants it."""
    return form.text(CONFIRM) == edition(wanted)


def _done(slug: str, sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("office.fund", slug=slug), HTTPStatus.SEE_OTHER)
