"""One row of every table that belongs to a section, whatever columns it may have by then."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlalchemy.types import TypeDecorator

from fundtracker.domain.actors import Actor
from fundtracker.domain.ledger import Account, Entry, Journal
from fundtracker.store import ledger, tables
from fundtracker.store.base import Base, Encrypted
from fundtracker.store.ledger import Booking
from fundtracker.store.policies import OF_A_DONATION, OF_A_PLEDGE
from fundtracker.store.prepared import PreparedRow
from tests.factories.rows import NOW, a_donation

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.orm import Session

    from fundtracker.store.donations import DonationRow
    from fundtracker.store.funds import FundRow

_NUMBERS = itertools.count(1)
_FILLERS = {int: 1, bool: False, datetime: NOW, date: NOW.date()}
# Importing `tables` is what declares them all.
assert tables.ALL
TABLES = Base.metadata.tables


def a_gift_in_every_table(session: Session, fund: FundRow, section_id: int) -> DonationRow:
    """Add a donation of a section, and a row about it in every table that has such rows."""
    donation = a_donation(session, fund, section_id=section_id)
    for table in OF_A_DONATION:
        add(session, table, donation_id=donation.id)
    for table in ("day", "paper_sum"):
        add(session, table, fund_id=fund.id, section_id=section_id)
    add(session, "refund", donation_id=donation.id, fund_id=fund.id, section_id=section_id)
    # A section prepares one announcement.
    if session.get(PreparedRow, (fund.id, section_id)) is None:
        add(session, "prepared", fund_id=fund.id, section_id=section_id)
    # Numbers of lines are a fund's own.
    add(session, "call", fund_id=fund.id, section_id=section_id, number=1000 + next(_NUMBERS))
    pledge = add(session, "pledge", fund_id=fund.id, section_id=section_id)
    for table in OF_A_PLEDGE:
        add(session, table, pledge_id=pledge)
    add(
        session,
        "allocation",
        fund_id=fund.id,
        section_id=section_id,
        donation_id=donation.id,
        pledge_id=pledge,
    )
    book(session, donation)
    return donation


def book(session: Session, donation: DonationRow) -> None:
    """Book a donation as a gift to its section."""
    fund, section = donation.fund_id, donation.section_id
    entries = (
        Entry(Account.STRIPE_CLEARING, 5000, "GBP", holder="main", fund=fund, section=section),
        Entry(Account.GIFTS, -5000, "GBP", base=-5750, fund=fund, section=section),
    )
    booking = Booking(Journal(f"pi_{donation.id}", "gift", entries), fund, section, donation.id)
    ledger.post(session, "main", [booking], Actor.worker(), NOW)


def add(session: Session, table: str, **known: object) -> int:
    """Add a row, of which a test names what matters, and return its number if it has one."""
    filled = {
        column.name: _filler(column)
        for column in TABLES[table].columns
        if not column.nullable
        and column.default is None
        and column is not TABLES[table].autoincrement_column
    }
    added = session.connection().execute(insert(TABLES[table]).values(filled | known))
    key = (added.inserted_primary_key or (0,))[0]
    return key if isinstance(key, int) else 0


def _filler(column: Column[Any]) -> object:
    type_ = column.type
    if isinstance(type_, Encrypted):
        return f"x{next(_NUMBERS)}"
    kind = (type_.impl_instance if isinstance(type_, TypeDecorator) else type_).python_type
    return f"x{next(_NUMBERS)}" if kind is str else _FILLERS[kind]
