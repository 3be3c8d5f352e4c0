"""`flask demo seed`."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from fundtracker.cli.context import tools
from fundtracker.cli.sentences import Command
from fundtracker.cli.values import amount
from fundtracker.services.sample import seed as sample
from fundtracker.services.sample.provider import Provider
from fundtracker.services.sample.staff import seed_staff
from fundtracker.services.sample.tables import SAMPLES
from fundtracker.store import funds, snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fundtracker.services.parts import Parts


@click.command("seed", cls=Command)
def seed() -> None:
    """Make a sample of funds, gifts and staff in the simulator; a second time change nothing."""
    tool = tools()
    if tool.simulator is None:
        raise click.ClickException(
            "The sample is for the simulator alone, and STRIPE_SECRET_KEY is set.",
        )
    with _alone(tool.settings.instance / "seed.lock"):
        if sample.is_seeded(tool.parts, SAMPLES):
            # A sample that an older version made has no staff.
            made = seed_staff(tool.parts)
            done = "only its staff was missing" if made else "nothing was changed"
            click.echo(f"The sample is there already; {done}.")
            return
        with tool.connected():
            sample.seed(tool.parts, Provider(tool.simulator.address), SAMPLES)
        seed_staff(tool.parts)
    for line in _made(tool.parts):
        click.echo(line)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait for whoever seeds at this moment; the system frees the lock, even after kill -9."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _made(parts: Parts) -> Iterator[str]:
    with parts.database.reading() as session:
        for fund in funds.all_funds(session):
            true = snapshots.load_true(session, fund.slug)
            received = amount(true.received, true.currency)
            yield (
                f"{fund.slug}, {fund.status.label}:"
                f" {true.donations} gifts, {true.currency} {received}"
            )
