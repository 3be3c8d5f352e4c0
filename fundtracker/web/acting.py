"""The tools of the use cases in the hands of whoever asks, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from fundtracker.domain.actors import Actor
from fundtracker.web.context import parts
from fundtracker.web.identity import visitor

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


def place() -> str:
    """Return the address that the request came from, as the proxies that we trust tell it."""
    return request.remote_addr or ""


def acting() -> Parts:
    """Return the parts in the hands of the visitor; of nobody in particular before signing in."""
    who = visitor()
    actor = Actor.staff("", place()) if who is None else who.actor(place())
    return parts().acting(actor)
