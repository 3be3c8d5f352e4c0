"""Name a pledge: who holds the page of one without a name writes theirs on it, and an address.

From then on its number alone leads nowhere, and the address is written to once it has answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.attempts import promise_limits
from fundtracker.domain.audit import Action
from fundtracker.domain.emails import email_address
from fundtracker.domain.errors import N_, InvalidText, NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeSource
from fundtracker.domain.scope import Scope
from fundtracker.domain.text import clean_line
from fundtracker.services.change_pledge import changing
from fundtracker.services.notify import notify
from fundtracker.services.pledge_links import make_link
from fundtracker.services.promise_online import NAME_LIMIT
from fundtracker.services.restate_pledge import write_name
from fundtracker.services.throttle import count_attempt
from fundtracker.store import funds, pledge_contacts
from fundtracker.store.pledges import email_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.change_pledge import Shown
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

_NAMED = N_("This promise has a name already. To change it, please write to the treasurer.")


def name_pledge(
    parts: Parts, shown: Shown, typed_name: str, typed_email: str, locale: str | None = None
) -> None:
    """Write a name on a pledge, and an address if one is given, which is asked.

    `locale` is the language that the page was read in, and mails are written in. Raises Invalid,
    Changed, NotNow where a name is on it, and TooManyRequests for an address that is named too
    often.
    """
    name = clean_line(typed_name, field="name", limit=NAME_LIMIT)
    if not name:
        raise InvalidText(N_("Please enter a name."), field="name")
    email = email_address(typed_email) if typed_email.strip() else ""
    if email:
        count_attempt(parts, promise_limits(email))
    with changing(parts, shown, Scope.everything()) as change:
        row = change.row
        if row.source != PledgeSource.FLOOR or pledge_contacts.is_named(change.session, row.id):
            raise NotNow(_NAMED)

        def write(row: PledgeRow) -> None:
            write_name(change.session, row, name)
            if email:
                _write_to(change.session, parts, row, email, locale)

        change.do(Action.PLEDGE_CHANGED, "pledge_named", write)


def _write_to(
    session: Session, parts: Parts, row: PledgeRow, email: str, locale: str | None
) -> None:
    fund = funds.by_ids(session, [row.fund_id])[row.fund_id]
    row.email, row.email_key, row.locale = email, email_key(session, email), locale
    link, ends_at = make_link(session, parts, row.id)
    amount = Money(row.amount, row.currency)
    told = {"fund": fund, "amount": amount, "link": link, "expires_at": ends_at}
    notify(session, parts, "address", email, tag=locale, **told)
