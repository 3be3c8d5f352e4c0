"""What we ask of whoever takes the money, and the values that go to and fro.

Everything that a gateway tells us comes back as `Seen`: JSON that goes into the inbox as it is.
Only the worker gives it a meaning, so a webhook, a look at a session and a list are one path.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from fundtracker.domain.errors import N_, FundtrackerError

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.money import Money


class BadSignature(FundtrackerError):
    """A webhook that the gateway did not sign, or not within the last five minutes."""

    status = 400
    message = N_("This message does not carry a valid signature.")


class Priority(Enum):
    """Who waits for the answer: donors go first."""

    DONOR = "donor"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class SessionOrder:
    """A payment page to be made; `token` names the donation and makes a repeat harmless.

    `expires_at` is in Unix seconds, `locale` a tag of the gateway or "auto".
    """

    token: str
    amount: Money
    fund_slug: str
    fund_name: str
    section_code: str
    success_url: str
    cancel_url: str
    expires_at: int
    locale: str = "auto"


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to be given back; `key` names the wish and makes a repeat harmless."""

    key: str
    intent: str
    amount: Money
    reason: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """An object (`type` "charge") or an event (`type` its own, `id` evt_…), as JSON."""

    id: str
    type: str
    livemode: bool
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A payment page; `url` is None once it can no longer be paid, `expires_at` Unix seconds."""

    id: str
    url: str | None
    expires_at: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, newest first; `next` starts the following page, None at the end."""

    items: tuple[Seen, ...]
    next: str | None


class Gateway(Protocol):
    """One account with a payment provider.

    Every call may raise GatewayUnavailable (try again later), GatewayRefused (never by itself)
    or Busy (too many callers here); none of them carries what was sent or answered.
    """

    @property
    def account(self) -> str:
        """The name that rows and webhook addresses carry."""

    @property
    def livemode(self) -> bool:
        """Whether it moves real money."""

    def create_session(self, order: SessionOrder) -> Session:
        """Make the payment page, or find the one made for the same order before."""

    def retrieve_session(self, id: str, *, priority: Priority = Priority.BACKGROUND) -> Seen:
        """Read a session with its intent and charge; a donor's page asks as DONOR."""

    def expire_session(self, id: str) -> Seen:
        """Close an open session, so that it can no longer be paid."""

    def retrieve_intent(self, id: str) -> Seen:
        """Read a payment intent with its latest charge."""

    def retrieve_charge(self, id: str) -> Seen:
        """Read a charge."""

    def create_refund(self, order: RefundOrder) -> Seen:
        """Ask for money to go back; the answer may still be pending."""

    def retrieve_refund(self, id: str) -> Seen:
        """Read a refund."""

    def list_refunds(self, intent: str, *, after: str | None = None) -> Page:
        """List what goes back of a payment intent, a hundred at a time."""

    def list_transactions(self, *, created_from: int, after: str | None) -> Page:
        """List ledger lines with their sources since a Unix second, a hundred at a time."""

    def list_events(self, *, created_from: int, after: str | None) -> Page:
        """List events since a Unix second, a hundred at a time."""

    def verify(self, body: bytes, signature: str, now: datetime) -> None:
        """Raise BadSignature unless the gateway signed this body within five minutes of `now`."""
