"""`flask demo seed` and `flask demo play`."""

from __future__ import annotations

import fcntl
import time
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from fundtracker.cli.context import tools
from fundtracker.cli.sentences import Command
from fundtracker.cli.values import amount
from fundtracker.services.sample import play as evening
from fundtracker.services.sample import seed as sample
from fundtracker.services.sample.provider import Provider
from fundtracker.services.sample.staff import seed_staff
from fundtracker.services.sample.tables import SAMPLES
from fundtracker.store import funds, snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fundtracker.cli.context import Simulator, Tools
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts

# Seconds for opening the screen, and for a server to answer.
GET_READY, ANSWERS_WITHIN = 10, 5


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


@click.command("play", cls=Command)
@click.option("--speed", type=click.FloatRange(min=0.1), default=1.0, help="Twice as fast: 2.")
def play(speed: float) -> None:
    """Play a collection in three minutes beside a running server, for whoever watches the screen.

    90 calls at the desk, one of them taken back, one heard twice, one unclear; gifts by phone; and
    the target is met after 2 minutes and 10 seconds. Each time in a rehearsal of its own, a copy of
    the sample's fund: nothing of the sample is changed. Ctrl-C ends it; play it as often as you
    like. HOST and PORT are to be those of the server.
    """
    tool = tools()
    if tool.simulator is None:
        raise click.ClickException(
            "The demo is for the simulator alone, and STRIPE_SECRET_KEY is set."
        )
    if not is_answered(tool.settings.own_address):
        raise click.ClickException(
            f"Nobody would see it: no server answers at {tool.settings.own_address}."
            " Start ./run in another terminal; HOST and PORT have to be the same."
        )
    with tool.connected():
        fund = evening.prepare_evening(tool.parts)
        try:
            click.echo(f"Watch {tool.settings.public_url}/screen/{fund.slug}")
            click.echo("It begins in ten seconds and takes three minutes. Ctrl-C ends it.")
            time.sleep(GET_READY / speed)
            _perform(tool, tool.simulator, fund, speed)
        except KeyboardInterrupt:
            click.echo("Stopped. The next time begins afresh.")
        finally:
            evening.end_evening(tool.parts, fund.slug)


def _perform(tool: Tools, simulator: Simulator, fund: Fund, speed: float) -> None:
    began = time.monotonic()

    def until(moment: float) -> None:
        time.sleep(max(0.0, began + moment / speed - time.monotonic()))

    for said in evening.play(tool.parts, Provider(simulator.address), fund, until):
        passed = int((time.monotonic() - began) * speed)
        click.echo(f"{passed // 60}:{passed % 60:02d}  {said}")


def is_answered(address: str) -> bool:
    """Whether a server answers at an address, whatever it says."""
    found = urlsplit(address)
    connection = HTTPConnection(found.hostname or "", found.port, timeout=ANSWERS_WITHIN)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


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
