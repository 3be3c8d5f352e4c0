"""Understand a line against the desk as it is: its grammar, what is prepared, what a total leaves.

Nothing is written: the echo while typing is made of the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar

from fundtracker.domain.desk.calls import CallState, left_of
from fundtracker.domain.desk.line import read
from fundtracker.domain.desk.values import (
    MOST_PEOPLE_AT_ONCE,
    Call,
    Desk,
    Question,
    Refusal,
    Refused,
)
from fundtracker.domain.errors import N_, FundtrackerError
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store import aliases, desks, funds, prepared, rates, sections, totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.desk.values import Mark
    from fundtracker.domain.funds import Fund
    from fundtracker.domain.money import Money
    from fundtracker.domain.rates import Rate
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.store.desks import DeskRow

EVERYTHING = Scope.everything()


class Unanswered(FundtrackerError):
    """A line can be meant in several ways, and nothing was booked."""

    status: ClassVar[int] = 422

    def __init__(self, question: Question) -> None:
        """Carry the question with its choices."""
        super().__init__(question.message)
        self.values = dict(question.values)
        self.question = question


@dataclass(frozen=True, slots=True)
class Understood:
    """A call with its amount; `announced` is the total of which that is the rest.

    `prepared_by` is the token of who wrote it down beforehand, who is one of the two persons that a
    large amount needs.
    """

    call: Call
    section_id: int
    rate: Rate
    announced: Money | None = None
    prepared_by: str | None = None

    @property
    def pledge(self) -> Money:
        """What one of them promises in all instalments."""
        each = self.call.each
        return replace(each, minor=each.minor * (self.call.instalments or 1))

    def state_for(self, teller: str) -> CallState:
        """How the line would stand if this teller typed it."""
        alone = self.prepared_by in {None, teller}
        return CallState.SECOND if self.call.needs_second and alone else CallState.COUNTED

    def base(self, currency: str) -> int:
        """What all of it is worth in minor units of the fund's currency, pledge by pledge."""
        return self.rate.to_base(self.pledge, currency).minor * self.call.count


def desk_of(
    session: Session, fund: Fund, row: DeskRow, teller: str, habits: Mapping[str, Mark]
) -> Desk:
    """Return what a teller's line is read against; `habits` are those just told."""
    return called_up(_desk(session, fund, teller, habits), row)


def desk_before(session: Session, slug: str, teller: str, habits: Mapping[str, Mark]) -> Desk:
    """The same without what tellers set at it, before one's turn; raises UnknownFund."""
    return _desk(session, funds.by_slug(session, slug), teller, habits)


def desk_now(at: Sitting, before: Desk, habits: Mapping[str, Mark]) -> Desk:
    """The desk in one's turn, of which nearly everything was read before it."""
    if before.rate_table != at.fund.rate_table_id:
        return desk_of(at.session, at.fund, at.row, at.teller, habits)
    # What needs a second person is decided by the fund as it is.
    return called_up(replace(before, ceiling=at.fund.ceiling), at.row)


def called_up(desk: Desk, row: DeskRow) -> Desk:
    """The desk with what tellers may have set a moment ago."""
    level = desks.level_of(row)
    return replace(
        desk,
        level=None if level is None or level.currency not in desk.rates else level,
        in_fund_currency=row.in_fund_currency,
    )


def _desk(session: Session, fund: Fund, teller: str, habits: Mapping[str, Mark]) -> Desk:
    of_fund = sections.of_fund(session, fund.id, EVERYTHING)
    parts = {part.section.code: part.section for part in of_fund}
    codes = {section.id: code for code, section in parts.items()}
    return Desk(
        sections=parts,
        aliases={
            word: codes[section]
            for word, section in aliases.all_aliases(session).items()
            if section in codes
        },
        currency=fund.currency,
        rates=rates.current(session, fund),
        ceiling=fund.ceiling,
        habits={**desks.habits(session, teller), **habits},
        rate_table=fund.rate_table_id,
    )


class Use(Enum):
    """What a line is read for."""

    # To be shown, or parked.
    TELL = auto()
    # To be booked next: the rest of an announced total is exact, for nobody adds to what the
    # section has before that. No pledge that is there already may be locked afterwards.
    BOOK = auto()
    # To be held against what another one booked: a total stays as it was announced, since whoever
    # types blind knows of no rest.
    MATCH = auto()


def understand(
    session: Session, fund: Fund, desk: Desk, line: str, *, sure: bool, use: Use = Use.TELL
) -> Understood:
    """Read a line whole; raises Unanswered or Refused."""
    call = answered(read(line, desk, sure=sure))
    if call.prepared:
        return _prepared(session, fund, desk, call, use)
    return _whole(session, fund, desk, call, use)


def answered(answer: Call | Question | Refusal) -> Call:
    """Return a call, or raise what it is instead."""
    if isinstance(answer, Question):
        raise Unanswered(answer)
    if isinstance(answer, Refusal):
        raise answer.error
    return answer


def section_id_of(desk: Desk, code: str) -> int:
    """Return the id of a section that a call names, 0 for none."""
    return desk.sections[code].id if code else NO_SECTION


def _whole(session: Session, fund: Fund, desk: Desk, call: Call, use: Use) -> Understood:
    section_id = section_id_of(desk, call.section)
    rate = desk.rates[call.each.currency]
    if not call.is_total:
        return Understood(call, section_id, rate)
    if not section_id:
        raise Refused(N_("A total is a section's: type which one."))
    if call.count > 1 or call.instalments:
        raise Refused(N_("A total is one amount, of all people and instalments together."))
    if use is Use.MATCH:
        return Understood(call, section_id, rate, announced=call.each)
    kept = totals.of_section(session, fund.id, section_id, locked=use is Use.BOOK)
    has = kept.received + kept.pledged + kept.unconfirmed
    left = left_of(call.each, has, rate, fund.currency)
    return Understood(replace(call, amount=left), section_id, rate, announced=call.each)


def _prepared(session: Session, fund: Fund, desk: Desk, call: Call, use: Use) -> Understood:
    row = prepared.of_section(session, fund.id, section_id_of(desk, call.section), EVERYTHING)
    if row is None:
        raise Refused(N_("Nothing is prepared for %(section)s."), section=call.section or "?")
    if row.used_by is not None and use is not Use.MATCH:
        raise Refused(
            N_("The announcement of %(section)s is booked already, as line %(number)s."),
            section=call.section,
            number=row.used_by,
        )
    if row.currency not in desk.rates:
        raise Refused(N_("The fund has no exchange rate for %(code)s."), code=row.currency)
    whole = replace(
        call,
        amount=row.money,
        count=row.count,
        instalments=row.instalments,
        is_total=row.is_total,
        label=call.label or row.label,
    )
    found = replace(_whole(session, fund, desk, whole, use), prepared_by=row.made_by)
    above = found.base(fund.currency) > fund.ceiling or whole.count > MOST_PEOPLE_AT_ONCE
    return replace(found, call=replace(found.call, needs_second=above))
