"""The desk's filters, which all stand behind that of the desk itself, asked by themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.scope import Reach, Scope
from fundtracker.services.desk.notice import notice
from fundtracker.services.desk.sitting import sitting
from fundtracker.store import call_course, calls, desk_sums, paper, prepared, same_calls
from fundtracker.store.donations import DonationRow
from fundtracker.store.prepared import PreparedRow
from tests.factories.owned import add
from tests.factories.rows import NOW

if TYPE_CHECKING:
    from tests.matrix.world import Place, World

Question = Callable[[Session, "Place", Scope], bool]

EVERYTHING = Scope.everything()
# Above all lines of the world.
_NUMBERS = itertools.count(100_000)


def _asked(question: Question) -> Callable[[World], bool]:
    """Ask for something of the strike, as somebody of the hall."""

    def ask(world: World) -> bool:
        own, foreign = world.place("hall", "SE"), world.place("strike", "SE")
        scope = Scope(frozenset({Reach(fund_id=own.fund_id)}))
        with world.office.database.unit_of_work() as session:
            return question(session, foreign, scope)

    return ask


def _line(session: Session, foreign: Place, **fields: object) -> int:
    """Add a line of somebody else's that waits to be checked, and return its number."""
    number = next(_NUMBERS)
    where = {"fund_id": foreign.fund_id, "section_id": foreign.section_id}
    add(session, "call", number=number, **where, **{"state": "counted", "changed": number} | fields)
    return number


def _by_numbers(session: Session, foreign: Place, scope: Scope) -> bool:
    number = _line(session, foreign)
    return bool(calls.by_numbers(session, foreign.fund_id, [number], scope))


def _waiting(session: Session, foreign: Place, scope: Scope) -> bool:
    _line(session, foreign, state="second", replaces=1)
    return bool(call_course.waiting(session, foreign.fund_id, 1, scope))


def _doubles_of(session: Session, foreign: Place, scope: Scope) -> bool:
    first = calls.by_numbers(session, foreign.fund_id, [_line(session, foreign)], EVERYTHING)
    (row,) = first.values()
    _line(session, foreign, double_of=row.number, double_open=True)
    return bool(same_calls.doubles_of(session, row, scope))


def _newest(session: Session, foreign: Place, scope: Scope) -> bool:
    _line(session, foreign)
    return bool(calls.newest(session, foreign.fund_id, scope, 9))


def _changed_after(session: Session, foreign: Place, scope: Scope) -> bool:
    number = _line(session, foreign)
    return bool(calls.changed_after(session, foreign.fund_id, number - 1, scope))


def _to_check(session: Session, foreign: Place, scope: Scope) -> bool:
    _line(session, foreign)
    return bool(calls.to_check(session, foreign.fund_id, scope, 9))


def _between(session: Session, foreign: Place, scope: Scope) -> bool:
    number = _line(session, foreign)
    return bool(calls.between(session, foreign.fund_id, number, number, scope))


def _open_lines(session: Session, foreign: Place, scope: Scope) -> bool:
    _line(session, foreign)
    return any(desk_sums.open_lines(session, foreign.fund_id, scope))


def _tallies(session: Session, foreign: Place, scope: Scope) -> bool:
    _line(session, foreign, currency="GBP", amount=5, base=6)
    return bool(desk_sums.tallies(session, foreign.fund_id, scope))


def _not_called(session: Session, foreign: Place, scope: Scope) -> bool:
    return bool(desk_sums.not_called(session, foreign.fund_id, scope))


def _overlap(session: Session, foreign: Place, scope: Scope) -> bool:
    given = session.get_one(DonationRow, foreign.donation_id)
    assert given.succeeded_at is not None
    since = min(given.succeeded_at, NOW) - timedelta(days=1)
    _line(session, foreign, currency=given.currency, amount=given.amount)
    return bool(desk_sums.overlap(session, foreign.fund_id, since, scope))


def _prepare(session: Session, foreign: Place) -> None:
    where = {"fund_id": foreign.fund_id, "section_id": foreign.section_id}
    session.execute(delete(PreparedRow))
    add(session, "prepared", **where)


def _of_section(session: Session, foreign: Place, scope: Scope) -> bool:
    _prepare(session, foreign)
    found = prepared.of_section(session, foreign.fund_id, foreign.section_id, scope)
    return found is not None


def _of_fund(session: Session, foreign: Place, scope: Scope) -> bool:
    _prepare(session, foreign)
    return bool(prepared.of_fund(session, foreign.fund_id, scope))


def _sums(session: Session, foreign: Place, scope: Scope) -> bool:
    add(session, "paper_sum", fund_id=foreign.fund_id, section_id=foreign.section_id)
    return bool(paper.sums(session, foreign.fund_id, scope))


def _sat_down(world: World) -> bool:
    """Whether somebody of the hall sits down at the desk of the strike."""
    scope = Scope(frozenset({Reach(world.place("hall", "SE").fund_id)}))
    try:
        with sitting(world.parts, "strike", scope):
            return True
    except UnknownFund:
        return False


def _noticed(world: World) -> bool:
    scope = Scope(frozenset({Reach(world.place("hall", "SE").fund_id)}))
    try:
        notice(world.parts, "strike", 0, scope)
    except UnknownFund:
        return False
    return True


DESK: dict[str, Callable[[World], bool]] = {
    "services/desk/notice.py:notice": _noticed,
    "services/desk/sitting.py:sitting": _sat_down,
    "store/call_course.py:waiting": _asked(_waiting),
    "store/calls.py:between": _asked(_between),
    "store/calls.py:by_numbers": _asked(_by_numbers),
    "store/calls.py:changed_after": _asked(_changed_after),
    "store/same_calls.py:doubles_of": _asked(_doubles_of),
    "store/calls.py:newest": _asked(_newest),
    "store/calls.py:to_check": _asked(_to_check),
    "store/desk_sums.py:not_called": _asked(_not_called),
    "store/desk_sums.py:open_lines": _asked(_open_lines),
    "store/desk_sums.py:overlap": _asked(_overlap),
    "store/desk_sums.py:tallies": _asked(_tallies),
    "store/paper.py:kept": _asked(_sums),
    "store/prepared.py:of_fund": _asked(_of_fund),
    "store/prepared.py:of_section": _asked(_of_section),
}
