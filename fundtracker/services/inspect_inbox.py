"""Inspect: what a row of the inbox is about, by type and ids; the rest is shown to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.payments.events import Malformed, read_notice
from fundtracker.store.inbox import InboxState

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.payments.gateway import Gateway, Seen
    from fundtracker.services.parts import Parts
    from fundtracker.store.stuck import StuckRow

# What Stripe can be asked for, by how its id begins.
_ASK: dict[str, Callable[[Gateway, str], Seen]] = {
    "cs_": lambda gateway, id: gateway.retrieve_session(id),
    "pi_": lambda gateway, id: gateway.retrieve_intent(id),
    "ch_": lambda gateway, id: gateway.retrieve_charge(id),
    "re_": lambda gateway, id: gateway.retrieve_refund(id),
}


@dataclass(frozen=True, slots=True)
class About:
    """The type of a message and the object that it is about; `ask` is what to ask Stripe for.

    Each is empty where it is not known, or not possible.
    """

    type: str
    object_id: str
    ask: str


def about(row: StuckRow) -> About:
    """Read what a row is about."""
    try:
        notice = read_notice((row.payload or "").encode())
    except Malformed:
        return About("", "", "")
    object_id = notice.object_id or ""
    # What a parked row waits for may say more than the row's own object.
    wanted = (row.waits_for or "", object_id) if row.state == InboxState.PARKED else (object_id,)
    return About(notice.type, object_id, next((id for id in wanted if id[:3] in _ASK), ""))


def ask(parts: Parts, id: str) -> Seen:
    """Read an object from Stripe; raises GatewayRefused, GatewayUnavailable or Busy."""
    return _ASK[id[:3]](parts.gateway, id)
