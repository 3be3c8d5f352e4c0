"""Rows as the office and a donor would have made them, with honest defaults."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from fundtracker.domain.rates import Rate
from fundtracker.domain.sections import NO_SECTION, Section
from fundtracker.store import desks, rates, sections
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow, MilestoneRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

NOW = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
SECTIONS = {"GB": "GBP", "CH": "CHF"}
RATES = {"GBP": "1.15", "CHF": "1.05", "CLP": "0.00098"}
_NUMBERS = itertools.count(1)


def a_fund(
    session: Session,
    *,
    sections_in: Mapping[str, str] = SECTIONS,
    milestones: Sequence[int] = (),
    **fields: Any,  # noqa: ANN401 - whatever columns a fund has
) -> FundRow:
    """Add an open fund in euros with two sections and their rates."""
    fund = FundRow(
        **{
            "slug": f"fund-{next(_NUMBERS)}",
            "name": "Founding conference",
            "currency": "EUR",
            "first_target": 40_000_000,
            "target": 40_000_000,
            "status": "open",
            "opens_at": datetime(2026, 6, 1, tzinfo=UTC),
            "closes_at": datetime(2026, 6, 30, tzinfo=UTC),
            "timezone": "Europe/Zurich",
            "counting_rule": "everything_announced",
            "rehearsal": False,
            "ceiling": 2_500_000,
            "presets": [],
            "mode": "live",
            "version": 0,
            "as_of": NOW,
        }
        | fields,
    )
    session.add(fund)
    session.flush()
    desks.make(session, fund.id)
    sections.join(session, fund.id, NO_SECTION)
    for code, currency in sections_in.items():
        sections.join(session, fund.id, a_section(session, code, currency))
    session.add_all(MilestoneRow(fund_id=fund.id, amount=amount) for amount in milestones)
    fund.rate_table_id = rates.supersede(
        session,
        fund.id,
        {code: Rate.parse(rate) for code, rate in RATES.items()},
        source="test",
        as_of=date(2026, 6, 1),
        made_by="command:test",
        made_at=NOW,
    )
    session.flush()
    return fund


def a_section(session: Session, code: str, currency: str) -> int:
    """Return the id of a section, added unless it is there."""
    known = sections.by_code(session).get(code)
    if known is not None:
        return known.id
    return sections.save(session, Section(0, code, f"The section {code}", f"Sec {code}", currency))


def a_donation(session: Session, fund: FundRow, **fields: Any) -> DonationRow:  # noqa: ANN401 - the same
    """Add a donation of £50 to nobody in particular, as `give` leaves it before the payment."""
    number = next(_NUMBERS)
    row = DonationRow(
        **{
            "token": f"donation-{number}",
            "attempt": f"attempt-{number}",
            "account": "main",
            "fund_id": fund.id,
            "section_id": NO_SECTION,
            "method": "online",
            "currency": "GBP",
            "amount": 5000,
            "rate_mantissa": 115,
            "rate_scale": 2,
            "status": "created",
            "checkout_expires_at": int(NOW.timestamp()) + 3600,
            "actor": "donor",
            "created_at": NOW,
        }
        | fields,
    )
    session.add(row)
    session.flush()
    return row
