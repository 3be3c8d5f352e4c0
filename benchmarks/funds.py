"""Funds of any size for measuring: rows as the app writes them, put in by the thousand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from fundtracker.domain.actors import Actor
from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.facts import ChargeState, SessionState
from fundtracker.domain.postings import Gift, given
from fundtracker.domain.rates import Rate
from fundtracker.domain.totals import Totals
from fundtracker.store import desks, ledger, totals
from fundtracker.store.donations import DonationRow, StripeRefRow
from fundtracker.store.funds import FundRow
from fundtracker.store.ledger import Booking
from fundtracker.store.payments import ChargeRow
from fundtracker.store.sections import SectionRow, join
from fundtracker.store.totals import TotalRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.store.database import Database

ACCOUNT = "simulator"
SLUG = "bench"
SECTIONS = 25
AMOUNT = 2500
STEP = 2000


def make_fund(database: Database) -> list[int]:
    """Make an open fund with sections; return the ids of the sections."""
    now = datetime.now(UTC)
    with database.unit_of_work() as session:
        fund = FundRow(
            slug=SLUG,
            name="Benchmark",
            currency="EUR",
            first_target=10**12,
            target=10**12,
            status="open",
            opens_at=now - timedelta(days=1),
            timezone="UTC",
            counting_rule="everything_announced",
            rehearsal=False,
            ceiling=10**9,
            presets=[],
            mode="live",
            version=1,
            as_of=now,
        )
        session.add(fund)
        session.flush()
        desks.make(session, fund.id)
        session.add(TotalRow(fund_id=fund.id, section_id=0))
        return [_section(session, fund.id, number) for number in range(SECTIONS)]


def add_donations(database: Database, sections: list[int], prefix: str, count: int) -> list[str]:
    """Add donations whose page is open and unpaid; return their tokens."""
    for start in range(0, count, STEP):
        with database.unit_of_work() as session:
            rows = [
                _donation(f"{prefix}{number}", sections[number % len(sections)])
                for number in range(start, min(start + STEP, count))
            ]
            session.execute(insert(DonationRow), rows)
    return [f"{prefix}{number}" for number in range(count)]


def add_received(database: Database, sections: list[int], count: int) -> None:
    """Add donations that were paid and booked, their charges and journals with them."""
    now = datetime.now(UTC)
    for start in range(0, count, STEP):
        with database.unit_of_work() as session:
            rows = [
                _donation(f"old{number}", sections[number % len(sections)])
                | {
                    "status": DonationStatus.SUCCEEDED,
                    "session_state": SessionState.COMPLETE,
                    "paid": True,
                    "kept": AMOUNT,
                    "succeeded_at": now,
                    "booked_at": now,
                }
                for number in range(start, min(start + STEP, count))
            ]
            made = session.execute(
                insert(DonationRow).returning(
                    DonationRow.id,
                    DonationRow.token,
                    DonationRow.section_id,
                ),
                rows,
            ).all()
            _book(session, made, now)


def _book(session: Session, made: Any, now: datetime) -> None:  # noqa: ANN401 - rows of three
    session.execute(
        insert(StripeRefRow),
        [
            {"account": ACCOUNT, "id": f"{kind}_{token}", "donation_id": number}
            for number, token, _ in made
            for kind in ("cs", "pi", "ch")
        ],
    )
    session.execute(
        insert(ChargeRow),
        [
            {
                "account": ACCOUNT,
                "id": f"ch_{token}",
                "donation_id": number,
                "intent": f"pi_{token}",
                "state": ChargeState.SUCCEEDED,
                "amount": AMOUNT,
                "currency": "EUR",
            }
            for number, token, _ in made
        ],
    )
    bookings = [
        Booking(given(_gift(section), f"pi_{token}"), 1, section, number)
        for number, token, section in made
    ]
    ledger.post(session, ACCOUNT, bookings, Actor.command("bench"), now)
    sums: dict[tuple[int, int], Totals] = {}
    for _, _, section in made:
        before = sums.get((1, section), Totals())
        sums[1, section] = before + Totals(received=AMOUNT, donations=1)
    totals.add(session, sums)


def _gift(section: int) -> Gift:
    return Gift(1, section, ACCOUNT, "EUR", AMOUNT, "EUR", Rate.ONE)


def _donation(token: str, section: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "token": token,
        "attempt": token,
        "account": ACCOUNT,
        "fund_id": 1,
        "section_id": section,
        "method": Method.ONLINE,
        "currency": "EUR",
        "amount": AMOUNT,
        "cover": 0,
        "rate_mantissa": Rate.ONE.mantissa,
        "rate_scale": Rate.ONE.scale,
        "status": DonationStatus.OPEN,
        "kept": 0,
        "checkout_expires_at": int(now.timestamp()) + 3600,
        "session_state": SessionState.OPEN,
        "paid": False,
        "async_failed": False,
        "pi_cancelled": False,
        "actor": "command:bench",
        "created_at": now,
    }


def _section(session: Session, fund_id: int, number: int) -> int:
    row = SectionRow(
        code=f"S{number}", name=f"Section {number}", short_name=f"S{number}", currency="EUR"
    )
    session.add(row)
    session.flush()
    join(session, fund_id, row.id)
    return row.id
