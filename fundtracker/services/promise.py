"""Promise: make pledges, each with a number, its rate frozen and the days on which it is due."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.errors import N_, Invalid, NoRate
from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.domain.pledges import MOST_COUNTED, Instalment, PledgeSource, PledgeStatus
from fundtracker.domain.references import new_number
from fundtracker.services.book_pledges import Books, book_new
from fundtracker.store import pledges, rates
from fundtracker.store.pledges import PledgeRow, email_key, name_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.desk.values import PaidBy
    from fundtracker.domain.funds import Fund
    from fundtracker.domain.money import Money
    from fundtracker.domain.rates import Rate
    from fundtracker.services.book_pledges import Changes
    from fundtracker.services.parts import Parts

# Without a day of its own a pledge is due with the end of the collection, or after so many days.
_USUAL_DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NewPledge:
    """What somebody promises; without instalments all of it is due on the usual day.

    With `counted` false it moves no number until somebody has confirmed it. Without a name it is
    a placeholder. `attempt` names the form, where one made it. `rate` is that of the fund's table
    where the caller has it already.
    """

    section_id: int
    amount: Money
    source: PledgeSource
    status: PledgeStatus = PledgeStatus.UNCONFIRMED
    counted: bool = True
    paid_by: PaidBy | None = None
    instalments: tuple[Instalment, ...] = ()
    call_id: int | None = None
    attempt: str | None = None
    locale: str | None = None
    rate: Rate | None = None
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    message: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """The pledges that were made, and what `count` is to add to the totals."""

    rows: list[PledgeRow]
    changes: Changes


def promise(session: Session, parts: Parts, fund: Fund, wanted: Sequence[NewPledge]) -> Made:
    """Make pledges in the caller's unit of work, which counts `changes` last.

    Raises NoRate for a currency without one, and Invalid for instalments that are not the sum; then
    the caller's unit of work is to end with that error.
    """
    now = parts.clock()
    asked = any(new.rate is None for new in wanted)
    known = rates.current(session, fund) if asked else {}
    numbers = _numbers(session, len(wanted))
    usual = usual_due(fund, now)
    rows = [
        _row(session, parts, fund, new, number, _rate(known, new, fund.currency), usual, now)
        for new, number in zip(wanted, numbers, strict=True)
    ]
    session.add_all(rows)
    session.flush()
    for row, new in zip(rows, wanted, strict=True):
        session.add_all(pledges.instalment_rows(row, _instalments(new, usual)))
    session.flush()
    return Made(rows, book_new(Books(session, parts, {fund.id: fund.currency}, now), rows))


def usual_due(fund: Fund, now: datetime) -> date:
    """Return the day by which a pledge without a day of its own is due, in the fund's timezone."""
    zone = ZoneInfo(fund.timezone)
    closes = fund.closes_at
    if closes is None or closes <= now:
        closes = now + _USUAL_DAYS
    return closes.astimezone(zone).date()


def _row(  # noqa: PLR0913, PLR0917 - everything that a pledge is made of
    session: Session,
    parts: Parts,
    fund: Fund,
    new: NewPledge,
    number: str,
    rate: Rate,
    usual: date,
    now: datetime,
) -> PledgeRow:
    return PledgeRow(
        token=secrets.token_urlsafe(16),
        number=number,
        attempt=new.attempt,
        fund_id=fund.id,
        section_id=new.section_id,
        source=new.source,
        currency=new.amount.currency,
        amount=new.amount.minor,
        base=rate.to_base(new.amount, fund.currency).minor,
        rate_mantissa=rate.mantissa,
        rate_scale=rate.scale,
        rate_table_id=fund.rate_table_id,
        status=new.status,
        counted=new.counted,
        paid_by=new.paid_by,
        paid=0,
        paid_base=0,
        rounded=0,
        version=1,
        due_on=_instalments(new, usual)[-1].due,
        open_due=_instalments(new, usual)[0].due if new.status in EXPECTED else None,
        actor=str(parts.actor),
        made_at=now,
        confirmed_at=now if new.status is PledgeStatus.OPEN else None,
        call_id=new.call_id,
        name=new.name or None,
        email=new.email or None,
        message=new.message or None,
        email_key=email_key(session, new.email) if new.email else None,
        name_key=name_key(session, new.name),
        locale=new.locale,
    )


def _instalments(new: NewPledge, usual: date) -> tuple[Instalment, ...]:
    return new.instalments or (Instalment(usual, new.amount),)


def _rate(known: dict[str, Rate], new: NewPledge, base: str) -> Rate:
    rate = new.rate or known.get(new.amount.currency)
    if rate is None:
        raise NoRate(
            N_("This fund has no exchange rate for %(currency)s. The office can add one."),
            currency=new.amount.currency,
        )
    if new.amount.minor <= 0:
        raise Invalid(N_("Enter an amount of more than zero."), field="amount")
    if rate.to_base(new.amount, base).minor > MOST_COUNTED:
        raise Invalid(
            N_("That is more than can be counted. Please check the amount."), field="amount"
        )
    if new.instalments and sum(part.amount.minor for part in new.instalments) != new.amount.minor:
        raise Invalid(N_("The instalments do not add up to the promise."), field="instalments")
    return rate


def _numbers(session: Session, count: int) -> list[str]:
    """Numbers that no pledge has."""
    found: set[str] = set()
    while len(found) < count:
        found.update(new_number(secrets.choice) for _ in range(count - len(found)))
        found -= pledges.taken(session, found)
    return sorted(found)
