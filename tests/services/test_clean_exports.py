from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.services import export as exporting
from fundtracker.services.clean_exports import LONGEST_WRITING, clean_exports
from fundtracker.services.export import KEPT, export
from fundtracker.services.work import work
from fundtracker.store import exports
from tests.support.treasure import Chest, a_chest, an_order

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock


@pytest.fixture
def chest(parts: Parts, tmp_path: Path) -> Chest:
    return a_chest(replace(parts, exports=tmp_path / "exports"))


def touched(path: Path, clock: Clock, before: timedelta) -> Path:
    """Let a file have been written so long before the clock's time."""
    path.touch()
    moment = (clock.now - before).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_a_file_goes_when_its_time_is_over(
    chest: Chest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)
    chest.gift()
    export(chest.parts, chest.visitor(), an_order())
    while work(chest.parts):
        pass
    (file,) = chest.parts.exports.iterdir()
    touched(file, clock, LONGEST_WRITING)

    clock.advance(int(KEPT.total_seconds()) - 1)
    clean_exports(chest.parts)
    assert file.exists()

    clock.advance(1)
    clean_exports(chest.parts)
    assert not file.exists()
    with chest.parts.database.reading() as session:
        assert exports.tokens(session) == set()


def test_what_a_worker_left_behind_goes_and_what_it_is_writing_stays(
    chest: Chest, clock: Clock
) -> None:
    chest.parts.exports.mkdir()
    left = touched(chest.parts.exports / "left", clock, LONGEST_WRITING + timedelta(seconds=1))
    writing = touched(chest.parts.exports / "writing", clock, timedelta(seconds=1))

    clean_exports(chest.parts)

    assert not left.exists()
    assert writing.exists()


def test_nothing_is_missed_where_nothing_was_ever_exported(chest: Chest) -> None:
    clean_exports(chest.parts)

    assert not chest.parts.exports.exists()
