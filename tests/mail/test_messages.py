from __future__ import annotations

from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

from fundtracker.domain.errors import InvalidText
from fundtracker.mail.messages import TEMPLATES, Message, write

NOW = datetime(2026, 6, 12, 18, 4, tzinfo=UTC)
VALUES = {
    "name": "Anna <b>Berg",
    "link": "https://give.example/account/link/abc",
    "site": "https://give.example",
    "expires_at": NOW,
    "changed_at": NOW,
}
KINDS = sorted(folder.name for folder in TEMPLATES.iterdir() if folder.is_dir())


def a_message(**fields: str) -> Message:
    given = {"to": "anna@example.org", "subject": "Hello", "text": "", "html": ""} | fields
    return Message(key="key", at=NOW, **given)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_of_each_kind_names_its_reader_and_our_site(kind: str) -> None:
    message = write(kind, "anna@example.org", NOW, **VALUES)

    assert (message.to, message.at) == ("anna@example.org", NOW)
    assert message.subject
    assert "\n" not in message.subject
    assert message.text.startswith("Hello Anna <b>Berg,\n\n")
    assert message.text.endswith("https://give.example")
    assert "{{" not in message.text + message.html


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_a_name_stays_text(kind: str) -> None:
    message = write(kind, "anna@example.org", NOW, **VALUES)

    assert "Anna &lt;b&gt;Berg" in message.html
    assert "<b>" not in message.html


@pytest.mark.parametrize("kind", ["invitation", "reset"])
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
