"""Events: what happened to an object, with the object as it was at that time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.objects.ids import new_id

if TYPE_CHECKING:
    from fundtracker.simulator.storage import Json

API_VERSION = "2026-10-28.endive"


def new_event(type: str, thing: Json, previous: Json | None, request: Json, *, now: int) -> Json:
    """Return an event; `previous` holds what an update has changed, as it was before."""
    data = {"object": thing}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": new_id("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": request,
        "type": type,
    }
