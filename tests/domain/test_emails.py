from __future__ import annotations

import pytest

from fundtracker.domain.emails import email_address, mailbox
from fundtracker.domain.errors import InvalidText


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("anna@example.org", "anna@example.org"),
        (" Anna.Berg@Example.ORG\n", "anna.berg@example.org"),
        ("o'neill+fund@mail.example.co.uk", "o'neill+fund@mail.example.co.uk"),
        ("a@xn--sterreich-z7a.at", "a@xn--sterreich-z7a.at"),
    ],
)
def test_an_address_is_written_in_one_way(typed: str, address: str) -> None:
    assert email_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@localhost",
        "anna@example..org",
        "anna.@example.org",
        "anna@-example.org",
        "anna@example.org\nBcc: everybody@example.org",
        "anna@example.org, bert@example.org",
        "Anna <anna@example.org>",
        '"anna berg"@example.org',
        "аnna@example.org",
        "anna\u202e@example.org",
        "a" * 250 + "@example.org",
        "anna@" + "a." * 100_000,
    ],
)
def test_what_is_none_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InvalidText, match="such as anna@example") as refused:
        email_address(typed)

    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("address", "box"),
    [
        ("anna@example.org", "anna@example.org"),
        ("anna+1@example.org", "anna@example.org"),
        ("anna+1+2@example.org", "anna@example.org"),
        ("+1@example.org", "+1@example.org"),
        ("anna", "anna"),
    ],
)
def test_a_label_leads_to_the_same_mailbox(address: str, box: str) -> None:
    assert mailbox(address) == box
