"""The donor's pages: how far the fund is, and the way to give."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError

from fundtracker.domain.errors import (
    N_,
    Busy,
    FundtrackerError,
    GatewayRefused,
    GatewayUnavailable,
    Invalid,
    NotNow,
    UnknownFund,
    UnknownSection,
)
from fundtracker.domain.funds import refuse_unless_open
from fundtracker.services.give import GiftRequest
from fundtracker.services.give import give as start_gift
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.giving import outcome
from fundtracker.web.giving.forms import GiveForm
from fundtracker.web.giving.offer import Offer, offer
from fundtracker.web.giving.outcome import CHOICES, PAYING
from fundtracker.web.giving.page import blank_form, form_page
from fundtracker.web.giving.pledge import views as pledge
from fundtracker.web.giving.refusal import refusal
from fundtracker.web.i18n import say
from fundtracker.web.limits import limit_gifts
from fundtracker.web.standing import render_standing

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

bp = Blueprint("giving", __name__)
bp.register_blueprint(outcome.bp)
bp.register_blueprint(pledge.bp)

# What is told on a page of ours, with nothing lost that was typed.
_TOLD = (NotNow, Invalid, UnknownSection, Busy, GatewayRefused, GatewayUnavailable)

_STALE = N_(
    "This form has been open for too long, or your browser refuses cookies."
    " You have not been charged, and what you typed is still here. Please try again."
)


@bp.get("/f/<slug>")
@public
def progress(slug: str) -> str:
    """How far the fund is, with the form to give."""
    offered = offer(slug)
    closed = refusal(offered.fund, parts().clock())
    page = None if closed else form_page(offered, blank_form(offered, request.args))
    return render_standing("giving/progress.html", offered.fund, page=page, refusal=closed)


@bp.get("/f/<slug>/give")
@public
def give(slug: str) -> str | tuple[str, int]:
    """The form alone."""
    offered = offer(slug)
    closed = refusal(offered.fund, parts().clock())
    if closed:
        return _refuse(offered, closed)
    return _form(offered, blank_form(offered, request.args))[0]


@bp.post("/f/<slug>/give")
@public
@limit_gifts
def start(slug: str) -> Response | tuple[str, int]:
    """Begin a gift and lead the donor to the payment page, or say what is wrong with the form."""
    offered = offer(slug)
    form = _filled(offered)
    if request.form.get("step") == "show":
        return _form(offered, form)
    try:
        started = start_gift(parts(), slug, _gift(form))
    except _TOLD as error:
        return _tell(offered, form, error)
    session[CHOICES] = form.choices
    session.pop(PAYING, None)
    if started.url is not None:
        return redirect(started.url, HTTPStatus.SEE_OTHER)
    again = url_for("giving.outcome.thanks", slug=slug, session_id=started.session_id, again=1)
    return redirect(again, HTTPStatus.SEE_OTHER)


@bp.errorhandler(CSRFError)
def stale_form(_error: CSRFError) -> ResponseReturnValue:
    """Offer the form again, as it was typed, with a token that is valid now."""
    try:
        offered = offer((request.view_args or {})["slug"])
    except UnknownFund as error:
        # An error in here would be nobody's: it goes the way of every other.
        return current_app.handle_user_exception(error)
    form = _filled(offered)
    form.start_over()
    return _form(offered, form, Invalid(_STALE), status=HTTPStatus.BAD_REQUEST)


def _filled(offered: Offer) -> GiveForm:
    form = GiveForm()
    form.offer = offered
    return form


def _gift(form: GiveForm) -> GiftRequest:
    if not form.validate() or form.money is None:
        refuse_unless_open(form.offer.fund, parts().clock())
        raise Invalid
    return GiftRequest(
        attempt=form.attempt.data,
        amount=form.money,
        section=form.section.data,
        public_name=form.public_name.data or "",
        message=form.message.data or "",
        pledge=form.promise,
    )


def _tell(offered: Offer, form: GiveForm, error: FundtrackerError) -> tuple[str, int]:
    """Show the form as it was filled in, with what is wrong; without it where it is no use."""
    if isinstance(error, NotNow):
        return _refuse(offered, say(error))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error.field else error.status
    return _form(offered, form, error, status=status)


def _form(
    offered: Offer,
    form: GiveForm,
    error: FundtrackerError | None = None,
    status: int = HTTPStatus.OK,
) -> tuple[str, int]:
    """The form alone with what is wrong on top: its own mistakes, or `error`."""
    page = form_page(offered, form)
    mistakes = page.mistakes
    if error and not mistakes:
        mistakes = [(error.field or "", say(error))]
    return render_standing("giving/give.html", offered.fund, page=page, mistakes=mistakes), status


def _refuse(offered: Offer, sentence: str) -> tuple[str, int]:
    page = render_standing("giving/refused.html", offered.fund, refusal=sentence)
    return page, HTTPStatus.CONFLICT
