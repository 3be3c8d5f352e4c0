"""Write a pledge down: a treasurer's, of a section or of a person; the same form twice is one."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fundtracker.domain.audit import Action
from fundtracker.domain.entered import refuse_unless_enterable
from fundtracker.domain.errors import N_, Invalid, InvalidText, NoRate, UnknownFund
from fundtracker.domain.pledges import PledgeSource, PledgeStatus, schedule
from fundtracker.domain.text import clean_line
from fundtracker.services.count import count
from fundtracker.services.promise import NewPledge, promise
from fundtracker.services.record import record
from fundtracker.services.restate_pledge import NAME_LIMIT, section_in
from fundtracker.store import funds, pledges, rates

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.money import Money
    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

MOST_PARTS = 60
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Written:
    """What a treasurer wrote down; `attempt` is random and names the form.

    `section` is a code, "" for none. It is due in monthly `parts` from `due` on. Without a `name`
    it is the section's own.
    """

    attempt: str
    section: str
    amount: Money
    due: date
    parts: int = 1
    name: str = field(default="", repr=False)


def write_pledge(parts: Parts, slug: str, written: Written, scope: Scope) -> str:
    """Make a pledge that is expected and counts, and return its token.

    Above the fund's ceiling it is being checked, and counts once somebody else has confirmed it.
    Raises UnknownFund, UnknownSection, NotNow, NoRate or Invalid, and then nothing is written.
    """
    attempt = _attempt(parts, slug, written)
    try:
        return _write(parts, slug, written, attempt, scope)
    except IntegrityError:
        # The same form, sent twice at the same moment.
        with parts.database.reading() as session:
            known = pledges.by_attempt(session, attempt)
        if known is None:
            raise
        return known.token


def _write(parts: Parts, slug: str, written: Written, attempt: str, scope: Scope) -> str:
    with parts.database.unit_of_work() as session:
        fund = funds.by_slug(session, slug)
        if not scope.allows_fund(fund.id):
            raise UnknownFund
        section_id = section_in(session, fund.id, written.section, scope)
        known = pledges.by_attempt(session, attempt)
        if known is not None:
            return known.token
        new = _new(session, fund, section_id, written, attempt, parts.clock())
        made = promise(session, parts, fund, [new])
        (row,) = made.rows
        versions = count(session, made.changes, parts.clock())
        _record(session, parts, row, written)
        token = row.token
    for changed, version in versions.items():
        parts.broker.announce(changed, version)
    return token


def _new(
    session: Session, fund: Fund, section_id: int, written: Written, attempt: str, now: datetime
) -> NewPledge:
    refuse_unless_enterable(fund)
    if written.amount.minor <= 0:
        raise Invalid(N_("Enter an amount of more than zero."), field="amount")
    if not 1 <= written.parts <= MOST_PARTS:
        raise Invalid(
            N_("A pledge can be due in 1 to %(most)s parts."), field="parts", most=MOST_PARTS
        )
    if abs(written.due.year - now.year) > MOST_YEARS:
        raise Invalid(N_("Please check the year."), field="due")
    if written.amount.minor < written.parts:
        raise Invalid(N_("That is too little for so many parts."), field="parts")
    name = clean_line(written.name, field="name", limit=NAME_LIMIT)
    if not name and not section_id:
        raise InvalidText(N_("Say whose pledge it is, or choose a section."), field="name")
    is_small = _base(session, fund, written.amount) <= fund.ceiling
    return NewPledge(
        section_id=section_id,
        amount=written.amount,
        source=PledgeSource.SECTION,
        status=PledgeStatus.OPEN if is_small else PledgeStatus.UNCONFIRMED,
        counted=is_small,
        instalments=schedule(written.amount, written.parts, written.due),
        attempt=attempt,
        name=name,
    )


def _base(session: Session, fund: Fund, amount: Money) -> int:
    rate = rates.current(session, fund).get(amount.currency)
    if rate is None:
        raise NoRate(
            N_("This fund has no exchange rate for %(currency)s. The office can add one."),
            currency=amount.currency,
        )
    return rate.to_base(amount, fund.currency).minor


def _record(session: Session, parts: Parts, row: PledgeRow, written: Written) -> None:
    record(
        session,
        parts,
        Action.PLEDGE_MADE,
        f"pledge:{row.number}",
        fund_id=row.fund_id,
        section_id=row.section_id,
        after={
            "amount": str(written.amount),
            "due_on": written.due.isoformat(),
            "parts": written.parts,
            "status": row.status,
        },
        private={"public_name": written.name} if written.name else None,
    )


def _attempt(parts: Parts, slug: str, written: Written) -> str:
    """Name a form by its random number, by who sent it and by what makes it another pledge."""
    days = (written.due.isoformat(), str(written.parts))
    what = (str(parts.actor), slug, written.section, str(written.amount), *days, written.name)
    return sha256("\x1f".join((written.attempt, *what)).encode()).hexdigest()
