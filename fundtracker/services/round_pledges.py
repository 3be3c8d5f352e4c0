"""Round pledges: give up the cents that rates left open of pledges that are paid."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fundtracker.services.book_pledges import Books, alter
from fundtracker.services.count import count
from fundtracker.store import funds, pledges

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

# Pledges of one transaction, so that nobody waits for long.
_STEP = 200


def round_pledges(parts: Parts, slug: str) -> int:
    """Give up every rest in the fund's currency of a pledge that is paid in its own.

    Done when a fund is closed, a few pledges at a time: done twice it changes nothing more. Returns
    how many pledges had one. Raises UnknownFund.
    """
    rounded, after = 0, 0
    while True:
        with parts.database.unit_of_work() as session:
            fund = funds.by_slug(session, slug)
            rows = pledges.paid_up(session, fund.id, after, _STEP)
            if not rows:
                return rounded
            books = Books(session, parts, {fund.id: fund.currency}, parts.clock())
            left = [row for row in rows if books.promise(row).open_base]
            changes = alter(books, left, "pledge_rounding", partial(_give_up, books))
            versions = count(session, changes, books.now)
        for changed, version in versions.items():
            parts.broker.announce(changed, version)
        rounded += len(left)
        after = rows[-1].id


def _give_up(books: Books, row: PledgeRow) -> None:
    row.rounded += books.promise(row).open_base
