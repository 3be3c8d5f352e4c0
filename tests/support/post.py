"""The mails of a server without a mail server: files of its instance folder."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from tests.support.servers import LiveServer


def letter(house: LiveServer, to: str, room: str) -> str:
    """Wait for a mail to somebody, and return the first address in a room of ours that it names."""
    house.waits_for(lambda: _to(house, to) != [])
    text = _to(house, to)[-1]
    found = re.search(rf"^https?://\S+/p/{room}/\S+", text, re.MULTILINE)
    assert found is not None, text
    return found[0]


def _to(house: LiveServer, to: str) -> list[str]:
    """Return the texts of the mails to somebody, oldest first."""
    files = sorted((house.instance / "mail").glob("*.eml"))
    mails = [_read(file) for file in files]
    return [mail.get_body(("plain",)).get_content() for mail in mails if mail["To"] == to]  # type: ignore[union-attr]


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)
