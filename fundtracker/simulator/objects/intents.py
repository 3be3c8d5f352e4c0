"""Payment intents: one wish to take money, with one charge for each attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.objects.ids import new_id

if TYPE_CHECKING:
    from fundtracker.simulator.cards import Decline
    from fundtracker.simulator.storage import Json

NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment method"
    " and try again."
)


def new_intent(session: Json, asked: Json, *, now: int) -> Json:
    """Return the intent of a session; `asked` is the session's payment_intent_data."""
    id = new_id("pi_3")
    return {
        "id": id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{id}_{new_id('secret_')}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": session["currency"],
        "customer": None,
        "customer_account": None,
        "description": asked.get("description"),
        "excluded_payment_method_types": session["excluded_payment_method_types"],
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            },
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": asked.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": asked.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def succeeded(intent: Json, charge: Json) -> Json:
    """Return the intent after a charge has succeeded."""
    return intent | {
        "amount_received": charge["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "payment_method": charge["payment_method"],
        "status": "succeeded",
    }


def declined(intent: Json, charge: Json, decline: Decline) -> Json:
    """Return the intent after a bank has said no; another card may still pay it."""
    error = _payment_error(decline.code, decline.message) | {
        "charge": charge["id"],
        "decline_code": decline.decline_code,
    }
    return intent | {
        "last_payment_error": error,
        "latest_charge": charge["id"],
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }


def challenged(intent: Json, page: str) -> Json:
    """Return the intent while its payer is asked to confirm on another page."""
    return intent | {
        "next_action": {
            "redirect_to_url": {"return_url": None, "url": page},
            "type": "redirect_to_url",
        },
        "status": "requires_action",
    }


def not_authenticated(intent: Json) -> Json:
    """Return the intent after its payer did not confirm; there was no charge."""
    return intent | {
        "last_payment_error": _payment_error(
            "payment_intent_authentication_failure",
            NOT_AUTHENTICATED,
        ),
        "next_action": None,
        "status": "requires_payment_method",
    }


def cancelled(intent: Json, *, now: int) -> Json:
    """Return the intent after its session has run out."""
    return intent | {
        "canceled_at": now,
        "cancellation_reason": "expired",
        "next_action": None,
        "status": "canceled",
    }


def _payment_error(code: str, message: str) -> Json:
    return {
        "code": code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": message,
        "type": "card_error",
    }
