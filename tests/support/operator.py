"""An operator beside a running server: its commands, in this process, where they start at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.console import Console

if TYPE_CHECKING:
    from tests.support.servers import LiveServer


def invite(server: LiveServer, email: str, name: str, role: str) -> str:
    """Add somebody to the staff, and return the link that the command prints for them."""
    console = Console.over(server.database_url, server.instance, PUBLIC_URL=server.url)
    try:
        printed = console.says("user", "create", email, "--name", name, "--role", role)
    finally:
        console.close()
    (link,) = (word for word in printed.split() if "/account/welcome/" in word)
    return link
