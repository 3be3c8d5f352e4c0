"""Change a fund: its settings at any time, what it rests on while nobody has given to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import differences, refuse_stale
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.fund_settings import (
    base_of,
    check_settings,
    check_slug,
    recast,
    settings_of,
)
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import currency
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals, headline
from fundtracker.services.create_fund import taken
from fundtracker.services.record import record
from fundtracker.store import funds, milestones, recount, totals
from fundtracker.store import sections as parts_of_funds
from fundtracker.store.database import lock_settler

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.fund_settings import FundBase, FundSettings
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow


def change_fund(
    parts: Parts, slug: str, wanted: FundSettings, *, made_from: str | None = None
) -> bool:
    """Change the settings of a fund; return whether any of them differed.

    Raises UnknownFund, Invalid, or Changed where they are not those that the form was made from.
    """
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        # First in the order of locks, for the days may have to be counted again.
        lock_settler(session)
        row = funds.locked(session, slug)
        before = settings_of(funds.by_slug(session, slug))
        refuse_stale(made_from, before)
        check_settings(wanted, row.currency)
        if wanted == before:
            return False
        version = funds.bump(session, [row.id], now)[slug]
        row.name = wanted.name
        row.timezone = wanted.timezone
        row.opens_at, row.closes_at = wanted.opens_at, wanted.closes_at
        row.counting_rule = wanted.counting_rule
        row.ceiling, row.presets = wanted.ceiling, list(wanted.presets)
        session.flush()
        if wanted.timezone != before.timezone:
            recount.make_anew(session, row.id)
        # A rule that counts more may reach what lay ahead.
        milestones.reach(session, [row.id], now)
        old, new = differences(before, wanted)
        subject = f"fund:{slug}"
        record(session, parts, Action.FUND_CHANGED, subject, fund_id=row.id, before=old, after=new)
    parts.broker.announce(slug, version)
    return True


def change_base(parts: Parts, slug: str, wanted: FundBase, *, made_from: str | None = None) -> bool:
    """Change the address, the currency or whether it is a rehearsal; return whether any differed.

    Only of a draft that nobody has given to. Amounts keep their number in another currency, and
    rates to the old one are let go. Raises UnknownFund, Invalid or Changed.
    """
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = funds.locked(session, slug)
        fund = funds.by_slug(session, slug)
        before = base_of(fund)
        refuse_stale(made_from, before)
        if wanted == before:
            return False
        refuse_unless_movable(session, fund)
        check_slug(wanted.slug)
        if wanted.currency != row.currency:
            _recast(session, row, currency(wanted.currency).code)
        row.slug, row.rehearsal = wanted.slug, wanted.rehearsal
        try:
            session.flush()
        except IntegrityError:
            raise taken(wanted.slug) from None
        version = funds.bump(session, [row.id], now)[wanted.slug]
        old, new = differences(before, wanted)
        subject = f"fund:{wanted.slug}"
        record(session, parts, Action.FUND_CHANGED, subject, fund_id=row.id, before=old, after=new)
    parts.broker.announce(wanted.slug, version)
    return True


def refuse_unless_movable(session: Session, fund: Fund) -> None:
    """Raise Invalid for a fund whose address, currency and rehearsal flag are fixed."""
    if fund.status is not FundStatus.DRAFT:
        raise Invalid(N_("This is fixed since the fund was opened: links and amounts rest on it."))
    if funds.has_donations(session, fund.id):
        raise Invalid(N_("This is fixed, for there are donations to this fund."))


def counted(session: Session, fund: Fund) -> int:
    """Return the headline of a fund, in minor units of its currency."""
    kept = totals.of_fund(session, fund.id, Scope.everything())
    return headline(fund.counting_rule, sum(kept.values(), Totals()))


def _recast(session: Session, row: FundRow, code: str) -> None:
    """Let every amount of a fund have the same number in another currency."""
    old = row.currency
    for mark in funds.milestones(session, row.id):
        mark.amount = recast(mark.amount, old, code)
    for part in parts_of_funds.rows_of(session, row.id):
        part.target = None if part.target is None else recast(part.target, old, code)
    row.target, row.first_target = (
        recast(row.target, old, code),
        recast(row.first_target, old, code),
    )
    row.ceiling = max(recast(row.ceiling, old, code), currency(code).minimum)
    row.currency, row.rate_table_id = code, None
