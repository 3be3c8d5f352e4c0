"""The commands that an operator types after `flask`: fund, section, stripe, worker, demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fundtracker.cli import audit, background, change, create, demo, sections, show, users
from fundtracker.cli.context import Tools, operator, put_tools

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings
    from fundtracker.cli.context import Simulator
    from fundtracker.services.parts import Parts

GROUPS: dict[str, tuple[str, tuple[click.Command, ...]]] = {
    "fund": (
        "Make funds, look at them and change them.",
        (
            *(create.create, show.list_, show.show, show.verify),
            *(change.open_, change.pause, change.close, change.rates),
        ),
    ),
    "section": ("Bring in sections.", (sections.import_,)),
    "stripe": ("Read from Stripe.", (background.resync,)),
    "audit": ("Check the audit log.", (audit.head, audit.verify, audit.erase)),
    "user": (
        "Let people in, and out.",
        (
            *(users.create, users.invite, users.list_, users.disable),
            *(users.setup_link, users.forget_factor),
        ),
    ),
    "demo": ("Fill the simulator, and play an evening.", (demo.seed, demo.play)),
}


def register(
    app: Flask,
    parts: Parts,
    settings: Settings,
    simulator: Simulator | None,
) -> None:
    """Give an app its commands; they act in the name of the account that runs them."""
    put_tools(app, Tools(parts.acting(operator()), settings, simulator))
    for name, (purpose, commands) in GROUPS.items():
        app.cli.add_command(click.Group(name, commands, help=purpose))
    app.cli.add_command(background.worker)
