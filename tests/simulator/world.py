"""Who stands around the simulator in its tests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from stripe import StripeObject
    from stripe.checkout import Session
    from stripe.params.checkout import SessionCreateParams
    from werkzeug.test import TestResponse

API_KEY = "sk_test_simulated"
SECRET = "whsec_simulated"
NOON = 1_765_540_800

NewSession: TypeAlias = "Callable[..., Session]"
Json: TypeAlias = dict[str, Any]

LONG = 60  # seconds until a wait is given up: only a test that fails takes as long


@dataclass
class Clock:
    """A time that passes only when a test says so."""

    now: float = NOON

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Payer:
    """Somebody with a browser."""

    visitor: FlaskClient

    def opens(self, session_id: str) -> TestResponse:
        return self.visitor.get(f"/checkout/{session_id}")

    def pays(self, session_id: str, card: str = "4242424242424242", **fields: str) -> TestResponse:
        form = {"card": card, "outcome": "pay", **fields}
        return self.visitor.post(f"/checkout/{session_id}", data=form)


@dataclass(frozen=True)
class Parcel:
    """A webhook as it arrived."""

    body: bytes
    signature: str
    content_type: str


@dataclass
class Receiver:
    """An endpoint for webhooks; `answers` are the statuses of the next ones, then 200."""

    parcels: list[Parcel] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> None:
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhooks/stripe"

    def take(self, parcel: Parcel) -> int:
        with self.changed:
            self.parcels.append(parcel)
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait_for(self, number: int) -> list[Parcel]:
        """Return what has arrived once it is so much."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.parcels) >= number, LONG)
            return list(self.parcels)


class _Handler(BaseHTTPRequestHandler):
    receiver: ClassVar[Receiver]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parcel = Parcel(body, self.headers["Stripe-Signature"], self.headers["Content-Type"])
        self.send_response(self.receiver.take(parcel))
        self.end_headers()

    def do_GET(self) -> None:
        """Be the page to which a donor comes back."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>Thanks</title>")

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""


def order(**changes: object) -> SessionCreateParams:
    """Return what our app asks for a gift of 25 euros; None takes a parameter away."""
    asked: Json = {
        "mode": "payment",
        "submit_type": "donate",
        "line_items": [item("eur", 2500)],
        "success_url": "https://give.example/f/fund/thanks?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://give.example/f/fund/cancelled",
        "client_reference_id": "token",
        "metadata": {"donation": "token", "fund": "fund"},
        "payment_intent_data": {"metadata": {"donation": "token"}},
        "adaptive_pricing": {"enabled": False},
        **changes,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    return cast("SessionCreateParams", given)


def plain(thing: StripeObject) -> Json:
    """Return an object of the SDK as the JSON that it was made of."""
    return thing.to_dict(for_json=True)


def item(currency: str, amount: object) -> Json:
    """Return one line of an order."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "The fund"}}
    return {"price_data": price, "quantity": 1}
