"""What the donations of a filter came to in the ledger: by section, method, currency and rate."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from fundtracker.domain.ledger import RECEIVED
from fundtracker.domain.rates import Rate
from fundtracker.store.donations import DonationRow
from fundtracker.store.ledger import EntryRow, JournalRow
from fundtracker.store.treasury_donations import narrowed
from fundtracker.store.treasury_search import resolve

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.scope import Scope

_GROUP = (
    DonationRow.section_id,
    DonationRow.method,
    DonationRow.currency,
    DonationRow.rate_mantissa,
    DonationRow.rate_scale,
)


@dataclass(slots=True)
class Group:
    """Donations of one section that came in one way, in one currency, at one rate.

    `amounts` are sums of entries by account and currency, in minor units, debit positive; `base`
    is what they put on the accounts of gifts, in those of the fund's currency.
    """

    section_id: int
    method: str
    currency: str
    rate: Rate | None
    donations: int = 0
    amounts: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    base: int = 0


def groups(session: Session, wanted: LedgerFilter, scope: Scope) -> list[Group]:
    """Everything that was booked for the donations that a filter leaves, summed up."""
    search = resolve(session, wanted, scope)
    if search is None:
        return []
    found: dict[Any, Group] = {}
    booked = (
        select(
            *_GROUP,
            EntryRow.account,
            EntryRow.currency.label("coin"),
            func.sum(EntryRow.amount).label("amount"),
            func.sum(EntryRow.base).label("base"),
        )
        .select_from(DonationRow)
        .join(JournalRow, JournalRow.donation_id == DonationRow.id)
        .join(EntryRow, EntryRow.journal_id == JournalRow.id)
        .group_by(*_GROUP, EntryRow.account, EntryRow.currency)
    )
    for row in session.execute(narrowed(booked, wanted, search, scope)):
        group = _group(found, row)
        group.amounts[row.account, row.coin] += int(row.amount)
        if row.account in RECEIVED:
            group.base += int(row.base or 0)
    counted = select(*_GROUP, func.count().label("number")).where(DonationRow.kept > 0)
    query = narrowed(counted.group_by(*_GROUP), wanted, search, scope)
    for row in session.execute(query):
        _group(found, row).donations = row.number
    return list(found.values())


def _group(found: dict[Any, Group], row: Any) -> Group:  # noqa: ANN401 - a row of either query
    key = tuple(row[: len(_GROUP)])
    rate = None if row.rate_mantissa is None else Rate(row.rate_mantissa, row.rate_scale)
    return found.setdefault(key, Group(row.section_id, row.method, row.currency, rate))
