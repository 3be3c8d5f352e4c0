"""Order a refund: decided here, once, under the lock of its donation; sent to Stripe by a job.

What is ordered is spoken for until Stripe tells of the refund, so that two who ask at the same
moment can never give back more than was kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.donations import Method
from fundtracker.domain.errors import N_, Invalid, InvalidAmount, InvalidText, NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.text import clean_line
from fundtracker.services.plan_payment import free_of
from fundtracker.services.record import record
from fundtracker.services.schedule import REFUND
from fundtracker.store import donations, jobs, refund_orders
from fundtracker.store.refund_orders import RefundOrderRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow

REASON_LIMIT = 500
REOPENED, WITHDRAWN = "reopened", "withdrawn"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_STALE = N_("This form was sent before for another refund. Please open it again.")


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What a treasurer asks for; `key` is random and names the form, and later Stripe's request.

    `fate` is what becomes of the pledge that the gift pays: REOPENED or WITHDRAWN, "" of none.
    """

    key: str
    amount: Money
    reason: str = field(repr=False)
    fate: str = ""


def check_refund(session: Session, row: DonationRow, wish: RefundWish, account: str) -> None:
    """Raise Invalid or NotNow unless a donation can be refunded like that at this moment."""
    if row.method != Method.ONLINE:
        raise Invalid(N_("This gift did not come through Stripe. It can be reversed instead."))
    if row.account != account:
        raise Invalid(N_("This gift came by another Stripe account than the one in use."))
    left = Money(refund_orders.left(session, row), row.currency)
    if not left.minor:
        raise NotNow(N_("Nothing is left of this gift that could be refunded."))
    if wish.amount.minor <= 0 or wish.amount.currency != row.currency:
        raise InvalidAmount(N_("Enter an amount of more than zero."))
    if wish.amount > left:
        raise InvalidAmount(N_("At most %(left)s is left of this gift."), left=left)
    if wish.amount.minor > free_of(session, row) and wish.fate not in {REOPENED, WITHDRAWN}:
        raise Invalid(N_("Say what becomes of the pledge that this gift pays."), field="fate")
    if not clean_line(wish.reason, field="reason", limit=REASON_LIMIT):
        raise InvalidText(N_("Say why: whoever checks the books will ask."), field="reason")


def order_refund(parts: Parts, token: str, wish: RefundWish, scope: Scope) -> None:
    """Write a refund down and let the worker send it; the same form twice is one refund.

    Raises UnknownDonation, Invalid or NotNow, and then nothing is written.
    """
    if not _KEY.fullmatch(wish.key):
        raise Invalid(_STALE)
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = donations.locked_by_token(session, token, scope)
        known = refund_orders.by_key(session, wish.key)
        if known is not None:
            if (known.donation_id, known.amount) != (row.id, wish.amount.minor):
                raise Invalid(_STALE)
            return
        check_refund(session, row, wish, parts.gateway.account)
        reason = clean_line(wish.reason, field="reason", limit=REASON_LIMIT)
        session.add(
            RefundOrderRow(
                key=wish.key,
                donation_id=row.id,
                amount=wish.amount.minor,
                reason=reason,
                actor=str(parts.actor),
                asked_at=now,
                withdraws=wish.fate == WITHDRAWN,
            ),
        )
        jobs.enqueue(session, f"{REFUND}:{wish.key}", REFUND, wish.key, now)
        record(
            session,
            parts,
            Action.REFUND_ASKED,
            f"donation:{row.token}",
            fund_id=row.fund_id,
            section_id=row.section_id,
            after={
                "refund": wish.key,
                "amount": str(wish.amount),
                **({"pledge": wish.fate} if wish.fate else {}),
            },
            private={"reason": reason},
        )
