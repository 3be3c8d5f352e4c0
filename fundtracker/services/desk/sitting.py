"""A unit of work at a desk: whatever a line does is one transaction, and one version of the fund.

The desk is locked first, before donations, pledges, totals and the fund: tellers wait for each
other here, so that numbers have no gaps and the same line never arrives twice.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from fundtracker.domain.desk.keys import desk_key
from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_, FundtrackerError, NotNow, UnknownFund
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.count import count
from fundtracker.store import calls, desks, funds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.desk.seen import Seen
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts
    from fundtracker.store.calls import CallRow
    from fundtracker.store.desks import DeskRow

EVERYTHING = Scope.everything()


class OtherDesk(NotNow):
    """A queue was typed for another fund, or for the rehearsal of this one."""

    message = N_(
        "This line was typed for another fund, or for a rehearsal. It was not booked here:"
        " look at it, and type it again if it belongs here."
    )


class Differs(FundtrackerError):
    """Lines are not as they were shown; `numbers` says which, and nothing was done."""

    status: ClassVar[int] = 409
    message = N_("Something has changed since this was shown. Nothing was done: look again.")

    def __init__(self, numbers: Sequence[int]) -> None:
        """Carry the lines that are otherwise."""
        super().__init__()
        self.numbers = tuple(numbers)


class NoSuchLine(Refused):
    """A command names a line that is not there."""

    message = N_("There is no line %(number)s.")


@dataclass(slots=True)
class Sitting:
    """One teller's turn at the desk of a fund.

    `changes` is what the totals of each (fund, section) rise by, `touched` the lines that are
    otherwise than before; `visible` that something else of the desk is.
    """

    session: Session
    parts: Parts
    fund: Fund
    row: DeskRow
    now: datetime
    changes: defaultdict[tuple[int, int], Totals] = field(
        default_factory=lambda: defaultdict(Totals)
    )
    touched: dict[int, CallRow] = field(default_factory=dict)
    visible: bool = False
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def teller(self) -> str:
        """The token of who types."""
        return self.parts.actor.name

    def touch(self, row: CallRow) -> None:
        """Take note that a line is otherwise than before."""
        row.changed_by = self.teller
        self.touched[row.number] = row

    def add(self, changes: Mapping[tuple[int, int], Totals]) -> None:
        """Take note of what the totals rise by."""
        for place, change in changes.items():
            self.changes[place] += change

    def finish(self) -> dict[str, int]:
        """Let the totals and the fund's version follow, last in the order of locks.

        Called at the end of the turn, and before that only by what writes into the audit log, whose
        lock comes after all others. Returns the new versions of funds.
        """
        if self.touched or self.changes or self.visible:
            self.session.flush()
            changes = {place: each for place, each in self.changes.items() if each != Totals()}
            versions = count(self.session, changes, self.now)
            self.versions = versions or funds.bump(self.session, [self.fund.id], self.now)
            for row in self.touched.values():
                row.version += 1
                row.changed = self.versions[self.fund.slug]
            self.session.flush()
            self.touched, self.visible = {}, False
            self.changes.clear()
        return self.versions

    def changed_since(self, rows: Iterable[CallRow], seen: Seen) -> list[int]:
        """The numbers of lines that are not any more as the teller has seen them."""
        return [
            row.number
            for row in rows
            if seen.misses(row.number, row.version, row.changed, own=row.changed_by == self.teller)
        ]

    def refuse_changed(self, rows: Iterable[CallRow], seen: Seen) -> None:
        """Raise Differs for lines that are not any more as the teller has seen them."""
        changed = self.changed_since(rows, seen)
        if changed:
            raise Differs(changed)

    def line(self, number: int) -> CallRow:
        """A line by its number; raises NoSuchLine."""
        return self.lines([number])[0]

    def lines(self, numbers: Collection[int]) -> list[CallRow]:
        """Lines by their numbers, in that order; raises NoSuchLine."""
        found = calls.by_numbers(self.session, self.fund.id, numbers, EVERYTHING)
        for number in numbers:
            if number not in found:
                raise NoSuchLine(number=number)
        return [found[number] for number in numbers]


@contextmanager
def sitting(parts: Parts, slug: str, scope: Scope, key: str | None = None) -> Iterator[Sitting]:
    """Sit down at a desk; what changed is counted, committed, and then announced.

    `key` is that of the desk for which something was typed. Raises UnknownFund or OtherDesk.
    """
    with parts.database.unit_of_work() as session:
        row = desks.locked(session, slug)
        fund = funds.by_slug(session, slug)
        if not scope.allows_fund(fund.id):
            raise UnknownFund
        if key is not None and key != desk_key(row.key, fund):
            raise OtherDesk
        found = Sitting(session, parts, fund, row, parts.clock())
        yield found
        versions = found.finish()
    for changed, version in versions.items():
        parts.broker.announce(changed, version)
