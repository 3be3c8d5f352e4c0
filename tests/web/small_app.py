"""An app with the parts that every page shares, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import Flask
from jinja2 import DictLoader

from config import Settings
from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import UnknownFund
from fundtracker.live.local import LocalBroker
from fundtracker.live.snapshots import Published, Snapshots
from fundtracker.services.parts import Parts
from fundtracker.web.context import Context, put_context
from fundtracker.web.errors import setup_errors
from fundtracker.web.i18n import setup_i18n
from fundtracker.web.security import setup_security
from tests.support.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.payments.gateway import Gateway
    from fundtracker.store.database import Database

PAGE = "<title>{{ title }}</title><p>{{ status }} {{ sentence }}"
NOON = datetime(2026, 6, 12, 12, tzinfo=UTC)


def make_settings(instance: Path = Path("/nowhere"), **given: object) -> Settings:
    """Return the settings of the demo, or those with what is given."""
    settings = {
        "instance": instance,
        "database_url": "sqlite:////nowhere/fundtracker.db",
        "secret_key": "q8Zt2LrV0xWm5NcK7bHs3JdF9gPyTe1u",
        "data_keys": (),
        "webhook_secrets": ("whsec_test",),
    }
    return Settings(**{**settings, **given})  # type: ignore[arg-type]


def live_settings() -> Settings:
    """Return settings with which real money moves."""
    return make_settings(stripe_key="sk_live_123", public_url="https://give.example.org")


class Fund:
    """One fund, whose version the test sets and announces."""

    slug = "conference"

    def __init__(self) -> None:
        self.version = 7
        self.broker = LocalBroker()
        self.snapshots = Snapshots(self.load, self.read_version, sleep=lambda _: None)

    def read_version(self, slug: str) -> int:
        if slug != self.slug:
            raise UnknownFund
        return self.version

    def load(self, slug: str) -> Published:
        return self.published(slug, self.version)

    def published(self, slug: str, version: int) -> Published:
        body = b'{"fund":"%s","version":%d}' % (slug.encode(), version)
        return Published(slug, version, f"{version}-b1", body)

    def reach(self, version: int) -> None:
        self.version = version
        self.broker.announce(self.slug, version)


def make_parts(
    *,
    database: Database | None = None,
    gateway: Gateway | None = None,
    clock: Callable[[], datetime] = lambda: NOON,
    fund: Fund | None = None,
) -> Parts:
    """Return parts of which those that a test does not need are missing."""
    return Parts(
        database=cast("Database", database),
        gateway=cast("Gateway", gateway),
        broker=(fund or Fund()).broker,
        clock=clock,
        actor=Actor.donor(),
        public_url="http://127.0.0.1:8000",
        delivery=Mailbox(),
        exports=Path("/nowhere"),
    )


def make_app(
    settings: Settings | None = None,
    parts: Parts | None = None,
    fund: Fund | None = None,
) -> Flask:
    """Return an app that has cookies, headers, errors and languages, but no routes."""
    settings = settings or make_settings()
    fund = fund or Fund()
    app = Flask("small", static_folder=None)
    app.jinja_loader = DictLoader({"errors/error.html": PAGE})
    put_context(app, Context(parts or make_parts(fund=fund), settings, fund.snapshots))
    setup_i18n(app)
    setup_security(app, settings)
    setup_errors(app)
    return app
