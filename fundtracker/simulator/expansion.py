"""`expand[]`: an id in an answer is replaced by its object, as deep as was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.errors import Refused
from fundtracker.simulator.events import undelivered
from fundtracker.simulator.listing import page
from fundtracker.simulator.objects.transactions import as_of
from fundtracker.simulator.sessions import items

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.simulator.storage import Json, Work

DEEPEST = 4

# Which fields hold the id of what kind of object.
FIELDS = {
    "checkout.session": {"payment_intent": "payment_intent"},
    "payment_intent": {"latest_charge": "charge"},
    "charge": {
        "balance_transaction": "balance_transaction",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
    },
    "refund": {
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
    },
    "balance_transaction": {"source": ""},
    "event": {},
}
# Fields that may hold an object, which we never have: asking for them changes nothing.
EMPTY = {
    "checkout.session": {"customer", "invoice", "payment_link", "setup_intent", "subscription"},
    "payment_intent": {"customer", "review"},
    "charge": {"customer", "review"},
    "refund": {"source_transfer_reversal", "transfer_reversal"},
}
SOURCES = {"ch_": "charge", "re_": "refund"}


def shown(work: Work, thing: Json, paths: Iterable[str]) -> Json:
    """Return an answer as it is sent, with what was asked to be expanded."""
    split = [path.split(".") for path in paths]
    if any(len(path) > DEEPEST for path in split):
        raise Refused("You cannot expand more than 4 levels of a property.", param="expand")
    return _expanded(work, thing, split)


def _expanded(work: Work, thing: Json, paths: list[list[str]]) -> Json:
    if thing["object"] == "list":
        inner = [_below_data(path) for path in paths]
        return thing | {"data": [_expanded(work, each, inner) for each in thing["data"]]}
    thing = _as_of_now(work, thing)
    for name in dict.fromkeys(path[0] for path in paths):
        value = _field(work, thing, name)
        if isinstance(value, dict):
            inner = [path[1:] for path in paths if path[0] == name and len(path) > 1]
            value = _expanded(work, value, inner)
        thing = thing | {name: value}
    return thing


def _below_data(path: list[str]) -> list[str]:
    if path[0] != "data" or len(path) == 1:
        raise _refusal(".".join(path))
    return path[1:]


def _field(work: Work, thing: Json, name: str) -> object:
    """Return the object in a field, or what stands there if there is none."""
    kind = thing["object"]
    if kind == "checkout.session" and name == "line_items":
        return items(work, thing["id"])
    if kind == "charge" and name == "refunds":
        return page(work, "refund", {"charge": thing["id"]}, f"/v1/charges/{thing['id']}/refunds")
    if name in EMPTY.get(kind, ()):
        return thing[name]
    if name not in FIELDS.get(kind, {}):
        raise _refusal(name)
    id = thing[name]
    if not isinstance(id, str):
        return id
    return work.get(FIELDS[kind][name] or SOURCES[id[:3]], id)


def _as_of_now(work: Work, thing: Json) -> Json:
    if thing["object"] == "balance_transaction":
        return as_of(thing, now=work.second)
    if thing["object"] == "event":
        return thing | {"pending_webhooks": undelivered(work, thing["id"])}
    return thing


def _refusal(name: str) -> Refused:
    return Refused(f"This property cannot be expanded ({name}).", param="expand")
