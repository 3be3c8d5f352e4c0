"""Let a gift pay pledges: which and how much first, then what it does, and only then is it done."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.allocations import Share
from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import (
    N_,
    Changed,
    FundtrackerError,
    Invalid,
    NotNow,
    UnknownPledge,
)
from fundtracker.domain.filters import text_in
from fundtracker.domain.pledge_filters import EXPECTED, PledgeFilter
from fundtracker.domain.roles import Permission
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.plan_payment import free_of, in_proportion, plan
from fundtracker.store import funds, treasury_pledges
from fundtracker.store.donations import DonationRow
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import decimal_mark, group_mark, say
from fundtracker.web.treasury import wording
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.donation import line_of
from fundtracker.web.treasury.pledges import STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from fundtracker.domain.scope import Scope
    from fundtracker.services.plan_payment import Plan
    from fundtracker.store.treasury_lines import DonationLine
    from fundtracker.store.treasury_pledges import PledgeLine

    Answer = Response | tuple[str, int]

CHANGES = Permission.CHANGE_PLEDGES
# Pledges that are offered at once; the others are looked for by their number.
OFFERED = 60
_AGREED = re.compile(r"([A-Za-z0-9_-]{1,80}):([0-9]{1,18}):([0-9]{1,18}):([0-9]{1,18})", re.ASCII)


@bp.get("/donations/<token>/allocate")
@requires(CHANGES)
def allocate_choose(token: str) -> Answer:
    """Show the pledges that the gift could pay."""
    return _form(token)


@bp.post("/donations/<token>/allocate")
@requires(CHANGES)
def allocate_pay(token: str) -> Answer:
    """Show what a choice would do, or do it where that was seen and agreed to."""
    held, reach = acting(), scope(CHANGES)
    try:
        if request.form.get("way") == "do":
            allocate(held, token, _agreed(), reach)
        else:
            return _look(token)
    except (Invalid, NotNow, Changed) as error:
        return _form(token, error)
    flash(gettext("The gift pays what you chose."))
    return redirect(url_for("treasury.donation", token=token), HTTPStatus.SEE_OTHER)


def _agreed() -> list[Wanted]:
    """What was shown, and agreed to."""
    found = [_AGREED.fullmatch(text) for text in request.form.getlist("agreed")]
    if not found:
        raise Invalid(N_("Choose at least one pledge."), field="pledges")
    agreed = []
    for match in found:
        if match is None:
            raise Invalid(N_("Please load this form anew and choose once more."))
        given, amount, base = map(int, match.groups()[1:])
        agreed.append(Wanted(match[1], given, Share(given, amount, base)))
    return agreed


def _look(token: str) -> tuple[str, int]:
    """Say what it does to the gift, to each pledge and to the number before it is done."""
    reach = scope(CHANGES)
    with parts().database.reading(reach) as session:
        line = line_of(session, token, reach)
        chosen = list(dict.fromkeys(request.form.getlist("pledge")))
        if not chosen:
            raise Invalid(N_("Choose at least one pledge."), field="pledges")
        if request.form.get("way") == "pro_rata":
            several = in_proportion(session, token, chosen, reach)
        else:
            several = [Wanted(pledge, _typed(pledge, line.currency)) for pledge in chosen]
        planned = plan(session, token, several, reach)
        rehearsal = funds.by_slug(session, line.fund).rehearsal
        owed = {
            each.wanted.pledge: _pledge(session, each.wanted.pledge, reach)
            for each in planned.lines
        }
    return _rendered(line, rehearsal=rehearsal, plan=planned, owed=owed), HTTPStatus.OK


def _pledge(session: Session, token: str, reach: Scope) -> PledgeLine:
    line = treasury_pledges.by_token(session, token, reach, parts().clock())
    if line is None:
        raise UnknownPledge
    return line


def _typed(pledge: str, code: str) -> int | None:
    """How much of the gift a pledge is to get; as much as there is where nothing was typed."""
    text = request.form.get(f"amount.{pledge}", "").strip()
    if not text:
        return None
    marks = {"decimal_mark": decimal_mark(), "group_mark": group_mark()}
    return parse_amount(text, code, **marks).minor


def _form(token: str, error: FundtrackerError | None = None) -> tuple[str, int]:
    reach = scope(CHANGES)
    with parts().database.reading(reach) as session:
        line = line_of(session, token, reach)
        left = free_of(session, session.get_one(DonationRow, line.id))
        offered, problem = _offered(session, line, reach)
        rehearsal = funds.by_slug(session, line.fund).rehearsal
    error = error or problem
    page = _rendered(line, rehearsal=rehearsal, offered=offered, left=left, error=error)
    return page, HTTPStatus.OK if error is None else error.status


def _offered(
    session: Session, line: DonationLine, reach: Scope
) -> tuple[Sequence[PledgeLine], Invalid | None]:
    """The open pledges of the gift's section, or what was looked for in the whole fund."""
    try:
        text = text_in(request.args)
    except Invalid as problem:
        return [], problem
    section = "" if text or not line.section else line.section
    wanted = PledgeFilter(fund=line.fund, section=section, status=EXPECTED, text=text)
    names, now = scope(Permission.READ_NAMES), parts().clock()
    return (
        treasury_pledges.pledges(session, wanted, reach, now=now, limit=OFFERED, names=names),
        None,
    )


def _rendered(  # noqa: PLR0913 - what the page shows at either step
    line: DonationLine,
    *,
    rehearsal: bool,
    offered: Sequence[PledgeLine] = (),
    left: int = 0,
    plan: Plan | None = None,
    owed: dict[str, PledgeLine] | None = None,
    error: FundtrackerError | None = None,
) -> str:
    return render_template(
        "treasury/allocate.html",
        line=line,
        rehearsal=rehearsal,
        offered=offered,
        left=left,
        plan=plan,
        owed=owed or {},
        text=request.args.get("text", ""),
        most=OFFERED,
        typed=request.form,
        chosen=request.form.getlist("pledge") or request.args.getlist("pledge"),
        stages=STAGES,
        wording=wording,
        error=error,
        error_words="" if error is None else say(error),
        simulated=settings().simulated,
    )
