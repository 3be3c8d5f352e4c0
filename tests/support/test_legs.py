from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.support.legs import count_missing, missing


def test_a_missing_leg_is_skipped_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REQUIRE_ALL", raising=False)

    with pytest.raises(pytest.skip.Exception, match="Chromium; install it with: apt install chrom"):
        missing("Chromium", apt="chromium")


def test_a_missing_leg_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_ALL", "1")

    with pytest.raises(pytest.fail.Exception, match="apt install chromium"):
        missing("Chromium", apt="chromium")


def test_missing_legs_are_counted_apart_from_other_skips() -> None:
    def skipped(reason: str) -> SimpleNamespace:
        return SimpleNamespace(longrepr=("test_x.py", 1, f"Skipped: {reason}"))

    chromium = "missing here: Chromium; install it with: apt install chromium"

    assert count_missing([skipped(chromium), skipped("no IPv6 here"), skipped(chromium)]) == {
        "Chromium; install it with: apt install chromium": 2
    }
