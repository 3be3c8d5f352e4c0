"""Replace a line: the old one is taken back and a new one booked, in one version of the fund.

Somebody else's line, or one that is confirmed, stays as it is until a second person approves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.line import read
from fundtracker.domain.desk.tokens import sort
from fundtracker.domain.desk.values import (
    MOST_PEOPLE_AT_ONCE,
    Call,
    Choice,
    PaidBy,
    Question,
    Refused,
)
from fundtracker.domain.errors import N_
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.desk.blind import meet
from fundtracker.services.desk.book import book
from fundtracker.services.desk.pledges import TheTreasurys, refuse_if_the_treasurys
from fundtracker.services.desk.sitting import EVERYTHING
from fundtracker.services.desk.understand import (
    Unanswered,
    Understood,
    answered,
    section_id_of,
)
from fundtracker.services.desk.undo import is_free, take_back
from fundtracker.store import call_course

if TYPE_CHECKING:
    from fundtracker.domain.desk.commands import Fix, Move
    from fundtracker.domain.desk.values import Desk
    from fundtracker.domain.funds import Fund
    from fundtracker.services.desk.book import Origin
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.store.calls import CallRow


def replace_line(at: Sitting, old: CallRow, found: Understood, origin: Origin) -> list[CallRow]:
    """Book a line instead of another one, now or once a second person approves.

    One that is taken back is booked anew, as whoever wants that would type it. Returns the new line
    first. Raises Refused or NotNow.
    """
    if old.state == CallState.TAKEN_BACK:
        return _anew(at, old, found, origin)
    parked = old.state == CallState.PARKED
    if old.state == CallState.BLIND:
        raise Refused(
            N_("Line %(number)s counts nothing: take it back instead."), number=old.number
        )
    if found.announced is not None and not parked:
        raise Refused(_NO_TOTAL)
    # Not before that: whoever books the rest of a total locks no pledge that is there.
    refuse_if_the_treasurys(at, old)
    if old.state == CallState.SECOND and old.replaces is not None:
        return _instead_of_waiting(at, old, found, origin)
    origin = replace(origin, replaces=old.number)
    waits = found.call.needs_second or not (parked or is_free(at, old))
    proposed = call_course.waiting(at.session, at.fund.id, old.number, EVERYTHING)
    row = book(at, found, origin, CallState.SECOND if waits else CallState.COUNTED)
    # What somebody proposed before was shown to whoever types this one, which stands for both.
    for other in proposed:
        take_back(at, other, instead=row.number)
    if waits and not parked:
        # Whoever has this one on the screen is to know that another one waits for its place.
        at.touch(old)
        return [row, old, *proposed]
    take_back(at, old, instead=row.number)
    return [row, old, *proposed, *meet(at, row)]


def _anew(at: Sitting, old: CallRow, found: Understood, origin: Origin) -> list[CallRow]:
    """Book a line that is taken back once more; whoever looks for it is led to this one."""
    if old.left_people is not None:
        raise TheTreasurys(number=old.number)
    origin = replace(origin, replaces=old.number)
    row = book(at, found, origin, found.state_for(at.teller))
    old.replaced_by = row.number
    at.touch(old)
    return [row, old, *meet(at, row)]


def _instead_of_waiting(
    at: Sitting, old: CallRow, found: Understood, origin: Origin
) -> list[CallRow]:
    """Book a line instead of one that waits to replace another: it waits for that as well.

    Else the first one of the three would stand for ever beside the last.
    """
    row = book(at, found, replace(origin, replaces=old.replaces), CallState.SECOND)
    take_back(at, old, instead=row.number)
    return [row, old]


def fixed(fund: Fund, desk: Desk, old: CallRow, wanted: Fix) -> Understood:
    """What a line would be with another amount; raises Refused or Unanswered."""
    before = _call_of(old, desk)
    tokens = sort(tuple(wanted.amount.split()))
    call = answered(read(f"{before.section or '?'} {wanted.amount}", desk, sure=True))
    if call.is_total:
        raise Refused(_NO_TOTAL)
    # The words have one amount, or they were asked about.
    (typed,) = tokens.amounts
    if not (tokens.coin or typed.coin):
        _ask_which_currency(wanted, before.each.currency, call.each.currency)
    says_people = tokens.count is not None or typed.people is not None
    changed = replace(
        before,
        amount=call.amount,
        count=call.count if says_people else before.count,
        instalments=call.instalments or before.instalments,
        paid_by=call.paid_by or before.paid_by,
    )
    return _weighed(fund, desk, changed)


def moved(fund: Fund, desk: Desk, old: CallRow, wanted: Move) -> Understood:
    """What a line would be in another section; raises Refused."""
    return _weighed(fund, desk, replace(_call_of(old, desk), section=wanted.section))


def _call_of(row: CallRow, desk: Desk) -> Call:
    """What a line said; raises Refused for one that nobody understood, or is the treasury's."""
    if row.each is None:
        raise Refused(
            N_("Line %(number)s was not understood: take it into the field and type it anew."),
            number=row.number,
        )
    if row.left_people is not None:
        raise TheTreasurys(number=row.number)
    codes = {section.id: code for code, section in desk.sections.items()}
    if row.section_id != NO_SECTION and row.section_id not in codes:
        raise Refused(N_("Its section takes part no more."))
    return Call(
        section=codes.get(row.section_id, ""),
        amount=row.each,
        count=row.count,
        instalments=row.instalments,
        paid_by=None if row.paid_by is None else PaidBy(row.paid_by),
        badge=row.badge,
        label=row.label,
        note=row.note,
    )


def _weighed(fund: Fund, desk: Desk, call: Call) -> Understood:
    """The call with its rate, and whether a second person has to see it."""
    code = call.each.currency
    rate = desk.rates.get(code)
    if rate is None:
        raise Refused(N_("The fund has no exchange rate for %(code)s."), code=code)
    found = Understood(call, section_id_of(desk, call.section), rate)
    above = found.base(fund.currency) > fund.ceiling or call.count > MOST_PEOPLE_AT_ONCE
    return replace(found, call=replace(call, needs_second=above))


def _ask_which_currency(wanted: Fix, before: str, now: str) -> None:
    """Ask where the line was in another currency than a bare number of its section is."""
    if before == now:
        return
    choices = tuple(
        Choice(f"{code} {wanted.amount}", f"/fix {wanted.number} {wanted.amount} {code}")
        for code in (before, now)
    )
    raise Unanswered(Question(N_("Which currency is the new amount in?"), {}, choices))


_NO_TOTAL = N_("Take the line back first, then type the total.")
