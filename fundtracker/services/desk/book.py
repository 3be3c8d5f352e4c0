"""Book a line: its row, its pledges, and whether it was heard before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_
from fundtracker.domain.pledges import MOST_COUNTED
from fundtracker.services.desk.pledges import make_pledges
from fundtracker.store import prepared, same_calls, tellers
from fundtracker.store.calls import CallRow

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.services.desk.understand import Understood


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a line comes from: what was typed, when, and under which id a browser sent it."""

    raw: str = field(repr=False)
    typed_at: datetime
    client_id: str | None = None
    digest: str | None = None
    replaces: int | None = None


def book(at: Sitting, found: Understood, origin: Origin, state: CallState) -> CallRow:
    """Write a line and what it promises, in that state, and return it."""
    call = found.call
    row = _row(at, origin, state)
    row.section_id = found.section_id
    row.label, row.note, row.badge = call.label, call.note, call.badge
    row.currency, row.amount = call.each.currency, call.each.minor
    row.count, row.instalments = call.count, call.instalments
    row.announced = None if found.announced is None else found.announced.minor
    row.base = found.base(at.fund.currency)
    if row.base > MOST_COUNTED:
        raise Refused(N_("That is more than can be counted. Please check the amount."))
    row.paid_by = call.paid_by
    at.session.add(row)
    if state in {CallState.COUNTED, CallState.SECOND}:
        _flag_if_heard_twice(at, row)
    at.session.flush()
    if state in {CallState.COUNTED, CallState.SECOND}:
        make_pledges(at, row, found, counted=state is CallState.COUNTED)
        if call.prepared:
            _use_prepared(at, row)
    return row


def park(at: Sitting, origin: Origin) -> CallRow:
    """Keep a line that nobody understood, as it was typed, and return it."""
    row = _row(at, origin, CallState.PARKED)
    at.session.add(row)
    at.session.flush()
    return row


def _row(at: Sitting, origin: Origin, state: CallState) -> CallRow:
    number = at.row.next_number
    at.row.next_number = number + 1
    tellers.add_line(at.session, at.fund.id, at.teller, at.now)
    # A browser's clock may be wrong; nothing is typed after it has arrived.
    typed_at = min(origin.typed_at, at.now)
    row = CallRow(
        fund_id=at.fund.id,
        section_id=0,
        number=number,
        client_id=origin.client_id,
        digest=origin.digest,
        raw=origin.raw,
        count=1,
        state=state,
        version=0,
        changed=0,
        teller=at.teller,
        typed_at=typed_at,
        entered_at=at.now,
        late=_is_late(at, typed_at),
        double_open=False,
        replaces=origin.replaces,
    )
    at.touch(row)
    return row


def _is_late(at: Sitting, typed_at: datetime) -> bool:
    """Whether the hall was shown something else between the typing and the arrival."""
    since = at.fund.mode_since
    return since is not None and typed_at < since


def _flag_if_heard_twice(at: Sitting, row: CallRow) -> None:
    with at.session.no_autoflush:
        other = same_calls.like(at.session, row)
    if other is not None:
        row.double_of, row.double_open = other, True


def _use_prepared(at: Sitting, row: CallRow) -> None:
    used = prepared.used(at.session, at.fund.id, row.section_id)
    used.used_by = row.number
