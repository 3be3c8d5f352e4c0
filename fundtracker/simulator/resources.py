"""The API's addresses, each with the parameters that it takes and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.simulator import refunds, sessions
from fundtracker.simulator.checks import one_of, shape, text
from fundtracker.simulator.errors import Missing
from fundtracker.simulator.listing import EVENTS, EVENTS_KEPT, listing, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.simulator.checks import Check
    from fundtracker.simulator.storage import Json, Work

NOTHING = shape({})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address below /v1; `act` gets the checked parameters and the id in the address, or ""."""

    method: str
    path: str
    check: Check
    act: Callable[[Work, Json, str], Json]


def _found(work: Work, kind: str, id: str) -> Json:
    thing = work.find(kind, id)
    if thing is None or (kind == "event" and thing["created"] < work.second - EVENTS_KEPT):
        raise Missing.thing(kind, id)
    return thing


def _resource(path: str, kind: str, filters: Check) -> tuple[Endpoint, Endpoint]:
    """Return the two addresses at which every kind of object is listed and retrieved."""

    def listed(work: Work, asked: Json, _id: str) -> Json:
        return page(work, kind, asked, f"/v1{path}")

    def retrieved(work: Work, _asked: Json, id: str) -> Json:
        return _found(work, kind, id)

    return (
        Endpoint("GET", path, filters, listed),
        Endpoint("GET", f"{path}/<id>", NOTHING, retrieved),
    )


def _create_session(work: Work, asked: Json, _id: str) -> Json:
    return sessions.create(work, asked)


def _expire_session(work: Work, _asked: Json, id: str) -> Json:
    return sessions.expire(work, _found(work, "checkout.session", id))


def _session_items(work: Work, _asked: Json, id: str) -> Json:
    _found(work, "checkout.session", id)
    return sessions.items(work, id)


def _create_refund(work: Work, asked: Json, _id: str) -> Json:
    return refunds.create(work, asked)


ENDPOINTS = (
    Endpoint("POST", "/checkout/sessions", sessions.CREATE, _create_session),
    Endpoint("POST", "/checkout/sessions/<id>/expire", NOTHING, _expire_session),
    Endpoint("GET", "/checkout/sessions/<id>/line_items", listing(), _session_items),
    Endpoint("POST", "/refunds", refunds.CREATE, _create_refund),
    *_resource(
        "/checkout/sessions",
        "checkout.session",
        listing(payment_intent=text(), status=one_of("complete", "expired", "open")),
    ),
    *_resource("/payment_intents", "payment_intent", listing()),
    *_resource("/charges", "charge", listing(payment_intent=text())),
    *_resource("/refunds", "refund", listing(charge=text(), payment_intent=text())),
    *_resource(
        "/balance_transactions",
        "balance_transaction",
        listing(currency=text(), source=text(), type=text()),
    ),
    *_resource("/events", "event", EVENTS),
)
