"""`flask fund open`, `pause`, `close` and `rates`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fundtracker.cli.context import parts
from fundtracker.cli.sentences import Command
from fundtracker.cli.values import RateOf
from fundtracker.domain.funds import FundStatus
from fundtracker.services.set_rates import Terms, set_rates
from fundtracker.services.set_status import set_status
from fundtracker.store import funds
from fundtracker.store import rates as rate_tables

if TYPE_CHECKING:
    from fundtracker.domain.rates import Rate


@click.command("open", cls=Command)
@click.argument("slug")
def open_(slug: str) -> None:
    """Let a fund take gifts between its opening and its closing time."""
    _set(slug, FundStatus.OPEN)


@click.command("pause", cls=Command)
@click.argument("slug")
def pause(slug: str) -> None:
    """Let a fund take no gifts until it is opened again."""
    _set(slug, FundStatus.PAUSED)


@click.command("close", cls=Command)
@click.argument("slug")
def close(slug: str) -> None:
    """End a fund; payments that were begun still arrive."""
    _set(slug, FundStatus.CLOSED)


@click.command("rates", cls=Command)
@click.argument("slug")
@click.argument("given", nargs=-1, type=RateOf(), metavar="[CURRENCY=RATE]...")
@click.option("--only", is_flag=True, help="Drop every currency that is not named.")
@click.option("--reason", default="", help="Why, where the rates are locked.")
def rates(slug: str, given: tuple[tuple[str, Rate], ...], *, only: bool, reason: str) -> None:
    """Set what one unit of a currency is worth in the fund's currency, as in GBP=1.15.

    This makes a new rate table for the gifts to come; those that were made keep their rate, and
    those that wait for one get it. Without a rate, print those that hold.
    """
    codes = [code for code, _ in given]
    if len(set(codes)) < len(codes):
        raise click.UsageError("Name each currency once.")
    if given:
        terms = Terms(reason=reason)
        current = set_rates(parts(), slug, dict(given), source="command", only=only, terms=terms)
    else:
        with parts().database.reading() as session:
            current = rate_tables.current(session, funds.by_slug(session, slug))
    for code, rate in sorted(current.items()):
        click.echo(f"{code} {rate}")


def _set(slug: str, status: FundStatus) -> None:
    changed = set_status(parts(), slug, status)
    click.echo(f"The fund {slug} is {status.label}{' now' if changed else ' already'}.")
