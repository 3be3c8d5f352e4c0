"""E-mail addresses: one spelling of each, so that it is found again as somebody else types it."""

from __future__ import annotations

import re

from fundtracker.domain.errors import N_, InvalidText

LONGEST = 254
# Narrower than the standard: what it leaves out is quoted, commented or meant to deceive a header.
_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+",
)


def mailbox(address: str) -> str:
    """Return where an address is delivered to, as far as that is known: what follows + is a label.

    So that one person counts once, with however many labels.
    """
    name, at, host = address.rpartition("@")
    return f"{name.partition('+')[0] or name}{at}{host}"


def email_address(text: str, *, field: str = "email") -> str:
    """Return an address in lower case without what surrounds it, or raise InvalidText."""
    address = text.strip().lower()
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address):
        raise InvalidText(
            N_("Please enter an e-mail address such as anna@example.org."),
            field=field,
        )
    return address
