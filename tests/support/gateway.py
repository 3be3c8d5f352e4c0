"""A gateway in memory, for tests of what is done with its answers; HTTP has tests of its own.

It knows what Stripe knows: pages by their idempotency keys, objects and events as JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from fundtracker.domain.errors import GatewayRefused, GatewayUnavailable
from fundtracker.payments.gateway import BadSignature, Page, Priority, Seen, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from fundtracker.payments.gateway import RefundOrder, SessionOrder

Body = dict[str, Any]
SIGNATURE = "signed"
# Stripe opens no page that ends sooner than this.
SHORTEST_PAGE = 1800


@dataclass
class MemoryGateway:
    """One account at a provider that answers at once, or not at all while it is `down`."""

    clock: Callable[[], datetime]
    account: str = "main"
    livemode: bool = False
    down: bool = False
    page_size: int = 100
    orders: dict[str, SessionOrder] = field(default_factory=dict)
    objects: dict[str, Body] = field(default_factory=dict)
    events: list[Body] = field(default_factory=list)
    transactions: list[Body] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    _one: Lock = field(default_factory=Lock)

    def create_session(self, order: SessionOrder) -> Session:
        self._answer("create_session")
        with self._one:
            if self.orders.get(order.token, order) != order:
                raise GatewayRefused  # the same key with other parameters
            if order.token not in self.orders and self._left(order) < SHORTEST_PAGE:
                raise GatewayRefused
            self.orders[order.token] = order
        id = f"cs_{order.token}"
        page = self.objects.setdefault(
            id,
            {
                "id": id,
                "object": "checkout.session",
                "mode": "payment",
                "status": "open",
                "payment_status": "unpaid",
                "client_reference_id": order.token,
                "amount_total": order.amount.minor,
                "currency": order.amount.currency.lower(),
                "payment_intent": None,
                "livemode": self.livemode,
                "url": f"https://pay.example/{id}",
                "expires_at": order.expires_at,
            },
        )
        return Session(id, page["url"], order.expires_at, self._seen(page))

    def retrieve_session(self, id: str, *, priority: Priority = Priority.BACKGROUND) -> Seen:
        return self._object("retrieve_session", id)

    def expire_session(self, id: str) -> Seen:
        self.objects[id] |= {"status": "expired", "url": None}
        return self._object("expire_session", id)

    def retrieve_intent(self, id: str) -> Seen:
        return self._object("retrieve_intent", id)

    def retrieve_charge(self, id: str) -> Seen:
        return self._object("retrieve_charge", id)

    def create_refund(self, order: RefundOrder) -> Seen:
        id = f"re_{order.key}"
        asked = {
            "id": id,
            "object": "refund",
            "status": "pending",
            "payment_intent": order.intent,
            "amount": order.amount.minor,
            "currency": order.amount.currency.lower(),
            "metadata": {"refund": order.key},
        }
        self._answer("create_refund")
        return self._seen(self.objects.setdefault(id, asked))

    def retrieve_refund(self, id: str) -> Seen:
        return self._object("retrieve_refund", id)

    def list_refunds(self, intent: str, *, after: str | None = None) -> Page:
        refunds = (each for id, each in self.objects.items() if id.startswith("re_"))
        found = [each for each in refunds if each["payment_intent"] == intent]
        return self._page("list_refunds", found, after)

    def list_transactions(self, *, created_from: int, after: str | None) -> Page:
        return self._since("list_transactions", self.transactions, created_from, after)

    def list_events(self, *, created_from: int, after: str | None) -> Page:
        return self._since("list_events", self.events, created_from, after)

    def verify(self, body: bytes, signature: str, now: datetime) -> None:
        if signature != SIGNATURE:
            raise BadSignature

    def _left(self, order: SessionOrder) -> int:
        return order.expires_at - int(self.clock().timestamp())

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if self.down:
            raise GatewayUnavailable

    def _object(self, call: str, id: str) -> Seen:
        self._answer(call)
        if id not in self.objects:
            raise GatewayRefused
        return self._seen(self.objects[id])

    def _since(self, call: str, things: Sequence[Body], start: int, after: str | None) -> Page:
        """List the newest first, as Stripe does; a test adds the newest at the end."""
        recent = [each for each in reversed(things) if each["created"] >= start]
        return self._page(call, recent, after)

    def _page(self, call: str, things: Sequence[Body], after: str | None) -> Page:
        self._answer(call)
        ids = [each["id"] for each in things]
        start = 0 if after is None else ids.index(after) + 1
        items = tuple(self._seen(each) for each in things[start : start + self.page_size])
        more = start + len(items) < len(things)
        return Page(items, items[-1].id if more else None)

    def _seen(self, body: Body) -> Seen:
        type = body["type"] if body["object"] == "event" else body["object"]
        return Seen(body["id"], type, self.livemode, json.dumps(body).encode())
