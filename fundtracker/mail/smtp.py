"""Mails through a server that speaks SMTP; never in the clear beyond this machine."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from fundtracker.mail.delivery import Undelivered, as_email

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fundtracker.mail.messages import Message

# Seconds for each answer of the server.
PATIENCE = 20
SUBMISSION, SUBMISSION_TLS = 587, 465


class Smtp:
    """A server at smtp://name:password@host:587 (STARTTLS) or smtps://… (TLS from the start)."""

    def __init__(self, url: str, sender: str, tls: ssl.SSLContext | None = None) -> None:
        """Take the server's address, and by whom it is believed: the system's authorities."""
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._encrypted = parts.scheme == "smtps"
        self._port = parts.port or (SUBMISSION_TLS if self._encrypted else SUBMISSION)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender
        self._tls = tls or ssl.create_default_context()

    def deliver(self, message: Message) -> None:
        """Hand the mail to the server; its own words are left out, for they repeat the address."""
        email = as_email(message, self._sender)
        try:
            with self._connected() as server:
                server.send_message(email)
        except smtplib.SMTPRecipientsRefused:
            raise Undelivered("the mail server does not take the recipient") from None
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"the mail server answered {error.smtp_code}") from None
        except OSError as error:
            raise Undelivered(f"the mail server was lost: {type(error).__name__}") from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        with self._connection() as server:
            if not self._encrypted and not _is_this_machine(self._host):
                server.starttls(context=self._tls)
            if self._user:
                server.login(self._user, self._password)
            yield server

    def _connection(self) -> smtplib.SMTP:
        if self._encrypted:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=PATIENCE, context=self._tls)
        return smtplib.SMTP(self._host, self._port, timeout=PATIENCE)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
