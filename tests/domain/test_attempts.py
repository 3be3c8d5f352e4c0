from __future__ import annotations

import pytest

from fundtracker.domain.attempts import passkey_limits, password_limits


@pytest.mark.parametrize(
    ("place", "counted_as"),
    [
        ("203.0.113.9", "passkeys:203.0.113.9"),
        ("2001:db8:1:2:3::4", "passkeys:2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "passkeys:203.0.113.9"),
        ("", "passkeys:"),
        ("unix:", "passkeys:unix:"),
    ],
)
def test_an_address_stands_for_the_network_that_one_person_has(place: str, counted_as: str) -> None:
    assert [limit.name for limit in passkey_limits(place)] == [counted_as]


def test_an_account_and_an_address_of_the_same_name_are_two() -> None:
    account, address = password_limits("x", "x")
    assert account.name != address.name
    assert account.most < address.most
