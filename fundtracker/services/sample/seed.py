"""Seed: fill the simulator and the database with the sample, once, in whatever many attempts."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid, UnknownFund
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.rates import Rate
from fundtracker.services.catch_up import read_events, read_transactions
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.import_sections import import_sections
from fundtracker.services.read_sections import COLUMNS
from fundtracker.services.resync import read_from
from fundtracker.services.sample.floor import to_look_at
from fundtracker.services.sample.gifts import Happening, make_gifts
from fundtracker.services.sample.plan import moment, plan
from fundtracker.services.sample.pledges import deeds
from fundtracker.services.sample.promises import plan_pledges
from fundtracker.services.sample.provider import PATIENCE
from fundtracker.services.sample.tables import RATES, TIMEZONE
from fundtracker.services.sample.times import at
from fundtracker.services.set_rates import set_rates
from fundtracker.services.set_status import set_status
from fundtracker.services.settle import settle_all
from fundtracker.store import funds, rates
from fundtracker.store.rates import RateTableRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts
    from fundtracker.services.sample.plan import PlannedGift
    from fundtracker.services.sample.promises import PlannedPledge
    from fundtracker.services.sample.provider import Provider
    from fundtracker.services.sample.tables import Sample

CENTS = 100


def is_seeded(parts: Parts, samples: Sequence[Sample]) -> bool:
    """Whether all of the samples are there: the last one is made when the others are whole."""
    with parts.database.reading() as session:
        return any(fund.slug == samples[-1].slug for fund in funds.all_funds(session))


def seed(parts: Parts, provider: Provider, samples: Sequence[Sample]) -> None:
    """Make the samples, or what an interrupted seed left to make.

    `parts` come with a gateway to the provider's simulator. Raises Invalid for what was left so
    long ago that its payment pages have ended.
    """
    *others, last = samples
    for sample in others:
        prepare(parts, sample)
    began = _began(parts, others[0])
    if parts.clock() > began + PATIENCE:
        raise Invalid(N_("An earlier seed was interrupted and is too old to go on: begin afresh."))
    with provider.quiet():
        gifts: dict[str, list[PlannedGift]] = {}
        promises: list[Happening] = []
        for sample in others:
            pledges, gifts[sample.slug] = _planned(parts, sample, began)
            promises += _promised(parts, sample.slug, pledges)
        listed = make_gifts(parts, provider, gifts, promises, began)
        _catch_up(parts, listed)
    for sample in others:
        _end(parts, sample)
    prepare(parts, last)


def _began(parts: Parts, first: Sample) -> datetime:
    """When the seed was begun, whoever goes on with it: from then all times are counted."""
    with parts.database.reading() as session:
        table = funds.by_slug(session, first.slug).rate_table_id
        return session.get_one(RateTableRow, table).made_at


def _end(parts: Parts, sample: Sample) -> None:
    """Give a fund that was given to its status, at the time at which it closed."""
    with parts.database.reading() as session:
        closes_at = funds.by_slug(session, sample.slug).closes_at or parts.clock()
    set_status(at(parts, min(parts.clock(), closes_at)), sample.slug, sample.status)


def _catch_up(parts: Parts, listed: datetime) -> None:
    """Read what was told since the gifts were listed, and let the worker go on from here.

    Left alone, it would read all of the sample once more.
    """
    read_from(parts, listed)
    ended = parts.clock()
    read_events(parts)
    read_transactions(parts)
    settle_all(parts)
    read_from(parts, ended)


def prepare(parts: Parts, sample: Sample) -> None:
    """Make a fund with its sections and rates."""
    try:
        with parts.database.reading() as session:
            fund = funds.by_slug(session, sample.slug)
    except UnknownFund:
        fund = _fund(parts, sample)
    if sample.parts:
        import_sections(parts, sample.slug, _table(sample))
    if fund.rate_table_id is None:
        wanted = {code: Rate.parse(text) for code, text in RATES.items()}
        set_rates(parts, sample.slug, wanted, source="sample")


def _fund(parts: Parts, sample: Sample) -> Fund:
    now = parts.clock()
    return create_fund(
        parts,
        NewFund(
            slug=sample.slug,
            name=sample.name,
            currency="EUR",
            target=sample.target * CENTS,
            ceiling=sample.ceiling * CENTS,
            timezone=TIMEZONE,
            opens_at=moment(now, -sample.opened),
            closes_at=moment(now, sample.closes),
            rehearsal=sample.rehearsal,
            milestones=tuple(amount * CENTS for amount in sample.milestones),
            # Whoever is to be given to has to be open.
            status=FundStatus.OPEN if sample.gifts else sample.status,
        ),
    )


def _planned(
    parts: Parts, sample: Sample, began: datetime
) -> tuple[list[PlannedPledge], list[PlannedGift]]:
    if not sample.gifts:
        return [], []
    with parts.database.reading() as session:
        fund = funds.by_slug(session, sample.slug)
        known = rates.current(session, fund)
    return plan_pledges(sample, fund, known, plan(sample, fund, known, began), began)


def _promised(parts: Parts, slug: str, pledges: Sequence[PlannedPledge]) -> Iterator[Happening]:
    for pledge in pledges:
        for then, deed in deeds(parts, slug, pledge):
            yield Happening(then, deed)
    for then, deed in to_look_at(parts, slug, pledges):
        yield Happening(then, deed)


def _table(sample: Sample) -> bytes:
    """The sections as the file that an operator imports."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for part in sample.parts:
        writer.writerow([getattr(part, column) for column in COLUMNS])
    return text.getvalue().encode()
