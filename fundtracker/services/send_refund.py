"""Send a refund to Stripe: once, however often this breaks off.

Within a day the key of the order makes a repeat harmless at Stripe. After that it would be a
second refund, so that Stripe is asked for the one that carries the key, and never sent another.
What it answers goes into the inbox like everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from fundtracker.domain.errors import N_, GatewayRefused
from fundtracker.domain.money import Money
from fundtracker.payments.events import refund_key
from fundtracker.payments.gateway import RefundOrder
from fundtracker.services.book_pledges import Books
from fundtracker.services.count import count
from fundtracker.services.receive import arrival
from fundtracker.services.withdraw_refunded import withdraw_refunded
from fundtracker.store import donations, funds, inbox, refund_orders
from fundtracker.store.donations import DonationRow

if TYPE_CHECKING:
    from fundtracker.payments.gateway import Seen
    from fundtracker.services.parts import Parts

# Stripe forgets keys after 24 hours.
KEY_HOLDS = timedelta(hours=23)
BATCH = 50
REFUSED = N_("Stripe refused it. Nothing went back.")
TOO_LATE = N_("Stripe could not be reached for a day. Nothing went back; it can be asked again.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Order:
    key: str
    intent: str | None
    amount: Money
    asked_at: datetime


def send_refund(parts: Parts, key: str) -> None:
    """Send one order, unless Stripe has answered it; raises GatewayUnavailable or Busy."""
    order = _open(parts, key)
    if order is None:
        return
    if order.intent is None:
        _refuse(parts, key, REFUSED)
        return
    if parts.clock() - order.asked_at < KEY_HOLDS:
        _post(parts, order, order.intent)
    else:
        _find(parts, order.key, order.intent, TOO_LATE)


def send_refunds(parts: Parts) -> None:
    """Send what is still open: a job gives up after a while, and money must not be forgotten."""
    with parts.database.reading() as session:
        keys = refund_orders.open_keys(session, BATCH)
    for key in keys:
        try:
            send_refund(parts, key)
        except GatewayRefused:
            # One of which Stripe will not even speak must not hold up the others.
            log.warning("refund_not_found", order=key)


def _open(parts: Parts, key: str) -> _Order | None:
    with parts.database.reading() as session:
        row = refund_orders.by_key(session, key)
        if row is None or row.refund_id is not None or row.refused_at is not None:
            return None
        donation = session.get_one(DonationRow, row.donation_id)
        amount = Money(row.amount, donation.currency)
        return _Order(row.key, refund_orders.intent_of(session, donation), amount, row.asked_at)


def _post(parts: Parts, order: _Order, intent: str) -> None:
    try:
        seen = parts.gateway.create_refund(RefundOrder(order.key, intent, order.amount, None))
    except GatewayRefused:
        # Perhaps an earlier try went through, and only its answer was lost.
        _find(parts, order.key, intent, REFUSED)
        return
    _keep(parts, order.key, seen)


def _find(parts: Parts, key: str, intent: str, otherwise: str) -> None:
    """Look for the refund that carries a key; without one nothing went back."""
    after: str | None = None
    while True:
        page = parts.gateway.list_refunds(intent, after=after)
        for seen in page.items:
            if refund_key(seen.body) == key:
                _keep(parts, key, seen)
                return
        if page.next is None:
            _refuse(parts, key, otherwise)
            return
        after = page.next


def _keep(parts: Parts, key: str, seen: Seen) -> None:
    """Put the answer into the inbox and its id on the order, in one."""
    with parts.database.unit_of_work() as session:
        inbox.put(session, [arrival(parts.gateway.account, seen)], parts.clock())
        order = refund_orders.known(session, key)
        donation = donations.locked(session, order.donation_id)
        order.refund_id = seen.id
        session.flush()
        # Stripe's own word of it may have been quicker, when nobody knew yet whose refund it was.
        currency = funds.by_ids(session, [donation.fund_id])[donation.fund_id].currency
        books = Books(session, parts, {donation.fund_id: currency}, parts.clock())
        orders = refund_orders.withdrawing(session, [donation.id])
        withdrawn = withdraw_refunded(books, orders, {})
        versions = count(session, withdrawn, books.now) if withdrawn else {}
    for slug, version in versions.items():
        parts.broker.announce(slug, version)


def _refuse(parts: Parts, key: str, sentence: str) -> None:
    log.warning("refund_refused", order=key)
    with parts.database.unit_of_work() as session:
        row = refund_orders.known(session, key)
        row.refused_at, row.note = parts.clock(), sentence
