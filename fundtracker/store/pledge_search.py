"""What a filter of pledges means in the database: names looked up first, then plain conditions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import and_, false, literal_column, or_, select

from fundtracker.domain.filters import comparable
from fundtracker.domain.pledge_filters import EXPECTED, PledgeDates
from fundtracker.domain.pledge_stages import Age, Stage
from fundtracker.domain.pledge_tasks import PledgeTask
from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.domain.references import numbers_in, typed_number
from fundtracker.store.base import fingerprints
from fundtracker.store.pledge_tasks import to_be_done
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.scoping import within
from fundtracker.store.treasury_places import days_of, place_of
from fundtracker.store.treasury_search import few

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from fundtracker.domain.pledge_filters import PledgeFilter
    from fundtracker.domain.scope import Scope
    from fundtracker.store.treasury_places import Days, Fund, Meant

# A name such as "Anna" may stand on any number of pledges.
_MOST_FOUND = 500
_A_DAY = timedelta(days=1)
# As the partial indexes say it, word for word.
_NOTHING: ColumnElement[int] = literal_column("0")
PART_PAID = and_(PledgeRow.paid > _NOTHING, PledgeRow.paid < PledgeRow.amount)
PAID = PledgeRow.paid >= PledgeRow.amount
UNNAMED = PledgeRow.name.is_(None)
_OPEN = PledgeRow.status == PledgeStatus.OPEN


@dataclass(frozen=True, slots=True)
class PledgeSearch:
    """A filter of pledges whose names were looked up.

    `conditions` are what each of its fields asks. `found` are the pledges that can be meant at all
    where they are few: walking a long list for them takes too long. None stands for any.
    """

    conditions: tuple[ColumnElement[bool], ...]
    found: frozenset[int] | None
    order: InstrumentedAttribute[datetime] | InstrumentedAttribute[date | None] | None


def resolve(
    session: Session, wanted: PledgeFilter, scope: Scope, names: Scope, now: datetime
) -> PledgeSearch | None:
    """Look up the names in a filter; None where one of them means nothing within the scope.

    A name is looked for where `names` allows it: whether somebody promised is told to no other.
    """
    place = place_of(session, wanted, scope)
    if place is None:
        return None
    asked = [*_asked(wanted, place, todays(place.funds, now))]
    found = _named(session, wanted.text, scope, names) if wanted.text else None
    for condition in asked if found is None else ():
        found = few(session, PledgeRow, condition, scope)
        if found is not None:
            break
    days = days_of(wanted.since, wanted.until, place.funds)
    by_day = wanted.since is not None or wanted.until is not None
    if wanted.dates is PledgeDates.DUE:
        asked += _due(wanted.since, wanted.until)
    else:
        asked += _promised(tuple(days))
    asked += place.real(PledgeRow.fund_id)
    order = PledgeRow.open_due if wanted.dates is PledgeDates.DUE else PledgeRow.made_at
    return PledgeSearch(tuple(asked), found, order if by_day else None)


def todays(funds: Mapping[int, Fund], now: datetime) -> dict[int, date]:
    """What day it is for each fund."""
    return {id: now.astimezone(ZoneInfo(fund.timezone)).date() for id, fund in funds.items()}


def _asked(
    wanted: PledgeFilter, place: Meant, today: Mapping[int, date]
) -> Iterator[ColumnElement[bool]]:
    """What each field asks, the one that leaves the fewest first as a rule."""
    if wanted.status:
        yield _of_stage(wanted.status, today)
    if wanted.age:
        age = Age(wanted.age)
        yield _by_day(today, lambda day: and_(*_due(*age.between(day))))
    if wanted.task:
        yield to_be_done(PledgeTask(wanted.task))
    if wanted.unnamed:
        # A section's own pledge needs no person's name.
        yield and_(UNNAMED, PledgeRow.source != PledgeSource.SECTION)
    if wanted.source:
        yield PledgeRow.source == wanted.source
    if place.section_id is not None:
        yield PledgeRow.section_id == place.section_id
    if place.fund_id is not None:
        yield PledgeRow.fund_id == place.fund_id


def _of_stage(status: str, today: Mapping[int, date]) -> ColumnElement[bool]:
    if status == EXPECTED:
        return PledgeRow.open_due.is_not(None)
    stage = Stage(status)
    late = _by_day(today, lambda day: PledgeRow.open_due < day)
    timely = _by_day(today, lambda day: PledgeRow.open_due >= day)
    of_open: dict[Stage, tuple[ColumnElement[bool], ...]] = {
        Stage.OPEN: (PledgeRow.paid == _NOTHING, timely),
        Stage.PART_PAID: (PART_PAID, timely),
        Stage.OVERDUE: (late,),
        Stage.PAID: (PAID,),
    }
    if stage in of_open:
        return and_(_OPEN, *of_open[stage])
    return PledgeRow.status == stage.value


def _by_day(
    today: Mapping[int, date], asked: Callable[[date], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Ask of each fund what depends on its day; mostly it is the same one everywhere."""
    days = sorted(set(today.values()))
    if len(days) == 1:
        return asked(days[0])
    return or_(
        false(),
        *(
            and_(PledgeRow.fund_id.in_([id for id, its in today.items() if its == day]), asked(day))
            for day in days
        ),
    )


def _due(since: date | None, until: date | None) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield PledgeRow.open_due >= since
    if until is not None:
        yield PledgeRow.open_due <= until


def _promised(days: tuple[Days, ...]) -> Iterator[ColumnElement[bool]]:
    """What days ask of the moment of a promise: each fund's own, from its own midnight on."""
    if len(days) == 1:
        yield from days[0].hold(PledgeRow.made_at)
    elif days:
        own = (and_(PledgeRow.fund_id.in_(its.funds), *its.hold(PledgeRow.made_at)) for its in days)
        yield or_(*own)


def _named(session: Session, text: str, scope: Scope, names: Scope) -> frozenset[int]:
    """The pledges that a number, a reference, a token or a person's name means."""
    numbers = {*numbers_in(text), typed_number(text)}
    known = or_(PledgeRow.number.in_(numbers), PledgeRow.token == text)
    query = select(PledgeRow.id).where(known)
    found = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    keys = fingerprints(session, comparable(text))
    called = select(PledgeRow.id).where(PledgeRow.name_key.in_(keys))
    called = called.order_by(PledgeRow.id.desc()).limit(_MOST_FOUND)
    # Whoever may be told names there may not be let into the rows by that alone.
    called = within(called, scope, PledgeRow.fund_id, PledgeRow.section_id)
    called = within(called, names, PledgeRow.fund_id, PledgeRow.section_id)
    return frozenset({*session.scalars(found), *session.scalars(called)})
