"""What somebody comes to by a link that was sent: a first password, or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.errors import FundtrackerError, Invalid
from fundtracker.services.choose_password import (
    accept_invitation,
    ask_for_link,
    reset_password,
    whose_link,
)
from fundtracker.services.links import LinkKind
from fundtracker.web.access import public
from fundtracker.web.account.blueprint import bp
from fundtracker.web.acting import acting
from fundtracker.web.identity import admit, dismiss

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/forgotten")
@public
def forgotten() -> str:
    """Ask for the address to which a link is to be sent."""
    return render_template("account/forgotten.html", asked=False)


@bp.post("/forgotten")
@public
def send_link() -> str:
    """Say the same to everybody, whether or not anybody has that address."""
    ask_for_link(acting(), request.form.get("email", ""))
    return render_template("account/forgotten.html", asked=True)


@bp.get("/welcome/<token>")
@public
def welcome(token: str) -> str:
    """Greet somebody who was invited, and ask for a password."""
    return _page(LinkKind.INVITATION, token)


@bp.post("/welcome/<token>")
@public
def accept(token: str) -> Response | tuple[str, int]:
    """Take the first password, and let them in."""
    try:
        key = accept_invitation(acting(), token, request.form.get("password", ""))
    except Invalid as error:
        return _page(LinkKind.INVITATION, token, error), error.status
    admit(key)
    return redirect(url_for("account.home"), 303)


@bp.get("/reset/<token>")
@public
def reset(token: str) -> str:
    """Ask for a new password."""
    return _page(LinkKind.RESET, token)


@bp.post("/reset/<token>")
@public
def choose(token: str) -> Response | tuple[str, int]:
    """Take the new password; it is tried out at once, together with the second factor."""
    try:
        reset_password(acting(), token, request.form.get("password", ""))
    except Invalid as error:
        return _page(LinkKind.RESET, token, error), error.status
    dismiss()
    flash(gettext("Your password is changed. Please sign in with it."))
    return redirect(url_for("account.sign_in"), 303)


def _page(kind: LinkKind, token: str, error: FundtrackerError | None = None) -> str:
    name, email = whose_link(acting(), kind, token)
    return render_template(f"account/{kind}.html", name=name, email=email, error=error)
