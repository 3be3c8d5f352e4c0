"""`flask worker` and `flask stripe resync`."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Protocol, cast

import click
from flask import current_app

from fundtracker.cli.context import tools
from fundtracker.cli.sentences import Command
from fundtracker.services import resync as service

if TYPE_CHECKING:

    class Background(Protocol):
        """What runs beside a server, or here."""

        def start(self) -> None:
            """Begin in threads."""

        def stop(self) -> None:
            """End after what is under way."""


ENDS = {signal.SIGINT, signal.SIGTERM}


@click.command("worker", cls=Command)
def worker() -> None:
    """Settle what comes in and work on jobs, until SIGTERM or Ctrl-C.

    A server does so by itself; on PostgreSQL workers of their own can stand beside it.
    """
    background = cast("Background", current_app.extensions["background"])
    # Blocked before any thread starts, so that they wait here and interrupt nothing.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    try:
        background.start()
        click.echo("The worker runs; Ctrl-C ends it.")
        signal.sigwait(ENDS)
    finally:
        background.stop()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)


@click.command("resync", cls=Command)
@click.option(
    "--days",
    type=click.IntRange(1, 30),
    help="Read this far back; else from a little before the last reading.",
)
def resync(days: int | None) -> None:
    """Read from Stripe what its webhooks did not bring, and settle it."""
    with tools().connected():
        done = service.resync(tools().parts, days)
    click.echo(
        f"New: {done.events} events, {done.transactions} ledger lines,"
        f" {done.asked} answers about open gifts. Settled: {done.settled} rows.",
    )
