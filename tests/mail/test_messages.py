from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import UndefinedError

from fundtracker.domain.errors import InvalidText
from fundtracker.domain.money import Money
from fundtracker.mail.messages import TEMPLATES, Message, write
from tests.factories.funds import a_fund
from tests.support.catalogues import SWEDISH, translated

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 12, 18, 4, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "name": "Anna <b>Berg",
    "link": "https://give.example/account/link/abc",
    "site": "https://give.example",
    "expires_at": NOW,
    "changed_at": NOW,
    "fund": a_fund(name="Founding <b>conference"),
    "amount": Money(123_450, "CHF"),
    "stage": "before",
    "promised": Money(5000, "EUR"),
    "made_on": date(2026, 6, 12),
    "open": Money(5000, "EUR"),
    "part": Money(5000, "EUR"),
    "due_on": date(2026, 7, 12),
    "share": 61,
    "stop": "https://give.example/p/abc/stop",
}
# Sent to an address that anybody may have typed: no word of theirs goes with it.
TO_STRANGERS = ("promise", "address")
KINDS = sorted(folder.name for folder in TEMPLATES.iterdir() if folder.is_dir())


def a_message(**fields: str) -> Message:
    given = {"to": "anna@example.org", "subject": "Hello", "text": "", "html": ""} | fields
    return Message(key="key", at=NOW, **given)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_of_each_kind_names_its_reader_and_our_site(kind: str) -> None:
    message = write(kind, "anna@example.org", NOW, **VALUES)
    greeting = "Hello,\n\n" if kind in TO_STRANGERS else "Hello Anna <b>Berg,\n\n"

    assert (message.to, message.at) == ("anna@example.org", NOW)
    assert message.subject
    assert "\n" not in message.subject
    assert message.text.startswith(greeting)
    assert message.text.endswith("https://give.example")
    assert "{{" not in message.text + message.html


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_a_name_stays_text(kind: str) -> None:
    message = write(kind, "anna@example.org", NOW, **VALUES)

    assert ("Anna &lt;b&gt;Berg" in message.html) is (kind not in TO_STRANGERS)
    assert "<b>" not in message.html


@pytest.mark.parametrize("kind", TO_STRANGERS)
def test_a_mail_to_who_may_have_promised_nothing_says_no_word_of_whoever_named_them(
    kind: str,
) -> None:
    message = write(kind, "anna@example.org", NOW, **VALUES)

    assert "Anna" not in message.subject + message.text + message.html
    assert "CHF\N{NO-BREAK SPACE}1,234.50" in message.text


def test_a_reminder_says_what_was_promised_and_how_much_of_all_has_come() -> None:
    message = write("reminder", "anna@example.org", NOW, **VALUES)

    assert message.text.splitlines()[2:5] == [
        (
            "you promised €50 to Founding <b>conference on 12 June 2026. Thank you:"
            " 61 % of all promises have arrived."
        ),
        "",
        "Still to come: €50, by 12 July 2026.",
    ]
    assert "https://give.example/p/abc/stop" in message.text.splitlines()


def test_a_reminder_of_a_part_tells_it_from_the_rest_and_no_share_that_says_nothing() -> None:
    part = VALUES | {"share": None, "part": Money(1000, "EUR"), "name": ""}
    message = write("reminder", "anna@example.org", NOW, **part)

    assert message.text.startswith("Hello,\n\nyou promised €50")
    assert "12 June 2026. Thank you.\n" in message.text
    assert "Still to come: €50, of it €10 by 12 July 2026." in message.text


@pytest.mark.parametrize(
    ("stage", "subject", "words"),
    [
        ("evening", "Thank you for your promise to Founding <b>conference", "by 12 July"),
        ("before", "due on 12 July 2026", "by 12 July"),
        ("due", "is due today", "Today is the day."),
        ("after", "is still open", "by 12 July"),
        ("late", "is still open", "This is the last time that we remind you of it."),
    ],
)
def test_each_reminder_says_when_it_comes(stage: str, subject: str, words: str) -> None:
    message = write("reminder", "anna@example.org", NOW, **VALUES | {"stage": stage})

    assert message.subject.endswith(subject)
    assert words in message.text
    assert words in message.html


@pytest.mark.parametrize("kind", ["invitation", "reset", "promise", "address"])
def test_a_link_stands_on_a_line_of_its_own_with_the_end_of_its_time(kind: str) -> None:
    message = write(kind, "anna@example.org", NOW, **VALUES)

    assert VALUES["link"] in message.text.splitlines()
    assert f'<a href="{VALUES["link"]}">' in message.html
    assert "12 June 2026, 18:04 UTC" in message.text


def test_each_mail_has_a_key_of_its_own() -> None:
    first, second = (write("reset", "anna@example.org", NOW, **VALUES) for _ in range(2))

    assert first.key != second.key


def test_a_value_that_was_forgotten_is_not_left_out_in_silence() -> None:
    with pytest.raises(UndefinedError, match="link"):
        write("invitation", "anna@example.org", NOW, name="Anna", site="x", expires_at=NOW)


@pytest.mark.parametrize(
    "forged",
    [
        {"to": "anna@example.org\nBcc: all@example.org"},
        {"to": "anna@example.org, bert@example.org"},
        {"subject": "Hello\r\nBcc: all@example.org"},
        {"subject": "x" * 201},
    ],
)
def test_a_head_cannot_be_forged(forged: dict[str, str]) -> None:
    with pytest.raises(InvalidText):
        a_message(**forged)


@pytest.fixture
def _swedish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translated(tmp_path, monkeypatch, "sv", SWEDISH)


@pytest.mark.usefixtures("_swedish")
def test_a_mail_is_in_the_language_of_its_reader_money_and_days_with_it() -> None:
    hall = a_fund(name="Mötet", rehearsal=True)
    message = write("promise", "anna@example.org", NOW, tag="sv-SE", **VALUES | {"fund": hall})

    assert message.subject == "Är löftet ditt? Övning: Mötet"
    assert message.text.splitlines() == [
        "Hej,",
        "",
        (
            "någon, vi hoppas du, har lovat Övning: Mötet 1\xa0234,50\xa0CHF med den här"
            " adressen. Bekräfta här:"
        ),
        "",
        "https://give.example/account/link/abc",
        "",
        "Adressen gäller till 12 juni 2026, 18:04 UTC.",
        "",
        "Var det inte du? Gör ingenting.",
        "",
        "https://give.example",
    ]
    assert '<html lang="sv" dir="ltr">' in message.html
    assert "någon, vi hoppas du" in message.html


@pytest.mark.usefixtures("_swedish")
@pytest.mark.parametrize(
    ("kind", "tag"), [("reminder", "sv"), ("promise", "fi"), ("promise", None)]
)
def test_where_a_language_lacks_a_sentence_the_whole_mail_is_in_english(
    kind: str, tag: str | None
) -> None:
    message = write(kind, "anna@example.org", NOW, tag=tag, **VALUES)

    assert message.text.startswith("Hello")
    assert "Hej" not in message.text
    assert '<html lang="en" dir="ltr">' in message.html


def test_a_rehearsal_says_so_in_a_mail() -> None:
    hall = a_fund(name="The hall", rehearsal=True)
    message = write("address", "anna@example.org", NOW, **VALUES | {"fund": hall})

    assert message.subject == "Is this your address? Rehearsal: The hall"
