"""`flask fund create`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fundtracker.cli.context import parts
from fundtracker.cli.sentences import Command
from fundtracker.cli.values import Moment, in_zone
from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.funds import CountingRule, FundStatus
from fundtracker.domain.local_times import zone_of
from fundtracker.services.create_fund import NewFund, create_fund

if TYPE_CHECKING:
    from datetime import datetime


@click.command("create", cls=Command)
@click.argument("slug")
@click.option("--name", required=True, help="The name on pages and screens.")
@click.option("--currency", required=True, metavar="CODE", help="The base currency, such as EUR.")
@click.option("--target", required=True, metavar="AMOUNT", help="In the base currency.")
@click.option("--ceiling", metavar="AMOUNT", help="The largest single gift; else the target.")
@click.option("--timezone", default="UTC", show_default=True, help="Such as Europe/Brussels.")
@click.option("--opens", type=Moment(), help="When gifts are taken first; else at once.")
@click.option("--closes", type=Moment(), help="When gifts are taken no more; else never.")
@click.option(
    "--rule",
    type=click.Choice([rule.value for rule in CountingRule]),
    default=CountingRule.EVERYTHING_ANNOUNCED.value,
    show_default=True,
    help="What the large number counts.",
)
@click.option("--rehearsal", is_flag=True, help="Say on every surface that it is a rehearsal.")
@click.option("--milestone", multiple=True, metavar="AMOUNT", help="Worth marking; repeatable.")
@click.option(
    "--status",
    type=click.Choice([status.value for status in FundStatus]),
    default=FundStatus.DRAFT.value,
    show_default=True,
    help="A draft is known to nobody outside.",
)
def create(  # noqa: PLR0913 - a parameter for each option
    *,
    slug: str,
    name: str,
    currency: str,
    target: str,
    ceiling: str | None,
    timezone: str,
    opens: datetime | None,
    closes: datetime | None,
    rule: str,
    rehearsal: bool,
    milestone: tuple[str, ...],
    status: str,
) -> None:
    """Make a fund at the address /f/SLUG.

    For example: flask fund create autumn --name "Autumn appeal" --currency EUR --target 20000
    """
    zone = zone_of(timezone)
    fund = create_fund(
        parts(),
        NewFund(
            slug=slug,
            name=name,
            currency=currency,
            target=parse_amount(target, currency).minor,
            ceiling=None if ceiling is None else parse_amount(ceiling, currency).minor,
            timezone=timezone,
            opens_at=None if opens is None else in_zone(opens, zone),
            closes_at=None if closes is None else in_zone(closes, zone),
            counting_rule=CountingRule(rule),
            rehearsal=rehearsal,
            milestones=tuple(parse_amount(text, currency).minor for text in milestone),
            status=FundStatus(status),
        ),
    )
    click.echo(f"The fund {fund.slug} is made; its status is {fund.status.label}.")
