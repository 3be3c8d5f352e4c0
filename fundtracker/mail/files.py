"""Mails as files in a folder, where no mail server is set: they can be opened with any program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fundtracker.mail.delivery import Undelivered, as_email

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.mail.messages import Message


class Files:
    """A folder of mails, one file each, for the owner alone."""

    def __init__(self, folder: Path, site: str) -> None:
        """Take the folder, made when the first mail is delivered, and by which site mails are."""
        self._folder = folder
        self._sender = f"fundtracker@{urlsplit(site).hostname}"

    def deliver(self, message: Message) -> None:
        """Write the mail; a second time over the first one."""
        draft = self._folder / f".{message.key}"
        # As it is, without the marks of another encoding: whoever looks for a link finds it whole.
        content = as_email(message, self._sender, encoding="8bit").as_bytes()
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            draft.replace(self._folder / f"{message.at:%Y%m%d-%H%M%S}-{message.key}.eml")
        except OSError as error:
            raise Undelivered(f"the folder cannot be written: {error.strerror}") from None
