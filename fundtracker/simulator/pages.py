"""The hosted page: what a donor sees in place of Stripe's, with TEST all over it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, render_template, request

from fundtracker.simulator import payments
from fundtracker.simulator.cards import CARDS, NoCard, card
from fundtracker.simulator.currencies import CURRENCIES
from fundtracker.simulator.objects.intents import NOT_AUTHENTICATED

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from fundtracker.simulator.cards import Card
    from fundtracker.simulator.engine import Simulator
    from fundtracker.simulator.storage import Json, Work

bp = Blueprint("pages", __name__)

LONGEST_FIELD = 200


@bp.get("/checkout/<id>")
def show(id: str) -> Response:
    """Show the page of a session: its form, or that it is paid, expired, unknown."""
    simulator: Simulator = current_app.extensions["simulator"]
    with simulator.looking() as work:
        session = work.find("checkout.session", id)
        if session is None or session["status"] != "open":
            return _closed(session)
        return _form(work, session)


@bp.post("/checkout/<id>")
def submit(id: str) -> BaseResponse:
    """Pay or cancel; the session decides, inside one transaction, whether it still can be paid."""
    simulator: Simulator = current_app.extensions["simulator"]
    with simulator.working() as work:
        session = work.find("checkout.session", id)
        if session is None or session["status"] != "open":
            return _closed(session)
        outcome = request.form.get("outcome", "pay")
        if outcome == "cancel":
            return _leave(session["cancel_url"] or session["success_url"], session)
        try:
            chosen = card(request.form.get("card", ""))
        except NoCard as error:
            return _form(work, session, str(error))
        return _pay(work, session, chosen, outcome)


def _pay(work: Work, session: Json, chosen: Card, outcome: str) -> BaseResponse:
    if chosen.challenge and outcome == "fail":
        payments.fail_challenge(work, session)
        return _form(work, session, NOT_AUTHENTICATED)
    if chosen.challenge and outcome != "confirm":
        payments.challenge(work, session)
        return _page("challenge.html", session, card=chosen, typed=_typed())
    decline = payments.pay(work, session, chosen, _payer())
    if decline is not None:
        return _form(work, session, decline.message)
    return _leave(session["success_url"], session)


def _payer() -> Json:
    return {name: _typed()[name] or None for name in ("email", "name")}


def _typed() -> dict[str, str]:
    names = ("card", "email", "name")
    return {name: request.form.get(name, "").strip()[:LONGEST_FIELD] for name in names}


def _leave(address: str, session: Json) -> BaseResponse:
    response = redirect(address.replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)
    return _secured(response, session)


def _form(work: Work, session: Json, problem: str = "") -> Response:
    items = work.children("item", session["id"])
    status = 422 if problem else 200
    return _page(
        "checkout.html",
        session,
        status,
        items=items,
        problem=problem,
        cards=CARDS,
        typed=_typed(),
    )


def _closed(session: Json | None) -> Response:
    if session is None:
        return _page("closed.html", None, 404)
    return _page("closed.html", session, 409 if session["status"] == "complete" else 410)


def _page(template: str, session: Json | None, status: int = 200, **values: object) -> Response:
    if session is not None:
        money = CURRENCIES[session["currency"]]
        values["amount"] = money.written(session["amount_total"])
    html = render_template(template, session=session, **values)
    response = Response(html, status)
    return _secured(response, session)


def _secured(response: Response, session: Json | None) -> Response:
    return response
