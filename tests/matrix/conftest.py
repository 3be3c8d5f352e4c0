"""One world for each database: it is filled once and asked thousands of times."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.matrix import world as worlds
from tests.matrix.answers import Answers
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


@pytest.fixture(scope="session")
def sqlite_answers(sqlite_world: World) -> Answers:
    """What everybody is told on SQLite."""
    return Answers(sqlite_world)


@pytest.fixture(scope="session")
def postgres_answers(postgres_world: World) -> Answers:
    """What everybody is told on PostgreSQL."""
    return Answers(postgres_world)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgresql)]
)
def answers(request: pytest.FixtureRequest) -> Answers:
    """What everybody is told; the test runs once on each kind of database."""
    found: Answers = request.getfixturevalue(f"{request.param}_answers")
    return found


@pytest.fixture(scope="session")
def world(answers: Answers) -> World:
    """The world of these answers."""
    return answers.world


@pytest.fixture(scope="session")
def visitors(answers: Answers) -> dict[str, Visitor]:
    """Everybody who has signed in, by name."""
    return answers.visitors


@pytest.fixture(scope="session")
def stranger(world: World) -> Visitor:
    """Somebody who has not."""
    return Visitor(world, "nobody", None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run all of this in a row, so that one worker asks everything and no other asks it again."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here not in item.path.parents)
