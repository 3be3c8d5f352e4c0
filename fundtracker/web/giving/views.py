"""The donor's pages: how far the fund is, and the way to give."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.errors import Busy, GatewayUnavailable, N_, NotNow
from fundtracker.domain.funds import refuse_unless_open
from fundtracker.services import give as giving
from fundtracker.services import thank
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.giving.forms import GiveForm
from fundtracker.web.giving.offer import Offer, offer
from fundtracker.web.giving.page import blank_form, form_page
from fundtracker.web.i18n import locale, say
from fundtracker.web.standing import standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

bp = Blueprint("giving", __name__)

_STALE = N_(
    "This form has been open for too long, or your browser refuses cookies."
    " You have not been charged, and what you typed is still here: please try again."
)
# What a donor is told of a payment. Nothing is called failed while nothing is known.
_STATES = {
    DonationStatus.SUCCEEDED: "thanks",
    DonationStatus.FAILED: "failed",
    DonationStatus.EXPIRED: "expired",
    DonationStatus.CANCELLED: "expired",
}


@bp.get("/f/<slug>")
@public
def progress(slug: str) -> str:
    """How far the fund is, with the form to give."""
    offered = offer(slug)
    refusal = _refusal(offered)
    page = None if refusal else form_page(offered, blank_form(offered, request.args))
    return render_template(
        "giving/progress.html",
        view=standing(offered.fund, parts().clock()),
        page=page,
        refusal=refusal,
        rehearsal=offered.fund.rehearsal,
    )
