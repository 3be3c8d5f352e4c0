"""Act on a row of the inbox that waits: try it again, ask Stripe about it, or set it aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import (
    N_,
    Changed,
    GatewayRefused,
    GatewayUnavailable,
    Invalid,
    NotFound,
)
from fundtracker.domain.text import clean_line
from fundtracker.services.inspect_inbox import about, ask
from fundtracker.services.receive import arrival
from fundtracker.services.record import record, record_refusal
from fundtracker.store import inbox, stuck
from fundtracker.store.inbox import InboxState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.services.parts import Parts
    from fundtracker.store.stuck import StuckRow

LONGEST_REASON = 500
# What stands in the row itself, where no personal data may: the reason is in the audit log.
ASIDE = "set aside"
MEANWHILE = N_(
    "Somebody else has acted on this meanwhile, or it has moved by itself. Nothing was changed."
    " This is how it stands now."
)


def retry(parts: Parts, row_id: int, seen: str) -> None:
    """Let the settler try a row again, from the first attempt; raises NotFound or Changed.

    `seen` is the edition of the row that the person saw.
    """
    values = {
        "state": InboxState.RECEIVED,
        "attempts": 0,
        "due_at": parts.clock(),
        "settled_at": None,
        "waits_for": None,
        "note": None,
    }
    _change(parts, row_id, seen, Action.INBOX_RETRIED, values)


def set_aside(parts: Parts, row_id: int, seen: str, reason: str) -> None:
    """Leave a row unsettled for good; raises NotFound, Changed, or Invalid without a reason."""
    reason = clean_line(reason, field="reason", limit=LONGEST_REASON)
    if not reason:
        raise Invalid(N_("Say why: others will ask."), field="reason")
    values = {
        "state": InboxState.IGNORED,
        "settled_at": parts.clock(),
        "waits_for": None,
        "note": ASIDE,
    }
    _change(parts, row_id, seen, Action.INBOX_SET_ASIDE, values, {"reason": reason})


def ask_again(parts: Parts, row_id: int) -> bool:
    """Ask Stripe for what a row is about; return whether the answer was new to us.

    The answer goes into the inbox like everything else. Raises NotFound, Invalid where there is
    nothing to ask for, GatewayRefused or GatewayUnavailable.
    """
    with parts.database.reading() as session:
        row = stuck.stuck_row(session, parts.gateway.account, row_id)
    if row is None:
        raise NotFound
    id = about(row).ask
    if not id:
        raise Invalid(N_("Stripe cannot be asked about this."))
    try:
        seen = ask(parts, id)
    except GatewayRefused:
        raise GatewayRefused(N_("Stripe says that it does not know %(id)s."), id=id) from None
    except GatewayUnavailable:
        raise GatewayUnavailable(
            N_("Stripe cannot be reached. Nothing was changed. Please try again in a minute."),
        ) from None
    with parts.database.unit_of_work() as session:
        new = inbox.put(session, [arrival(parts.gateway.account, seen)], parts.clock()) > 0
        record(session, parts, Action.INBOX_ASKED, _subject(row), after={"asked": id, "new": new})
    return new


def _change(
    parts: Parts,
    row_id: int,
    seen: str,
    action: Action,
    values: Mapping[str, object],
    private: Mapping[str, object] | None = None,
) -> None:
    with parts.database.unit_of_work() as session:
        inbox.lock(session, row_id)
        row = stuck.stuck_row(session, parts.gateway.account, row_id)
        if row is None:
            raise NotFound
        as_seen = row.edition == seen and row.state in stuck.STUCK
        if as_seen:
            inbox.change(session, row_id, values)
            before = {"state": row.state, "note": row.note, "waits_for": row.waits_for}
            after = {name: values[name] for name in before}
            record(
                session, parts, action, _subject(row), before=before, after=after, private=private
            )
    if not as_seen:
        record_refusal(parts, action, _subject(row), MEANWHILE)
        raise Changed(MEANWHILE)


def _subject(row: StuckRow) -> str:
    return f"inbox:{row.event_id}"
