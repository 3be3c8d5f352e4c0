"""Change a member of staff: one at a time, as the page that asks saw them, and never the last."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Changed, Invalid, LastAdministrator, NotFound
from fundtracker.services.record import record_refusal
from fundtracker.store import people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from fundtracker.domain.audit import Action
    from fundtracker.domain.members import Seen
    from fundtracker.services.parts import Parts
    from fundtracker.store.staff import StaffRow


MEANWHILE = N_(
    "Somebody else changed this person while your page was open. Nothing of yours was saved:"
    " see what is new, and decide again."
)


def subject_of(token: str) -> str:
    """Return how somebody is called in the audit log."""
    return f"staff:{token}"


@contextmanager
def changing(
    parts: Parts, token: str, seen: Seen | None, action: Action
) -> Iterator[tuple[Session, StaffRow]]:
    """Open the unit of work in which somebody is changed; a refusal goes into the audit log.

    Raises NotFound, and Changed where they are not as they were `seen`; None is whoever looks at
    nothing before, such as a command.
    """
    subject, typed = subject_of("unknown"), token
    try:
        with parts.database.unit_of_work() as session:
            row = people.locked(session, token)
            subject, typed = subject_of(token), ""
            _refuse_late(session, row, seen)
            yield session, row
    except (Changed, Invalid, LastAdministrator, NotFound) as error:
        record_refusal(parts, action, subject, error.message, typed=typed)
        raise


def _refuse_late(session: Session, row: StaffRow, seen: Seen | None) -> None:
    if seen is not None and people.seen(session, row) != seen:
        raise Changed(MEANWHILE)


def refuse_last(session: Session, row: StaffRow) -> None:
    """Raise LastAdministrator where without this person nobody could let anybody in."""
    if people.is_last_administrator(session, row.id):
        raise LastAdministrator
