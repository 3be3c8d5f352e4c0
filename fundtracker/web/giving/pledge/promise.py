"""Promise now, pay later: the form, and what is said once it was sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import current_app, redirect, request, url_for
from flask_wtf.csrf import CSRFError

from fundtracker.domain.errors import (
    N_,
    FundtrackerError,
    Invalid,
    NotNow,
    TooManyRequests,
    UnknownFund,
    UnknownSection,
)
from fundtracker.domain.funds import refuse_unless_open
from fundtracker.domain.promises import LONGEST_WAIT, MOST_PARTS, USUAL_WAIT
from fundtracker.services.promise_online import PromiseRequest, promise_online
from fundtracker.web.access import public
from fundtracker.web.context import parts, settings
from fundtracker.web.errors import answer_http
from fundtracker.web.giving.offer import Offer, offer
from fundtracker.web.giving.pledge.blueprint import bp
from fundtracker.web.giving.pledge.forms import PromiseForm, today_in
from fundtracker.web.giving.refusal import refusal
from fundtracker.web.i18n import locale, say
from fundtracker.web.limits import limit_gifts
from fundtracker.web.proof import ZERO_BITS
from fundtracker.web.published import fund_at
from fundtracker.web.standing import render_standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

# What is told on a page of ours, with nothing lost that was typed.
_TOLD = (NotNow, Invalid, UnknownSection, TooManyRequests)

STALE = N_(
    "This form has been open for too long, or your browser refuses cookies. Nothing was saved, and"
    " what you typed is still here. Please try again."
)


@bp.get("/f/<slug>/pledge")
@public
def new(slug: str) -> str | tuple[str, int]:
    """The form of a promise."""
    offered = offer(slug)
    closed = refusal(offered.fund, parts().clock())
    if closed:
        return _refuse(offered, closed)
    return _form(offered, _blank(offered, request.args))[0]


@bp.post("/f/<slug>/pledge")
@public
@limit_gifts
def make(slug: str) -> Response | tuple[str, int]:
    """Take a promise and ask its address whether it is meant, or say what is wrong."""
    offered = offer(slug)
    form = _filled(offered)
    try:
        promise_online(parts(), slug, _promise(form))
    except _TOLD as error:
        return _tell(offered, form, error)
    return redirect(url_for("giving.pledge.asked", slug=slug), HTTPStatus.SEE_OTHER)


@bp.get("/f/<slug>/pledge/asked")
@public
def asked(slug: str) -> str:
    """Say, to everybody the same, that a mail is on its way."""
    fund = fund_at(slug)
    return render_standing("giving/pledge/asked.html", fund, by_file=settings().mail_server is None)


@bp.errorhandler(CSRFError)
def stale_form(error: CSRFError) -> ResponseReturnValue:
    """Offer the form again, as it was typed, with a token that is valid now."""
    if request.endpoint != "giving.pledge.make":
        return answer_http(error)
    try:
        offered = offer((request.view_args or {})["slug"])
    except UnknownFund as unknown:
        # An error in here would be nobody's: it goes the way of every other.
        return current_app.handle_user_exception(unknown)
    form = _filled(offered)
    form.start_over()
    return _form(offered, form, Invalid(STALE), status=HTTPStatus.BAD_REQUEST)


def _blank(offered: Offer, wanted: Mapping[str, str]) -> PromiseForm:
    """A fresh form, filled in with what an address asks for as far as it is offered."""
    sections = {part.section.code: part.section for part in offered.sections}
    section = sections.get(wanted.get("section", "").upper())
    code = wanted.get("currency", "").upper()
    if code not in offered.rates:
        code = offered.currency_of(section) if section else offered.fund.currency
    choice = {
        "currency": code,
        "section": section.code if section else "",
        "amount": wanted.get("amount", ""),
        "parts": "1",
        "due": str(today_in(offered) + USUAL_WAIT),
    }
    form = PromiseForm(formdata=None, data=choice)
    form.offer = offered
    return form


def _filled(offered: Offer) -> PromiseForm:
    form = PromiseForm()
    form.offer = offered
    return form


def _promise(form: PromiseForm) -> PromiseRequest:
    if not form.validate() or form.money is None or form.day is None:
        refuse_unless_open(form.offer.fund, parts().clock())
        raise Invalid
    return PromiseRequest(
        attempt=form.attempt.data,
        amount=form.money,
        section=form.section.data,
        parts=form.number,
        due=form.day,
        email=form.email.data,
        name=form.name.data or "",
        locale=str(locale()),
    )


def _tell(offered: Offer, form: PromiseForm, error: FundtrackerError) -> tuple[str, int]:
    """Show the form as it was filled in, with what is wrong; without it where it is no use."""
    if isinstance(error, NotNow):
        return _refuse(offered, say(error))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error.field else error.status
    return _form(offered, form, error, status=status)


def _form(
    offered: Offer,
    form: PromiseForm,
    error: FundtrackerError | None = None,
    status: int = HTTPStatus.OK,
) -> tuple[str, int]:
    """The form with what is wrong on top: its own mistakes, or `error`."""
    mistakes = [(name, str(sentences[0])) for name, sentences in form.errors.items() if name]
    if error and not mistakes:
        mistakes = [(error.field or "", say(error))]
    today = today_in(offered)
    page = render_standing(
        "giving/pledge/promise.html",
        offered.fund,
        offer=offered,
        form=form,
        mistakes=mistakes,
        most_parts=MOST_PARTS,
        last_day=today + LONGEST_WAIT,
        today=today,
        data={"zeroBits": ZERO_BITS},
    )
    return page, status


def _refuse(offered: Offer, sentence: str) -> tuple[str, int]:
    page = render_standing("giving/refused.html", offered.fund, refusal=sentence)
    return page, HTTPStatus.CONFLICT
