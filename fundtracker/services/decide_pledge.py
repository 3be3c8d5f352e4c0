"""Decide about a pledge: confirm it, withdraw it, write it off, open it again.

Each raises UnknownPledge, and Changed where the version is not the one that was shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.actors import ActorKind
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, InvalidText, NotNow
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.text import clean_line
from fundtracker.services.change_pledge import (
    changing,
    refuse_unless_expected,
    refuse_unless_its_line_counts,
)

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.scope import Scope
    from fundtracker.services.change_pledge import Shown
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

REASON_LIMIT = 500


def confirm_pledge(parts: Parts, shown: Shown, scope: Scope) -> None:
    """Let a promise that was being checked be one that is expected.

    Raises NotNow for another, and for a member of staff who wrote it down themselves.
    """
    with changing(parts, shown, scope) as change:
        if change.row.status != PledgeStatus.UNCONFIRMED:
            raise NotNow(N_("This pledge is not being checked."))
        if parts.actor.kind is ActorKind.STAFF and change.row.actor == str(parts.actor):
            raise NotNow(N_("Somebody else than who wrote it down has to confirm it."))
        refuse_unless_its_line_counts(change.session, change.row)
        change.do(
            Action.PLEDGE_CONFIRMED, "pledge_confirmed", lambda row: confirmed(row, change.now)
        )


def cancel_pledge(parts: Parts, shown: Shown, scope: Scope, reason: str = "") -> None:
    """Withdraw a pledge: nothing more is expected, what was paid stays."""
    with changing(parts, shown, scope) as change:
        refuse_unless_expected(change.row)
        change.do(Action.PLEDGE_CANCELLED, "pledge_cancelled", cancelled, reason=reason)


def write_off_pledge(parts: Parts, shown: Shown, scope: Scope, reason: str) -> None:
    """Give a pledge up that will not come; raises InvalidText without a reason."""
    with changing(parts, shown, scope) as change:
        refuse_unless_expected(change.row)
        reason = clean_line(reason, field="reason", limit=REASON_LIMIT)
        if not reason:
            raise InvalidText(N_("Say why: whoever checks the books will ask."), field="reason")
        change.do(Action.PLEDGE_WRITTEN_OFF, "pledge_written_off", written_off, reason=reason)


def reopen_pledge(parts: Parts, shown: Shown, scope: Scope) -> None:
    """Expect again what was withdrawn or written off."""
    with changing(parts, shown, scope) as change:
        if change.row.status not in {PledgeStatus.CANCELLED, PledgeStatus.WRITTEN_OFF}:
            raise NotNow(N_("This pledge is open."))
        refuse_unless_its_line_counts(change.session, change.row)
        change.do(Action.PLEDGE_REOPENED, "pledge_reopened", lambda row: opened(row, change.now))


def confirmed(row: PledgeRow, now: datetime) -> None:
    """Change a row: it is expected, and counts."""
    row.status, row.counted, row.confirmed_at = PledgeStatus.OPEN, True, now


def cancelled(row: PledgeRow) -> None:
    """Change a row: whoever promised it has withdrawn it."""
    row.status = PledgeStatus.CANCELLED


def written_off(row: PledgeRow) -> None:
    """Change a row: nobody expects it any more."""
    row.status = PledgeStatus.WRITTEN_OFF


def opened(row: PledgeRow, now: datetime) -> None:
    """Change a row: it is expected again, checked if it had been."""
    row.status = PledgeStatus.UNCONFIRMED if row.confirmed_at is None else PledgeStatus.OPEN
    if row.status == PledgeStatus.OPEN:
        confirmed(row, row.confirmed_at or now)
