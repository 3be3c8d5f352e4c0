"""The second factor: shown after the password, and again before what cannot be undone."""

from __future__ import annotations

from flask import render_template

from fundtracker.web.access import half_signed_in
from fundtracker.web.account.blueprint import bp


@bp.get("/second-factor")
@half_signed_in
def second_factor() -> str:
    """Ask for it."""
    return render_template("account/second_factor.html")
