"""`flask audit head`, `verify` and `erase`."""

from __future__ import annotations

import click

from fundtracker.cli.context import parts
from fundtracker.cli.sentences import Command
from fundtracker.domain.chain import Head
from fundtracker.services.erase import erase_private
from fundtracker.services.verify_audit import verify_audit
from fundtracker.store import audit


@click.command("head", cls=Command)
def head() -> None:
    """Print where the audit log ends: the last number and its digest.

    Keep it where nobody who can reach the database can change it, and hand it to `verify`.
    """
    with parts().database.reading() as session:
        click.echo(str(audit.head(session)))


@click.command("verify", cls=Command)
@click.option(
    "--head",
    "written",
    metavar="NUMBER:DIGEST",
    help="What `flask audit head` printed earlier; without it a missing end cannot be noticed.",
)
@click.pass_context
def verify(ctx: click.Context, written: str | None) -> None:
    """Follow the audit log from its first entry to its last.

    Ends with 0 where every entry is as it was recorded, and with 1 and a sentence that names the
    first that is not.
    """
    finding = verify_audit(parts(), None if written is None else Head.parse(written))
    if finding.fault is not None:
        click.echo(finding.fault)
        ctx.exit(1)
    click.echo(f"Every entry is as it was recorded, {finding.head.number} of them.")
    if finding.erased:
        click.echo(f"Private details were erased from {finding.erased}.")
    click.echo(f"The head is {finding.head}")


@click.command("erase", cls=Command)
@click.argument("number", type=click.IntRange(min=1))
def erase(number: int) -> None:
    """Erase names, addresses and reasons from an entry of the audit log; the rest stays."""
    with parts().database.unit_of_work() as session:
        erase_private(session, parts(), number)
    click.echo(f"The private details of entry {number} are erased.")
