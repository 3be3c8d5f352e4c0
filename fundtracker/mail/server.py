"""The address of a mail server, as SMTP_URL gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

_EXAMPLE = (
    "has to be an address like smtp://name:password@mail.example.org:587?from=fund@example.org."
)
_NO_SENDER = "names no sender: put ?from=fund@example.org behind it."
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)
_SENDER = re.compile(r"[^\s@<>,;\"]+@[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)
SUBMISSION, SUBMISSION_TLS = 587, 465


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over, by whom, and whether the line is encrypted from the start."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Read smtp://name:password@host:587?from=… or smtps://…; ValueError says what is wrong.

        Without ?from= mails are by the user, if that is an address.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise ValueError(_EXAMPLE) from None
        known = parts.scheme in {"smtp", "smtps"} and _HOST.fullmatch(host)
        if not known or port == 0 or parts.path.strip("/"):
            raise ValueError(_EXAMPLE)
        encrypted = parts.scheme == "smtps"
        user = unquote(parts.username or "")
        sender = parse_qs(parts.query).get("from", [user])[-1]
        if _SENDER.fullmatch(sender) is None:
            raise ValueError(_NO_SENDER)
        usual = SUBMISSION_TLS if encrypted else SUBMISSION
        return cls(host, port or usual, encrypted, user, unquote(parts.password or ""), sender)
