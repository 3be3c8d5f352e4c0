"""Book pledges: what each counts after a change, less what it counted before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.ledger import totals
from fundtracker.domain.pledge_postings import change
from fundtracker.domain.totals import Totals
from fundtracker.store import ledger
from fundtracker.store.ledger import Booking
from fundtracker.store.pledges import derive, promise_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.ledger import Journal
    from fundtracker.domain.pledge_postings import Promise
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

# What is to be added to the totals of each (fund, section).
Changes = dict[tuple[int, int], Totals]


@dataclass(frozen=True, slots=True)
class Books:
    """The unit of work in which pledges change; `currencies` are the funds' own, by id."""

    session: Session
    parts: Parts
    currencies: Mapping[int, str]
    now: datetime

    def promise(self, row: PledgeRow) -> Promise:
        """A pledge as the ledger sees it."""
        return promise_of(row, self.currencies[row.fund_id])


def book_new(books: Books, rows: Iterable[PledgeRow]) -> Changes:
    """Book pledges that have just been made, and say themselves what `derive` would.

    Returns what `count` is to add.
    """
    return _book(books, [(row, None, books.promise(row)) for row in rows], "pledge")


def alter(
    books: Books, rows: Iterable[PledgeRow], kind: str, how: Callable[[PledgeRow], None]
) -> Changes:
    """Change pledges that are locked, and book it; each gets its next version.

    `kind` names the journals; nothing is booked of a change that moves no money. Returns what
    `count` is to add, which the caller does last.
    """
    pairs = []
    for row in rows:
        before = books.promise(row)
        how(row)
        row.version += 1
        pairs.append((row, before, books.promise(row)))
    books.session.flush()
    derive(books.session, [row for row, _, _ in pairs], books.currencies)
    return _book(books, pairs, kind)


def merged(*several: Changes) -> Changes:
    """Add up what several bookings change."""
    sums: defaultdict[tuple[int, int], Totals] = defaultdict(Totals)
    for changes in several:
        for place, added in changes.items():
            sums[place] += added
    return dict(sums)


def _book(
    books: Books, pairs: Iterable[tuple[PledgeRow, Promise | None, Promise]], kind: str
) -> Changes:
    bookings: list[Booking] = []
    sums: defaultdict[tuple[int, int], Totals] = defaultdict(Totals)
    for row, before, after in pairs:
        bookings += _journals(row, before, after, kind)
        for promise, sign in ((before, -1), (after, 1)):
            if promise is not None and promise.layer is not None:
                sums[promise.fund, promise.section] += Totals(pledges=sign)
    parts = books.parts
    ledger.post(books.session, parts.gateway.account, bookings, parts.actor, books.now)
    for booking in bookings:
        for place, moved in totals(booking.journal.entries).items():
            sums[place] += moved
    return {place: added for place, added in sums.items() if added != Totals()}


def _journals(
    row: PledgeRow, before: Promise | None, after: Promise, kind: str
) -> Iterable[Booking]:
    """Each change of a pledge has a version, so that it is booked once.

    One that goes to another section leaves the old one in a journal of its own: neither section
    reads of the other.
    """
    source = f"{row.number}:{row.version}"
    if before is None or before.section == after.section:
        journal = change(before, after, source, kind)
        return [_of(row, after, journal)] if journal else []
    gone = change(before, before.uncounted(), source, "pledge_moved_away")
    come = change(None, after, source, kind)
    return [
        _of(row, promise, journal)
        for promise, journal in ((before, gone), (after, come))
        if journal is not None
    ]


def _of(row: PledgeRow, promise: Promise, journal: Journal) -> Booking:
    return Booking(journal, row.fund_id, promise.section, None, row.id)
