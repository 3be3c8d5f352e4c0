"""The whole app before a database of a test's own, with staff who are signed in at once."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

from config import Settings
from fundtracker.app import create_app
from fundtracker.web.context import context_of
from tests.factories.staff import a_member, a_session

DATA_KEY = Fernet.generate_key().decode()

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from fundtracker.domain.roles import Grant
    from fundtracker.store.database import Database
    from fundtracker.store.staff import StaffRow


class Office:
    """The app, its database, and a way to sit down at it as somebody."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database: Database = context_of(app).parts.database

    def client(self) -> FlaskClient:
        """A browser at which nobody is signed in."""
        return self.app.test_client()

    def sign_in(self, *grants: Grant, proved: bool = True) -> FlaskClient:
        """A browser at which somebody new with these grants has just signed in."""
        return self.seat(*grants, proved=proved)[1]

    def seat(self, *grants: Grant, proved: bool = True) -> tuple[StaffRow, FlaskClient]:
        """Somebody new with these grants, and the browser at which they have just signed in."""
        with self.database.unit_of_work() as session:
            member = a_member(session, *grants)
            key = a_session(session, member, datetime.now(UTC), proved=proved)
        client = self.client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
            cookie["_fresh"] = True
        return member, client


@contextmanager
def opened(url: str, instance: Path, *, csrf: bool = False, **environ: str) -> Iterator[Office]:
    """Open the app on a migrated database; without CSRF tokens unless a test is about them."""
    given = {"INSTANCE_DIR": str(instance), "DATABASE_URL": url, "DATA_KEYS": DATA_KEY}
    app = create_app(Settings.from_env(given | environ))
    app.config["WTF_CSRF_ENABLED"] = csrf
    office = Office(app)
    yield office
    app.extensions["background"].stop()
    office.database.close()
