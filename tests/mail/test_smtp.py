from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest

from fundtracker.mail.delivery import Undelivered
from fundtracker.mail.messages import Message
from fundtracker.mail.server import MailServer
from fundtracker.mail.smtp import Smtp
from tests.mail.postbox import Postbox, certificate
from tests.support.processes import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MESSAGE = Message(
    key="k1",
    at=datetime(2026, 6, 12, 18, 4, tzinfo=UTC),
    to="anna@example.org",
    subject="Zugang für Åsa",
    text="Grüße",
    html="<p>Grüße</p>",
)


def smtp(url: str, tls: ssl.SSLContext | None = None) -> Smtp:
    """Return a delivery to a server, of mails by fund@example.org."""
    return Smtp(MailServer.parse(f"{url}?from=fund@example.org"), tls)


@pytest.fixture
def serving() -> Iterator[Callable[..., Postbox]]:
    servers = []

    def start(**options: Any) -> Postbox:  # noqa: ANN401 - the server's own options
        servers.append(Postbox(**options))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def mail_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let mail.test, a server beyond this machine, be reached at the loopback."""
    real = socket.getaddrinfo

    def look_up(host: str, *rest: Any) -> Any:  # noqa: ANN401 - as the real one is called
        return real("127.0.0.1" if host == "mail.test" else host, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_server_on_this_machine_is_handed_the_mail_as_it_is(
    serving: Callable[..., Postbox],
) -> None:
    server = serving()

    smtp(f"smtp://127.0.0.1:{server.port}").deliver(MESSAGE)

    (mail,) = server.mails
    email = message_from_bytes(mail, policy=default)
    assert "MAIL FROM:<fund@example.org>" in [
        line.upper()[:10] + line[10:] for line in server.heard
    ]
    assert (email["To"], email["Subject"]) == ("anna@example.org", "Zugang für Åsa")
    assert email["Message-ID"] == "<k1@example.org>"
    assert next(email.iter_parts()).get_content().strip() == "Grüße"
    assert mail.isascii()


@pytest.mark.usefixtures("mail_test")
def test_beyond_this_machine_nothing_is_said_before_the_line_is_encrypted(
    serving: Callable[..., Postbox], tmp_path: Path
) -> None:
    theirs, ours = certificate(tmp_path)
    server = serving(tls=theirs, starttls=True)

    smtp(f"smtp://anna%40b:s%2Fword@mail.test:{server.port}", ours).deliver(MESSAGE)

    verbs = [line.split()[0].upper() for line in server.heard]
    assert verbs[:3] == ["EHLO", "STARTTLS", "EHLO"]
    assert server.heard[3].split() == ["anna@b", "s/word"]
    assert len(server.mails) == 1


@pytest.mark.usefixtures("mail_test")
def test_a_server_that_speaks_tls_from_the_start_is_spoken_to_in_it(
    serving: Callable[..., Postbox], tmp_path: Path
) -> None:
    theirs, ours = certificate(tmp_path)
    server = serving(tls=theirs)

    smtp(f"smtps://mail.test:{server.port}", ours).deliver(MESSAGE)

    assert len(server.mails) == 1


@pytest.mark.usefixtures("mail_test")
def test_a_server_without_encryption_gets_no_password(serving: Callable[..., Postbox]) -> None:
    server = serving()

    with pytest.raises(Undelivered, match="SMTPNotSupportedError"):
        smtp(f"smtp://anna:secret@mail.test:{server.port}").deliver(MESSAGE)

    assert [line.split()[0].upper() for line in server.heard] == ["EHLO", "QUIT"]


@pytest.mark.usefixtures("mail_test")
def test_a_server_that_nobody_vouches_for_gets_no_mail(
    serving: Callable[..., Postbox], tmp_path: Path
) -> None:
    theirs, _ = certificate(tmp_path)
    server = serving(tls=theirs)

    with pytest.raises(Undelivered, match="SSLCertVerificationError"):
        smtp(f"smtps://mail.test:{server.port}").deliver(MESSAGE)

    assert server.mails == []


@pytest.mark.parametrize(
    ("refusing", "reason"),
    [
        ({"RCPT": "550 anna@example.org is unknown"}, "does not take the recipient"),
        ({"MAIL": "451 not now, anna@example.org"}, "answered 451"),
        ({"DATA": "554 anna@example.org is spam"}, "answered 554"),
        ({"AUTH": "535 wrong password secret"}, "answered 535"),
    ],
)
def test_a_refusal_is_told_without_anybodys_address(
    serving: Callable[..., Postbox], refusing: dict[str, str], reason: str
) -> None:
    server = serving(refusing=refusing)

    with pytest.raises(Undelivered, match=reason) as failed:
        smtp(f"smtp://anna:secret@127.0.0.1:{server.port}").deliver(MESSAGE)

    assert "anna" not in str(failed.value)
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


def test_a_server_that_is_away_is_an_ordinary_failure() -> None:
    with pytest.raises(Undelivered, match="ConnectionRefusedError"):
        smtp(f"smtp://localhost:{free_port()}").deliver(MESSAGE)


@pytest.mark.parametrize(("url", "port"), [("smtp://a.example", 587), ("smtps://a.example", 465)])
def test_without_a_port_the_usual_one_is_taken(
    monkeypatch: pytest.MonkeyPatch, url: str, port: int
) -> None:
    asked: list[object] = []

    def refuse(address: object, *_rest: object, **_more: object) -> socket.socket:
        asked.append(address)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", refuse)

    with pytest.raises(Undelivered, match="TimeoutError"):
        smtp(url, ssl.create_default_context()).deliver(MESSAGE)

    assert asked == [("a.example", port)]
