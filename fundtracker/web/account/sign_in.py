"""In, by a password or a passkey, and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError

from fundtracker.domain.errors import N_, FundtrackerError, Invalid, TooManyRequests
from fundtracker.services import sign_in as service
from fundtracker.services.passkey_ceremony import host_of
from fundtracker.services.passkeys import sign_in_with_passkey
from fundtracker.web.access import public
from fundtracker.web.account.blueprint import bp
from fundtracker.web.account.challenges import asked_challenge
from fundtracker.web.account.device import known_device, remember_device
from fundtracker.web.account.way_on import go_on, way_on
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.identity import admit, dismiss, visitor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

STALE = N_("This page was open for too long, or your browser refuses cookies. Please try again.")


@bp.get("/sign-in")
@public
def sign_in() -> str | Response:
    """Ask who is there; whoever is in already goes on."""
    return sign_in_page() if visitor() is None else go_on()


@bp.post("/sign-in")
@public
def sign_in_by_password() -> Response | tuple[str, int]:
    """Let somebody in by their password, half the way if a second factor is asked for."""
    try:
        email, password = request.form.get("email", ""), request.form.get("password", "")
        key = service.sign_in(acting(), email, password, device=known_device(email))
    except (Invalid, TooManyRequests) as error:
        return sign_in_page(error), error.status
    return remember_device(_let_in(key), email)


@bp.post("/sign-in/passkey")
@public
def sign_in_by_passkey() -> Response | tuple[str, int]:
    """Let somebody in by a passkey alone, which is two factors by itself."""
    try:
        answer = request.form.get("passkey", "")
        key = sign_in_with_passkey(acting(), asked_challenge(), answer)
    except (Invalid, TooManyRequests) as error:
        return sign_in_page(error), error.status
    return _let_in(key)


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End the session, and forget it at this browser; whoever is out already stays out."""
    _end_session()
    dismiss()
    return redirect(url_for("account.sign_in"), 303)


@bp.errorhandler(CSRFError)
def stale_form(_error: CSRFError) -> Response | tuple[str, int]:
    """Ask again who is there where a form came too late; nobody was signed in or changed by it."""
    if visitor() is None:
        return sign_in_page(Invalid(STALE)), 400
    flash(gettext(STALE))
    return go_on("account.own")


def sign_in_page(error: FundtrackerError | None = None) -> str:
    """Return the page that asks who is there, with what was wrong."""
    return render_template(
        "account/sign_in.html",
        typed=request.form,
        error=error,
        next=way_on(),
        passkeys=host_of(parts()) is not None,
    )


def _let_in(key: str) -> Response:
    # Whoever was signed in at this browser before has left it to somebody else.
    _end_session()
    admit(key)
    return go_on()


def _end_session() -> None:
    who = visitor()
    if who is not None:
        service.sign_out(acting(), who)
