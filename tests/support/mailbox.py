"""A mailbox in memory: what was delivered, in order, or whoever takes no mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fundtracker.mail.delivery import Undelivered

if TYPE_CHECKING:
    from fundtracker.mail.messages import Message


class Mailbox:
    """A delivery that keeps what it is handed; `down` makes it refuse."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.down = False

    def deliver(self, message: Message) -> None:
        """Keep a mail."""
        if self.down:
            raise Undelivered("the mail server was lost: ConnectionRefusedError")
        self.messages.append(message)


def link_in(message: Message, room: str = "account") -> str:
    """Return the first address in a room of ours that a mail asks to be opened."""
    found = re.search(rf"^https?://\S+/{room}/\S+$", message.text, re.MULTILINE)
    assert found is not None, message.text
    return found[0]
