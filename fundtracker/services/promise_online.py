"""Promise online: a pledge that counts for nothing yet, and a mail that asks whether it is meant.

What is answered is the same whatever the address, and whoever has promised with it before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from fundtracker.domain.attempts import NO_MORE_MAILS, promise_limits
from fundtracker.domain.emails import email_address
from fundtracker.domain.errors import NoRate, TooManyRequests
from fundtracker.domain.funds import refuse_unless_open
from fundtracker.domain.pledges import PledgeSource, schedule
from fundtracker.domain.promises import check_day, check_promise
from fundtracker.domain.text import clean_line
from fundtracker.services.notify import notify
from fundtracker.services.pledge_links import make_link
from fundtracker.services.promise import NewPledge, promise
from fundtracker.services.purpose import section_of
from fundtracker.services.throttle import count_attempt
from fundtracker.store import funds, pledges, rates

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.money import Money
    from fundtracker.services.parts import Parts

NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class PromiseRequest:
    """What somebody filled in; `attempt` is random and names the form, `section` a code or "".

    The first of the monthly `parts` is due on the day `due`. `locale` is the language that the form
    was read in, and mails are written in.
    """

    attempt: str
    amount: Money
    section: str
    parts: int
    due: date
    email: str = field(repr=False)
    name: str = field(default="", repr=False)
    locale: str | None = None


def promise_online(parts: Parts, slug: str, request: PromiseRequest) -> None:
    """Write a promise down and ask its address; the same form twice is one promise.

    Raises NotNow, Invalid, UnknownFund or UnknownSection before anything is written, and so
    TooManyRequests where everybody together promises too often. An address that is named too often
    is not written to any more, and nobody learns that.
    """
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        attempt = _attempt(fund, request)
        if pledges.by_attempt(session, attempt) is not None:
            return
        wanted = _wanted(session, parts, fund, request, attempt)
    try:
        count_attempt(parts, promise_limits(wanted.email))
        _write(parts, fund, wanted)
    except TooManyRequests as error:
        if error.message == NO_MORE_MAILS:
            raise
    except IntegrityError:
        if not _is_known(parts, attempt):
            raise


def _write(parts: Parts, fund: Fund, wanted: NewPledge) -> None:
    with parts.database.unit_of_work() as session:
        # It counts for nothing, so that no total has to be told.
        row = promise(session, parts, fund, [wanted]).rows[0]
        link, ends_at = make_link(session, parts, row.id)
        # No word that somebody typed: whoever is named here may never have heard of us.
        told = {
            "fund": fund,
            "amount": wanted.amount,
            "link": link,
            "expires_at": ends_at,
        }
        notify(session, parts, "promise", wanted.email, tag=wanted.locale, **told)


def _is_known(parts: Parts, attempt: str) -> bool:
    """Tell whether the same form, sent at the same moment, was quicker."""
    with parts.database.reading() as session:
        return pledges.by_attempt(session, attempt) is not None


def _wanted(
    session: Session, parts: Parts, fund: Fund, request: PromiseRequest, attempt: str
) -> NewPledge:
    now, amount = parts.clock(), request.amount
    refuse_unless_open(fund, now)
    rate = rates.current(session, fund).get(amount.currency)
    if rate is None:
        raise NoRate(currency=amount.currency)
    check_promise(fund, rate, amount, request.parts)
    check_day(request.due, now.astimezone(ZoneInfo(fund.timezone)).date())
    return NewPledge(
        section_id=section_of(session, fund, request.section),
        amount=amount,
        source=PledgeSource.ONLINE,
        counted=False,
        instalments=schedule(amount, request.parts, request.due),
        attempt=attempt,
        locale=request.locale,
        name=clean_line(request.name, field="name", limit=NAME_LIMIT),
        email=email_address(request.email),
    )


def _attempt(fund: Fund, request: PromiseRequest) -> str:
    """Name a form by its random number and by what makes it another promise."""
    amount = request.amount
    said = (str(amount.minor), amount.currency, request.section, str(request.parts))
    whole = (request.attempt, fund.slug, *said, str(request.due), request.email, request.name)
    return sha256("\x1f".join(whole).encode()).hexdigest()
