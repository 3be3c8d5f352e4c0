"""Copy a fund: settings, sections, rates, what was prepared, and nothing of what happened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fundtracker.domain.scope import Scope
from fundtracker.services.create_fund import NewFund
from fundtracker.store import desks, funds, pledge_terms, prepared, rates, sections
from fundtracker.store.prepared import PreparedRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts


def copy_settings(
    session: Session, old: Fund, address: str, name: str, *, rehearsal: bool
) -> NewFund:
    """What is decided about a fund, for another one: it begins with the target of today."""
    return NewFund(
        slug=address,
        name=name,
        currency=old.currency,
        target=old.target,
        ceiling=old.ceiling,
        timezone=old.timezone,
        opens_at=old.opens_at,
        closes_at=old.closes_at,
        counting_rule=old.counting_rule,
        rehearsal=rehearsal,
        milestones=tuple(mark.amount for mark in funds.milestones(session, old.id)),
        presets=old.presets,
    )


def copy_things(session: Session, parts: Parts, old: Fund, new: Fund) -> None:
    """Give a new fund the sections of another one, its rates and how its desk is set up."""
    for part in sections.rows_of(session, old.id):
        copied = sections.join(session, new.id, part.section_id)
        copied.target, copied.members = part.target, part.members
        copied.visibility = part.visibility
    if old.rate_table_id is not None:
        tables = rates.tables(session, old.id)
        table = next(table for table in tables if table.id == old.rate_table_id)
        funds.row_of(session, new.slug).rate_table_id = rates.supersede(
            session,
            new.id,
            table.rates,
            source=table.source,
            as_of=table.as_of,
            made_by=str(parts.actor),
            made_at=parts.clock(),
        )
    desk, known = desks.of_fund(session, new.id), desks.of_fund(session, old.id)
    desk.in_fund_currency, desk.two_keyers = known.in_fund_currency, known.two_keyers
    session.flush()


def copy_terms(session: Session, old: Fund, new: Fund) -> None:
    """Let promises count and be paid as in the old fund; of the new one no bank line is entered."""
    terms = pledge_terms.decided(session, old.id)
    if terms is not None:
        pledge_terms.save(session, new.id, replace(terms, booked_until=None))


def copy_prepared(session: Session, old: Fund, new: Fund) -> None:
    """Let what sections are going to announce be announced again; used or not, it is prepared."""
    for row in prepared.of_fund(session, old.id, Scope.everything()).values():
        session.add(
            PreparedRow(
                fund_id=new.id,
                section_id=row.section_id,
                currency=row.currency,
                amount=row.amount,
                count=row.count,
                instalments=row.instalments,
                is_total=row.is_total,
                label=row.label,
                made_by=row.made_by,
                made_at=row.made_at,
            ),
        )
    session.flush()
