"""Somebody's own account: password, second factors, and where they are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.errors import FundtrackerError, Invalid, TooManyRequests
from fundtracker.services.choose_password import change_password
from fundtracker.services.passkey_ceremony import host_of
from fundtracker.services.recovery_codes import codes_left
from fundtracker.services.sign_in import sign_out_elsewhere
from fundtracker.store import staff
from fundtracker.store.staff import StaffRow
from fundtracker.web.access import me, signed_in
from fundtracker.web.account.blueprint import bp
from fundtracker.web.acting import acting
from fundtracker.web.context import parts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/own")
@signed_in
def own() -> str:
    """Show by what somebody proves who they are, and their sessions."""
    who, now = me(), parts().clock()
    with parts().database.reading() as session:
        row = session.get_one(StaffRow, who.staff_id)
        return render_template(
            "account/own.html",
            who=who,
            row=row,
            passkeys=staff.passkeys_of(session, who.staff_id),
            named=host_of(parts()) is not None,
            left=codes_left(session, who.staff_id),
            seats=staff.sessions_of(session, who.staff_id, now),
        )


@bp.post("/own/sign-out-elsewhere")
@signed_in
def sign_out_others() -> Response:
    """End every session but this one."""
    sign_out_elsewhere(acting(), me())
    flash(gettext("You are signed out everywhere else."))
    return redirect(url_for("account.own"), 303)


@bp.get("/own/password")
@signed_in
def password() -> str:
    """Ask for the password, and for another one."""
    return _password()


@bp.post("/own/password")
@signed_in
def change() -> Response | tuple[str, int]:
    """Change the password; every other session ends."""
    typed = request.form
    try:
        change_password(acting(), me(), typed.get("current", ""), typed.get("password", ""))
    except (Invalid, TooManyRequests) as error:
        return _password(error), error.status
    flash(gettext("Your password is changed. You were signed out everywhere else."))
    return redirect(url_for("account.own"), 303)


def _password(error: FundtrackerError | None = None) -> str:
    return render_template("account/password.html", error=error)
