"""A member of staff at a desk: pages are read, and their forms sent as a browser would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    Fields = dict[str, Any]


@dataclass
class Sheet(HTMLParser):
    """An answer: its status and words, and what each of its forms would send, by its address."""

    answer: TestResponse
    forms: dict[str, Fields] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    _form: Fields = field(default_factory=dict)
    _select: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    @property
    def html(self) -> str:
        return self.answer.get_data(as_text=True)

    @property
    def words(self) -> str:
        """What can be read, without markup."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).split())

    @property
    def status(self) -> int:
        return self.answer.status_code

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form":
            # Of two forms with one address, as of milestones, the last one is kept.
            self._form = self.forms[given.get("action", "")] = {}
        if tag == "select":
            self._select = given["name"]
        if tag == "option" and ("selected" in given or self._select not in self._form):
            self._form.setdefault(self._select, given["value"])
            if "selected" in given:
                self._form[self._select] = given["value"]
        ticked = given.get("type") not in {"radio", "checkbox"} or "checked" in given
        if tag == "input" and ticked and given.get("type") != "file":
            self._form[given["name"]] = given.get("value", "")


class Desk:
    """A browser of the staff's."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def see(self, path: str) -> Sheet:
        """Open a page."""
        return Sheet(self.client.get(path))

    def send(self, page: str | Sheet, form: str = "", /, **typed: Any) -> Sheet:  # noqa: ANN401 - whatever a form takes
        """Send a form of a page with what is typed into it, and go where the answer leads."""
        sheet = self.see(page) if isinstance(page, str) else page
        address = form or sheet.answer.request.path
        answer = self.client.post(address, data={**sheet.forms[address], **typed})
        return self.see(answer.location) if answer.status_code == 303 else Sheet(answer)
