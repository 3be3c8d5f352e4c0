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
from fundtracker.services.pledge_keys import token_of
from fundtracker.services.show_pledge import show_pledge
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.giving.forms import new_attempt
from fundtracker.web.giving.pledge.blueprint import bp
from fundtracker.web.giving.pledge.drawing import page_code, transfer_code
from fundtracker.web.i18n import decimal_mark, group_mark, locale, say
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


@bp.get("/p/<key>")
@public
def own(key: str) -> Response:
    """Show a promise."""
    return page(opened(key))


@bp.post("/p/<key>/date")
@public
def postpone(key: str) -> Answer:
    """Choose another day, no questions."""

    def act() -> None:
        first = day_of(request.form.get("date", ""), field="date")
        answer_pledge.postpone(parts(), _shown(key), first)

    return _done(key, "date", act, gettext("The new day is written down."))


@bp.post("/p/<key>/amount")
@public
def lower(key: str) -> Answer:
    """Promise less, no questions."""

    def act() -> None:
        amount = read_amount(opened(key), "amount")
        answer_pledge.lower(parts(), _shown(key), amount)

    return _done(key, "amount", act, gettext("The new amount is written down."))


@bp.post("/p/<key>/withdraw")
@public
def withdraw(key: str) -> Answer:
    """Take a promise back, no questions."""

    def act() -> None:
        answer_pledge.withdraw(parts(), _shown(key))

    said = gettext("Your promise is withdrawn. Thank you all the same.")
    return _done(key, "withdraw", act, said)


@bp.post("/p/<key>/paid")
@public
def say_paid(key: str) -> Answer:
    """Hear that it is paid already, by whatever way."""
    said = gettext("Thank you. The treasurer looks for your payment, and nobody reminds you.")
    return _done(key, "paid", lambda: answer_pledge.say_paid(parts(), _token(key)), said)


@bp.get("/p/<key>/stop")
@public
def stopping(key: str) -> Response:
    """Ask whether no more mails are wanted: programs that read mail press links too."""
    shown = opened(key)
    return kept_private(render_template("giving/pledge/stop.html", pledge=shown, fund=shown.fund))


@bp.post("/p/<key>/stop")
@public
def stop(key: str) -> Answer:
    """Write no more mails."""
    said = gettext("You get no more mails about this promise.")
    return _done(key, "mails", lambda: answer_pledge.stop_mails(parts(), _token(key)), said)


@bp.post("/p/<key>/resume")
@public
def resume(key: str) -> Answer:
    """Write mails again."""
    said = gettext("We remind you again.")
    return _done(key, "mails", lambda: answer_pledge.want_mails(parts(), _token(key)), said)


@bp.post("/p/<key>/name")
@public
def name(key: str) -> Answer:
    """Say who made a promise that was called out in the hall."""

    def act() -> None:
        typed = request.form.get("name", ""), request.form.get("email", "")
        name_pledge(parts(), _shown(key), *typed, str(locale()))

    said = gettext("Thank you. If you named an address, we have written to it.")
    return _done(key, "name", act, said)


def opened(key: str) -> ShownPledge:
    """Return the pledge whose page a key opens; raises UnknownPledge."""
    return show_pledge(parts(), _token(key))


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


def _done(key: str, at: str, act: Callable[[], object], sentence: str) -> Answer:
    opened(key)
    try:
        act()
    except TOLD as error:
        return page(opened(key), error, at=at, status=error.status)
    flash(sentence)
    return redirect(url_for("giving.pledge.own", key=key), HTTPStatus.SEE_OTHER)


def _shown(key: str) -> Shown:
    """The version of the promise that was shown; 0 is none, and refused as changed."""
    text = request.form.get("version", "")
    known = text.isascii() and text.isdigit() and len(text) < _LONGEST_VERSION
    return Shown(_token(key), int(text) if known else 0)


def _token(key: str) -> str:
    return token_of(parts(), key)
