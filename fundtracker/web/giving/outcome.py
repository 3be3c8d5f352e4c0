"""Where donors come back to from the payment page: thanks, and cancelled."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, request, session, url_for

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.errors import UnknownDonation
from fundtracker.services.thank import outcome
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.published import fund_at
from fundtracker.web.standing import render_standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from fundtracker.services.thank import Outcome

bp = Blueprint("outcome", __name__)

# What was chosen before the payment page, in the donor's session, for those who come back from it
# without paying. No name and no message: they would stand there in the clear.
CHOICES = "choices"
# The key to the promise whose page led to the payment page: its owner alone is told how it stands.
PAYING = "paying"

# What a donor is told of a payment. Nothing is called failed while nothing is known.
_PROCESSING, _THANKS = "processing", "thanks"
_STATES = {
    DonationStatus.SUCCEEDED: _THANKS,
    DonationStatus.FAILED: "failed",
    DonationStatus.EXPIRED: "expired",
    DonationStatus.CANCELLED: "expired",
}


@bp.get("/f/<slug>/thanks")
@public
def thanks(slug: str) -> str | AnyResponse:
    """Say "processing" and, once the money is known to be there, thanks."""
    fund = fund_at(slug)
    session_id = request.args.get("session_id")
    if not session_id:
        return redirect(url_for("giving.progress", slug=slug))
    known = outcome(parts(), slug, session_id)
    state = _STATES.get(known.status, _PROCESSING)
    retry = _form_address(slug, session.get(CHOICES, {}))
    own = _own_page(known)
    if state == _THANKS:
        session.pop(CHOICES, None)
    return render_standing(
        "giving/thanks.html",
        fund,
        outcome=known,
        state=state,
        again="again" in request.args,
        retry_address=own or retry,
        own_address=own,
        status_address=url_for(".status", slug=slug, session_id=session_id),
        share_address=f"{parts().public_url}{url_for('giving.progress', slug=slug)}",
    )


@bp.get("/f/<slug>/thanks/status")
@public
def status(slug: str) -> Response | tuple[Response, int]:
    """The same in one word, for the script of a thanks page that waits."""
    try:
        known = outcome(parts(), slug, request.args.get("session_id", ""))
    except UnknownDonation:
        return jsonify(state="unknown"), HTTPStatus.NOT_FOUND
    return jsonify(state=_STATES.get(known.status, _PROCESSING))


@bp.get("/f/<slug>/cancelled")
@public
def cancelled(slug: str) -> str:
    """Say that nothing was charged; whatever was chosen is chosen again in the form."""
    chosen = {**session.get(CHOICES, {}), **request.args}
    paying = session.pop(PAYING, "")
    own = url_for("giving.pledge.own", key=paying) if paying else ""
    return render_standing(
        "giving/cancelled.html",
        fund_at(slug),
        retry_address=own or _form_address(slug, chosen),
        own_address=own,
    )


def _own_page(known: Outcome) -> str:
    """The page of the promise that was paid, for whoever came from there."""
    key = str(session.get(PAYING, ""))
    if known.pledge is None or key.partition(".")[0] != known.pledge.token:
        return ""
    return url_for("giving.pledge.own", key=key)


def _form_address(slug: str, chosen: Mapping[str, str]) -> str:
    wanted = {name: chosen[name] for name in ("amount", "currency", "section") if chosen.get(name)}
    address = url_for("giving.give", slug=slug)
    return f"{address}?{urlencode(wanted)}" if wanted else address
