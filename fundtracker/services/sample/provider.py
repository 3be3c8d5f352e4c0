"""The simulated provider as the sample needs it: its pages paid, its webhooks held back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from fundtracker.domain.errors import GatewayUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fundtracker.payments.gateway import Gateway, Session, SessionOrder

CARD = "4242424242424242"
TIMEOUT = 30  # seconds
# A page that is paid already says 409: it was, before an earlier seed was interrupted.
PAID = {HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT}
# Stripe opens no page for longer, and none for less than half an hour.
PAGES_LAST = timedelta(hours=24)
# So long after its beginning an interrupted seed can go on.
PATIENCE = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class Provider:
    """A simulator by the address at which it listens, without a slash at the end."""

    address: str

    def pay(self, session_id: str) -> None:
        """Pay on a hosted page as a donor does; raises GatewayUnavailable."""
        status = self._post(f"/checkout/{session_id}", card=CARD, outcome="pay")
        if status not in PAID:
            raise GatewayUnavailable

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Send no webhooks and count no calls; then put all switches back."""
        self._switch(drop="1", rate_limit="0")
        try:
            yield
        finally:
            # Not as they were: a seed that was killed has left them as it needed them.
            self._switch(reset="1")

    def _switch(self, **positions: str) -> None:
        if self._post("/control", **positions) != HTTPStatus.OK:
            raise GatewayUnavailable

    def _post(self, path: str, **fields: str) -> int:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=TIMEOUT)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", path, urlencode(fields), kind)
            return connection.getresponse().status
        except (OSError, HTTPException):
            raise GatewayUnavailable from None
        finally:
            connection.close()


class Backdating:
    """A gateway for gifts of the past, whose payment pages are open now.

    They end a day after the seed began, so that one that goes on sends the same orders.
    """

    def __init__(self, gateway: Gateway, began: datetime) -> None:
        self._gateway = gateway
        self._end = int((began + PAGES_LAST).timestamp())

    def create_session(self, order: SessionOrder) -> Session:
        """Make a payment page that ends in the future."""
        return self._gateway.create_session(replace(order, expires_at=self._end))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - everything else is the gateway's
        return getattr(self._gateway, name)
