"""The hall's screen: one number, one bar, never an error page while it runs."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
import structlog
from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from fundtracker.domain.errors import N_, UnknownFund
from fundtracker.store import funds
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.errors import answer_http
from fundtracker.web.logs import describe
from fundtracker.web.published import fund_at
from fundtracker.web.screen.layout import layout
from fundtracker.web.standing import standing

if TYPE_CHECKING:
    from datetime import datetime

bp = Blueprint("screen", __name__)

THEMES = ("paper", "night")
VIEWS = ("number", "tiles", "rows", "turns")
KEYS = (
    ("B", N_("blank, and back")),
    ("V", N_("number, tiles, rows, taking turns")),
    ("T", N_("hide the last gifts")),
    ("F", N_("full screen")),
    ("M", N_("no celebration")),
    ("P", N_("pause")),
    ("?", N_("these keys")),
)
# The light border of a QR code, in its own squares.
_QUIET = 3

_log = structlog.get_logger(__name__)


@bp.get("/screen/<slug>")
@public
def screen(slug: str) -> str:
    """The screen of a fund; `theme` and `view` may be chosen in the address."""
    fund = fund_at(slug)
    now = parts().clock()
    view = standing(fund, now)
    league = [line for line in view.figures.lines if line.code]
    number = view.figures.spelling
    return render_template(
        "screen/screen.html",
        view=view,
        fund=fund,
        rehearsal=fund.rehearsal,
        theme=_chosen("theme", THEMES),
        shown=_chosen("view", VIEWS),
        layout=layout(number.width, len(number.placed), league=bool(league or view.milestones)),
        league=league,
        keys=[(key, gettext(does)) for key, does in KEYS],
        address=_short_address(slug, now),
        qr=_qr(f"{parts().public_url}{_page_of(slug)}"),
    )


@bp.errorhandler(UnknownFund)
def unknown(_error: UnknownFund) -> tuple[str, int]:
    """Say so in the look of the screen."""
    return render_template("screen/unknown.html"), HTTPStatus.NOT_FOUND


bp.register_error_handler(HTTPException, answer_http)


@bp.errorhandler(Exception)
def waiting(error: Exception) -> tuple[str, int, dict[str, str]]:
    """Show a calm screen that tries again by itself, whatever went wrong on our side."""
    _log.error("screen", error=describe(error))
    again = {"Refresh": "5"}
    return render_template("screen/waiting.html"), HTTPStatus.SERVICE_UNAVAILABLE, again


def _chosen(name: str, among: tuple[str, ...]) -> str:
    """What the address asks for, or the first of what there is."""
    wanted = request.args.get(name, "")
    return wanted if wanted in among else among[0]


def _page_of(slug: str) -> str:
    return url_for("giving.progress", slug=slug)


def _short_address(slug: str, now: datetime) -> str:
    """What people type: the name of the host leads to the only open fund."""
    with parts().database.reading() as session:
        open_now = [fund.slug for fund in funds.open_funds(session, now)]
    host = urlsplit(parts().public_url).netloc
    return host if open_now == [slug] else f"{host}{_page_of(slug)}"


def _qr(address: str) -> Markup:
    """A QR code as SVG, made of nothing but our own address."""
    code = segno.make_qr(address, error="m")
    drawing = code.svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=_QUIET)
    return Markup(drawing)  # noqa: S704 - segno draws squares only
