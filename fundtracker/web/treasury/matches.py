"""Which gifts seem to pay which pledges: each with its effect, to be agreed to or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.allocations import Share
from fundtracker.domain.errors import (
    N_,
    Changed,
    FundtrackerError,
    Invalid,
    NotNow,
    UnknownFund,
)
from fundtracker.domain.filters import name_in
from fundtracker.domain.roles import Permission
from fundtracker.services.allocate import Wanted, allocate, confirm, reverse
from fundtracker.services.find_matches import matches as find
from fundtracker.services.find_matches import reject
from fundtracker.store import pledge_matches, treasury_donations, treasury_pledges
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import say
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.listing import address, choices_in
from fundtracker.web.treasury.tables import WAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope
    from fundtracker.store.allocations import AllocationRow
    from fundtracker.store.treasury_lines import DonationLine
    from fundtracker.store.treasury_pledges import PledgeLine

CHANGES = Permission.CHANGE_PLEDGES
MOST_PROPOSED = 50
_SHARE = re.compile(r"([0-9]{1,18}):([0-9]{1,18}):([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody has proposed, and waits."""

    part: AllocationRow
    gift: DonationLine
    pledge: PledgeLine


@bp.get("/pledges/matches")
@requires(CHANGES)
def matches() -> tuple[str, int]:
    """Show what seems to belong together, and what was proposed."""
    return _page(request.args.get("fund", ""))


@bp.post("/pledges/matches")
@requires(CHANGES)
def match() -> Response | tuple[str, int]:
    """Let a gift pay a pledge as it was shown, or say that it does not."""
    held, reach = acting(), scope(CHANGES)
    donation, pledge = request.form.get("donation", ""), request.form.get("pledge", "")
    fund = request.form.get("fund", "")
    try:
        if request.form.get("verdict") == "reject":
            reject(held, donation, pledge, reach)
            flash(gettext("It is not offered again."))
        else:
            agreed = _share()
            allocate(held, donation, [Wanted(pledge, agreed.given, agreed)], reach)
            flash(gettext("The gift pays the pledge."))
    except (Invalid, NotNow, Changed) as error:
        return _page(fund, error)
    return redirect(
        address("treasury.matches", {"fund": fund} if fund else {}), HTTPStatus.SEE_OTHER
    )


@bp.post("/allocations/<token>/<any(confirm,reverse):verdict>")
@requires(CHANGES)
def allocation_decide(token: str, verdict: str) -> Response | tuple[str, int]:
    """Let what was proposed count, or take back what counts."""
    held, reach = acting(), scope(CHANGES)
    decide, done = {
        "confirm": (confirm, N_("The gift pays the pledge.")),
        "reverse": (reverse, N_("The gift does not pay it any more.")),
    }[verdict]
    try:
        decide(held, token, reach)
    except (Invalid, NotNow, Changed) as error:
        return _page("", error)
    flash(gettext(done))
    donation = request.form.get("donation", "")
    if donation:
        return redirect(url_for("treasury.donation", token=donation), HTTPStatus.SEE_OTHER)
    return redirect(url_for("treasury.matches"), HTTPStatus.SEE_OTHER)


def _share() -> Share:
    found = _SHARE.fullmatch(request.form.get("agreed", ""))
    if found is None:
        raise Invalid(N_("Please load this form anew and choose once more."))
    return Share(*map(int, found.groups()))


def _page(slug: str, error: FundtrackerError | None = None) -> tuple[str, int]:
    reach, now = scope(CHANGES), parts().clock()
    with parts().database.reading(reach) as session:
        choices = choices_in(session, reach)
        try:
            fund = _fund(slug, choices.funds)
        except (Invalid, UnknownFund) as problem:
            error, fund = problem, None
        fund_id = None if fund is None else fund.id
        found = find(session, fund_id, reach, now)
        waiting = _waiting(session, fund_id, reach)
    page = render_template(
        "treasury/matches.html",
        funds=choices.funds,
        fund=fund,
        rehearsal=fund is not None and fund.rehearsal,
        found=found,
        waiting=waiting,
        ways=WAYS,
        error=error,
        error_words="" if error is None else say(error),
        simulated=settings().simulated,
    )
    return page, HTTPStatus.OK if error is None else error.status


def _fund(slug: str, funds: Sequence[Fund]) -> Fund | None:
    if not slug:
        return None
    name = name_in({"fund": slug}, "fund")
    for fund in funds:
        if fund.slug == name:
            return fund
    raise UnknownFund(N_("You can see no fund of that name."), field="fund")


def _waiting(session: Session, fund_id: int | None, reach: Scope) -> list[Proposed]:
    now = parts().clock()
    rows = pledge_matches.proposed(session, fund_id, reach, MOST_PROPOSED)
    gifts = treasury_donations.by_ids(session, [row.donation_id for row in rows], reach)
    owed = treasury_pledges.by_ids(session, [row.pledge_id for row in rows], reach, now)
    return [
        Proposed(row, gifts[row.donation_id], owed[row.pledge_id])
        for row in rows
        if row.donation_id in gifts and row.pledge_id in owed
    ]
