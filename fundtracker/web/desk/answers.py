"""Answers to the desk's scripts: a question, a refusal and a conflict are each told as such."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import jsonify

from fundtracker.domain.errors import Invalid
from fundtracker.services.desk.once import OtherContent
from fundtracker.services.desk.sitting import Differs
from fundtracker.services.desk.understand import Unanswered
from fundtracker.store import calls
from fundtracker.web.context import parts
from fundtracker.web.desk.line_json import lines_json
from fundtracker.web.desk.place import Place, place_at, reach
from fundtracker.web.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from fundtracker.domain.desk.values import Question
    from fundtracker.services.desk.once import Taken
    from fundtracker.web.desk.line_json import Json

View = TypeVar("View", bound=Callable[..., Any])


def told_as_json(view: View) -> View:
    """Let a view of a desk answer what was refused or asked as JSON."""

    @wraps(view)
    def answer(slug: str) -> Response | tuple[Response, int]:
        try:
            return cast("Response", view(slug))
        except (Unanswered, Invalid) as error:
            # A desk out of reach is not there, whatever was sent to it.
            lines_of(slug, ())
            return jsonify(verdict_on(error)), error.status
        except OtherContent as error:
            found = lines_of(slug, error.numbers)
            first = found[0] if found else None
            return jsonify(error=say(error), line=first, lines=found), error.status
        except Differs as error:
            return jsonify(error=say(error), lines=lines_of(slug, error.numbers)), error.status

    return cast("View", answer)


def verdict_on(error: Unanswered | Invalid) -> Json:
    """Write down why a line was not taken."""
    if isinstance(error, Unanswered):
        return _question(error.question, say(error))
    return {"kind": "refusal", "message": say(error)}


def lines_taken(slug: str, taken: Taken) -> list[Json]:
    """Return the lines that were made or changed, nearly always without reading them again."""
    written = taken.written
    if written is None:
        return lines_of(slug, taken.numbers)
    where = reach()
    with parts().database.reading(where) as session:
        return lines_json(Place(session, written.fund, where, written.sections), written.rows)


def lines_of(slug: str, numbers: Sequence[int]) -> list[Json]:
    """Read lines of a fund as they are now, in that order."""
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        found = calls.by_numbers(session, place.fund.id, numbers, place.scope)
        return lines_json(place, [found[number] for number in numbers if number in found])


def _question(question: Question, message: str) -> Json:
    return {
        "kind": "question",
        "message": message,
        "choices": [
            {
                "key": number,
                "meaning": choice.meaning,
                "line": choice.line,
                "habits": choice.habits,
                "sure": choice.sure,
            }
            for number, choice in enumerate(question.choices, start=1)
        ],
    }
