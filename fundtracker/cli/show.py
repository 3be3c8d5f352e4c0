"""`flask fund list`, `show` and `verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from fundtracker.cli.context import parts
from fundtracker.cli.sentences import Command
from fundtracker.cli.values import amount
from fundtracker.domain.scope import Scope
from fundtracker.services.verify import verify as check
from fundtracker.store import funds, sections, snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.sections import Visibility
    from fundtracker.domain.snapshot import SectionLine, Snapshot

# How `verify` ends where nothing is wrong, but something waits.
WAITING = 2


@click.command("list", cls=Command)
def list_() -> None:
    """List all funds, drafts included."""
    with parts().database.reading() as session:
        found = [
            (fund, snapshots.load_true(session, fund.slug)) for fund in funds.all_funds(session)
        ]
    if not found:
        click.echo("There are no funds yet.")
    for line in _table([_summary(fund, snapshot) for fund, snapshot in found]):
        click.echo(line)


@click.command("show", cls=Command)
@click.argument("slug")
def show(slug: str) -> None:
    """Show what is true of a fund, held or not, hidden sections included."""
    with parts().database.reading() as session:
        fund = funds.by_slug(session, slug)
        snapshot = snapshots.load_true(session, slug)
        visibility = {
            part.section.code: part.visibility
            for part in sections.of_fund(session, fund.id, Scope.everything())
        }
    for line in _report(fund, snapshot, visibility):
        click.echo(line)


@click.command("verify", cls=Command)
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.pass_context
def verify(ctx: click.Context, slugs: tuple[str, ...]) -> None:
    """Hold every total against the ledger and the ledger against the facts.

    All funds share one ledger, so all of it is checked; a SLUG only has to be a fund's. The exit
    code is 1 if something is broken, 2 if rows only wait for a person or for a fact.
    """
    with parts().database.reading() as session:
        for slug in slugs:
            funds.by_slug(session, slug)
    report = check(parts())
    for sentence in (*report.broken, *report.waiting):
        click.echo(sentence)
    if report.broken:
        ctx.exit(1)
    if report.waiting:
        ctx.exit(WAITING)
    click.echo("Everything agrees.")


def _summary(fund: Fund, snapshot: Snapshot) -> tuple[str, ...]:
    return (
        fund.slug,
        fund.status.label + (", rehearsal" if fund.rehearsal else ""),
        fund.currency,
        f"{amount(snapshot.headline, fund.currency)} of {amount(fund.target, fund.currency)}",
        fund.name,
    )


def _report(fund: Fund, snapshot: Snapshot, visibility: dict[str, Visibility]) -> Iterator[str]:
    zone, code = ZoneInfo(fund.timezone), fund.currency
    closes = f"to {_time(fund.closes_at, zone)}" if fund.closes_at else "without an end"
    yield f"{fund.name}{' (rehearsal)' if fund.rehearsal else ''}"
    yield f"{fund.status.label}, from {_time(fund.opens_at, zone)} {closes}, {fund.timezone}"
    yield (
        f"{code} {amount(snapshot.headline, code)} of {amount(fund.target, code)}"
        f" ({_per_cent(snapshot.permille)}): {fund.counting_rule.label}"
    )
    yield (
        f"received {amount(snapshot.received, code)}, promised {amount(snapshot.pledged, code)},"
        f" being checked {amount(snapshot.unconfirmed, code)};"
        f" {snapshot.donations} gifts, {snapshot.pledges} pledges"
    )
    yield f"no gift above {amount(fund.ceiling, code)}; the screen is {fund.mode.label}"
    for mark in snapshot.milestones:
        reached = f"reached {_time(mark.reached_at, zone)}" if mark.reached_at else "ahead"
        yield f"milestone {amount(mark.amount, code)}: {reached}"
    yield f"version {snapshot.version} of {_time(snapshot.as_of, zone)}"
    if visibility:
        yield ""
        yield from _table([_section(line, visibility, code) for line in snapshot.sections])


def _section(line: SectionLine, visibility: dict[str, Visibility], code: str) -> tuple[str, ...]:
    return (
        line.code or "–",
        amount(line.headline, code),
        "–" if line.target is None else amount(line.target, code),
        "–" if line.permille is None else _per_cent(line.permille),
        line.currency,
        visibility[line.code].label if line.code else "",
        # Last, for it may be in a script of another width or direction.
        line.name or "no section",
    )


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield lines in columns, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _per_cent(permille: int) -> str:
    return f"{permille // 10}.{permille % 10} %"


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
