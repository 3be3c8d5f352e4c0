"""`flask section import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fundtracker.cli.context import parts
from fundtracker.cli.sentences import Command
from fundtracker.services.import_sections import import_sections
from fundtracker.services.read_sections import COLUMNS, BadLines

if TYPE_CHECKING:
    from typing import BinaryIO


@click.command(
    "import",
    cls=Command,
    help=f"""Make the sections of a CSV file part of a fund.

    The columns are {", ".join(COLUMNS)}, in UTF-8, with commas or semicolons. The target is in the
    fund's currency; target and members may be empty; visibility is shown, others or hidden. If
    any line is wrong, each such line is named and nothing is imported. A file can be imported
    again: what it names is brought up to date, other sections stay as they are.
    """,
)
@click.argument("file", type=click.File("rb", lazy=True))
@click.option("--fund", "slug", required=True, metavar="SLUG", help="The fund they take part in.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
def import_(*, file: BinaryIO, slug: str, dry_run: bool) -> None:
    """Import, and name what is wrong line by line."""
    try:
        imported = import_sections(parts(), slug, file.read(), dry_run=dry_run)
    except BadLines as error:
        for problem in error.problems:
            click.echo(f"{Path(file.name).name}, {problem}", err=True)
        raise
    would = "Nothing is imported in a dry run. It would be " if dry_run else ""
    click.echo(
        f"{would}{len(imported.added)} new, {len(imported.changed)} changed,"
        f" {len(imported.unchanged)} as before.",
    )
