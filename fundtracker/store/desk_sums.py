"""What a desk has to show of all its lines together: what is open, who has not called yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Integer, and_, case, cast, exists, func, select, text

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.money import Money
from fundtracker.domain.rates import Rate
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store.calls import IS_EXPECTED, OPEN, CallRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow
from fundtracker.store.scoping import within
from fundtracker.store.sections import FundSectionRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


_WORTH = func.coalesce(CallRow.left_base, CallRow.base)


class Open(NamedTuple):
    """How many lines wait for what; `to_check_base` is minor units of the fund's currency."""

    to_check: int
    to_check_base: int
    doubles: int
    parked: int
    second: int
    undo_asked: int
    doubt: int
    late: int
    blind: int


class Tally(NamedTuple):
    """What was called for a section in a currency, and counts."""

    section_id: int
    currency: str
    lines: int
    people: int
    amount: int
    base: int


def open_lines(session: Session, fund_id: int, scope: Scope) -> Open:
    """Count what somebody has to look at still."""
    counted = CallRow.state == CallState.COUNTED
    unchecked = and_(counted, CallRow.checked_at.is_(None), IS_EXPECTED)
    query = select(
        _number(unchecked),
        func.coalesce(func.sum(case((unchecked, _WORTH), else_=0)), 0),
        _number(and_(CallRow.double_open, CallRow.state != CallState.TAKEN_BACK, IS_EXPECTED)),
        _number(CallRow.state == CallState.PARKED),
        _number(and_(CallRow.state == CallState.SECOND, IS_EXPECTED)),
        _number(CallRow.undo_asked_by.is_not(None)),
        _number(and_(unchecked, CallRow.doubted_by.is_not(None))),
        _number(and_(unchecked, CallRow.late)),
        _number(and_(CallRow.state == CallState.BLIND, CallRow.matches.is_(None))),
    ).where(CallRow.fund_id == fund_id, text(f"({OPEN})"))
    query = within(query, scope, CallRow.fund_id, CallRow.section_id)
    return Open(*(int(number) for number in session.execute(query).one()))


def not_called(session: Session, fund_id: int, scope: Scope) -> set[int]:
    """The sections of a fund for which no line counts."""
    called = exists().where(
        CallRow.fund_id == fund_id,
        CallRow.section_id == FundSectionRow.section_id,
        CallRow.state == CallState.COUNTED,
    )
    query = select(FundSectionRow.section_id).where(
        FundSectionRow.fund_id == fund_id, FundSectionRow.section_id != NO_SECTION, ~called
    )
    query = within(query, scope, FundSectionRow.fund_id, FundSectionRow.section_id)
    return set(session.scalars(query))


def overlap(session: Session, fund_id: int, since: datetime, scope: Scope) -> int:
    """What may be in the number twice, in minor units of the fund's currency.

    Online gifts of a section that were made since, of an amount that was called for it as well.
    """
    twice = exists().where(
        CallRow.fund_id == DonationRow.fund_id,
        CallRow.section_id == DonationRow.section_id,
        CallRow.amount == DonationRow.amount,
        CallRow.currency == DonationRow.currency,
        CallRow.state == CallState.COUNTED,
        CallRow.typed_at >= since,
    )
    query = (
        select(
            DonationRow.currency,
            DonationRow.rate_mantissa,
            DonationRow.rate_scale,
            func.sum(DonationRow.kept),
        )
        .join(FundRow, FundRow.id == DonationRow.fund_id)
        .add_columns(FundRow.currency)
        .where(
            DonationRow.fund_id == fund_id,
            DonationRow.method == Method.ONLINE,
            DonationRow.status == DonationStatus.SUCCEEDED,
            DonationRow.succeeded_at >= since,
            # Without a rate it is in no number yet.
            DonationRow.rate_mantissa.is_not(None),
            twice,
        )
        .group_by(
            DonationRow.currency,
            DonationRow.rate_mantissa,
            DonationRow.rate_scale,
            FundRow.currency,
        )
    )
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    return sum(
        Rate(mantissa, scale).to_base(Money(int(kept), code), base).minor
        for code, mantissa, scale, kept, base in session.execute(query)
    )


def tallies(session: Session, fund_id: int, scope: Scope) -> list[Tally]:
    """What counts of every section, in each currency in which it was called."""
    as_called = CallRow.amount * CallRow.count * func.coalesce(CallRow.instalments, 1)
    query = (
        select(
            CallRow.section_id,
            CallRow.currency,
            func.count(),
            func.sum(func.coalesce(CallRow.left_people, CallRow.count)),
            func.sum(func.coalesce(CallRow.left_amount, as_called)),
            func.sum(_WORTH),
        )
        .where(CallRow.fund_id == fund_id, CallRow.state == CallState.COUNTED, IS_EXPECTED)
        .group_by(CallRow.section_id, CallRow.currency)
        .order_by(CallRow.section_id, CallRow.currency)
    )
    query = within(query, scope, CallRow.fund_id, CallRow.section_id)
    return [
        Tally(section, code or "", *(int(number or 0) for number in numbers))
        for section, code, *numbers in session.execute(query)
    ]


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)
