"""The composition root: builds the parts from the settings and puts the app together."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from whitenoise import WhiteNoise

from config import PROJECT
from fundtracker import __version__, cli
from fundtracker.domain.actors import Actor
from fundtracker.live.database import DatabaseBroker
from fundtracker.live.snapshots import Published, Snapshots
from fundtracker.mail.files import Files
from fundtracker.mail.smtp import Smtp
from fundtracker.payments.budget import CallBudget
from fundtracker.payments.stripe import StripeGateway
from fundtracker.services.parts import Parts
from fundtracker.simulator.app import create_simulator
from fundtracker.simulator.listener import Listener
from fundtracker.simulator.settings import SimulatorSettings
from fundtracker.store import funds, snapshots
from fundtracker.store.database import Database
from fundtracker.store.keys import Keys
from fundtracker.web import api, health, home, i18n, limits, webhooks
from fundtracker.web.access import refuse_undeclared_routes, setup_access
from fundtracker.web.account import views as account
from fundtracker.web.context import Context, put_context
from fundtracker.web.desk import views as desk
from fundtracker.web.errors import setup_errors
from fundtracker.web.giving import views as giving
from fundtracker.web.identity import setup_identity
from fundtracker.web.logs import setup_logs
from fundtracker.web.navigation import setup_navigation
from fundtracker.web.office import views as office
from fundtracker.web.refusals import setup_refusals
from fundtracker.web.screen import views as screen
from fundtracker.web.security import add_static_headers, setup_security
from fundtracker.web.treasury import views as treasury
from fundtracker.worker import Background

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config import Settings
    from fundtracker.mail.delivery import Delivery

# The one Stripe account there is today, in each of its modes; every row and every unique key
# carries its name, so that test money and real money are never of one account.
LIVE, SANDBOX, SIMULATED = "main", "sandbox", "simulator"
# Four fifths of what Stripe takes a second, live and in a sandbox.
LIVE_CALLS, SANDBOX_CALLS = 80, 20
# Of these for what nobody waits for.
BACKGROUND_CALLS = 5
# Seconds after which what another process has booked is seen: a line of a teller's is to be in the
# hall within a quarter of a second, of which the next picture of the number takes a tenth.
BETWEEN_LOOKS = 0.05
# The sample's hundreds of gifts are made by a command, for which the simulator lifts its limit.
SAMPLE_CALLS = 1000
# The simulator takes this key and no other; it is no secret, for no money moves there.
SIMULATOR_KEY = "sk_test_simulator"


def create_app(settings: Settings) -> Flask:
    """Build the app; no thread starts before `fundtracker.worker.start` is called."""
    setup_logs()
    app = Flask(
        "fundtracker",
        template_folder=str(PROJECT / "templates"),
        static_folder=str(PROJECT / "static"),
    )
    app.secret_key = settings.secret_key
    database = Database.of_app(app, settings.database_url, Keys(settings.data_keys))
    simulator = _setup_simulator(app, settings)
    parts = Parts(
        database=database,
        gateway=_gateway(settings, simulator, LIVE_CALLS if settings.live else SANDBOX_CALLS),
        broker=DatabaseBroker(lambda: _versions(database), BETWEEN_LOOKS),
        clock=lambda: datetime.now(UTC),
        actor=Actor.donor(),
        public_url=settings.public_url,
        delivery=_delivery(settings),
        exports=settings.instance / "exports",
    )
    context = Context(parts, settings, _snapshots(database))
    put_context(app, context)
    app.extensions["background"] = Background(parts.acting(Actor.worker()), settings, simulator)
    _setup_web(app, context)
    _register_blueprints(app)
    if simulator is not None:
        unlimited = _gateway(settings, simulator, SAMPLE_CALLS, SAMPLE_CALLS)
        parts = replace(parts, gateway=unlimited)
    cli.register(app, parts, settings, simulator)
    refuse_undeclared_routes(app)
    return app


def _setup_web(app: Flask, context: Context) -> None:
    settings = context.settings
    i18n.setup_i18n(app)
    setup_security(app, settings)
    setup_identity(app)
    setup_access(app)
    setup_navigation(app)
    limits.setup_limits(app, settings)
    setup_errors(app)
    setup_refusals(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        webhooks.FrontDoor(app.wsgi_app, context),
        root=PROJECT / "static",
        prefix="static/",
        add_headers_function=add_static_headers,
    )


def _register_blueprints(app: Flask) -> None:
    for module in (
        home,
        giving,
        screen,
        account,
        treasury,
        office,
        desk,
        api,
        webhooks,
        health,
    ):
        app.register_blueprint(module.bp)


def _setup_simulator(app: Flask, settings: Settings) -> Listener | None:
    """Carry a Stripe look-alike when there is no key of Stripe's.

    Browsers reach its pages under /simulator; we reach its interface on a listener of its own, for
    a server that calls itself through its own threads locks up when all of them are taken.
    """
    if not settings.simulated:
        return None
    simulator = create_simulator(
        SimulatorSettings(
            storage=settings.instance / "simulator.db",
            api_key=SIMULATOR_KEY,
            webhook_secret=settings.webhook_secrets[0],
            webhook_url=f"{settings.own_address}/webhooks/stripe",
            public_url=f"{settings.public_url}/simulator",
        ),
    )
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app,
        {"/simulator": simulator},
    )
    return Listener(simulator)


def _gateway(
    settings: Settings,
    simulator: Listener | None,
    calls: int,
    background: int = BACKGROUND_CALLS,
) -> StripeGateway:
    return StripeGateway(
        account=LIVE if settings.live else SIMULATED if settings.simulated else SANDBOX,
        key=settings.stripe_key or SIMULATOR_KEY,
        webhook_secrets=settings.webhook_secrets,
        base_address=None if simulator is None else simulator.address,
        budget=CallBudget(calls, background),
    )


def _delivery(settings: Settings) -> Delivery:
    if settings.mail_server is None:
        return Files(settings.instance / "mail", settings.public_url)
    return Smtp(settings.mail_server)


def _snapshots(database: Database) -> Snapshots:
    def load(slug: str) -> Published:
        with database.reading() as session:
            body = snapshots.load(session, slug)
        version = json.loads(body)["version"]
        return Published(slug, version, f"{version}-{__version__}", body)

    def version(slug: str) -> int:
        with database.reading() as session:
            return funds.version(session, slug)

    return Snapshots(load, version)


def _versions(database: Database) -> Mapping[str, int]:
    with database.reading() as session:
        return funds.versions(session)
