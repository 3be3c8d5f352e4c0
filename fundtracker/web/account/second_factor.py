"""The second factor: shown after the password, and again before what cannot be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from fundtracker.domain.errors import FundtrackerError, Invalid, NotSignedIn, TooManyRequests
from fundtracker.services.authenticator import show_code
from fundtracker.services.passkey_ceremony import host_of
from fundtracker.services.passkeys import show_passkey
from fundtracker.services.recovery_codes import show_recovery_code
from fundtracker.store import staff
from fundtracker.store.staff import StaffRow
from fundtracker.web.access import half_signed_in, me
from fundtracker.web.account.blueprint import bp
from fundtracker.web.account.challenges import asked_challenge
from fundtracker.web.account.sign_in import sign_in_page
from fundtracker.web.account.way_on import go_on, way_on
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.identity import dismiss, replace_key

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/second-factor")
@half_signed_in
def second_factor() -> str:
    """Ask for it, or lead whoever has none to set one up."""
    return _page()


@bp.post("/second-factor")
@half_signed_in
def show_second_factor() -> Response | tuple[str, int]:
    """Take a code of the app, a recovery code, or the answer of a passkey."""
    try:
        replace_key(_shown())
    except (Invalid, TooManyRequests) as error:
        return _page(error), error.status
    except NotSignedIn as error:
        dismiss()
        return sign_in_page(error), error.status
    return go_on()


def _shown() -> str:
    held, who, typed = acting(), me(), request.form
    if typed.get("passkey"):
        return show_passkey(held, who, asked_challenge(), typed["passkey"])
    if typed.get("recovery"):
        return show_recovery_code(held, who, typed["recovery"])
    return show_code(held, who, typed.get("code", ""))


def _page(error: FundtrackerError | None = None) -> str:
    who = me()
    with parts().database.reading() as session:
        has_app = session.get_one(StaffRow, who.staff_id).totp_secret is not None
        has_passkey = bool(staff.passkeys_of(session, who.staff_id))
    named = host_of(parts()) is not None
    return render_template(
        "account/second_factor.html",
        who=who,
        has_app=has_app,
        has_passkey=has_passkey and named,
        may_make_passkey=named,
        error=error,
        typed=request.form,
        next=way_on(),
    )
