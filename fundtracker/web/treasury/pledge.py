"""A pledge's own page: how it stands, what happened to it, what pays it, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from flask import render_template, request

from fundtracker.domain.errors import UnknownPledge
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.roles import Permission
from fundtracker.services.look_at_pledge import look_at_pledge
from fundtracker.store import (
    allocations,
    funds,
    pledge_tasks,
    sections,
    staff,
    treasury_donations,
    treasury_journals,
    treasury_pledges,
)
from fundtracker.store.pledge_history import history
from fundtracker.web.access import me, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import format_money, say
from fundtracker.web.treasury import wording
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.pledges import SOURCES, STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.errors import FundtrackerError
    from fundtracker.domain.scope import Scope
    from fundtracker.store.allocations import AllocationRow
    from fundtracker.store.pledge_history import Promiser
    from fundtracker.store.treasury_lines import DonationLine
    from fundtracker.store.treasury_pledges import PledgeLine


@dataclass(frozen=True, slots=True)
class Paying:
    """A part of a gift that pays a pledge, did, or is to; the gift is None out of sight."""

    part: AllocationRow
    gift: DonationLine | None


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do with a pledge, as it stands."""

    change: bool
    see_names: bool
    expected: bool

    @property
    def decide(self) -> bool:
        """Whether anything about it can be decided or changed."""
        return self.change and self.expected


@bp.get("/pledges/<token>")
@requires(Permission.READ_LEDGER)
def pledge(token: str) -> str:
    """Show a pledge, without anybody's name."""
    return page(token)


@bp.post("/pledges/<token>/names")
@requires(Permission.READ_NAMES)
def pledge_names(token: str) -> str:
    """Show it with what is known of who promised; that it was looked at is written down."""
    names, emails = scope(Permission.READ_NAMES), scope(Permission.READ_EMAILS)
    return page(token, promiser=look_at_pledge(acting(), token, names, emails))


def line_of(session: Session, token: str, reach: Scope) -> PledgeLine:
    """The pledge of an address; raises UnknownPledge for one that may not be seen."""
    line = treasury_pledges.by_token(session, token, reach, parts().clock())
    if line is None:
        raise UnknownPledge
    return line


def page(
    token: str,
    *,
    promiser: Promiser | None = None,
    error: FundtrackerError | None = None,
) -> str:
    """Show a pledge; with an error of a form that was sent, what was typed in it is still there."""
    reach = scope(Permission.READ_LEDGER)
    with parts().database.reading(reach) as session:
        line = line_of(session, token, reach)
        fund = funds.by_slug(session, line.fund)
        journals = treasury_journals.of_pledge(session, line.id, reach)
        happened = history(session, line, journals, reach)
        paying = _paying(session, line, reach)
        actors = {item.actor for item in happened} | {journal.actor for journal in journals}
        actors |= {each.part.decided_by or each.part.actor for each in paying}
        may = _may(session, line, fund.id)
        return render_template(
            "treasury/pledge.html",
            line=line,
            fund=fund,
            rehearsal=fund.rehearsal,
            journals=journals,
            happened=happened,
            paying=paying,
            names=staff.names_of(session, wording.staff_tokens(actors)),
            may=may,
            task=pledge_tasks.of_pledge(session, line.id),
            movable=_sections(session, fund.id) if may.decide and not line.paid else {},
            promiser=promiser,
            stages=STAGES,
            sources=SOURCES,
            seen=seen(line),
            meanwhile=_meanwhile(line) if error is not None else [],
            typed=request.form if error is not None else {},
            error=error,
            error_words="" if error is None else say(error),
            wording=wording,
            simulated=settings().simulated,
        )


def seen(line: PledgeLine) -> str:
    """What a form carries of what was shown, to tell afterwards what has changed meanwhile."""
    return urlencode(_shown(line))


def _shown(line: PledgeLine) -> dict[str, str]:
    due = line.due.isoformat() if line.due else ""
    return {
        "status": line.stage,
        "amount": format_money(Money(line.amount, line.currency)),
        "paid": format_money(Money(line.paid, line.currency)),
        "section": line.section_name,
        "due": due,
    }


def _meanwhile(line: PledgeLine) -> list[tuple[str, str, str]]:
    """What differs from what the form was made from: what, then, now."""
    then = dict(parse_qsl(request.form.get("seen", ""), keep_blank_values=True))
    return [
        (name, then[name], now)
        for name, now in _shown(line).items()
        if name in then and then[name] != now
    ]


def _may(session: Session, line: PledgeLine, fund_id: int) -> May:
    section = sections.by_code(session).get(line.section)
    section_id = 0 if section is None else section.id

    def may(permission: Permission) -> bool:
        return me().scope(permission).allows(fund_id, section_id)

    return May(
        change=may(Permission.CHANGE_PLEDGES),
        see_names=may(Permission.READ_NAMES),
        expected=line.status in {PledgeStatus.OPEN, PledgeStatus.UNCONFIRMED},
    )


def _sections(session: Session, fund_id: int) -> Mapping[str, str]:
    """The sections to which the reader may give a pledge."""
    own = sections.of_fund(session, fund_id, scope(Permission.CHANGE_PLEDGES))
    return {part.section.code: part.section.name for part in own}


def _paying(session: Session, line: PledgeLine, reach: Scope) -> Sequence[Paying]:
    found = allocations.of_pledge(session, line.id, reach)
    gifts = treasury_donations.by_ids(session, [part.donation_id for part in found], reach)
    return [Paying(part, gifts.get(part.donation_id)) for part in found]
