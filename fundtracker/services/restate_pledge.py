"""Restate a pledge: another sum, other days, another section, a name.

Each raises UnknownPledge, and Changed where the version is not the one that was shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid, NotNow, UnknownSection
from fundtracker.domain.money import Money
from fundtracker.domain.sections import NO_SECTION
from fundtracker.domain.text import clean_line
from fundtracker.services.change_pledge import (
    changing,
    refuse_unless_expected,
    refuse_unless_its_line_counts,
)
from fundtracker.store import allocations, funds, pledges, sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.pledges import Instalment
    from fundtracker.domain.scope import Scope
    from fundtracker.services.change_pledge import Shown
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

NAME_LIMIT = 80


def restate_pledge(
    parts: Parts, shown: Shown, instalments: Sequence[Instalment], scope: Scope
) -> None:
    """Let a pledge be for another sum, or due on other days; both stand in its instalments.

    Raises Invalid for a sum that is less than what was paid, in another currency, or raised above
    the fund's ceiling, which is a second person's to allow.
    """
    with changing(parts, shown, scope) as change:
        refuse_unless_expected(change.row)
        row = change.row
        if any(part.amount.currency != row.currency for part in instalments):
            raise Invalid(
                N_("A pledge stays in its currency, %(currency)s."),
                field="amount",
                currency=row.currency,
            )
        amount = sum(part.amount.minor for part in instalments)
        if amount <= 0 or any(part.amount.minor <= 0 for part in instalments):
            raise Invalid(N_("Enter an amount of more than zero."), field="amount")
        if amount < row.paid:
            raise Invalid(
                N_("%(paid)s of this pledge are paid already. It cannot be for less."),
                field="amount",
                paid=Money(row.paid, row.currency),
            )
        _refuse_above_ceiling(change.session, row, amount)
        pledges.set_instalments(change.session, row, instalments)
        change.do(
            Action.PLEDGE_CHANGED,
            "pledge_restated",
            lambda row: _promise(row, amount),
            before={"amount": row.amount},
            after={"amount": amount, "due_on": instalments[-1].due.isoformat()},
        )


def move_pledge(parts: Parts, shown: Shown, section: str, scope: Scope) -> None:
    """Give a pledge to another section of its fund, "" for none; raises UnknownSection.

    Not once it is paid in part: the money is in the section's accounts.
    """
    with changing(parts, shown, scope) as change:
        row = change.row
        refuse_unless_expected(row)
        refuse_unless_its_line_counts(change.session, row)
        if row.paid:
            raise NotNow(N_("Part of this pledge is paid. Take that back first."))
        target = section_in(change.session, row.fund_id, section, scope)
        allocations.move(change.session, row.id, target)
        change.do(
            Action.PLEDGE_CHANGED,
            "pledge_moved",
            lambda row: _place(row, target),
            before={"section_id": row.section_id},
            after={"section_id": target},
        )


def name_pledge(parts: Parts, shown: Shown, name: str, scope: Scope) -> None:
    """Say whose a pledge is, or take the name off; raises InvalidText."""
    with changing(parts, shown, scope) as change:
        cleaned = clean_line(name, field="name", limit=NAME_LIMIT)
        change.do(
            Action.PLEDGE_CHANGED,
            "pledge_named",
            lambda row: write_name(change.session, row, cleaned),
            name=cleaned,
        )


def section_in(session: Session, fund_id: int, code: str, scope: Scope) -> int:
    """The section of a code in a fund, as far as somebody may know of it; raises UnknownSection."""
    if not code and scope.allows(fund_id, NO_SECTION):
        return NO_SECTION
    for part in sections.of_fund(session, fund_id, scope):
        if part.section.code == code:
            return part.section.id
    raise UnknownSection(field="section")


def _refuse_above_ceiling(session: Session, row: PledgeRow, amount: int) -> None:
    fund = funds.by_ids(session, [row.fund_id])[row.fund_id]
    base = pledges.rate_of(row).to_base(Money(amount, row.currency), fund.currency)
    if amount > row.amount and base.minor > fund.ceiling:
        raise Invalid(
            N_(
                "More than %(most)s asks for a second person:"
                " write down what is beyond it as another pledge."
            ),
            field="amount",
            most=Money(fund.ceiling, fund.currency),
        )


def _promise(row: PledgeRow, amount: int) -> None:
    row.amount, row.rounded = amount, 0


def _place(row: PledgeRow, section_id: int) -> None:
    row.section_id = section_id


def write_name(session: Session, row: PledgeRow, name: str) -> None:
    """Let a pledge be called so, and be found so; "" takes the name off."""
    row.name, row.name_key = name or None, pledges.name_key(session, name)
