"""Making and closing Checkout Sessions over the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fundtracker.simulator import payments
from fundtracker.simulator.checks import (
    email,
    flag,
    many,
    metadata,
    one_of,
    shape,
    text,
    url,
    whole,
)
from fundtracker.simulator.currencies import CURRENCIES, LARGEST_BY_CURRENCY, Currency
from fundtracker.simulator.errors import Refused
from fundtracker.simulator.objects.sessions import new_item, new_session

if TYPE_CHECKING:
    from fundtracker.simulator.forms import Value
    from fundtracker.simulator.storage import Json, Work

SHORTEST = 30 * 60
LONGEST = 24 * 60 * 60
LATEST = 2**33

LOCALES = (
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt"
    " nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)
SUFFIX = re.compile(r"(?=.*[A-Za-z])[ -~]{1,22}")
NOT_IN_SUFFIX = frozenset("<>\\'\"*")


def currency(value: Value, param: str) -> Currency:
    """Take the code of a currency, in either case."""
    code = str(text()(value, param)).lower()
    if code not in CURRENCIES:
        raise Refused(
            f"Invalid currency: {code[:8]}. Stripe currently supports these currencies:"
            f" {', '.join(CURRENCIES)}",
            param=param,
        )
    return CURRENCIES[code]


def suffix(value: Value, param: str) -> str:
    """Take what stands behind our name on the payer's statement."""
    words = str(text()(value, param))
    if not SUFFIX.fullmatch(words) or NOT_IN_SUFFIX & set(words):
        raise Refused(
            "The statement descriptor suffix must contain at least one letter, at most 22 Latin"
            " characters, and none of < > \\ ' \" *.",
            param=param,
        )
    return words


PRODUCT = shape(
    {
        "description": text(),
        "images": many(url, 8),
        "metadata": metadata,
        "name": text(250),
        "tax_code": text(),
    },
    required=("name",),
)
PRICE = shape(
    {
        "currency": currency,
        "product_data": PRODUCT,
        "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
        "unit_amount": whole(0, max(LARGEST_BY_CURRENCY.values())),
    },
    required=("currency", "product_data", "unit_amount"),
)
ITEM = shape(
    {"metadata": metadata, "price_data": PRICE, "quantity": whole(1, 999_999)},
    required=("price_data", "quantity"),
)
CREATE = shape(
    {
        "adaptive_pricing": shape({"enabled": flag}),
        "billing_address_collection": one_of("auto", "required"),
        "cancel_url": url,
        "client_reference_id": text(200),
        "custom_text": shape({"submit": shape({"message": text(1200)}, required=("message",))}),
        "customer_email": email,
        "excluded_payment_method_types": many(text(), 100),
        "expires_at": whole(0, LATEST),
        "line_items": many(ITEM, 100),
        "locale": one_of(*LOCALES.split()),
        "metadata": metadata,
        "mode": one_of("payment"),
        "payment_intent_data": shape(
            {
                "description": text(1000),
                "metadata": metadata,
                "receipt_email": email,
                "statement_descriptor_suffix": suffix,
            },
        ),
        "submit_type": one_of("auto", "book", "donate", "pay"),
        "success_url": url,
        "ui_mode": one_of("hosted_page"),
    },
    required=("line_items", "mode", "success_url"),
)


def create(work: Work, asked: Json) -> Json:
    """Open a session; raises Refused for what Stripe would not take."""
    _check_expiry(asked.get("expires_at"), work.now)
    money, total = _total(asked["line_items"])
    items = [_with_code(each, money) for each in asked["line_items"]]
    session = new_session(
        asked,
        currency=money.code,
        total=total,
        now=work.second,
        pages=work.pages,
    )
    work.add(session, notes={"payment_intent_data": asked.get("payment_intent_data", {})})
    for item in items:
        work.add(new_item(item, now=work.second), parent=session["id"])
    work.later(session["expires_at"], "expire", session["id"])
    return session


def expire(work: Work, session: Json) -> Json:
    """Close an open session; raises Refused for any other."""
    if session["status"] != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{session['status']}`.",
            executed=True,
        )
    return payments.expire(work, session)


def items(work: Work, id: str) -> Json:
    """Return the list of a session's items."""
    return {
        "object": "list",
        "data": work.children("item", id),
        "has_more": False,
        "url": f"/v1/checkout/sessions/{id}/line_items",
    }


def _check_expiry(expires_at: int | None, now: float) -> None:
    if expires_at is None:
        return
    if expires_at < int(now) + SHORTEST:
        raise Refused(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session"
            " creation.",
            param="expires_at",
        )
    if expires_at > now + LONGEST:
        raise Refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def _total(items: list[Json]) -> tuple[Currency, int]:
    """Return the currency and the sum of the items, or raise what is wrong with them."""
    currencies = {each["price_data"]["currency"] for each in items}
    if len(currencies) > 1:
        raise Refused(
            "The Checkout Session can only have one currency across all its line items.",
            param="line_items",
        )
    money = currencies.pop()
    for number, each in enumerate(items):
        if each["price_data"]["unit_amount"] % money.step:
            raise Refused(
                f"Invalid amount: {money.code} amounts must be evenly divisible by {money.step}.",
                code="parameter_invalid_integer",
                param=f"line_items[{number}][price_data][unit_amount]",
            )
    total = sum(each["price_data"]["unit_amount"] * each["quantity"] for each in items)
    _check_total(money, total)
    return money, total


def _check_total(money: Currency, total: int) -> None:
    if total < money.minimum:
        raise Refused(
            "The Checkout Session's total amount due must add up to at least"
            f" {money.written(money.minimum)}.",
            code="amount_too_small",
        )
    if total > money.largest:
        raise Refused(
            "The Checkout Session's total amount due must be no more than"
            f" {money.written(money.largest)}.",
            code="amount_too_large",
        )


def _with_code(item: Json, money: Currency) -> Json:
    return item | {"price_data": item["price_data"] | {"currency": money.code}}
