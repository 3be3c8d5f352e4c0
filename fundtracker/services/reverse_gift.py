"""Reverse a gift that was entered by hand: the ledger is never edited, a journal takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.entered import refuse_unless_enterable, reversal
from fundtracker.domain.errors import N_, Invalid, InvalidText, NotNow
from fundtracker.domain.ledger import totals
from fundtracker.domain.text import clean_line
from fundtracker.domain.totals import Totals
from fundtracker.services.book_pledges import Books, merged
from fundtracker.services.count import count
from fundtracker.services.pay_pledges import follow
from fundtracker.services.record import record
from fundtracker.store import donations, funds, ledger
from fundtracker.store.ledger import Booking

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow

REASON_LIMIT = 500


class ReversedBefore(NotNow):
    """It was taken back already, perhaps by this very form."""

    message = N_("This gift is reversed already.")


def reverse_gift(parts: Parts, token: str, reason: str, scope: Scope) -> None:
    """Take a gift by bank, in cash or by cheque back whole.

    Raises UnknownDonation, Invalid, NotNow or ReversedBefore, and then nothing is written.
    """
    reason = clean_line(reason, field="reason", limit=REASON_LIMIT)
    if not reason:
        raise InvalidText(N_("Say why: whoever checks the books will ask."), field="reason")
    with parts.database.unit_of_work() as session:
        row = donations.locked_by_token(session, token, scope)
        _check(session, row)
        versions = _reverse(session, parts, row)
        record(
            session,
            parts,
            Action.GIFT_REVERSED,
            f"donation:{row.token}",
            fund_id=row.fund_id,
            section_id=row.section_id,
            before={"kept": row.amount, "currency": row.currency},
            after={"kept": 0, "currency": row.currency},
            private={"reason": reason},
        )
    for slug, version in versions.items():
        parts.broker.announce(slug, version)


def _check(session: Session, row: DonationRow) -> None:
    if row.method == Method.ONLINE:
        raise Invalid(N_("This gift came through Stripe. It can be refunded, not reversed."))
    if row.status == DonationStatus.CANCELLED:
        raise ReversedBefore
    refuse_unless_enterable(funds.by_ids(session, [row.fund_id])[row.fund_id])


def _reverse(session: Session, parts: Parts, row: DonationRow) -> dict[str, int]:
    now = parts.clock()
    # The very entries of the gift, so that it falls by exactly what it raised.
    journal = reversal(ledger.booked(session, row.id, "gift"))
    bookings = [Booking(journal, row.fund_id, row.section_id, row.id)]
    ledger.post(session, row.account, bookings, parts.actor, now)
    row.status, row.kept = DonationStatus.CANCELLED, 0
    session.flush()
    change = totals(journal.entries)[row.fund_id, row.section_id] + Totals(donations=-1)
    currencies = {row.fund_id: funds.by_ids(session, [row.fund_id])[row.fund_id].currency}
    promised = follow(Books(session, parts, currencies, now), [row], ())
    return count(session, merged({(row.fund_id, row.section_id): change}, promised), now)
