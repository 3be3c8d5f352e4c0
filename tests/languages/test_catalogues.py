from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.languages.catalogues import Untranslated, language_of, languages, sentences
from tests.support.catalogues import translated

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _swedish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translated(tmp_path, monkeypatch, "sv", {"Hello,": "Hej,"})


def test_english_is_always_there() -> None:
    assert languages() == ["en", "sv"]
    assert sentences("en").gettext("Hello,") == "Hello,"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("sv", "sv"),
        ("sv_SE", "sv"),
        ("sv-FI", "sv"),
        ("en-GB", "en"),
        ("fi", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_somebody_is_written_to_in_the_closest_language(tag: str | None, language: str) -> None:
    assert language_of(tag) == language


def test_a_sentence_that_a_language_lacks_is_not_said_in_english_in_silence() -> None:
    swedish = sentences("sv")

    assert swedish.gettext("Hello,") == "Hej,"
    with pytest.raises(Untranslated, match="Thank you"):
        swedish.gettext("Thank you.")
    with pytest.raises(Untranslated, match="One day"):
        swedish.ngettext("One day", "%(num)d days", 2)
