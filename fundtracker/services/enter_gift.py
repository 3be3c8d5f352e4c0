"""Enter a gift that came by bank, in cash or by cheque; the same form twice is one gift."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.entered import ARRIVES, bounds_of, moment_of, refuse_unless_enterable
from fundtracker.domain.errors import (
    N_,
    Invalid,
    InvalidText,
    NoRate,
    UnknownFund,
    UnknownSection,
)
from fundtracker.domain.filters import comparable
from fundtracker.domain.ledger import totals
from fundtracker.domain.postings import given
from fundtracker.domain.sections import NO_SECTION
from fundtracker.domain.text import clean_line
from fundtracker.domain.totals import Totals
from fundtracker.services.count import count
from fundtracker.services.merge import gift_of
from fundtracker.services.record import record
from fundtracker.store import donations, funds, ledger, rates, sections
from fundtracker.store.base import fingerprints
from fundtracker.store.ledger import Booking

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.money import Money
    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow

HOLDER_LIMIT = 80
REFERENCE_LIMIT = 140
NAME_LIMIT = 80


class EnteredBefore(Invalid):
    """Perhaps the same gift: the person is asked, for it may as well be another one."""

    message = N_(
        "A gift of this amount, day and reference is entered already."
        " If this is another one, say so below and enter it again."
    )
    field = "another"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a treasurer wrote down; `attempt` is random and names the form, `section` a code or "".

    `holder` is where the money is now: the bank account, the bag, the number of the cheque.
    `another` says that it is not the one that looks the same.
    """

    attempt: str
    method: Method
    section: str
    amount: Money
    given_on: date
    holder: str
    reference: str = field(default="", repr=False)
    public_name: str = field(default="", repr=False)
    another: bool = False


def enter_gift(parts: Parts, slug: str, entered: Entered, scope: Scope) -> str:
    """Book a gift and return its token; found again if this very form was sent before.

    Raises UnknownFund, UnknownSection, NotNow, NoRate, Invalid or EnteredBefore, and then nothing
    is written.
    """
    with parts.database.unit_of_work() as session:
        fund = funds.by_slug(session, slug)
        if not scope.allows_fund(fund.id):
            raise UnknownFund
        section_id = _section_id(session, fund, entered.section, scope)
        attempt = _attempt(parts, fund, entered)
        known = donations.by_attempt(session, attempt)
        if known is not None:
            return known.token
        now = parts.clock()
        values = _values(session, parts, fund, section_id, entered, now)
        if not entered.another:
            _ask_if_known(session, values, entered, fund)
        row = donations.add(session, {**values, "attempt": attempt})
        if row.token != values["token"]:
            return row.token
        versions = _book(session, parts, fund, row, entered, now)
        _record(session, parts, row, entered)
    for changed, version in versions.items():
        parts.broker.announce(changed, version)
    return row.token


def _section_id(session: Session, fund: Fund, code: str, scope: Scope) -> int:
    """Find a section that the treasurer may enter for; one that is not theirs is not there."""
    if not code:
        if not scope.allows(fund.id, NO_SECTION):
            raise UnknownSection(field="section")
        return NO_SECTION
    for part in sections.of_fund(session, fund.id, scope):
        if part.section.code == code:
            return part.section.id
    raise UnknownSection(field="section")


def _values(
    session: Session, parts: Parts, fund: Fund, section_id: int, entered: Entered, now: datetime
) -> dict[str, object]:
    refuse_unless_enterable(fund)
    given_at = moment_of(fund, entered.given_on, now)
    if entered.method not in ARRIVES:
        raise Invalid(N_("Choose how the money came."), field="method")
    if entered.amount.minor <= 0:
        raise Invalid(N_("Enter an amount of more than zero."), field="amount")
    rate = rates.current(session, fund).get(entered.amount.currency)
    if rate is None:
        raise NoRate(
            N_("This fund has no exchange rate for %(currency)s. The office can add one."),
            currency=entered.amount.currency,
        )
    if not clean_line(entered.holder, field="holder", limit=HOLDER_LIMIT):
        raise InvalidText(N_("Say where the money is now."), field="holder")
    reference = clean_line(entered.reference, field="reference", limit=REFERENCE_LIMIT)
    name = clean_line(entered.public_name, field="public_name", limit=NAME_LIMIT)
    return {
        "token": secrets.token_urlsafe(16),
        "account": parts.gateway.account,
        "fund_id": fund.id,
        "section_id": section_id,
        "method": entered.method,
        "currency": entered.amount.currency,
        "amount": entered.amount.minor,
        "rate_mantissa": rate.mantissa,
        "rate_scale": rate.scale,
        "status": DonationStatus.SUCCEEDED,
        "kept": entered.amount.minor,
        # It has no payment page.
        "checkout_expires_at": 0,
        "actor": str(parts.actor),
        "created_at": now,
        "succeeded_at": given_at,
        "booked_at": now,
        "public_name": name or None,
        "reference": reference or None,
        "reference_key": _key(session, reference),
    }


def _key(session: Session, reference: str) -> str | None:
    return fingerprints(session, comparable(reference))[0] if comparable(reference) else None


def _ask_if_known(
    session: Session, values: Mapping[str, object], entered: Entered, fund: Fund
) -> None:
    keys = fingerprints(session, comparable(entered.reference)) if values["reference_key"] else []
    like = {
        name: values[name] for name in ("fund_id", "section_id", "currency", "amount", "status")
    }
    if donations.entered_like(session, like, bounds_of(fund, entered.given_on), keys):
        raise EnteredBefore


def _book(
    session: Session, parts: Parts, fund: Fund, row: DonationRow, entered: Entered, now: datetime
) -> dict[str, int]:
    gift = replace(
        gift_of(row, fund.currency),
        holder=clean_line(entered.holder, field="holder", limit=HOLDER_LIMIT),
        arrives=ARRIVES[entered.method],
    )
    journal = given(gift, row.token)
    bookings = [Booking(journal, row.fund_id, row.section_id, row.id)]
    ledger.post(session, row.account, bookings, parts.actor, now)
    change = totals(journal.entries)[row.fund_id, row.section_id] + Totals(donations=1)
    return count(session, {(row.fund_id, row.section_id): change}, now)


def _record(session: Session, parts: Parts, row: DonationRow, entered: Entered) -> None:
    record(
        session,
        parts,
        Action.GIFT_ENTERED,
        f"donation:{row.token}",
        fund_id=row.fund_id,
        section_id=row.section_id,
        after={
            "method": entered.method,
            "amount": str(entered.amount),
            "given_on": entered.given_on.isoformat(),
        },
        private={
            "holder": entered.holder,
            "reference": entered.reference,
            "public_name": entered.public_name,
        },
    )


def _attempt(parts: Parts, fund: Fund, entered: Entered) -> str:
    """Name a form by its random number, by who sent it and by what makes it another gift."""
    amount = entered.amount
    gift = (
        str(parts.actor),
        fund.slug,
        entered.section,
        entered.method,
        str(amount),
        entered.given_on.isoformat(),
        comparable(entered.reference),
    )
    return sha256("\x1f".join((entered.attempt, *gift)).encode()).hexdigest()
