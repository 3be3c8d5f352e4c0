from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.store.database import Database
from fundtracker.web import health
from tests.support.databases import KEYS, sqlite_url
from tests.web.small_app import make_app, make_parts

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient


def client_over(database: Database) -> FlaskClient:
    app = make_app(parts=make_parts(database=database))
    app.register_blueprint(health.bp)
    return app.test_client()


def test_a_process_with_its_database_is_up_and_ready(database: Database) -> None:
    client = client_over(database)

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all.db", "postgresql+psycopg:///fundtracker?host=/nowhere"],
)
def test_a_process_without_its_database_is_up_but_not_ready(url: str) -> None:
    client = client_over(Database.open(url, KEYS))

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_a_file_that_is_no_database_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "fund.db").write_text("This is a letter, and by no means a database. " * 100)
    client = client_over(Database.open(sqlite_url(tmp_path / "fund.db"), KEYS))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.text == "The database does not answer.\n"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_an_answer_about_now_is_not_kept(database: Database, path: str) -> None:
    assert client_over(database).get(path).headers["Cache-Control"] == "no-store"
