"""Decide about a pledge: the version that was shown, or the difference is shown first."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import (
    N_,
    Changed,
    Invalid,
    NotFound,
    NotNow,
    UnknownSection,
)
from fundtracker.domain.roles import Permission
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import (
    cancel_pledge,
    confirm_pledge,
    reopen_pledge,
    write_off_pledge,
)
from fundtracker.services.record import record_refusal
from fundtracker.services.restate_pledge import move_pledge, name_pledge
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.pledge import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts

    Verdict = Callable[[Parts, Shown, Scope], None]


def _typed(field: str) -> str:
    return request.form.get(field, "")


_VERDICTS: dict[str, tuple[Action, Verdict, str]] = {
    "confirm": (Action.PLEDGE_CONFIRMED, confirm_pledge, N_("The pledge is confirmed.")),
    "cancel": (
        Action.PLEDGE_CANCELLED,
        lambda held, shown, reach: cancel_pledge(held, shown, reach, _typed("reason")),
        N_("The pledge is withdrawn."),
    ),
    "write_off": (
        Action.PLEDGE_WRITTEN_OFF,
        lambda held, shown, reach: write_off_pledge(held, shown, reach, _typed("reason")),
        N_("The pledge is written off."),
    ),
    "reopen": (Action.PLEDGE_REOPENED, reopen_pledge, N_("The pledge is open again.")),
    "name": (
        Action.PLEDGE_CHANGED,
        lambda held, shown, reach: name_pledge(held, shown, _typed("name"), reach),
        N_("The name is written down."),
    ),
    "move": (
        Action.PLEDGE_CHANGED,
        lambda held, shown, reach: move_pledge(held, shown, _typed("section"), reach),
        N_("The pledge belongs to that section now."),
    ),
}


@bp.post("/pledges/<token>/<any(confirm,cancel,write_off,reopen,name,move):verdict>")
@requires(Permission.CHANGE_PLEDGES)
def pledge_decide(token: str, verdict: str) -> Response | tuple[str, int]:
    """Do what was decided; nothing is where somebody else has changed the pledge meanwhile."""
    held, reach = acting(), scope(Permission.CHANGE_PLEDGES)
    action, decide, done = _VERDICTS[verdict]
    subject = f"pledge:{token[:64]}"
    try:
        decide(held, shown(token), reach)
    except (Invalid, NotNow, Changed, UnknownSection) as error:
        refused = Invalid(error.message, field="section") if isinstance(error, NotFound) else error
        record_refusal(held, action, subject, str(error))
        return page(token, error=refused), refused.status
    flash(gettext(done))
    return redirect(url_for("treasury.pledge", token=token), HTTPStatus.SEE_OTHER)


def shown(token: str) -> Shown:
    """Which version of a pledge the form was made from; one without a number is an old one."""
    version = request.form.get("version", "")
    is_number = version.isascii() and version.isdigit() and len(version) < len("1000000000")
    return Shown(token, int(version) if is_number else 0)
