"""The pages over a database of a test's own, with a gateway in memory and a clock that it sets."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from threading import Thread
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader
from sqlalchemy.orm import undefer
from werkzeug.serving import make_server

from config import PROJECT
from fundtracker.live.snapshots import Published, Snapshots
from fundtracker.store import funds, snapshots
from fundtracker.store.donations import DonationRow
from fundtracker.web import api, home
from fundtracker.web.context import Context, put_context
from fundtracker.web.giving import views as giving
from fundtracker.web.limits import setup_limits
from fundtracker.web.screen import views as screen
from tests.factories.rows import a_fund
from tests.support.clocks import Clock
from tests.support.gateway import MemoryGateway
from tests.web.small_app import make_app, make_parts, make_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from config import Settings
    from fundtracker.live.snapshots import Snapshots as AnySnapshots
    from fundtracker.services.parts import Parts
    from fundtracker.store.database import Database

SLUG = "conference"


@dataclass
class Page(HTMLParser):
    """An answer as a person meets it: its status, title and words, and what its form would send."""

    answer: TestResponse
    title: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _select: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    @property
    def html(self) -> str:
        return self.answer.get_data(as_text=True)

    @property
    def status(self) -> int:
        return self.answer.status_code

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        self.ids.add(given.get("id", ""))
        self.links.append(given.get("href", ""))
        if tag == "select":
            self._select = given["name"]
            self.fields[self._select] = ""
        if tag == "option" and "selected" in given:
            self.fields[self._select] = given["value"]
        chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
        if tag == "input" and chosen:
            self.fields[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"]:
            self.title += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields.setdefault("message", "")
        self._open.append("")


class Pages:
    """A browser without scripts, in front of the app's own pages."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.gateway = MemoryGateway(self.clock)
        self.parts = make_parts(database=database, gateway=self.gateway, clock=self.clock)
        self.app = app_of_pages(self.parts, _snapshots(database))
        self.client = self.app.test_client()

    def fund(self, **fields: Any) -> None:  # noqa: ANN401 - whatever columns a fund has
        """Open a fund, `conference` unless it is given another address."""
        with self.database.unit_of_work() as session:
            a_fund(session, **{"slug": SLUG} | fields)

    def get(self, path: str) -> Page:
        return Page(self.client.get(path))

    def form(self, path: str = f"/f/{SLUG}") -> dict[str, str]:
        """Open a page and return what its form would send as it stands."""
        return self.get(path).fields

    def send(self, slug: str = SLUG, /, **typed: str) -> Page:
        """Fill in the form of a fund and send it."""
        return self.post(self.form(f"/f/{slug}/give") | typed, slug)

    def post(self, fields: dict[str, str], slug: str = SLUG) -> Page:
        return Page(self.client.post(f"/f/{slug}/give", data=fields))

    def donations(self) -> list[DonationRow]:
        with self.database.reading() as session:
            query = session.query(DonationRow).options(undefer("*"))
            rows = query.order_by(DonationRow.id).all()
            session.expunge_all()
            return rows

    def settle(self, status: str) -> None:
        """Let every payment come to the same end."""
        with self.database.unit_of_work() as session:
            for row in session.query(DonationRow):
                row.status = status


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an app to browsers of this machine, and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def app_of_pages(
    parts: Parts,
    published: AnySnapshots,
    settings: Settings | None = None,
) -> Flask:
    """Return an app with the donor's pages, the screen, the first page and the total."""
    settings = settings or make_settings()
    app = make_app(settings, parts)
    app.jinja_loader = FileSystemLoader(PROJECT / "templates")
    app.static_folder = str(PROJECT / "static")
    app.add_url_rule("/static/<path:filename>", "static", app.send_static_file)
    put_context(app, Context(parts, settings, published))
    setup_limits(app, settings)
    for blueprint in (home.bp, giving.bp, screen.bp, api.bp):
        app.register_blueprint(blueprint)
    return app


def _snapshots(database: Database) -> Snapshots:
    def load(slug: str) -> Published:
        with database.reading() as session:
            body = snapshots.load(session, slug)
        version = json.loads(body)["version"]
        return Published(slug, version, str(version), body)

    def version(slug: str) -> int:
        with database.reading() as session:
            return funds.version(session, slug)

    return Snapshots(load, version, sleep=lambda _: None)
