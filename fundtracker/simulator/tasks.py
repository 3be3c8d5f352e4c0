"""What happens by itself after a while: sessions expire, charges settle, refunds change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator import payments, refunds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from fundtracker.simulator.storage import Work


def is_due(connection: sqlite3.Connection, now: float) -> bool:
    """Whether anything has to be done by a Unix second."""
    row = connection.execute("SELECT 1 FROM task WHERE due <= ? LIMIT 1", (now,)).fetchone()
    return row is not None


def run_due(work: Work) -> None:
    """Do what is due, in order, once."""
    rows = work.connection.execute(
        "SELECT seq, name, subject FROM task WHERE due <= ? ORDER BY due, seq",
        (work.now,),
    ).fetchall()
    for seq, name, subject in rows:
        TASKS[name](work, subject)
        work.connection.execute("DELETE FROM task WHERE seq = ?", (seq,))


def _expire(work: Work, id: str) -> None:
    session = work.get("checkout.session", id)
    if session["status"] == "open":
        payments.expire(work, session)


def _settle(work: Work, id: str) -> None:
    payments.settle(work, work.get("charge", id))


TASKS: Mapping[str, Callable[[Work, str], None]] = {
    "expire": _expire,
    "settle": _settle,
    "refund_succeeds": refunds.succeed,
    "refund_fails": refunds.fail,
}
