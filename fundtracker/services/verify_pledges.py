"""Verify pledges: invariant 3, row by row: what is promised, what pays it, what is booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.allocations import kept_part
from fundtracker.domain.ledger import Account
from fundtracker.services.merge import gift_of
from fundtracker.store import allocations, funds, pledges
from fundtracker.store import verify_pledges as questions
from fundtracker.store.pledges import promise_of
from fundtracker.store.verify_pledges import Booked, Paid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from fundtracker.domain.pledge_postings import Promise


def verify_pledges(session: Session) -> Iterator[str]:
    """Name the pledges that are not what was agreed, and what pays them that is not."""
    currencies = {fund.id: fund.currency for fund in funds.all_funds(session)}
    for rows in questions.pledges(session):
        ids = [row.id for row in rows]
        booked, paid = questions.booked(session, ids), questions.paid(session, ids)
        due = pledges.schedules(session, ids)
        for row in rows:
            promise = promise_of(row, currencies[row.fund_id])
            said, true = Paid(row.paid, row.paid_base), paid.get(row.id, Paid())
            if said != true:
                yield f"Pledge {row.id} says {said}; what is allocated comes to {true}."
            ledger, expected = booked.get(row.id, Booked()), _expected(promise)
            if ledger != expected:
                yield f"Pledge {row.id} is booked as {ledger}; what is open comes to {expected}."
            if sum(amount for _, amount in due[row.id]) != row.amount:
                yield f"Pledge {row.id} is for {row.amount}; its instalments are not."
            listed = (promise.promised_base, pledges.oldest_open(row, due[row.id]))
            if (row.base, row.open_due) != listed:
                yield f"Pledge {row.id} is listed as {row.base}, {row.open_due}; it is {listed}."
    yield from _parts(session, currencies)


def _parts(session: Session, currencies: dict[int, str]) -> Iterator[str]:
    for rows in questions.paying(session):
        agreed = allocations.confirmed_of(session, [row.id for row in rows])
        named = {part.pledge_id for parts in agreed.values() for part in parts}
        promises = pledges.by_ids(session, named)
        for row in rows:
            gift, before = gift_of(row, currencies[row.fund_id]), 0
            for part in agreed[row.id]:
                promise = promise_of(promises[part.pledge_id], gift.base_currency)
                left = kept_part(part.share, promise, gift, before, row.kept)
                before += part.given
                if (left.amount, left.base) != (part.kept_amount, part.kept_base):
                    yield f"Allocation {part.id} says that it pays something else than is kept."


def _expected(promise: Promise) -> Booked:
    open_ = (promise.open_amount, promise.open_base)
    if promise.layer is Account.PLEDGED:
        return Booked(*open_, 0, 0)
    if promise.layer is Account.UNCONFIRMED:
        return Booked(0, 0, *open_)
    return Booked()
