"""Answer: what whoever promised may change from the pledge's own page, without being asked why.

They choose another day, promise less, withdraw, say that it is paid, and stop the mails. To promise
more is another promise: this one may count, and nobody moves the hall's number by themselves.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, InvalidAmount
from fundtracker.domain.money import Money
from fundtracker.domain.promises import check_day, lowered, postponed
from fundtracker.domain.scope import Scope
from fundtracker.services.decide_pledge import cancel_pledge
from fundtracker.services.record import record
from fundtracker.services.restate_pledge import restate_pledge
from fundtracker.store import funds, pledge_contacts, pledges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from fundtracker.services.change_pledge import Shown
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledge_contacts import PledgeContactRow

# Whoever holds the address of the page, which is the key.
_HOLDER = Scope.everything()


def postpone(parts: Parts, shown: Shown, first: date) -> None:
    """Let what is open be due from another day on; raises Invalid, NotNow or Changed."""
    with parts.database.reading() as session:
        row = pledges.by_token(session, shown.token, _HOLDER)
        zone = ZoneInfo(funds.by_ids(session, [row.fund_id])[row.fund_id].timezone)
        known = pledges.instalments(session, row)
    check_day(first, parts.clock().astimezone(zone).date(), field="date")
    wanted = postponed(known, Money(row.paid, row.currency), first)
    restate_pledge(parts, shown, wanted, _HOLDER)


def lower(parts: Parts, shown: Shown, amount: Money) -> None:
    """Let less be promised, down to what is paid; raises Invalid, NotNow or Changed."""
    with parts.database.reading() as session:
        row = pledges.by_token(session, shown.token, _HOLDER)
        known = pledges.instalments(session, row)
    paid, promised = Money(row.paid, row.currency), Money(row.amount, row.currency)
    if not paid <= amount <= promised:
        raise InvalidAmount(
            N_(
                "Choose an amount from %(least)s, which is paid, to %(most)s. To promise more,"
                " please make another promise."
            ),
            least=paid,
            most=promised,
        )
    restate_pledge(parts, shown, lowered(known, amount, paid), _HOLDER)


def withdraw(parts: Parts, shown: Shown) -> None:
    """Take the rest of a promise back; what is paid stays given. Raises NotNow or Changed."""
    cancel_pledge(parts, shown, _HOLDER)


def say_paid(parts: Parts, token: str) -> None:
    """Tell the treasurer that it is paid already; nobody is reminded before they have looked."""
    with _contact(parts, token) as contact:
        contact.said_paid_at = contact.said_paid_at or parts.clock()


def looked_at(parts: Parts, token: str, scope: Scope) -> None:
    """Let reminders go on: the treasurer has looked for a payment that somebody told of."""
    with parts.database.unit_of_work() as session:
        row = pledges.locked_by_token(session, token, scope)
        pledge_contacts.of_pledge(session, row.id).said_paid_at = None
        record(
            session,
            parts,
            Action.PLEDGE_CHANGED,
            f"pledge:{row.number}",
            fund_id=row.fund_id,
            section_id=row.section_id,
            after={"looked_at": True},
        )


def stop_mails(parts: Parts, token: str) -> None:
    """Write no more mails about a pledge."""
    with _contact(parts, token) as contact:
        contact.stopped_at = contact.stopped_at or parts.clock()


def want_mails(parts: Parts, token: str) -> None:
    """Write mails again."""
    with _contact(parts, token) as contact:
        contact.stopped_at = None


@contextmanager
def _contact(parts: Parts, token: str) -> Iterator[PledgeContactRow]:
    with parts.database.unit_of_work() as session:
        row = pledges.locked_by_token(session, token, _HOLDER)
        yield pledge_contacts.of_pledge(session, row.id)
