"""`flask user create`, `list`, `invite`, `disable`, `setup-link` and `forget-factor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fundtracker.cli.context import parts
from fundtracker.cli.sentences import Command
from fundtracker.domain.emails import email_address
from fundtracker.domain.errors import N_, NotFound
from fundtracker.domain.members import NewGrant
from fundtracker.domain.roles import Role
from fundtracker.domain.scope import Scope
from fundtracker.services import disable as service
from fundtracker.services import invite as inviting
from fundtracker.services.invite import NewMember, send_link
from fundtracker.services.take_factor import take_factor
from fundtracker.store import people

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.domain.members import HeldGrant
    from fundtracker.services.invite import Sent

NOBODY = N_("There is nobody with that e-mail address.")


def _who_and_what(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command ask for somebody and for what they may do."""
    for option in (
        click.option("--section", default="", metavar="CODE", help="One section; else all."),
        click.option("--fund", default="", metavar="SLUG", help="One fund; else all."),
        click.option(
            "--role",
            type=click.Choice([role.value for role in Role]),
            required=True,
            help="What the person may do.",
        ),
        click.option("--name", required=True, help="The name that colleagues see."),
        click.argument("email"),
    ):
        command = option(command)
    return command


@click.command("create", cls=Command)
@_who_and_what
def create(email: str, name: str, role: str, fund: str, section: str) -> None:
    """Add a member of staff and print a link with which they choose a password, once.

    The first administrator comes in so:
    flask user create EMAIL --name "Anna Berg" --role administrator
    """
    grant = NewGrant(Role(role), fund, section)
    _print(inviting.invite(parts(), NewMember(name, email, grant), by_mail=False))


@click.command("invite", cls=Command)
@_who_and_what
def invite(email: str, name: str, role: str, fund: str, section: str) -> None:
    """Add a member of staff and send the link by mail."""
    sent = inviting.invite(parts(), NewMember(name, email, NewGrant(Role(role), fund, section)))
    click.echo(f"The invitation is on its way; it ends on {sent.expires_at:%Y-%m-%d %H:%M} UTC.")


@click.command("list", cls=Command)
def list_() -> None:
    """List members of staff and what they may do."""
    with parts().database.reading() as session:
        found = people.members(session, Scope.everything())
    if not found:
        click.echo("Nobody is here yet; flask user create adds the first administrator.")
    for member in found:
        grants = "; ".join(map(_words, member.held)) or "no role"
        click.echo(f"{member.email}  {member.state.label}  {member.name}: {grants}")


@click.command("disable", cls=Command)
@click.argument("email")
def disable(email: str) -> None:
    """Let somebody in no more, and sign them out everywhere."""
    service.disable(parts(), _token(email))
    click.echo("This person cannot sign in any more.")


@click.command("setup-link", cls=Command)
@click.argument("email")
def setup_link(email: str) -> None:
    """Print a link with which somebody chooses a password, once; a second factor stays."""
    _print(send_link(parts(), _token(email), by_mail=False))


@click.command("forget-factor", cls=Command)
@click.argument("email")
def forget_factor(email: str) -> None:
    """Take away the second factor of somebody who has lost it; the password stays."""
    take_factor(parts(), _token(email))
    click.echo("The second factor is gone; the next sign-in asks for another one.")


def _print(sent: Sent) -> None:
    click.echo(sent.link)
    click.echo(
        f"It works once, until {sent.expires_at:%Y-%m-%d %H:%M} UTC;"
        f" whoever has it can sign in as {sent.name}.",
    )


def _token(email: str) -> str:
    with parts().database.reading() as session:
        row = people.row_by_email(session, email_address(email))
    if row is None:
        raise NotFound(NOBODY)
    return row.token


def _words(held: HeldGrant) -> str:
    return ", ".join(filter(None, [held.grant.role.label, held.section, held.fund]))
