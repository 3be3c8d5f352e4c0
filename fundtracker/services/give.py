"""Give: a donation's row first, then a payment page for it; the same form twice is one gift.

The row is committed before Stripe is called, no transaction is open during the call, and the
row's token is Stripe's idempotency key: whatever breaks in between, sending the form again finds
the same row and the same payment page.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.facts import SessionState
from fundtracker.domain.funds import check_gift, refuse_unless_collecting, refuse_unless_open
from fundtracker.domain.text import clean_line, clean_text
from fundtracker.payments.gateway import SessionOrder
from fundtracker.services.purpose import payable, payable_at, purpose, purpose_of, reference_key
from fundtracker.store import donations, funds, inbox
from fundtracker.store.donations import StripeRefRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.money import Money
    from fundtracker.payments.gateway import Session as PaymentPage
    from fundtracker.services.parts import Parts
    from fundtracker.services.purpose import Purpose
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.pledges import PledgeRow

# How long a payment page is open, in seconds; Stripe takes 30 minutes to 24 hours. The end is
# stored with the row, for a retry under the same key must send the same one.
PAGE_OPEN = 3600
# With less than this left, Stripe makes no page any more; the minute is for the way there.
SHORTEST_PAGE = 1860
# With less than this left, nobody can fill in a page that is there.
SHORTEST_VISIT = 60
# The form has done its work: the money is there, or on its way.
PAID = frozenset({DonationStatus.PROCESSING, DonationStatus.SUCCEEDED})
NAME_LIMIT = 80
MESSAGE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class GiftRequest:
    """What a donor filled in; `attempt` is random and names the form, `section` a code or "".

    `pledge` is the number of the promise that it pays, as it was typed, "" for none; `page` is the
    token of that promise, where the gift is made from its own page.
    """

    attempt: str
    amount: Money
    section: str
    public_name: str = field(default="", repr=False)
    message: str = field(default="", repr=False)
    locale: str = "auto"
    pledge: str = field(default="", repr=False)
    page: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Started:
    """Where the donor pays; `url` is None if this very form was paid before.

    `session_id` is empty where the page of such a form never reached us.
    """

    url: str | None
    session_id: str


def give(parts: Parts, slug: str, request: GiftRequest) -> Started:
    """Make a donation and its payment page, or find those that this form made before.

    Raises NotNow, Invalid, UnknownFund or UnknownSection before anything is written, and
    GatewayUnavailable, GatewayRefused or Busy with the row kept for the next try.
    """
    with parts.database.unit_of_work() as session:
        fund = funds.by_slug(session, slug)
        row = _row(session, parts, fund, request)
        page_id = donations.page_of(session, row) or ""
    if row.status in PAID:
        return Started(None, page_id)
    if row.checkout_url is not None:
        return Started(row.checkout_url, page_id)
    page = parts.gateway.create_session(_order(parts, fund, row, request))
    with parts.database.unit_of_work() as session:
        _store_page(session, parts, row.id, page)
    return Started(page.url, page.id)


def _row(session: Session, parts: Parts, fund: Fund, request: GiftRequest) -> DonationRow:
    attempt, now = _attempt(fund, request), parts.clock()
    row = donations.by_attempt(session, attempt)
    if row is not None and row.status in PAID:
        return row
    pledge = payable_at(session, fund, request.page)
    if pledge is not None:
        refuse_unless_collecting(fund)
    else:
        # A number alone is looked up only while every other one starts a gift as well: otherwise
        # the refusal would tell which numbers there are.
        refuse_unless_open(fund, now)
        pledge = payable(session, fund, request.pledge)
    words = _words(request)
    if row is not None and _is_payable(row, now):
        # Who goes back to take a name off, and sends the form again, has taken it off.
        row.public_name, row.message = words["public_name"], words["message"]
        return row
    made_for = _purpose(session, fund, request, pledge)
    if row is not None:
        # The page of this form ran out: the form starts over, and the old row keeps its history.
        row.attempt = f"{attempt}:{row.token}"
        session.flush()
    values = {
        "token": secrets.token_urlsafe(16),
        "attempt": attempt,
        "account": parts.gateway.account,
        "fund_id": fund.id,
        "section_id": made_for.section_id,
        "method": Method.ONLINE,
        "currency": request.amount.currency,
        "amount": request.amount.minor,
        "rate_mantissa": made_for.rate.mantissa,
        "rate_scale": made_for.rate.scale,
        "pledge_id": made_for.pledge_id,
        "reference": made_for.reference,
        "reference_key": reference_key(session, made_for.reference),
        "status": DonationStatus.CREATED,
        "checkout_expires_at": int(now.timestamp()) + PAGE_OPEN,
        "actor": str(parts.actor),
        "created_at": now,
        **words,
    }
    return donations.add(session, values)


def _purpose(
    session: Session, fund: Fund, request: GiftRequest, pledge: PledgeRow | None
) -> Purpose:
    """Tell what a gift is for, and refuse what is too little or too much; raises Invalid.

    A number alone is refused what any other one is: else a refusal would tell which ones there are.
    """
    code = request.amount.currency
    paying = None if pledge is None else purpose_of(session, fund, code, pledge)
    if paying is not None and request.page:
        check_gift(fund, paying.rate, request.amount)
        return paying
    plain = purpose(session, fund, code, request.section, request.pledge)
    check_gift(fund, plain.rate, request.amount)
    return paying or plain


def _words(request: GiftRequest) -> dict[str, str | None]:
    """What the donor wrote, None where nothing; raises InvalidText."""
    return {
        "public_name": clean_line(request.public_name, field="public_name", limit=NAME_LIMIT)
        or None,
        "message": clean_text(request.message, field="message", limit=MESSAGE_LIMIT) or None,
    }


def _is_payable(row: DonationRow, now: datetime) -> bool:
    """Tell whether a row has a payment page that can still be paid, or can still get one."""
    left = row.checkout_expires_at - int(now.timestamp())
    if row.status == DonationStatus.CREATED:
        return left > SHORTEST_PAGE
    return row.status == DonationStatus.OPEN and left > SHORTEST_VISIT


def _attempt(fund: Fund, request: GiftRequest) -> str:
    """Name a form by its random number and by what makes it another gift, or another page."""
    amount = request.amount
    gift = [fund.slug, str(amount.minor), amount.currency, request.section, request.locale]
    gift += [typed for typed in (request.pledge, request.page) if typed]
    return sha256("\x1f".join((request.attempt, *gift)).encode()).hexdigest()


def _order(parts: Parts, fund: Fund, row: DonationRow, request: GiftRequest) -> SessionOrder:
    address = f"{parts.public_url}/f/{fund.slug}"
    return SessionOrder(
        token=row.token,
        amount=request.amount,
        fund_slug=fund.slug,
        fund_name=fund.name,
        section_code=request.section,
        success_url=f"{address}/thanks?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{address}/cancelled",
        expires_at=row.checkout_expires_at,
        locale=request.locale,
    )


def _store_page(session: Session, parts: Parts, donation_id: int, page: PaymentPage) -> None:
    """Remember the page, unless the worker or a second tap was quicker."""
    account, now = parts.gateway.account, parts.clock()
    row = donations.locked(session, donation_id)
    row.checkout_url = page.url
    if session.get(StripeRefRow, (account, page.id)) is None:
        session.add(StripeRefRow(account=account, id=page.id, donation_id=donation_id))
    if row.status == DonationStatus.CREATED:
        row.session_state = SessionState.OPEN
        row.status = DonationStatus.OPEN
    session.flush()
    inbox.wake(session, account, [page.id], now)
