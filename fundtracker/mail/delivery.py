"""How a mail leaves the house: a capability, and the form in which all servers take it."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fundtracker.mail.messages import Message


class Undelivered(Exception):
    """A mail could not be handed over: why, and never to whom."""


class Delivery(Protocol):
    """Whoever takes mails away."""

    def deliver(self, message: Message) -> None:
        """Hand a mail over, perhaps for the second time; raises Undelivered."""


def as_email(message: Message, sender: str, *, encoding: str = "quoted-printable") -> EmailMessage:
    """Return a mail with its heads; whoever gets it twice can tell by its Message-ID."""
    email = EmailMessage(policy=SMTP)
    email["From"] = f"Fundtracker <{sender}>"
    email["To"] = message.to
    email["Subject"] = message.subject
    email["Date"] = format_datetime(message.at)
    email["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2]}>"
    # So that no machine answers it with "I am on holiday".
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(message.text, cte=encoding)
    email.add_alternative(message.html, subtype="html", cte=encoding)
    return email
