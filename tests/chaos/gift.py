"""One gift from the form to the ledger, in processes that may end at any moment."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import stripe
from sqlalchemy.orm import configure_mappers

from fundtracker.domain.actors import Actor
from fundtracker.domain.money import Money
from fundtracker.live.local import LocalBroker
from fundtracker.payments.budget import CallBudget
from fundtracker.payments.stripe import StripeGateway
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.parts import Parts
from fundtracker.services.receive import Intake
from fundtracker.services.resync import resync
from fundtracker.services.schedule import schedule
from fundtracker.services.settle import settle_all
from fundtracker.services.thank import ASK_AFTER, outcome
from fundtracker.services.work import work
from fundtracker.store.database import Database
from fundtracker.store.jobs import LEASE
from fundtracker.store.keys import Keys
from tests.chaos.provider import CARD, KEY, SECRET
from tests.support.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.chaos.power import Power

# Loaded once in the process that all others are forked from.
configure_mappers()

SLUG = "founding-conference"


def amount_of(gift: int) -> Money:
    """Return what a donor gives: no two give the same."""
    return Money(1000 + gift, "GBP")


@dataclass(frozen=True)
class Scene:
    """What a process has to know to take up the work: addresses, keys, the time, the gift.

    `gift` numbers the donors, each with a form and an amount of their own.
    """

    database_url: str
    key: bytes
    stripe: str
    now: datetime
    gift: int

    @property
    def request(self) -> GiftRequest:
        """The form as the donor sent it, and sends it again."""
        return GiftRequest(f"form-number-{self.gift:08}", amount_of(self.gift), "GB")


def from_form_to_ledger(scene: Scene, power: Power) -> None:
    """Give, pay, hear of it, say thanks, settle, do the jobs, unless the power goes off before."""
    with open_parts(scene) as parts:
        schedule(parts)
        powered = power.feed(parts)
        _give_and_pay(powered, scene)
        _hear(powered, scene)
        _work_off(powered)
        power.boundary()


def try_again(scene: Scene) -> None:
    """Send the same form again after a restart, which reads what was missed meanwhile."""
    with open_parts(scene) as parts:
        schedule(parts)
        _give_and_pay(parts, scene)
        # Every other time the webhooks come again; if they do not, the list of events is read.
        if scene.gift % 2:
            _hear(parts, scene)
        resync(parts)
        _work_off(replace(parts, clock=lambda: scene.now + ASK_AFTER))


@contextmanager
def open_parts(scene: Scene) -> Iterator[Parts]:
    """Open everything that a use case is handed, over HTTP and a database of its own."""
    stripe.HTTPClient.INITIAL_DELAY = 0  # it tries again without a pause
    database = Database.open(scene.database_url, Keys([scene.key]))
    try:
        yield Parts(
            database=database,
            gateway=StripeGateway(
                account="main",
                key=KEY,
                webhook_secrets=[SECRET],
                base_address=scene.stripe,
                budget=CallBudget(10_000, 10_000),
            ),
            broker=LocalBroker(),
            clock=lambda: scene.now,
            actor=Actor.donor(),
            public_url="https://give.example",
            delivery=Mailbox(),
            exports=Path("/nowhere"),
        )
    finally:
        database.close()


def _give_and_pay(parts: Parts, scene: Scene) -> None:
    started = give(parts, SLUG, scene.request)
    if started.url is not None:
        # A page that was paid before the power went off says so, and takes nothing.
        form = urlencode({"card": CARD, "outcome": "pay"})
        _ask(scene, "POST", urlsplit(started.url).path, form)
    outcome(parts, SLUG, started.session_id)


def _hear(parts: Parts, scene: Scene) -> None:
    """Receive what the provider sends: all that happened to this gift, the oldest first."""
    since = int((scene.now - LEASE - timedelta(minutes=2)).timestamp())
    listed = json.loads(_ask(scene, "GET", f"/v1/events?limit=100&created[gte]={since}"))
    for event in reversed(listed["data"]):
        body = json.dumps(event)
        second = int(scene.now.timestamp())
        signature = stripe.WebhookSignature.generate_signature_header(body, SECRET, second)
        Intake(parts).receive(body.encode(), signature)


def _work_off(parts: Parts) -> None:
    settle_all(parts)
    while work(parts) or settle_all(parts):
        pass


def _ask(scene: Scene, method: str, path: str, form: str = "") -> bytes:
    connection = HTTPConnection(urlsplit(scene.stripe).netloc)
    headers: dict[str, Any] = {"Authorization": f"Bearer {KEY}"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, form, headers)
        return connection.getresponse().read()
    finally:
        connection.close()
