"""Change a pledge: the version that was shown, booked, counted and written into the audit log.

with changing(parts, shown, scope) as change:
    change.do(Action.PLEDGE_CANCELLED, "pledge_cancelled", cancelled)
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.errors import N_, Changed, NotNow
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.services.book_pledges import Books, alter
from fundtracker.services.count import count
from fundtracker.services.follow_line import follow, lock_its_desk
from fundtracker.services.record import record
from fundtracker.store import calls, funds, pledges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.audit import Action
    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow


@dataclass(frozen=True, slots=True)
class Shown:
    """Which pledge, and the version of it that the person saw."""

    token: str
    version: int


@dataclass(slots=True)
class Change:
    """A pledge that is locked, to be changed once."""

    session: Session
    parts: Parts
    row: PledgeRow
    now: datetime
    versions: dict[str, int]

    def do(  # noqa: PLR0913 - what the log is told
        self,
        action: Action,
        kind: str,
        how: Callable[[PledgeRow], None],
        *,
        reason: str = "",
        name: str = "",
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        """Change it, book it, count it and write into the audit log who did."""
        row, status = self.row, self.row.status
        currency = funds.by_ids(self.session, [row.fund_id])[row.fund_id].currency
        books = Books(self.session, self.parts, {row.fund_id: currency}, self.now)
        changes = alter(books, [row], kind, how)
        # A name is told to fewer readers of the log than a reason is.
        told = {"reason": reason, "public_name": name}
        told = {what: words for what, words in told.items() if words}
        self.versions = count(self.session, changes, self.now)
        if row.call_id is not None:
            self.versions = follow(self.session, self.parts, row.call_id, self.versions, self.now)
        record(
            self.session,
            self.parts,
            action,
            f"pledge:{row.number}",
            fund_id=row.fund_id,
            section_id=row.section_id,
            before={"status": status, **(before or {})},
            after={"status": row.status, **(after or {})},
            private=told or None,
        )


@contextmanager
def changing(parts: Parts, shown: Shown, scope: Scope) -> Iterator[Change]:
    """Lock a pledge for one change, and announce it once it is committed.

    One that was called in the hall is a line's: its desk is locked first.
    Raises UnknownPledge, and Changed where the version is not the one that is there.
    """
    with parts.database.unit_of_work() as session:
        lock_its_desk(session, shown.token)
        row = pledges.locked_by_token(session, shown.token, scope)
        if row.version != shown.version:
            raise Changed
        change = Change(session, parts, row, parts.clock(), {})
        yield change
    for slug, version in change.versions.items():
        parts.broker.announce(slug, version)


def refuse_unless_expected(row: PledgeRow) -> None:
    """Raise NotNow for a pledge of which nothing more is expected."""
    if row.status not in {PledgeStatus.UNCONFIRMED, PledgeStatus.OPEN}:
        raise NotNow(N_("This pledge is withdrawn or written off. Open it again first."))


def refuse_unless_its_line_counts(session: Session, row: PledgeRow) -> None:
    """Raise NotNow for a pledge of a line that the desk took back, or that waits there."""
    line = None if row.call_id is None else calls.by_id(session, row.call_id)
    if line is not None and line.state != CallState.COUNTED:
        raise NotNow(
            N_(
                "Line %(number)s of the desk made this pledge, and that line does not count."
                " Decide it at the desk."
            ),
            number=line.number,
        )
