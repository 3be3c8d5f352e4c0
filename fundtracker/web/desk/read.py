"""Say what a line means before it is sent; nothing is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import jsonify
from flask_babel import gettext

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.errors import Invalid
from fundtracker.domain.money import Money
from fundtracker.domain.roles import Permission
from fundtracker.services.desk.understand import Unanswered, desk_of, understand
from fundtracker.web.access import requires
from fundtracker.web.context import parts
from fundtracker.web.desk.answers import told_as_json, verdict_on
from fundtracker.web.desk.asked import typed
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.command_words import command_words
from fundtracker.web.desk.line_json import money_json
from fundtracker.web.desk.place import place_at, reach, teller
from fundtracker.web.i18n import format_money

if TYPE_CHECKING:
    from flask import Response

    from fundtracker.domain.desk.values import Desk
    from fundtracker.services.desk.understand import Understood
    from fundtracker.web.desk.asked import Typed
    from fundtracker.web.desk.line_json import Json
    from fundtracker.web.desk.place import Place


@bp.post("/<slug>/read")
@requires(Permission.USE_DESK)
@told_as_json
def read(slug: str) -> Response:
    """Return what a line means, what is asked about it, or why it means nothing."""
    asked = typed()
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        desk = desk_of(session, place.fund, place.desk, teller(), asked.habits)
        desk = replace(desk, level_seen=asked.level)
        try:
            return jsonify(_verdict(place, desk, asked))
        except (Unanswered, Invalid) as error:
            return jsonify(verdict_on(error))


def _verdict(place: Place, desk: Desk, asked: Typed) -> Json:
    if asked.line.lstrip().startswith("/"):
        return {"kind": "command", "echo": command_words(place, desk, asked.line)}
    found = understand(place.session, place.fund, desk, asked.line, sure=asked.sure)
    return {"kind": "call", "echo": _echo(place, desk, found)}


def _echo(place: Place, desk: Desk, found: Understood) -> Json:
    call = found.call
    section = desk.sections.get(call.section)
    base = Money(found.base(place.fund.currency), place.fund.currency)
    return {
        "section": call.section,
        "section_name": "" if section is None else section.name,
        "people": call.count,
        "instalments": call.instalments,
        "each": money_json(call.amount),
        "total": money_json(call.total),
        "base": money_json(base),
        "announced": money_json(found.announced),
        "paid_by": call.paid_by,
        "label": call.label,
        "parked": call.parked,
        "second": not call.parked and found.state_for(teller()) is CallState.SECOND,
        "text": _announced(found.announced),
    }


def _announced(announced: Money | None) -> str:
    """Say that this is only what is new of a total."""
    if announced is None:
        return ""
    return str(gettext("of %(amount)s announced in all", amount=format_money(announced)))
