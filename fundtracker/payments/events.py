"""What arrives in the inbox: an event, or an object that we asked for, and the facts in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from fundtracker.payments.fields import Fields, Malformed
from fundtracker.payments.objects import read

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.facts import Fact

__all__ = ["Malformed", "Notice", "event_id", "read", "read_notice", "refund_key"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message and its facts, which are none where it does not concern us.

    `type` is the event's, or the object's own; `livemode` is None for the objects (refunds, ledger
    lines) that do not say; `object_id` names what it is about.
    """

    id: str
    type: str
    livemode: bool | None
    created: datetime | None
    object_id: str | None
    facts: tuple[Fact, ...]


def read_notice(body: bytes) -> Notice:
    """Read an event or a bare object; raises Malformed, and nothing else, whatever the bytes."""
    message = Fields(_parse(body))
    is_event = message.text("object") == "event"
    thing = message.inner("data").inner("object") if is_event else message
    type = message.text("type" if is_event else "object")
    return Notice(
        id=message.text("id"),
        type=type,
        livemode=message.flag("livemode") if is_event or "livemode" in message.values else None,
        created=message.moment("created"),
        object_id=thing.text("id") if "id" in thing.values else None,
        facts=read(type, thing.values),
    )


def event_id(body: bytes) -> str:
    """The id of an event, and no more: what it says is read when it is settled.

    Raises Malformed for what is no event at all.
    """
    message = Fields(_parse(body))
    if message.text("object") != "event":
        raise Malformed("object")
    return message.text("id")


def refund_key(body: bytes) -> str | None:
    """The key that we put on a refund when we asked for it; None on one that others asked for."""
    metadata = _parse(body).get("metadata")
    key = metadata.get("refund") if isinstance(metadata, dict) else None
    return key if isinstance(key, str) else None


def _parse(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        value = None  # refused below, away from an error that holds the whole text
    if not isinstance(value, dict):
        raise Malformed("JSON")
    return value


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which are Python's and no JSON."""
    raise ValueError(constant)
