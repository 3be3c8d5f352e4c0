from __future__ import annotations

import pytest

from fundtracker.mail.server import MailServer


@pytest.mark.parametrize(
    ("url", "place", "login", "sender"),
    [
        (
            "smtp://mail.example.org?from=fund@example.org",
            ("mail.example.org", 587, False),
            ("", ""),
            "fund@example.org",
        ),
        (
            "smtps://fund%40example.org:a%2Fb@mail.example.org",
            ("mail.example.org", 465, True),
            ("fund@example.org", "a/b"),
            "fund@example.org",
        ),
        (
            "smtp://me@example.net:x@localhost:25/?from=fund@example.org",
            ("localhost", 25, False),
            ("me@example.net", "x"),
            "fund@example.org",
        ),
        (
            "smtp://[::1]:2525?from=fund@example.org",
            ("::1", 2525, False),
            ("", ""),
            "fund@example.org",
        ),
    ],
)
def test_an_address_says_where_and_by_whom(
    url: str, place: tuple[str, int, bool], login: tuple[str, str], sender: str
) -> None:
    server = MailServer.parse(url)

    assert (server.host, server.port, server.encrypted) == place
    assert (server.user, server.password) == login
    assert server.sender == sender


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mail.example.org", "an address like smtp://"),
        ("http://mail.example.org", "an address like smtp://"),
        ("smtp://", "an address like smtp://"),
        ("smtp://mail example.org?from=a@b", "an address like smtp://"),
        ("smtp://mail.example.org:0", "an address like smtp://"),
        ("smtp://mail.example.org:many", "an address like smtp://"),
        ("smtp://mail.example.org/inbox", "an address like smtp://"),
        ("smtp://mail.example.org", "names no sender"),
        ("smtp://fund:secret@mail.example.org", "names no sender"),
        ("smtp://mail.example.org?from=Fund%0ABcc:all@example.org", "names no sender"),
    ],
)
def test_what_could_not_work_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        MailServer.parse(url)

    assert "secret" not in str(refused.value)
