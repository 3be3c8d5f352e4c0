"""Somebody with a browser that has no script and shows nothing: cookies and forms."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

import requests

_HIDDEN = re.compile(r'<input[^>]*name="(csrf_token|attempt)"[^>]*value="([^"]*)"')
# A server that hangs is the only thing that takes so long.
_PATIENCE = 60


class Visitor:
    """A visitor of one fund, with cookies of their own."""

    def __init__(self, server: str, slug: str) -> None:
        self.server = server
        self.slug = slug
        self._browser = requests.Session()

    @property
    def address(self) -> str:
        """Where the fund's pages are."""
        return f"{self.server}/f/{self.slug}"

    def at(self, slug: str) -> Visitor:
        """Return the same person, with the same cookies, at another fund."""
        there = Visitor(self.server, slug)
        there._browser = self._browser
        return there

    def open_form(self, **fields: str) -> dict[str, str]:
        """Return the form's fields as they are sent, with what the visitor fills in."""
        page = self._browser.get(f"{self.address}/give", timeout=_PATIENCE)
        page.raise_for_status()
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}
        return {**hidden, "currency": "EUR", **fields}

    def give(self, form: dict[str, str]) -> requests.Response:
        """Send the form; the answer leads to the payment page unless something is wrong."""
        return self._browser.post(
            f"{self.address}/give", form, allow_redirects=False, timeout=_PATIENCE
        )

    def pay(self, page: str, card: str = "4242424242424242") -> requests.Response:
        """Pay on the payment page at that address; the answer leads back."""
        form = {"card": card, "outcome": "pay"}
        return self._browser.post(page, form, allow_redirects=False, timeout=_PATIENCE)

    def look(self, page: str) -> requests.Response:
        """Open a page of this server."""
        return self._browser.get(urljoin(self.server, page), timeout=_PATIENCE)

    def total(self) -> dict[str, Any]:
        """Return the fund's published snapshot."""
        answer = self.look(f"/api/v1/funds/{self.slug}/total")
        answer.raise_for_status()
        snapshot: dict[str, Any] = answer.json()
        return snapshot
