"""Links to sign in with: sent by mail, and shown once where no server sends mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from fundtracker.web.context import settings

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.services.invite import Sent


def tell_of_link(sent: Sent) -> str | Response:
    """Say that a link was sent; without a mail server show it, for it to be handed over.

    With one it is for the eyes of the person alone: an administrator needs no way into the
    accounts of others.
    """
    if settings().mail_server is None:
        folder = settings().instance / "mail" if settings().simulated else None
        return render_template("office/people_link.html", sent=sent, folder=folder)
    flash(gettext("The link is on its way to %(email)s.", email=sent.email))
    return redirect(url_for("office.people_member", token=sent.token), 303)
