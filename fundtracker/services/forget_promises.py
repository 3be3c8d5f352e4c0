"""Forget promises whose address never answered: whoever was named may never have heard of us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.pledges import PledgeStatus
from fundtracker.services.book_pledges import Books, alter
from fundtracker.store import funds, pledge_contacts

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow


# So many are forgotten at once: others want to write as well.
PAGE = 500


def forget_promises(parts: Parts) -> int:
    """Take names and addresses off what nobody confirmed, and expect it no more; return how many.

    They counted for nothing, so that no total has to be told.
    """
    done, page = 0, PAGE
    while page == PAGE:
        page = _forget_page(parts)
        done += page
    return done


def _forget_page(parts: Parts) -> int:
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        rows = pledge_contacts.unanswered(session, now, PAGE)
        known = funds.by_ids(session, {row.fund_id for row in rows})
        currencies = {number: fund.currency for number, fund in known.items()}
        alter(Books(session, parts, currencies, now), rows, "pledge_forgotten", _forget)
    return len(rows)


def _forget(row: PledgeRow) -> None:
    row.status = PledgeStatus.CANCELLED
    row.name = row.email = row.message = row.email_key = row.name_key = row.locale = None
