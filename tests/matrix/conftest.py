"""One world for each database: it is filled once and asked thousands of times."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.matrix import world as worlds
from tests.matrix.cast import cast
from tests.matrix.visitors import Visitor
from tests.support import databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.matrix.world import World
    from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def sqlite_world(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The world on SQLite, where `within` is alone."""
    folder = tmp_path_factory.mktemp("matrix")
    file = Path(shutil.copy(sqlite_template, folder / "fundtracker.db"))
    with worlds.opened(databases.sqlite_url(file), folder) as world:
        yield world


@pytest.fixture(scope="session")
def postgres_world(
    postgres_server: Postgres, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The world on PostgreSQL, opened by a role that owns none of the tables."""
    folder = tmp_path_factory.mktemp("matrix")
    with (
        databases.postgres_copy(postgres_server, postgres_template) as url,
        worlds.opened(databases.for_stranger(url), folder) as world,
    ):
        yield world


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgresql)]
)
def world(request: pytest.FixtureRequest) -> World:
    """The world; the test runs once on each kind of database."""
    found: World = request.getfixturevalue(f"{request.param}_world")
    return found


@pytest.fixture(scope="session")
def visitors(world: World) -> dict[str, Visitor]:
    """Everybody who has signed in, by name."""
    return {name: Visitor(world, name, grants) for name, grants in cast(world).items()}


@pytest.fixture(scope="session")
def stranger(world: World) -> Visitor:
    """Somebody who has not."""
    return Visitor(world, "nobody", None)
