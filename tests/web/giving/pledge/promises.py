"""Somebody who promises: the form, the link that came by mail, and the own page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import undefer

from fundtracker.services.show_pledge import show_pledge
from fundtracker.store.pledges import PledgeRow
from tests.factories.pledges import a_pledge
from tests.services.promising import FIFTY, mails
from tests.web.pages import SLUG, Page

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.web.pages import Pages

FORM = f"/f/{SLUG}/pledge"
TYPED = {
    "amount": "50",
    "currency": "GBP",
    "section": "GB",
    "email": "anna@example.org",
    "name": "Anna Canary",
}


@dataclass
class Promises:
    """The pages, and what is promised on them."""

    pages: Pages

    @property
    def parts(self) -> Parts:
        """What services are handed here."""
        return self.pages.parts

    def get(self, path: str) -> Page:
        """Open a page."""
        return self.pages.get(path)

    def send(self, path: str, **typed: str) -> Page:
        """Send a form of the own page, as it stands but for what is typed."""
        token = path.split("/")[2]
        fields = self.get(f"/p/{token}").fields
        kept = {name: fields[name] for name in ("csrf_token", "version") if name in fields}
        return self.post(path, kept | typed)

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send these fields."""
        return Page(self.pages.client.post(path, data=fields))

    def promise(self, **typed: str) -> Page:
        """Fill in the form and send it."""
        return self.post(FORM, self.get(FORM).fields | TYPED | typed)

    def link(self) -> str:
        """Return the path of the link in the last mail."""
        found = re.findall(r"/p/answer/\S+", mails(self.parts)[-1].text)
        return str(found[-1])

    def confirmed(self, **typed: str) -> str:
        """Promise and say yes; return the path of the own page."""
        self.promise(**typed)
        link = self.link()
        return str(self.post(link, self.get(link).fields).answer.location)

    def key(self, row: PledgeRow) -> str:
        """Return the key to the page of a pledge."""
        return show_pledge(self.parts, row.token).key

    def called(self) -> PledgeRow:
        """Call £50 out in the hall, with no name."""
        return a_pledge(self.parts, SLUG, FIFTY, "GB")

    def all(self) -> list[PledgeRow]:
        """Return every pledge, with what is private."""
        with self.parts.database.reading() as session:
            query = select(PledgeRow).options(undefer("*")).order_by(PledgeRow.id)
            return list(session.scalars(query))
