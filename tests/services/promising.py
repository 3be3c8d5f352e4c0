"""What tests of promises do again and again: promise, read the mail, answer it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, cast

from sqlalchemy import select
from sqlalchemy.orm import undefer

from fundtracker.domain.money import Money
from fundtracker.services.confirm_promise import confirm_promise
from fundtracker.services.promise_online import PromiseRequest, promise_online
from fundtracker.services.work import work
from fundtracker.store.pledge_contacts import PledgeContactRow
from fundtracker.store.pledges import PledgeRow
from tests.support.mailbox import Mailbox, link_in

if TYPE_CHECKING:
    from fundtracker.mail.messages import Message
    from fundtracker.services.parts import Parts

FIFTY = Money(5000, "GBP")
PROMISE = PromiseRequest(
    attempt="a-form-of-today",
    amount=FIFTY,
    section="GB",
    parts=1,
    due=date(2026, 7, 12),
    email="anna@example.org",
    name="Anna Canary",
)


def mails(parts: Parts) -> list[Message]:
    """Send what waits, and return everything that was ever sent."""
    while work(parts):
        pass
    return cast("Mailbox", parts.delivery).messages


def link(parts: Parts) -> str:
    """Return the token of the link in the last mail."""
    return link_in(mails(parts)[-1], "p").rpartition("/")[2]


def promised(parts: Parts, slug: str = "hall", /, **changes: object) -> str:
    """Promise online; return the token of the link that came by mail."""
    promise_online(parts, slug, replace(PROMISE, **changes))  # type: ignore[arg-type]
    return link(parts)


def confirmed(parts: Parts, slug: str = "hall", /, **changes: object) -> str:
    """Promise online and say yes; return the promise's token."""
    return confirm_promise(parts, promised(parts, slug, **changes)).partition(".")[0]


def pledges(parts: Parts) -> list[PledgeRow]:
    """Return every pledge, with what is private."""
    with parts.database.reading() as session:
        query = select(PledgeRow).options(undefer("*")).order_by(PledgeRow.id)
        return list(session.scalars(query))


def contact(parts: Parts) -> PledgeContactRow:
    """Return the only contact."""
    with parts.database.reading() as session:
        return session.scalars(select(PledgeContactRow)).one()
