"""Events on their way to the webhook: each attempt is signed anew, failed ones come back later."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fundtracker.simulator.signing import signature_header

if TYPE_CHECKING:
    from fundtracker.simulator.engine import Simulator

# Seconds to the next attempt after the first, the second, …; after the last one it is given up.
BACKOFF = (1, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)

# In seconds. An attempt that is not noted as ended in time is taken for lost, and made again.
PATIENCE = 10
LEASE = 2 * PATIENCE
# How often a process looks for what another one has queued.
PAUSE = 0.25

GOOD = range(200, 300)

FIRST_DUE = (
    "SELECT seq FROM delivery WHERE state = 'pending' AND due <= ? ORDER BY due, seq LIMIT 1"
)
CLAIM = (
    "UPDATE delivery SET due = ?, attempts = attempts + 1 WHERE seq = (SELECT seq FROM delivery"
    " WHERE state = 'pending' AND due <= ? ORDER BY due, seq LIMIT 1)"
    " RETURNING seq, event, attempts"
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event to be delivered once; `attempt` counts from 1."""

    seq: int
    event: str
    body: bytes
    attempt: int


def deliver_until_stopped(simulator: Simulator) -> None:
    """Deliver events as they come, and do what falls due, until the simulator stops."""
    while not simulator.stopping.is_set():
        simulator.wake.clear()
        simulator.catch_up()
        if not deliver_next(simulator):
            simulator.wake.wait(PAUSE)


def deliver_next(simulator: Simulator) -> bool:
    """Make one attempt for the event that is due first; returns False if none is due."""
    parcel = _claim(simulator)
    if parcel is None:
        return False
    answer = _post(simulator, parcel.body)
    good = answer.isdigit() and int(answer) in GOOD
    given_up = parcel.attempt > len(BACKOFF)
    state = "done" if good else "failed" if given_up else "pending"
    wait = 0 if good or given_up else BACKOFF[parcel.attempt - 1]
    with simulator.storage.writing() as connection:
        connection.execute(
            "UPDATE delivery SET state = ?, due = ?, answer = ? WHERE seq = ?",
            (state, simulator.clock() + wait, answer, parcel.seq),
        )
    return True


def _claim(simulator: Simulator) -> Parcel | None:
    now = simulator.clock()
    with simulator.storage.reading() as connection:
        if connection.execute(FIRST_DUE, (now,)).fetchone() is None:
            return None
    with simulator.storage.writing() as connection:
        row = connection.execute(CLAIM, (now + LEASE, now)).fetchone()
        if row is None:  # another process was faster
            return None
        seq, event, attempt = row
        (body,) = connection.execute("SELECT body FROM object WHERE id = ?", (event,)).fetchone()
    return Parcel(seq, event, body.encode(), attempt)


def _post(simulator: Simulator, body: bytes) -> str:
    """Send a body, and return the status of the answer or the name of what went wrong."""
    address = urlsplit(simulator.settings.webhook_url)
    connect = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = connect(address.netloc, timeout=PATIENCE)
    secret, second = simulator.settings.webhook_secret, int(simulator.clock())
    try:
        connection.request(
            "POST",
            address.path or "/",
            body,
            {
                "Cache-Control": "no-cache",
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signature_header(body, secret, second),
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            },
        )
        return str(connection.getresponse().status)
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
