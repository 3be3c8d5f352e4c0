from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from fundtracker.domain.editions import differences, edition, refuse_stale
from fundtracker.domain.errors import Changed
from fundtracker.domain.funds import CountingRule


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    at: datetime
    rule: CountingRule
    amounts: tuple[int, ...]
    limit: int | None = None


THING = Thing("a", datetime(2026, 6, 12, tzinfo=UTC), CountingRule.RECEIVED, (1, 2))


def test_an_edition_changes_with_any_value() -> None:
    assert edition(THING) == edition(replace(THING))
    assert edition(THING) != edition(replace(THING, name="b"))
    assert edition(THING) != edition(replace(THING, amounts=(2, 1)))


def test_a_form_of_another_edition_comes_too_late() -> None:
    refuse_stale(edition(THING), THING)
    refuse_stale(None, THING)

    for stale in (edition(replace(THING, name="b")), ""):
        with pytest.raises(Changed):
            refuse_stale(stale, THING)


def test_differences_are_told_plainly() -> None:
    later = replace(
        THING,
        at=datetime(2026, 6, 13, tzinfo=UTC),
        rule=CountingRule.EVERYTHING_ANNOUNCED,
        amounts=(),
        limit=5,
    )

    assert differences(THING, later) == (
        {"at": "2026-06-12T00:00:00+00:00", "rule": "received", "amounts": [1, 2], "limit": None},
        {
            "at": "2026-06-13T00:00:00+00:00",
            "rule": "everything_announced",
            "amounts": [],
            "limit": 5,
        },
    )
    assert differences(THING, THING) == ({}, {})
