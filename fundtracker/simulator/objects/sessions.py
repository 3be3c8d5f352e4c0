"""Checkout Sessions and the items on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.objects.ids import new_id

if TYPE_CHECKING:
    from fundtracker.simulator.storage import Json

DAY = 24 * 60 * 60

# Fields of what this simulator does not do, or of other modes: always null.
NEVER_USED = (
    "after_expiration",
    "allow_promotion_codes",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer",
    "customer_account",
    "integration_identifier",
    "invoice",
    "invoice_creation",
    "origin_context",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "wallet_options",
)


def new_session(asked: Json, *, currency: str, total: int, now: int, pages: str) -> Json:
    """Return an open session for what was asked; `pages` is the address of hosted pages."""
    id = new_id("cs_test_")
    return {
        "id": id,
        "object": "checkout.session",
        **dict.fromkeys(NEVER_USED),
        "adaptive_pricing": asked.get("adaptive_pricing", {"enabled": True}),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": asked.get("billing_address_collection"),
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
            **asked.get("custom_text", {}),
        },
        "customer_creation": "if_required",
        "customer_details": None,
        "customer_email": asked.get("customer_email"),
        "discounts": [],
        "excluded_payment_method_types": asked.get("excluded_payment_method_types"),
        "expires_at": asked.get("expires_at", now + DAY),
        "livemode": False,
        "locale": asked.get("locale"),
        "metadata": asked.get("metadata", {}),
        "mode": asked["mode"],
        "payment_intent": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "submit_type": asked.get("submit_type"),
        "success_url": asked["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": asked.get("ui_mode", "hosted_page"),
        "url": f"{pages}/checkout/{id}",
    }


def new_item(asked: Json, *, now: int) -> Json:
    """Return an item of a session, with the price that was made for it."""
    price = asked["price_data"]
    total = price["unit_amount"] * asked["quantity"]
    return {
        "id": new_id("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "metadata": {},
        "price": {
            "id": new_id("price_"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": now,
            "currency": price["currency"],
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": new_id("prod_"),
            "recurring": None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": asked["quantity"],
    }
