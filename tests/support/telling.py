"""What a provider tells, brought to the inbox as its webhooks do, and what came of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.receive import Intake
from fundtracker.services.settle import settle_all
from fundtracker.store import totals
from fundtracker.store.donations import DonationRow
from fundtracker.store.inbox import InboxRow
from fundtracker.store.ledger import EntryRow, JournalRow
from tests.support.gateway import SIGNATURE

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.factories.stripe import Body


class Known(NamedTuple):
    """How a donation stands."""

    status: str
    kept: int


def tell(parts: Parts, *events: Body) -> None:
    """Bring events to the inbox, and no further."""
    intake = Intake(parts)
    for event in events:
        intake.receive(json.dumps(event).encode(), SIGNATURE)


def tell_and_settle(parts: Parts, *events: Body) -> list[str]:
    """Bring events, settle all there is, and return the state of every row, oldest first."""
    tell(parts, *events)
    settle_all(parts)
    return states(parts)


def states(parts: Parts) -> list[str]:
    """Return the state of every row of the inbox, oldest first."""
    with parts.database.reading() as session:
        return list(session.scalars(select(InboxRow.state).order_by(InboxRow.id)))


def rows(parts: Parts) -> list[InboxRow]:
    """Return every row of the inbox, oldest first."""
    with parts.database.reading() as session:
        return list(session.scalars(select(InboxRow).order_by(InboxRow.id)))


def known(parts: Parts, token: str) -> Known:
    """Return how a donation stands."""
    query = select(DonationRow.status, DonationRow.kept).where(DonationRow.token == token)
    with parts.database.reading() as session:
        return Known(*session.execute(query).one())


def whole(parts: Parts, fund_id: int) -> Totals:
    """Return the totals of a fund."""
    with parts.database.reading() as session:
        return sum(totals.of_fund(session, fund_id, Scope.everything()).values(), Totals())


def books_of(parts: Parts, donation_id: int) -> dict[tuple[str, str], int]:
    """Return what the journals of a donation put on every account, zeros left out."""
    query = (
        select(EntryRow.account, EntryRow.currency, func.sum(EntryRow.amount).label("sum"))
        .join(JournalRow, JournalRow.id == EntryRow.journal_id)
        .where(JournalRow.donation_id == donation_id)
        .group_by(EntryRow.account, EntryRow.currency)
    )
    with parts.database.reading() as session:
        found = session.execute(query).all()
    return {(row.account, row.currency): int(row.sum) for row in found if row.sum}
