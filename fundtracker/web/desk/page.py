"""The desk's own pages: where tellers type, and where a second person checks."""

from __future__ import annotations

from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import jsonify, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from fundtracker.domain.desk.calls import initials
from fundtracker.domain.desk.keys import desk_key
from fundtracker.domain.roles import Permission
from fundtracker.store import calls
from fundtracker.web.access import me, requires
from fundtracker.web.context import parts, settings
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.line_json import lines_json
from fundtracker.web.desk.page_words import WORDS
from fundtracker.web.desk.place import place_at, reach
from fundtracker.web.desk.state import note, state_json
from fundtracker.web.i18n import money_style
from fundtracker.web.numerals import GLYPHS

if TYPE_CHECKING:
    from flask import Response

    from fundtracker.web.desk.line_json import Json
    from fundtracker.web.desk.place import Place

MOST_TO_CHECK = 200


@bp.get("/<slug>")
@requires(Permission.USE_DESK)
def desk(slug: str) -> str:
    """Show the desk of a fund."""
    blind = "blind" in request.args
    note(slug, 0)
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        blind = blind and place.desk.two_keyers
        data = _data(place, state_json(place, blind=blind))
    return _page("desk/desk.html", place, data)


@bp.get("/<slug>/check")
@requires(Permission.USE_DESK)
def check(slug: str) -> str | Response:
    """Show what a second person has to look at, or tell a script of it."""
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        found = _to_check(place)
        if request.accept_mimetypes.best == "application/json":
            return jsonify(found)
        data = _data(place, state_json(place, after=place.fund.version)) | {"check": found["lines"]}
    return _page("desk/check.html", place, data)


def _to_check(place: Place) -> Json:
    rows = calls.to_check(place.session, place.fund.id, place.scope, MOST_TO_CHECK)
    return {
        "version": place.fund.version,
        "lines": lines_json(place, rows),
        "sum": sum(row.worth for row in rows),
    }


def _page(template: str, place: Place, data: Json) -> str:
    return render_template(
        template,
        fund=place.fund,
        rehearsal=place.fund.rehearsal,
        data=data,
        glyphs=GLYPHS,
        simulated=settings().simulated,
    )


def _data(place: Place, state: Json) -> Json:
    """Everything that the page's script begins with."""
    fund, who = place.fund, me()
    currencies = {section.currency for section in place.sections.values()}
    return {
        "fund": fund.slug,
        "name": fund.name,
        "currency": fund.currency,
        "key": desk_key(place.desk.key, fund),
        "rehearsal": fund.rehearsal,
        "me": {
            "initials": initials(who.name),
            "name": who.name,
            # By what a browser keeps queues of several tellers apart; it is no token.
            "key": sha256(f"teller:{who.token}".encode()).hexdigest()[:16],
        },
        "csrf": generate_csrf(),
        "now": parts().clock().astimezone(UTC).isoformat(),
        "timezone": fund.timezone,
        "money": money_style({fund.currency, *currencies}),
        "words": {name: str(gettext(sentence)) for name, sentence in WORDS.items()},
        "state": state,
        "urls": {
            name: url_for(f"desk.{name}", slug=fund.slug)
            for name in ("read", "lines", "state", "stream", "check")
        },
    }
