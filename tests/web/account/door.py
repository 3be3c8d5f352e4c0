"""The door of the staff's pages, and those who come to it with a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from fundtracker.services.links import make_link
from tests.support.doors import PASSWORD, a_colleague

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from fundtracker.domain.roles import Grant
    from fundtracker.services.links import LinkKind
    from fundtracker.services.parts import Parts
    from fundtracker.store.staff import StaffRow
    from tests.support.clocks import Clock

HOST = "localhost"


class Browser:
    """A browser at the door."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str) -> TestResponse:
        """Open an address."""
        return self.client.get(address, headers={"Accept": "text/html"})

    def post(self, address: str, **typed: str) -> TestResponse:
        """Send a form."""
        return self.client.post(address, data=typed)

    def sign_in(self, row: StaffRow, password: str = PASSWORD, **more: str) -> TestResponse:
        """Type the address and the password of somebody."""
        return self.post("/account/sign-in", email=row.email, password=password, **more)

    def cookie(self) -> str:
        """Return what the browser would send."""
        found = self.client.get_cookie("session", HOST)
        return "" if found is None else found.value

    def steal(self, cookie: str) -> None:
        """Send a cookie that was somebody else's."""
        self.client.set_cookie("session", cookie, domain=HOST)


@dataclass
class Door:
    """The app, its parts and its clock."""

    app: Flask
    parts: Parts
    clock: Clock

    def browser(self) -> Browser:
        """Return a browser at which nobody is signed in."""
        return Browser(self.app.test_client())

    def colleague(self, *grants: Grant, **fields: object) -> StaffRow:
        """Add somebody with a password."""
        return a_colleague(self.parts, *grants, **fields)

    def link(self, row: StaffRow, kind: LinkKind) -> str:
        """Return the path of a link that was sent to somebody."""
        with self.parts.database.unit_of_work() as session:
            return make_link(session, self.parts, row.id, kind).address.partition(HOST)[2]


def words(answer: TestResponse) -> str:
    """Return what a page says, without markup."""
    main = answer.text.partition("<main")[2] or answer.text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main))).strip()
