"""Two keyers: a second teller types the same calls blind, and confirms what is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_
from fundtracker.services.desk.book import book
from fundtracker.services.desk.check import confirm_line
from fundtracker.store import same_calls

if TYPE_CHECKING:
    from fundtracker.services.desk.book import Origin
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.services.desk.understand import Understood
    from fundtracker.store.calls import CallRow


def keep_blind(at: Sitting, found: Understood, origin: Origin) -> list[CallRow]:
    """Keep a line that never counts, and confirm the one of the other keyer that says the same."""
    if not at.row.two_keyers:
        raise Refused(N_("This desk has no second keyer."))
    row = book(at, found, origin, CallState.BLIND)
    other = same_calls.match(at.session, row)
    if other is None:
        return [row]
    _join(at, other, row)
    return [row, other]


def meet(at: Sitting, row: CallRow) -> list[CallRow]:
    """Confirm a line that the other keyer has typed already; return theirs."""
    if not at.row.two_keyers or row.state != CallState.COUNTED:
        return []
    other = same_calls.match(at.session, row)
    if other is None:
        return []
    _join(at, row, other)
    return [other]


def _join(at: Sitting, counted: CallRow, blind: CallRow) -> None:
    counted.matches, blind.matches = blind.number, counted.number
    confirm_line(at, counted, by=blind.teller)
    at.touch(blind)
