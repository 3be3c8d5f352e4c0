"""A console over databases of both kinds, migrated or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def console(database_url: str, instance: Path) -> Iterator[Console]:
    console = Console.over(database_url, instance)
    yield console
    console.close()
