"""Who may call, how often, and what goes wrong on request before any work is done."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from fundtracker.simulator.errors import Broken, TooMany, Unauthorized

if TYPE_CHECKING:
    from fundtracker.simulator.engine import Simulator

NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header,"
    " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
)


def check_key(simulator: Simulator, authorization: str) -> None:
    """Raise Unauthorized unless the header carries our key, as a bearer or as a user's name."""
    scheme, _, given = authorization.partition(" ")
    key = given.strip()
    if scheme.lower() == "basic":
        key = _user_name(key)
    elif scheme.lower() != "bearer":
        key = ""
    if not key:
        raise Unauthorized(NO_KEY)
    if not hmac.compare_digest(key.encode(), simulator.settings.api_key.encode()):
        raise Unauthorized(f"Invalid API Key provided: {key[:8]}****{key[-4:]}")


def _user_name(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def check_rate(simulator: Simulator) -> None:
    """Count this request, over all processes; raises TooMany past the limit of this second."""
    second = int(simulator.clock())
    with simulator.storage.writing() as connection:
        connection.execute("DELETE FROM traffic WHERE second < ?", (second,))
        (requests,) = connection.execute(
            "INSERT INTO traffic VALUES (?, 1) ON CONFLICT (second)"
            " DO UPDATE SET requests = requests + 1 RETURNING requests",
            (second,),
        ).fetchone()
    limit = simulator.switches.now().rate_limit
    if limit and requests > limit:
        raise TooMany


def wait(simulator: Simulator, seconds: float) -> None:
    """Keep a request waiting, but not a simulator that is to stop."""
    if seconds:
        simulator.stopping.wait(seconds)


def fail_as_asked(simulator: Simulator) -> str:
    """Fail this request if a switch says so; returns "lost" if it has to fail after its work."""
    failure = simulator.switches.next_failure()
    if failure == "429":
        raise TooMany
    if failure == "timeout":
        wait(simulator, simulator.switches.now().hold)
    if failure in {"500", "timeout"}:
        raise Broken
    return failure


def slow_down(simulator: Simulator) -> None:
    """Take as long as a switch says."""
    wait(simulator, simulator.switches.now().slow / 1000)
