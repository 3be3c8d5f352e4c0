"""Mails through a server that speaks SMTP; never in the clear beyond this machine."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

from fundtracker.mail.delivery import Undelivered, as_email

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fundtracker.mail.messages import Message
    from fundtracker.mail.server import MailServer

# Seconds for each answer of the server.
PATIENCE = 20


class Smtp:
    """A server that is believed if the system's authorities, or those of `tls`, vouch for it."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls or ssl.create_default_context()

    def deliver(self, message: Message) -> None:
        """Hand the mail to the server; its own words are left out, for they repeat the address."""
        email = as_email(message, self._server.sender)
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
            if not self._server.encrypted and not _is_this_machine(self._server.host):
                server.starttls(context=self._tls)
            if self._server.user:
                server.login(self._server.user, self._server.password)
            yield server

    def _connection(self) -> smtplib.SMTP:
        if self._server.encrypted:
            return smtplib.SMTP_SSL(
                self._server.host, self._server.port, timeout=PATIENCE, context=self._tls
            )
        return smtplib.SMTP(self._server.host, self._server.port, timeout=PATIENCE)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
