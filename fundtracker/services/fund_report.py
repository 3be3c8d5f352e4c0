"""The report of a fund: where it stands, what that is made of, how it came there, its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.funds import CountingRule
from fundtracker.domain.rates import Rate
from fundtracker.reports import columns
from fundtracker.reports.tables import Part, Picture
from fundtracker.store import funds, rates, snapshots, statistics
from fundtracker.store.pledge_course import course

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope
    from fundtracker.domain.snapshot import Snapshot

NOTES = (
    "The headline counts what the counting rule says; the rest is shown and not counted.",
    "Rates are those that gifts get now; each gift keeps the rate that was frozen on it.",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something said of the fund: an amount, or a number."""

    what: str
    currency: str
    amount: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class SectionFigures:
    """A section's sums and target, in minor units of the fund's currency."""

    code: str
    name: str
    currency: str
    received: int
    pledged: int
    unconfirmed: int
    counted: int
    target: int | None
    donations: int


@dataclass(frozen=True, slots=True)
class MethodFigures:
    """What came by one way of paying, Stripe's own word beside ours."""

    method: str
    stripe_method: str
    currency: str
    received: int
    donations: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """An amount on the way, and when it was reached."""

    currency: str
    amount: int
    reached_at: datetime | None


@dataclass(frozen=True, slots=True)
class TargetChange:
    """A target that was changed while the collection ran."""

    at: datetime
    currency: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RateInUse:
    """What one unit of a currency is worth in the fund's, and where that is from."""

    code: str
    rate: str
    base: str
    as_of: date | None = None
    source: str = ""


def fund_report(session: Session, fund: Fund, scope: Scope) -> tuple[list[Part], Picture]:
    """The tables of a whole fund, and what its picture shows: the truth, also while it is held."""
    snapshot = snapshots.load_true(session, fund.slug)
    code = fund.currency
    parts = [
        Part(columns.FUND, list(_facts(snapshot))),
        Part(columns.FUND_PROMISES, list(_promises(session, fund, scope))),
        Part(columns.FUND_SECTIONS, list(_sections(snapshot))),
        Part(columns.FUND_METHODS, _methods(session, fund, scope)),
        Part(
            columns.FUND_MILESTONES,
            [Milestone(code, mark.amount, mark.reached_at) for mark in snapshot.milestones],
        ),
        Part(
            columns.FUND_TARGETS,
            [
                TargetChange(row.at, code, row.before, row.after)
                for row in funds.target_changes(session, fund.id)
            ],
        ),
        Part(columns.FUND_RATES, list(_rates(session, fund))),
    ]
    return parts, _picture(snapshot)


def _facts(snapshot: Snapshot) -> Iterator[Fact]:
    for what, amount in (
        ("Headline", snapshot.headline),
        ("Received", snapshot.received),
        ("Promised", snapshot.pledged),
        ("Being checked", snapshot.unconfirmed),
        ("First target", snapshot.first_target),
        ("Target", snapshot.target),
    ):
        yield Fact(what, snapshot.currency, amount=amount)
    for what, number in (
        ("Per cent of the first target", snapshot.permille // 10),
        ("Gifts", snapshot.donations),
        ("Promises", snapshot.pledges),
    ):
        yield Fact(what, snapshot.currency, number=number)


def _promises(session: Session, fund: Fund, scope: Scope) -> Iterator[Fact]:
    """What was announced, and what became of it."""
    known = course(session, fund.id, None, scope)
    for what, amount in (
        ("Announced", known.announced),
        ("Confirmed", known.confirmed),
        ("Arrived", known.arrived),
        ("Withdrawn", known.withdrawn),
        ("Written off", known.written_off),
        ("Opened again", known.reopened),
        ("Cents that rates left", known.rounded),
        ("Still open", known.promised + known.checked),
    ):
        yield Fact(what, fund.currency, amount=amount)


def _sections(snapshot: Snapshot) -> Iterator[SectionFigures]:
    for line in snapshot.sections:
        yield SectionFigures(
            code=line.code,
            name=line.name or "No section",
            currency=snapshot.currency,
            received=line.received,
            pledged=line.pledged,
            unconfirmed=line.unconfirmed,
            counted=line.headline,
            target=line.target,
            donations=line.donations,
        )


def _methods(session: Session, fund: Fund, scope: Scope) -> list[MethodFigures]:
    sums = statistics.by_method(session, statistics.Wanted(fund.id), scope)
    return [
        MethodFigures(method, stripe, fund.currency, total.received, total.donations)
        for (method, stripe), total in sorted(sums.items())
    ]


def _rates(session: Session, fund: Fund) -> Iterator[RateInUse]:
    yield RateInUse(fund.currency, str(Rate.ONE), fund.currency)
    for table in rates.tables(session, fund.id):
        if table.id == fund.rate_table_id:
            for code, rate in sorted(table.rates.items()):
                yield RateInUse(code, str(rate), fund.currency, table.as_of, table.source)


def _picture(snapshot: Snapshot) -> Picture:
    rule = snapshot.counting_rule
    return Picture(
        currency=snapshot.currency,
        headline=snapshot.headline,
        target=snapshot.first_target,
        permille=snapshot.permille,
        received=snapshot.received,
        promised=snapshot.pledged if rule != CountingRule.RECEIVED else 0,
        checked=snapshot.unconfirmed if rule == CountingRule.EVERYTHING_ANNOUNCED else 0,
    )
