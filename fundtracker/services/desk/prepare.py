"""Prepare announcements: what sections are going to announce is written down beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.desk.line import read
from fundtracker.domain.desk.open import refuse_unless_correctable
from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_, UnknownSection
from fundtracker.services.desk.sitting import EVERYTHING, sitting
from fundtracker.services.desk.understand import answered, desk_of, section_id_of
from fundtracker.services.record import record
from fundtracker.store import prepared
from fundtracker.store.prepared import PreparedRow

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.desk.values import Call
    from fundtracker.domain.scope import Scope
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.services.parts import Parts


class WrittenMeanwhile(Refused):
    """Somebody else has written down something for the section that was not seen."""

    message = N_(
        "Somebody else has written down %(amount)s for %(section)s meanwhile. Nothing was changed:"
        " do it once more to change that."
    )


def prepare(
    parts: Parts, slug: str, line: str, scope: Scope, shown: datetime | None = None
) -> None:
    """Write down what a section will announce, as a line of the desk, instead of what was before.

    `shown` is when the latest was written down that the teller saw; None for whoever need not look.
    Raises UnknownFund, Unanswered, Refused or NotNow.
    """
    with sitting(parts, slug, scope) as at:
        refuse_unless_correctable(at.fund)
        desk = desk_of(at.session, at.fund, at.row, at.teller, {})
        call = answered(read(line, desk, sure=True))
        _check(call)
        section_id = section_id_of(desk, call.section)
        row = _free(at, section_id, call.section, shown)
        row = row or PreparedRow(fund_id=at.fund.id, section_id=section_id)
        row.currency, row.amount = call.each.currency, call.each.minor
        row.count, row.instalments, row.is_total = call.count, call.instalments, call.is_total
        row.label, row.made_by, row.made_at = call.label, at.teller, at.now
        at.session.add(row)
        _finish(at, row, {"amount": str(row.money), "people": row.count})


def discard(
    parts: Parts, slug: str, code: str, scope: Scope, shown: datetime | None = None
) -> None:
    """Forget what was written down for a section. Raises UnknownFund, UnknownSection or Refused."""
    with sitting(parts, slug, scope) as at:
        desk = desk_of(at.session, at.fund, at.row, at.teller, {})
        if code not in desk.sections:
            raise UnknownSection
        row = _free(at, desk.sections[code].id, code, shown)
        if row is None:
            return
        at.session.delete(row)
        _finish(at, row, {"amount": None})


def _check(call: Call) -> None:
    if not call.section:
        raise Refused(N_("An announcement is a section's: type which one."))
    if call.parked or call.paid_by or call.badge or call.note or call.prepared:
        raise Refused(N_("Type a section, an amount, and perhaps a label."))
    if call.is_total and (call.count > 1 or call.instalments):
        raise Refused(N_("A total is one amount, of all people and instalments together."))


def _free(at: Sitting, section_id: int, code: str, shown: datetime | None) -> PreparedRow | None:
    """What is written down for a section, unless it is booked, or was not seen."""
    row = prepared.of_section(at.session, at.fund.id, section_id, EVERYTHING)
    if row is not None and row.used_by is not None:
        raise Refused(N_("This announcement is booked, as line %(number)s."), number=row.used_by)
    # Tellers write down one after the other: what is later than the latest on a page is not on it.
    if row is not None and shown is not None and row.made_at > shown and row.made_by != at.teller:
        raise WrittenMeanwhile(amount=row.money, section=code)
    return row


def _finish(at: Sitting, row: PreparedRow, after: dict[str, object]) -> None:
    at.visible = True
    at.finish()
    record(
        at.session,
        at.parts,
        Action.ANNOUNCEMENT_PREPARED,
        f"fund:{at.fund.slug}",
        fund_id=at.fund.id,
        section_id=row.section_id,
        after=after,
        private={"label": row.label} if row.label else None,
    )
