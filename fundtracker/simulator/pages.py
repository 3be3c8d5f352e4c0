"""The hosted page: what a donor sees in place of Stripe's, with TEST all over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, render_template, request

from fundtracker.simulator import payments
from fundtracker.simulator.cards import BY_NUMBER, CARDS, NoCard, card
from fundtracker.simulator.currencies import CURRENCIES
from fundtracker.simulator.objects.intents import NOT_AUTHENTICATED
from fundtracker.simulator.security import policy

if TYPE_CHECKING:
    from fundtracker.simulator.cards import Card
    from fundtracker.simulator.engine import Simulator
    from fundtracker.simulator.storage import Json, Work

bp = Blueprint("pages", __name__)

PAYER = ("email", "name")
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
def submit(id: str) -> Response:
    """Pay or cancel; the session decides, in one transaction, whether it can still be paid."""
    simulator: Simulator = current_app.extensions["simulator"]
    with simulator.working() as work:
        session = work.find("checkout.session", id)
        if session is None or session["status"] != "open":
            return _closed(session)
        outcome = request.form.get("outcome", "pay")
        if outcome == "cancel":
            return _leave(session["cancel_url"] or session["success_url"], session)
        try:
            chosen = card(_typed_card())
        except NoCard as error:
            return _form(work, session, str(error))
        return _pay(work, session, chosen, outcome)


def after(session: Json) -> str:
    """Return where the payer goes once the session is paid."""
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _pay(work: Work, session: Json, chosen: Card, outcome: str) -> Response:
    if chosen.challenge and outcome == "fail":
        payments.fail_challenge(work, session)
        return _form(work, session, NOT_AUTHENTICATED)
    if chosen.challenge and outcome != "confirm":
        payments.challenge(work, session)
        return _page("challenge.html", session, 200, card=chosen, payer=_payer())
    decline = payments.pay(work, session, chosen, _payer())
    if decline is not None:
        return _form(work, session, decline.message)
    return _leave(after(session), session)


def _typed_card() -> str:
    """Return the number that was meant: that of the button, if one below the field was used."""
    return (request.form.getlist("card") or [""])[-1]


def _payer() -> Json:
    return {name: request.form.get(name, "").strip()[:LONGEST_FIELD] or None for name in PAYER}


def _form(work: Work, session: Json, problem: str = "") -> Response:
    # A number that is none of ours may be somebody's own: it is not sent back.
    known = BY_NUMBER.get(_typed_card().replace(" ", ""), CARDS[0])
    return _page(
        "checkout.html",
        session,
        422 if problem else 200,
        items=work.children("item", session["id"]),
        problem=problem,
        cards=CARDS[1:],
        chosen=known,
        payer=_payer() if problem else {"email": session["customer_email"]},
    )


def _closed(session: Json | None) -> Response:
    if session is None:
        return _page("closed.html", None, 404)
    return _page("closed.html", session, 409 if session["status"] == "complete" else 410)


def _page(template: str, session: Json | None, status: int, **values: object) -> Response:
    addresses: tuple[str | None, ...] = ()
    if session is not None:
        values["amount"] = CURRENCIES[session["currency"]].written(session["amount_total"])
        values["onward"] = after(session)
        addresses = (session["success_url"], session["cancel_url"])
    response = Response(render_template(template, session=session, **values), status)
    response.headers["Content-Security-Policy"] = policy(*addresses)
    return response


def _leave(address: str, session: Json) -> Response:
    response = Response(status=303)
    response.headers["Location"] = address
    response.headers["Content-Security-Policy"] = policy(
        session["success_url"],
        session["cancel_url"],
    )
    return response
