from __future__ import annotations

import stat
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from fundtracker.mail.delivery import Undelivered
from fundtracker.mail.files import Files
from fundtracker.mail.messages import Message

if TYPE_CHECKING:
    from pathlib import Path

LINK = f"http://127.0.0.1:8000/account/link/{'x' * 80}"
MESSAGE = Message(
    key="k1",
    at=datetime(2026, 6, 12, 18, 4, tzinfo=UTC),
    to="anna@example.org",
    subject="Zugang für Åsa",
    text=f"Grüße\n\n{LINK}\n",
    html=f'<p>Grüße</p><a href="{LINK}">here</a>',
)
SITE = "https://give.example:8443"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


def test_a_mail_is_a_file_that_any_program_opens(folder: Path) -> None:
    Files(folder, SITE).deliver(MESSAGE)

    (file,) = folder.iterdir()
    email = message_from_bytes(file.read_bytes(), policy=default)
    assert file.name == "20260612-180400-k1.eml"
    assert (email["From"], email["To"]) == (
        "Fundtracker <fundtracker@give.example>",
        "anna@example.org",
    )
    assert email["Subject"] == "Zugang für Åsa"
    assert email["Date"] == "Fri, 12 Jun 2026 18:04:00 +0000"
    assert email["Message-ID"] == "<k1@give.example>"
    assert email["Auto-Submitted"] == "auto-generated"
    text, html = email.iter_parts()
    assert text.get_content().split() == ["Grüße", LINK]
    assert html.get_content_type() == "text/html"


def test_its_link_is_not_broken_into_lines(folder: Path) -> None:
    Files(folder, SITE).deliver(MESSAGE)

    (file,) = folder.iterdir()
    assert LINK in file.read_text("utf-8").splitlines()


def test_nobody_else_on_the_machine_can_read_it(folder: Path) -> None:
    Files(folder, SITE).deliver(MESSAGE)

    (file,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_mail_that_is_delivered_twice_is_there_once(folder: Path) -> None:
    for _ in range(2):
        Files(folder, SITE).deliver(MESSAGE)

    assert len(list(folder.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_named_without_the_recipient(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")

    with pytest.raises(Undelivered) as failed:
        Files(tmp_path / "mail", SITE).deliver(MESSAGE)

    assert str(failed.value) == "the folder cannot be written: File exists"
    assert failed.value.__cause__ is None
