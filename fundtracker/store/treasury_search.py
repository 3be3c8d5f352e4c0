"""What a filter of the ledger means in the database: ids looked up first, then plain conditions.

The names in a filter are resolved before the query, so that each query is over one table with an
index for its order; databases that may choose do not always choose that by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, union

from fundtracker.domain.filters import comparable
from fundtracker.store.base import fingerprints
from fundtracker.store.donations import DonationRow, StripeRefRow
from fundtracker.store.inbox import InboxRow
from fundtracker.store.payments import BalanceTransactionRow
from fundtracker.store.scoping import within
from fundtracker.store.treasury_places import Days, days_of, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, CompoundSelect
    from sqlalchemy.orm import Session

    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.scope import Scope
    from fundtracker.store.ledger import JournalRow
    from fundtracker.store.pledges import PledgeRow
    from fundtracker.store.treasury_places import Meant, Moment, Number

# A reference such as "gift" may stand on any number of transfers.
_MOST_FOUND = 500
# So many are read one by one rather than looked for in a list of any length.
_FEW = 500


@dataclass(frozen=True, slots=True)
class Search:
    """A filter whose names were looked up.

    `named` are the donations that its text names, `few` those that another field leaves, where
    they are few: read by their numbers, for walking a long list for them takes too long. None
    stands for all.
    """

    place: Meant
    days: tuple[Days, ...]
    named: frozenset[int] | None
    few: frozenset[int] | None

    @property
    def fund_id(self) -> int | None:
        """The one fund that is meant."""
        return self.place.fund_id

    @property
    def section_id(self) -> int | None:
        """The one section that is meant."""
        return self.place.section_id

    @property
    def donations(self) -> frozenset[int] | None:
        """The donations that can be meant at all, None where that may be any."""
        if self.named is None or self.few is None:
            return self.few if self.named is None else self.named
        return self.named & self.few

    @property
    def by_date(self) -> bool:
        """Whether the filter names days: then the order is that of their column."""
        return bool(self.days)

    def between(self, moment: Moment, fund: Number) -> Iterator[ColumnElement[bool]]:
        """Yield what the days ask of a column: each fund's own, from its own midnight on."""
        if not self.days:
            return
        since = min((days.since for days in self.days if days.since is not None), default=None)
        until = max((days.until for days in self.days if days.until is not None), default=None)
        # What an index can begin and end at; with one timezone it is all there is to say.
        yield from Days(frozenset(), since, until).hold(moment)
        if len(self.days) > 1:
            own = (and_(fund.in_(days.funds), *days.hold(moment)) for days in self.days)
            yield or_(fund.is_(None), *own)


def resolve(session: Session, wanted: LedgerFilter, scope: Scope) -> Search | None:
    """Look up the names in a filter; None where one of them means nothing within the scope."""
    place = place_of(session, wanted, scope)
    if place is None:
        return None
    named = named_by(session, wanted.text, scope) if wanted.text else None
    return Search(
        place,
        tuple(days_of(wanted.since, wanted.until, place.funds)),
        named,
        _few_donations(session, wanted, scope, place),
    )


def few(
    session: Session,
    table: type[DonationRow | JournalRow | PledgeRow],
    asked: ColumnElement[bool],
    scope: Scope,
) -> frozenset[int] | None:
    """The rows that a condition leaves, None where they are many."""
    query = within(select(table.id).where(asked), scope, table.fund_id, table.section_id)
    found = session.scalars(query.limit(_FEW + 1)).all()
    return frozenset(found) if len(found) <= _FEW else None


def _few_donations(
    session: Session, wanted: LedgerFilter, scope: Scope, place: Meant
) -> frozenset[int] | None:
    """The donations that any one field of a filter leaves, where that is few."""
    columns = {
        DonationRow.method: wanted.method or None,
        DonationRow.status: wanted.status or None,
        DonationRow.account: wanted.account or None,
        DonationRow.section_id: place.section_id,
        DonationRow.fund_id: place.fund_id,
    }
    for column, value in columns.items():
        found = None if value is None else few(session, DonationRow, column == value, scope)
        if found is not None:
            return found
    return None


def accounts(session: Session) -> list[str]:
    """The Stripe accounts that ever told us anything: a step in the index for each.

    Every id of Stripe's stands under its account, so that it is found without reading them all.
    """
    found: list[str] = []
    query = select(func.min(InboxRow.account))
    account = session.scalar(query)
    while account is not None:
        found.append(account)
        account = session.scalar(query.where(InboxRow.account > account))
    return found


def named_by(session: Session, text: str, scope: Scope) -> frozenset[int]:
    """The donations that a token, an id of Stripe's or a reference names, within a scope."""
    own = accounts(session)
    looked_up: CompoundSelect[int | None] = union(
        select(DonationRow.id).where(DonationRow.token == text),
        select(StripeRefRow.donation_id).where(
            StripeRefRow.account.in_(own), StripeRefRow.id == text
        ),
        select(BalanceTransactionRow.donation_id).where(
            BalanceTransactionRow.account.in_(own),
            BalanceTransactionRow.id == text,
            BalanceTransactionRow.donation_id.is_not(None),
        ),
    )
    # Two steps, for an OR over tables makes PostgreSQL read every donation.
    keys = fingerprints(session, comparable(text))
    found = {
        *session.scalars(looked_up),
        *session.scalars(
            within(
                select(DonationRow.id)
                .where(DonationRow.reference_key.in_(keys))
                .order_by(DonationRow.id.desc())
                .limit(_MOST_FOUND),
                scope,
                DonationRow.fund_id,
                DonationRow.section_id,
            ),
        ),
    }
    if not found:
        return frozenset()
    query = select(DonationRow.id).where(DonationRow.id.in_(found))
    return frozenset(
        session.scalars(within(query, scope, DonationRow.fund_id, DonationRow.section_id)),
    )
