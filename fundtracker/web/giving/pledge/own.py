"""The own page of a promise: what is paid and what is open, and whatever its owner wants to change.

Its address is the key: it is in no log, no list and no history of another site, and no machine that
reads pages may keep it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import Changed, Invalid, NotNow, TooManyRequests
from fundtracker.domain.funds import refuse_unless_collecting
from fundtracker.domain.pledge_terms import in_groups
from fundtracker.domain.promises import LONGEST_WAIT, day_of
from fundtracker.domain.references import reference, spoken
from fundtracker.services import answer_pledge
from fundtracker.services.change_pledge import Shown
from fundtracker.services.name_pledge import name_pledge
from fundtracker.services.show_pledge import show_pledge
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.giving.forms import new_attempt
from fundtracker.web.giving.pledge.blueprint import bp
from fundtracker.web.giving.pledge.drawing import page_code, transfer_code
from fundtracker.web.i18n import decimal_mark, group_mark, say
from fundtracker.web.proof import ZERO_BITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from fundtracker.domain.errors import FundtrackerError
    from fundtracker.domain.money import Money
    from fundtracker.services.show_pledge import ShownPledge

    Answer = Response | AnyResponse

# What is told on the page itself.
TOLD = (NotNow, Invalid, Changed, TooManyRequests)
_LONGEST_VERSION = 10


@bp.get("/p/<token>")
@public
def own(token: str) -> Response:
    """Show a promise."""
    return page(show_pledge(parts(), token))


@bp.post("/p/<token>/date")
@public
def postpone(token: str) -> Answer:
    """Choose another day, no questions."""

    def act() -> None:
        first = day_of(request.form.get("date", ""), field="date")
        answer_pledge.postpone(parts(), _shown(token), first)

    return _done(token, "date", act, gettext("The new day is written down."))


@bp.post("/p/<token>/amount")
@public
def lower(token: str) -> Answer:
    """Promise less, no questions."""

    def act() -> None:
        amount = read_amount(show_pledge(parts(), token), "amount")
        answer_pledge.lower(parts(), _shown(token), amount)

    return _done(token, "amount", act, gettext("The new amount is written down."))


@bp.post("/p/<token>/withdraw")
@public
def withdraw(token: str) -> Answer:
    """Take a promise back, no questions."""

    def act() -> None:
        answer_pledge.withdraw(parts(), _shown(token))

    said = gettext("Your promise is withdrawn. Thank you all the same.")
    return _done(token, "withdraw", act, said)


@bp.post("/p/<token>/paid")
@public
def say_paid(token: str) -> Answer:
    """Hear that it is paid already, by whatever way."""
    said = gettext("Thank you. The treasurer looks for your payment, and nobody reminds you.")
    return _done(token, "paid", lambda: answer_pledge.say_paid(parts(), token), said)


@bp.get("/p/<token>/stop")
@public
def stopping(token: str) -> Response:
    """Ask whether no more mails are wanted: programs that read mail press links too."""
    shown = show_pledge(parts(), token)
    return kept_private(render_template("giving/pledge/stop.html", pledge=shown, fund=shown.fund))


@bp.post("/p/<token>/stop")
@public
def stop(token: str) -> Answer:
    """Write no more mails."""
    said = gettext("You get no more mails about this promise.")
    return _done(token, "mails", lambda: answer_pledge.stop_mails(parts(), token), said)


@bp.post("/p/<token>/resume")
@public
def resume(token: str) -> Answer:
    """Write mails again."""
    said = gettext("We remind you again.")
    return _done(token, "mails", lambda: answer_pledge.want_mails(parts(), token), said)


@bp.post("/p/<token>/name")
@public
def name(token: str) -> Answer:
    """Say who made a promise that was called out in the hall."""

    def act() -> None:
        typed = request.form.get("name", ""), request.form.get("email", "")
        name_pledge(parts(), _shown(token), *typed)

    said = gettext("Thank you. If you named an address, we have written to it.")
    return _done(token, "name", act, said)


def page(
    shown: ShownPledge,
    error: FundtrackerError | None = None,
    *,
    at: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """Draw the page; with an error, as it was filled in, and the part that it is about open."""
    content = render_template(
        "giving/pledge/own.html",
        pledge=shown,
        fund=shown.fund,
        rehearsal=shown.fund.rehearsal,
        at=at,
        typed=request.form if error else {},
        mistakes=[(error.field or at, say(error))] if error else [],
        attempt=request.form.get("attempt") or new_attempt(),
        number=spoken(shown.number),
        reference=reference(shown.number),
        iban=in_groups(shown.terms.iban),
        refusal=_refusal(shown),
        last_day=shown.today + LONGEST_WAIT,
        code=page_code(shown),
        transfer=transfer_code(shown),
        data={"zeroBits": ZERO_BITS},
    )
    answer = kept_private(content)
    answer.status_code = status
    return answer


def _refusal(shown: ShownPledge) -> str:
    """Why nothing can be paid by card at the moment; empty while it can."""
    try:
        refuse_unless_collecting(shown.fund)
    except NotNow as error:
        return say(error)
    return ""


def read_amount(shown: ShownPledge, field: str) -> Money:
    """Read an amount in the promise's currency; raises InvalidAmount at that field."""
    marks = {"decimal_mark": decimal_mark(), "group_mark": group_mark()}
    code = shown.standing.promised.currency
    try:
        return parse_amount(request.form.get(field, ""), code, **marks)
    except Invalid as error:
        error.field = field
        raise


def kept_private(content: str) -> Response:
    """Answer with a page that no machine between here and its reader may keep or list."""
    answer = make_response(content)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _done(token: str, at: str, act: Callable[[], object], sentence: str) -> Answer:
    show_pledge(parts(), token)
    try:
        act()
    except TOLD as error:
        return page(show_pledge(parts(), token), error, at=at, status=error.status)
    flash(sentence)
    return redirect(url_for("giving.pledge.own", token=token), HTTPStatus.SEE_OTHER)


def _shown(token: str) -> Shown:
    """The version of the promise that was shown; 0 is none, and refused as changed."""
    text = request.form.get("version", "")
    known = text.isascii() and text.isdigit() and len(text) < _LONGEST_VERSION
    return Shown(token, int(text) if known else 0)
