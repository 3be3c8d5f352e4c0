"""Verify desks: the numbers of lines have no gaps, and each line has the pledges that it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
