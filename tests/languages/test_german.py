"""The first language beside English: whatever donors read, and those who promise."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from fundtracker.domain.money import Money
from fundtracker.languages import catalogues
from fundtracker.mail.messages import templates_in, write
from fundtracker.web.i18n import FOR_DONORS
from tests.factories.funds import a_fund
from tests.support.catalogues import compiled

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

NOW = datetime(2026, 6, 12, 18, 4, tzinfo=UTC)
READ_BY_DONORS = (
    "fundtracker/mail/",
    "fundtracker/web/giving/",
    "fundtracker/web/words.py",
    "templates/email/address/",
    "templates/email/promise/",
    "templates/email/reminder/",
    "templates/errors/",
    "templates/giving/",
    "templates/home/",
    "templates/macros/give_form.html",
    "templates/macros/notices.html",
)
PLACE = re.compile(r"%\((\w+)\)s|%%")


@pytest.fixture(scope="module")
def german() -> Catalog:
    with (catalogues.TRANSLATIONS / "de/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="de")


@pytest.fixture
def _spoken(german: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(tmp_path, german)
    monkeypatch.setattr(catalogues, "TRANSLATIONS", tmp_path)
    templates_in.cache_clear()


def is_read_by_donors(message: Message) -> bool:
    return any(str(place).startswith(READ_BY_DONORS) for place, _ in message.locations)


def test_every_sentence_that_donors_read_is_translated(german: Catalog) -> None:
    assert "de" in FOR_DONORS
    lacking = [each.id for each in german if is_read_by_donors(each) and not each.string]

    assert lacking == []


def test_what_is_filled_in_is_the_same(german: Catalog) -> None:
    other = [
        each.id
        for each in german
        if isinstance(each.id, str)
        and each.id
        and each.string
        and sorted(PLACE.findall(each.id)) != sorted(PLACE.findall(str(each.string)))
    ]

    assert other == []


@pytest.mark.usefixtures("_spoken")
@pytest.mark.parametrize("stage", ["evening", "before", "due", "after", "late"])
@pytest.mark.parametrize("share", [None, 61])
def test_reminders_are_in_german_as_a_whole(stage: str, share: int | None) -> None:
    message = write(
        "reminder",
        "anna@example.org",
        NOW,
        tag="de",
        site="https://give.example",
        name="Anna Berg",
        fund=a_fund(name="Gründungskonferenz"),
        stage=stage,
        promised=Money(123_450, "EUR"),
        made_on=date(2026, 6, 12),
        open=Money(123_450, "EUR"),
        part=Money(50_000, "EUR"),
        due_on=date(2026, 7, 12),
        share=share,
        link="https://give.example/p/abc",
        stop="https://give.example/p/abc/stop",
    )

    assert message.text.startswith(
        "Guten Tag Anna Berg,\n\n"
        "Sie haben „Gründungskonferenz“ am 12. Juni 2026 1.234,50\xa0€ zugesagt. Danke"
    )
    assert "Noch offen: 1.234,50\xa0€, davon 500\xa0€ bis zum 12. Juli 2026." in message.text
    assert ("61 % aller Zusagen sind eingegangen." in message.text) is (share is not None)
    assert message.subject.endswith("Gründungskonferenz")
    assert '<html lang="de" dir="ltr">' in message.html
