"""Thank: what the donor who comes back from the payment page is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.money import Money
from fundtracker.services.schedule import ASK_SESSION
from fundtracker.store import donations, funds, jobs, pledges
from fundtracker.store.pledges import promise_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow

# If no webhook came by then, Stripe is asked, once.
ASK_AFTER = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class PaidPledge:
    """The promise that a gift was made for, and what is open of it by now."""

    token: str
    open: Money


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a donor's gift stands; `for_promise` where one was named, whether it was found or not."""

    status: DonationStatus
    amount: Money
    pledge: PaidPledge | None = None
    for_promise: bool = False


def outcome(parts: Parts, slug: str, session_id: str) -> Outcome:
    """Tell how the gift of a payment page stands; raises UnknownDonation or UnknownFund.

    It is "processing" and never "failed" while nothing is known, for the donor was sent here by
    the payment page.
    """
    account = parts.gateway.account
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        row = donations.of_session(session, account, fund.id, session_id)
        found = Outcome(
            DonationStatus(row.status),
            Money(row.amount, row.currency),
            _pledge(session, row, fund),
            for_promise=row.pledge_id is not None or row.reference_key is not None,
        )
        asked = jobs.exists(session, _key(account, session_id))
    if found.status not in {DonationStatus.CREATED, DonationStatus.OPEN}:
        return found
    if not asked:
        with parts.database.unit_of_work() as session:
            due_at = parts.clock() + ASK_AFTER
            jobs.enqueue(session, _key(account, session_id), ASK_SESSION, session_id, due_at)
    return replace(found, status=DonationStatus.PROCESSING)


def _pledge(session: Session, row: DonationRow, fund: Fund) -> PaidPledge | None:
    if row.pledge_id is None:
        return None
    pledge = pledges.by_ids(session, [row.pledge_id])[row.pledge_id]
    left = promise_of(pledge, fund.currency).open_amount
    return PaidPledge(pledge.token, Money(left, pledge.currency))


def _key(account: str, session_id: str) -> str:
    return f"{ASK_SESSION}:{account}:{session_id}"
