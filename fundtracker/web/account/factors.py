"""Add a second factor, and take one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from fundtracker.domain.errors import FundtrackerError, Invalid, TooManyRequests
from fundtracker.services.authenticator import (
    address_of,
    confirm_secret,
    offer_secret,
    remove_authenticator,
)
from fundtracker.services.factors import asks_password
from fundtracker.services.passkeys import LONGEST_LABEL, add_passkey, remove_passkey
from fundtracker.services.recovery_codes import codes_left, make_codes
from fundtracker.store.staff import StaffRow
from fundtracker.web.access import fresh, half_signed_in, me, signed_in
from fundtracker.web.account.blueprint import bp
from fundtracker.web.account.challenges import asked_challenge
from fundtracker.web.account.way_on import go_on, way_on
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.identity import replace_key

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/authenticator")
@half_signed_in
def authenticator() -> str | Response:
    """Show the secret for an app, as a picture and as text."""
    return _prove_first() or _authenticator()


@bp.post("/authenticator")
@half_signed_in
def confirm_authenticator() -> Response | tuple[str, int]:
    """Keep the secret once the app has made a code of it."""
    typed = request.form
    try:
        code, password = typed.get("code", ""), typed.get("password", "")
        replace_key(confirm_secret(acting(), me(), code, password))
    except (Invalid, TooManyRequests) as error:
        return _authenticator(error), error.status
    return _added()


@bp.get("/passkeys/new")
@half_signed_in
def new_passkey() -> str | Response:
    """Ask what a passkey is to be called, and let the browser make it."""
    return _prove_first() or _new_passkey()


@bp.post("/passkeys/new")
@half_signed_in
def keep_passkey() -> Response | tuple[str, int]:
    """Keep the passkey that the browser has made."""
    typed = request.form
    try:
        made, label = typed.get("passkey", ""), typed.get("label", "")
        password = typed.get("password", "")
        replace_key(add_passkey(acting(), me(), asked_challenge(), made, label, password))
    except (Invalid, TooManyRequests) as error:
        return _new_passkey(error), error.status
    return _added()


@bp.get("/recovery-codes")
@fresh
@signed_in
def recovery_codes() -> str:
    """Say what the codes are for, and that those before them end."""
    with parts().database.reading() as session:
        left = codes_left(session, me().staff_id)
    return render_template("account/recovery_codes.html", codes=None, left=left, next=way_on())


@bp.post("/recovery-codes")
@fresh
@signed_in
def make_recovery_codes() -> str:
    """Show ten new codes, this once."""
    codes = make_codes(acting(), me())
    return render_template("account/recovery_codes.html", codes=codes, left=0, next=way_on())


@bp.get("/authenticator/remove")
@bp.get("/passkeys/<int:passkey_id>/remove", endpoint="removing_passkey")
@fresh
@signed_in
def removing(passkey_id: int | None = None) -> str:
    """Ask whether a second factor is really to be removed."""
    return render_template("account/remove.html", passkey_id=passkey_id, error=None)


@bp.post("/authenticator/remove")
@bp.post("/passkeys/<int:passkey_id>/remove", endpoint="remove_passkey")
@fresh
@signed_in
def remove(passkey_id: int | None = None) -> Response | tuple[str, int]:
    """Remove a second factor, unless it is the last one of somebody who needs one."""
    try:
        if passkey_id is None:
            remove_authenticator(acting(), me())
        else:
            remove_passkey(acting(), me(), passkey_id)
    except Invalid as error:
        page = render_template("account/remove.html", passkey_id=passkey_id, error=error)
        return page, error.status
    flash(gettext("It is removed. You were signed out everywhere else."))
    return redirect(url_for("account.own"), 303)


def _prove_first() -> Response | None:
    """Send somebody who has a second factor to show it, before there is another one."""
    who = me()
    if not who.has_factor or who.is_fresh(parts().clock()):
        return None
    here = request.full_path.rstrip("?")
    return redirect(url_for("account.second_factor", next=here), 303)


def _authenticator(error: FundtrackerError | None = None) -> str:
    who = me()
    with parts().database.reading() as session:
        row = session.get_one(StaffRow, who.staff_id)
        email, replaces = row.email, row.totp_secret is not None
    secret = offer_secret(parts(), who)
    picture = segno.make(address_of(secret, email), error="m", micro=False)
    return render_template(
        "account/authenticator.html",
        picture=Markup(picture.svg_inline(omitsize=True, svgclass="qr", lineclass=None)),  # noqa: S704 - drawn by us
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        replaces=replaces,
        asks_password=asks_password(who),
        error=error,
        next=way_on(),
    )


def _new_passkey(error: FundtrackerError | None = None) -> str:
    return render_template(
        "account/new_passkey.html",
        asks_password=asks_password(me()),
        longest=LONGEST_LABEL,
        typed=request.form,
        error=error,
        next=way_on(),
    )


def _added() -> Response:
    """Go on, to new recovery codes if there are none that stand in for what was added."""
    with parts().database.reading() as session:
        left = codes_left(session, me().staff_id)
    if left:
        flash(gettext("It is added. You were signed out everywhere else."))
        return go_on("account.own")
    return redirect(url_for("account.recovery_codes", next=way_on() or None), 303)
