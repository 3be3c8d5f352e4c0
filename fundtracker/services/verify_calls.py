"""Verify desks: lines without gaps, each with the pledges and with what is left as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.services.schedule import FOLLOW_LINE
from fundtracker.store import verify_calls as questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


def verify_calls(session: Session) -> Iterator[str]:
    """Name the funds and the lines at fault."""
    for fund in questions.gaps(session):
        yield f"The lines of fund {fund} are not numbered one after the other."
    for fund, number in questions.unlike_their_pledges(session):
        yield f"Line {number} of fund {fund} has other pledges than it says."
    for fund, number in questions.unlike_what_is_left(session, FOLLOW_LINE):
        yield f"Line {number} of fund {fund} says that something else is left of it."
