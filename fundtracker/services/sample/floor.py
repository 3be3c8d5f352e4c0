"""The sample's hour in the hall: pledges are called out, typed at the desk and confirmed there.

One is flagged as heard twice, and one line is parked: somebody has to look at both.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from fundtracker.domain.pledges import PledgeSource
from fundtracker.services.change_pledge import Shown
from fundtracker.services.restate_pledge import restate_pledge
from fundtracker.services.sample.desk import (
    EVERYTHING,
    client_id,
    confirm,
    type_line,
)
from fundtracker.services.sample.tables import Fate
from fundtracker.services.sample.times import at
from fundtracker.store import calls, funds, pledges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from fundtracker.services.parts import Parts
    from fundtracker.services.sample.promises import PlannedPledge

UNCLEAR = '~? 500 "If the others do"'


def call(parts: Parts, slug: str, pledge: PlannedPledge) -> None:
    """Let a teller type what was called out, and a treasurer agree on another day, if one is due.

    What was typed before an interruption is not typed again; the pledge is known by its form.
    """
    number = type_line(parts, slug, pledge.form, _line(pledge))
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        line = calls.by_numbers(session, fund.id, [number], EVERYTHING)[number]
    with parts.database.unit_of_work() as session:
        (row,) = pledges.of_call(session, line.id)
    if pledge.instalments:
        shown = Shown(row.token, row.version)
        restate_pledge(parts, shown, pledge.instalments, EVERYTHING)
    with parts.database.unit_of_work() as session:
        (row,) = pledges.of_call(session, line.id)
        row.attempt = pledge.form


def confirm_call(parts: Parts, slug: str, pledge: PlannedPledge) -> None:
    """Let a second person confirm what was typed."""
    confirm(parts, slug, f"{pledge.form}:confirm", [_number(parts, slug, pledge)])


def to_look_at(
    parts: Parts, slug: str, planned: Sequence[PlannedPledge]
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """What is left for a person to look at, and since when: a double, and a parked line."""
    called = [pledge for pledge in planned if pledge.source is PledgeSource.FLOOR]
    waiting = [pledge for pledge in called if pledge.fate is Fate.UNCONFIRMED]
    if not waiting:
        return
    end = called[-1].at
    pair = next(
        (
            (later, first)
            for first, later in combinations(waiting, 2)
            if (first.section, first.amount) == (later.section, later.amount)
        ),
        (waiting[-1], called[0]),
    )
    yield end, lambda: _flag(at(parts, end), slug, *pair)
    yield end, lambda: _park(at(parts, end), slug)


def _flag(parts: Parts, slug: str, one: PlannedPledge, other: PlannedPledge) -> None:
    first, second = (_number(parts, slug, pledge) for pledge in (one, other))
    type_line(parts, slug, f"{one.form}:double", f"/double {first} {second}")


def _park(parts: Parts, slug: str) -> None:
    type_line(parts, slug, f"sample:{slug}:parked", UNCLEAR)


def _number(parts: Parts, slug: str, pledge: PlannedPledge) -> int:
    """The number of the line that was typed for a pledge."""
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        row = calls.by_client_id(session, fund.id, client_id(pledge.form))
    return 0 if row is None else row.number


def _line(pledge: PlannedPledge) -> str:
    amount = str(pledge.amount).removeprefix(f"{pledge.amount.currency} ").removesuffix(".00")
    label = f' "{pledge.name}"' if pledge.name else ""
    return f"{pledge.section or '?'} {amount}{label}"
