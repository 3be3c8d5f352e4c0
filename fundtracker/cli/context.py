"""What a command may reach for, typed: one value that `register` puts on the app."""

from __future__ import annotations

import os
import pwd
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app

from fundtracker.domain.actors import Actor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from config import Settings
    from fundtracker.services.parts import Parts

_NAME = "commands"


class Simulator(Protocol):
    """The payment provider that stands in for Stripe where there is no key."""

    @property
    def address(self) -> str:
        """Where it listens, without a slash at the end."""

    def start(self) -> None:
        """Begin to answer."""

    def stop(self) -> None:
        """Answer no more, for good."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The parts of the services in the hands of the operator, and what only commands need."""

    parts: Parts
    settings: Settings
    simulator: Simulator | None

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Let the gateway be reached: a simulator answers only while somebody runs it."""
        try:
            if self.simulator is not None:
                self.simulator.start()
            yield
        finally:
            if self.simulator is not None:
                self.simulator.stop()


def put_tools(app: Flask, tools: Tools) -> None:
    """Hand the tools to the commands of an app."""
    app.extensions[_NAME] = tools


def tools() -> Tools:
    """Return the tools of the app whose command runs."""
    return cast("Tools", current_app.extensions[_NAME])


def parts() -> Parts:
    """Return what services are handed."""
    return tools().parts


def operator() -> Actor:
    """Return whoever types, by the name of the account, or by its number if it has none."""
    number = os.getuid()
    try:
        return Actor.command(pwd.getpwuid(number).pw_name)
    except KeyError:
        return Actor.command(str(number))
