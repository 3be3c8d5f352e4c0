"""Where somebody lands after signing in: who they are, what they may do, and where that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template
from flask_babel import gettext

from fundtracker.domain.funds import FundStatus
from fundtracker.store import funds, people
from fundtracker.web.access import me, signed_in
from fundtracker.web.account.blueprint import bp
from fundtracker.web.context import parts

if TYPE_CHECKING:
    from fundtracker.domain.members import HeldGrant


@dataclass(frozen=True, slots=True)
class Holding:
    """A grant in the reader's words."""

    role: str
    reach: str
    extras: tuple[str, ...]


@bp.get("/")
@signed_in
def home() -> str:
    """Show who is signed in, with which grants, and the ways on."""
    who = me()
    with parts().database.reading() as session:
        held = people.held(session, [grant.id for grant in who.grants])
        running = [fund for fund in funds.all_funds(session) if fund.status != FundStatus.DRAFT]
    holdings = [_holding(held[grant.id]) for grant in who.grants]
    return render_template("account/home.html", who=who, holdings=holdings, funds=running)


def _holding(held: HeldGrant) -> Holding:
    grant = held.grant
    extras = []
    if grant.sees_names:
        extras.append(gettext("sees the names of anonymous donors"))
    if grant.sees_emails:
        extras.append(gettext("sees e-mail addresses"))
    return Holding(gettext(grant.role.label), _reach(held), tuple(extras))


def _reach(held: HeldGrant) -> str:
    if held.section and held.fund:
        reach = gettext("%(section)s in %(fund)s", section=held.section, fund=held.fund)
    elif held.section:
        reach = gettext("%(section)s in every fund", section=held.section)
    else:
        reach = held.fund or gettext("every fund and section")
    return str(reach)
