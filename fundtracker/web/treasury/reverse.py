"""Take back what was entered wrongly: the books keep both, the gift and its reversal."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.errors import FundtrackerError, Invalid, NotNow
from fundtracker.domain.roles import Permission
from fundtracker.services.plan_return import plan_return
from fundtracker.services.reverse_gift import ReversedBefore, reverse_gift
from fundtracker.store import treasury_pledges
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import say
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.donation import line_of
from fundtracker.web.treasury.rehearsal import is_of_rehearsal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.money import Money
    from fundtracker.services.plan_return import Return
    from fundtracker.store.treasury_pledges import PledgeLine


@bp.get("/donations/<token>/reverse")
@requires(Permission.ENTER_GIFTS)
def reverse(token: str) -> tuple[str, int]:
    """Ask why, and say what it does."""
    return _form(token)


@bp.post("/donations/<token>/reverse")
@requires(Permission.ENTER_GIFTS)
def reverse_make(token: str) -> Response | tuple[str, int]:
    """Reverse it; a form that is sent twice finds it done."""
    try:
        reverse_gift(acting(), token, request.form.get("reason", ""), scope(Permission.ENTER_GIFTS))
        flash(gettext("The gift was reversed. You can enter it again, corrected."))
    except ReversedBefore as error:
        flash(say(error))
    except (Invalid, NotNow) as error:
        return _form(token, error)
    return redirect(url_for("treasury.donation", token=token), HTTPStatus.SEE_OTHER)


def _form(token: str, error: FundtrackerError | None = None) -> tuple[str, int]:
    reach = scope(Permission.ENTER_GIFTS)
    with parts().database.reading(reach) as session:
        line = line_of(session, token, reach)
    # Nothing follows of what was never booked.
    follows = None if line.base is None else plan_return(parts(), token, 0, reach)
    page = render_template(
        "treasury/reverse.html",
        line=line,
        follows=follows,
        opened=_opened(follows) if follows else [],
        rehearsal=is_of_rehearsal(line.fund),
        typed=request.form,
        error=error,
        error_words="" if error is None else say(error),
        simulated=settings().simulated,
    )
    return page, HTTPStatus.OK if error is None else error.status


def _opened(follows: Return) -> list[tuple[PledgeLine, Money]]:
    """The pledges that it opens again, and by how much, as far as they may be seen."""
    reach, ids = scope(Permission.READ_LEDGER), [each.pledge_id for each in follows.opened]
    with parts().database.reading(reach) as session:
        known = treasury_pledges.by_ids(session, ids, reach, parts().clock())
    return [(known[each.pledge_id], each.by) for each in follows.opened if each.pledge_id in known]
