"""What a payer can do on a hosted page, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.events import emit
from fundtracker.simulator.objects import charges, intents, transactions
from fundtracker.simulator.switches import positions

if TYPE_CHECKING:
    from fundtracker.simulator.cards import Card, Decline
    from fundtracker.simulator.storage import Json, Work


def pay(work: Work, session: Json, card: Card, payer: Json) -> Decline | None:
    """Charge a card for an open session, which completes it unless the bank declines."""
    intent = _intent(work, session)
    charge = charges.new_charge(intent, card, payer, now=work.second)
    work.add(charge)
    if card.decline is not None:
        _decline(work, intent, charge, card.decline)
        return card.decline
    emit(work, "charge.succeeded", charge)
    intent = intents.succeeded(intent, charge)
    work.save(intent)
    emit(work, "payment_intent.succeeded", intent)
    _complete(work, session, payer)
    wait = positions(work.connection).null_balance_transaction
    if wait:
        work.later(work.now + wait, "settle", charge["id"])
    else:
        settle(work, charge)
    return None


def challenge(work: Work, session: Json) -> None:
    """Note that the payer is being asked to confirm."""
    intent = intents.challenged(_intent(work, session), session["url"])
    work.save(intent)
    emit(work, "payment_intent.requires_action", intent)


def fail_challenge(work: Work, session: Json) -> None:
    """Note that the payer did not confirm; the session stays open."""
    intent = intents.not_authenticated(_intent(work, session))
    work.save(intent)
    emit(work, "payment_intent.payment_failed", intent)


def settle(work: Work, charge: Json) -> Json:
    """Give a charge its balance transaction, unless it has one; returns the charge."""
    if charge["balance_transaction"] is not None:
        return charge
    transaction = transactions.of_charge(charge, now=work.second)
    work.add(transaction)
    charge = charge | {"balance_transaction": transaction["id"]}
    work.save(charge)
    emit(work, "charge.updated", charge, {"balance_transaction": None})
    return charge


def expire(work: Work, session: Json) -> Json:
    """Close a session that was not paid; returns it."""
    session = session | {"status": "expired", "url": None}
    work.save(session)
    if session["payment_intent"] is not None:
        intent = work.get("payment_intent", session["payment_intent"])
        intent = intents.cancelled(intent, now=work.second)
        work.save(intent)
        emit(work, "payment_intent.canceled", intent)
    emit(work, "checkout.session.expired", session)
    return session


def _intent(work: Work, session: Json) -> Json:
    """Return the session's intent, which the first attempt makes."""
    if session["payment_intent"] is not None:
        return work.get("payment_intent", session["payment_intent"])
    asked = work.notes(session["id"]).get("payment_intent_data", {})
    intent = intents.new_intent(session, asked, now=work.second)
    work.add(intent)
    session["payment_intent"] = intent["id"]
    work.save(session)
    emit(work, "payment_intent.created", intent)
    return intent


def _decline(work: Work, intent: Json, charge: Json, decline: Decline) -> None:
    emit(work, "charge.failed", charge)
    intent = intents.declined(intent, charge, decline)
    work.save(intent)
    emit(work, "payment_intent.payment_failed", intent)


def _complete(work: Work, session: Json, payer: Json) -> None:
    details: Json = {
        "address": None,
        "business_name": None,
        "individual_name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    session = session | {
        "customer_details": details | payer,
        "payment_status": "paid",
        "status": "complete",
        "url": None,
    }
    work.save(session)
    emit(work, "checkout.session.completed", session)
