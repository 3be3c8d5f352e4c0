"""Lists: newest first, a page at a time, walked in either direction by an object's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.checks import Check, flag, many, shape, text, whole
from fundtracker.simulator.errors import Refused
from fundtracker.simulator.storage import FILTERS, load

if TYPE_CHECKING:
    from fundtracker.simulator.forms import Value
    from fundtracker.simulator.storage import Json, Work

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100
LATEST = 2**33
EVENTS_KEPT = 30 * 24 * 60 * 60

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

FIND = "SELECT body FROM object WHERE kind = ?"
NEWEST = "ORDER BY created DESC, seq DESC LIMIT ?"
OLDEST = "ORDER BY created ASC, seq ASC LIMIT ?"


def created(value: Value, param: str) -> dict[str, int]:
    """Take a moment, or bounds by name."""
    second = whole(0, LATEST)
    if isinstance(value, dict):
        bounds: dict[str, int] = shape(dict.fromkeys(COMPARISONS, second))(value, param)
        return bounds
    moment: int = second(value, param)
    return {"gte": moment, "lte": moment}


def listing(**filters: Check) -> Check:
    """Take the parameters of a list with these filters."""
    return shape(
        {
            "created": created,
            "ending_before": text(),
            "limit": whole(1, LARGEST_LIMIT),
            "starting_after": text(),
            **filters,
        },
    )


EVENTS = listing(delivery_success=flag, type=text(), types=many(text(), 20))


def page(work: Work, kind: str, asked: Json, url: str) -> Json:
    """Return a page of the objects of a kind; raises Refused for a cursor that is unknown."""
    clauses, values = _conditions(work, kind, asked)
    newest_first = "ending_before" not in asked
    cursor = asked.get("starting_after") or asked.get("ending_before")
    if cursor:
        clauses.append(f"AND (created, seq) {'<' if newest_first else '>'} (?, ?)")
        values.extend(_place(work, kind, asked))
    limit = asked.get("limit", DEFAULT_LIMIT)
    statement = " ".join([FIND, *clauses, NEWEST if newest_first else OLDEST])
    rows = work.connection.execute(statement, (*values, limit + 1)).fetchall()
    things = [load(body) for (body,) in rows[:limit]]
    return {
        "object": "list",
        "data": things if newest_first else things[::-1],
        "has_more": len(rows) > limit,
        "url": url,
    }


def _conditions(work: Work, kind: str, asked: Json) -> tuple[list[str], list[object]]:
    clauses: list[str] = []
    values: list[object] = [kind]
    for name, bound in asked.get("created", {}).items():
        clauses.append(f"AND created {COMPARISONS[name]} ?")
        values.append(bound)
    if kind == "event":
        _event_conditions(work, asked, clauses, values)
        return clauses, values
    for name in FILTERS:
        if name in asked:
            clauses.append(f"AND {name} = ?")
            values.append(asked[name])
    return clauses, values


def _event_conditions(
    work: Work,
    asked: Json,
    clauses: list[str],
    values: list[object],
) -> None:
    clauses.append("AND created >= ?")
    values.append(work.second - EVENTS_KEPT)
    if "type" in asked and "types" in asked:
        raise Refused("You may only specify one of these parameters: type, types.", param="type")
    if "type" in asked:
        # "charge.*" is a group of types; nothing else in it is a pattern.
        clauses.append("AND type GLOB ?")
        values.append(asked["type"].replace("[", "[[]").replace("?", "[?]"))
    if "types" in asked:
        clauses.append(f"AND type IN ({', '.join('?' * len(asked['types']))})")
        values.extend(asked["types"])
    if "delivery_success" in asked:
        missed = "EXISTS (SELECT 1 FROM delivery WHERE event = object.id AND state <> 'done')"
        clauses.append(f"AND NOT {missed}" if asked["delivery_success"] else f"AND {missed}")


def _place(work: Work, kind: str, asked: Json) -> tuple[int, int]:
    """Return where a cursor stands."""
    if "starting_after" in asked and "ending_before" in asked:
        raise Refused(
            "You may only specify one of these parameters: ending_before, starting_after.",
            param="ending_before",
        )
    name = "starting_after" if "starting_after" in asked else "ending_before"
    row = work.connection.execute(
        "SELECT created, seq FROM object WHERE id = ? AND kind = ?",
        (asked[name], kind),
    ).fetchone()
    if row is None:
        raise Refused(f"No such {kind}: '{asked[name]}'", code="resource_missing", param=name)
    created_at, seq = row
    return created_at, seq
