"""What a line does to its pledges: they are made, confirmed, withdrawn and named with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_
from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.domain.pledges import PledgeSource, PledgeStatus, schedule
from fundtracker.services.book_pledges import Books, alter
from fundtracker.services.decide_pledge import cancelled, confirmed
from fundtracker.services.promise import NewPledge, promise, usual_due
from fundtracker.services.restate_pledge import write_name
from fundtracker.store import pledges

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.domain.pledges import Instalment
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.services.desk.understand import Understood
    from fundtracker.store.calls import CallRow
    from fundtracker.store.pledges import PledgeRow


class TheTreasurys(Refused):
    """Pledges of a line are not as they were called any more, and another line would undo that."""

    message = N_(
        "The treasury has changed pledges of line %(number)s: it can change the others as well."
    )


def make_pledges(at: Sitting, row: CallRow, found: Understood, *, counted: bool) -> None:
    """Make a pledge for each person of a line."""
    call = found.call
    one = NewPledge(
        section_id=found.section_id,
        amount=found.pledge,
        source=PledgeSource.FLOOR,
        status=PledgeStatus.UNCONFIRMED,
        counted=counted,
        paid_by=call.paid_by,
        instalments=_instalments(at, found),
        call_id=row.id,
        rate=found.rate,
        name=call.label or "",
    )
    at.add(promise(at.session, at.parts, at.fund, [one] * call.count).changes)


def confirm_pledges(at: Sitting, row: CallRow) -> None:
    """Let the pledges of a line be open, and count if they did not yet."""
    _alter(at, row, "pledge_confirmed", lambda pledge: confirmed(pledge, at.now))


def withdraw_pledges(at: Sitting, row: CallRow) -> None:
    """Let the pledges of a line be expected no more; raises Refused once one has been paid."""
    # What somebody has paid and then withdrawn is paid all the same.
    if any(pledge.paid for pledge in pledges.of_call(at.session, row.id)):
        raise Refused(
            N_("Line %(number)s is paid, in part at least: the treasury can change it."),
            number=row.number,
        )
    _alter(at, row, "pledge_cancelled", cancelled)


def refuse_if_the_treasurys(at: Sitting, row: CallRow) -> None:
    """Raise TheTreasurys for a line of which a pledge was withdrawn, restated or moved.

    Its pledges are locked: a refund that is settled at this moment may withdraw one.
    """
    called = (row.amount or 0) * (row.instalments or 1)
    if any(
        pledge.status not in EXPECTED
        or (pledge.section_id, pledge.amount) != (row.section_id, called)
        for pledge in pledges.of_call(at.session, row.id)
    ):
        raise TheTreasurys(number=row.number)


def name_pledges(at: Sitting, row: CallRow) -> None:
    """Let the pledges of a line be called as it is."""

    def name(pledge: PledgeRow) -> None:
        write_name(at.session, pledge, row.label or "")

    _alter(at, row, "pledge_named", name)


def _alter(at: Sitting, row: CallRow, kind: str, how: Callable[[PledgeRow], None]) -> None:
    """Change those of a line's pledges that are expected still."""
    rows = [pledge for pledge in pledges.of_call(at.session, row.id) if pledge.status in EXPECTED]
    books = Books(at.session, at.parts, {at.fund.id: at.fund.currency}, at.now)
    at.add(alter(books, rows, kind, how))


def _instalments(at: Sitting, found: Understood) -> tuple[Instalment, ...]:
    """Monthly parts, of which the first is due on the usual day."""
    parts = found.call.instalments
    if parts is None:
        return ()
    return schedule(found.pledge, parts, usual_due(at.fund, at.now))
