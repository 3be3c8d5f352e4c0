"""Check lines: a second person confirms what was shown to them, doubts it, or takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.open import refuse_unless_correctable
from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_
from fundtracker.services.desk.once import Taken, remember, repeated
from fundtracker.services.desk.pledges import confirm_pledges, refuse_if_the_treasurys
from fundtracker.services.desk.sitting import EVERYTHING, Differs, sitting
from fundtracker.services.desk.undo import refuse_if_taken_back, take_back, take_back_or_ask
from fundtracker.store import calls

if TYPE_CHECKING:
    from fundtracker.domain.desk.commands import Confirm
    from fundtracker.domain.desk.seen import Seen
    from fundtracker.domain.scope import Scope
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.services.parts import Parts
    from fundtracker.store.calls import CallRow

MOST_AT_ONCE = 200


class Verdict(StrEnum):
    """What a second person says of lines."""

    CONFIRM = "confirm"
    DOUBT = "doubt"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Check:
    """What a second person sends: a verdict on lines, each with the version that was shown."""

    client_id: str
    lines: tuple[tuple[int, int], ...]
    verdict: Verdict

    @property
    def content(self) -> str:
        """What makes it this check and no other one."""
        return "\x1f".join(
            (self.verdict, *(f"{number}/{version}" for number, version in self.lines))
        )


def check(parts: Parts, slug: str, wanted: Check, scope: Scope) -> Taken:
    """Do what a second person says of lines, all of them or none.

    Raises UnknownFund, NotNow, Refused, OtherContent or Differs, and then nothing is written.
    """
    with sitting(parts, slug, scope) as at:
        known = repeated(at, wanted.client_id, wanted.content)
        if known is not None:
            return known
        refuse_unless_correctable(at.fund)
        if not 0 < len(wanted.lines) <= MOST_AT_ONCE:
            raise Refused(N_("Choose 1 to %(most)s lines."), most=MOST_AT_ONCE)
        shown = dict(wanted.lines)
        rows = at.lines(sorted(shown))
        others = [row.number for row in rows if row.version != shown[row.number]]
        if others:
            raise Differs(others)
        for row in rows:
            _say(at, row, wanted.verdict)
        remember(at, wanted.client_id, wanted.content, wanted.content, rows)
        return Taken(tuple(row.number for row in rows))


def confirm(at: Sitting, wanted: Confirm, seen: Seen) -> list[CallRow]:
    """Confirm what waits between two numbers and is not one's own, as it was seen."""
    rows = calls.between(at.session, at.fund.id, wanted.first, wanted.last, EVERYTHING)
    mine = [row for row in rows if row.teller == at.teller]
    rows = [row for row in rows if row.teller != at.teller]
    if not rows:
        raise _own(mine[0]) if mine else Refused(N_("There is nothing to confirm."))
    if len(rows) > MOST_AT_ONCE:
        raise Refused(N_("At most %(most)s lines at once."), most=MOST_AT_ONCE)
    if seen.desk is None:
        raise Differs([row.number for row in rows])
    at.refuse_changed(rows, seen)
    for row in rows:
        _say(at, row, Verdict.CONFIRM)
    return rows


def confirm_line(at: Sitting, row: CallRow, *, by: str) -> None:
    """Let a line be confirmed by somebody; one that was not counted counts from here on."""
    replaced = None if row.replaces is None else at.line(row.replaces)
    if row.state == CallState.SECOND:
        if replaced is not None and replaced.replaced_by != row.number:
            refuse_if_taken_back(replaced)
            refuse_if_the_treasurys(at, replaced)
            take_back(at, replaced, instead=row.number)
        row.state = CallState.COUNTED
    if not row.is_confirmed:
        row.checked_by, row.checked_at = by, at.now
        confirm_pledges(at, row)
    row.doubted_by = row.undo_asked_by = None
    row.double_open = False
    at.touch(row)


def _say(at: Sitting, row: CallRow, verdict: Verdict) -> None:
    refuse_if_taken_back(row)
    if verdict is Verdict.UNDO:
        take_back_or_ask(at, row)
        return
    if row.teller == at.teller:
        raise _own(row)
    if row.state not in {CallState.COUNTED, CallState.SECOND}:
        raise Refused(N_("Line %(number)s does not count."), number=row.number)
    if verdict is Verdict.CONFIRM:
        confirm_line(at, row, by=at.teller)
        return
    row.doubted_by = at.teller
    at.touch(row)


def _own(row: CallRow) -> Refused:
    return Refused(
        N_("Line %(number)s is your own: somebody else has to confirm it."), number=row.number
    )
