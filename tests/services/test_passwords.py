from __future__ import annotations

import runpy

from fundtracker.services import passwords
from fundtracker.services.passwords import digest_of, matches
from tests.support.doors import PASSWORD

# As it is outside of tests, at its full cost.
REAL = runpy.run_path(passwords.__file__)


def test_a_password_matches_what_was_kept_of_it_and_nothing_else() -> None:
    digest = REAL["digest_of"](PASSWORD)
    assert REAL["matches"](digest, PASSWORD)
    assert not REAL["matches"](digest, PASSWORD.upper())


def test_passwords_cost_what_rfc_9106_asks_for() -> None:
    assert REAL["digest_of"](PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_comparing_with_nobodys_costs_as_much_as_with_somebodys() -> None:
    assert REAL["renewed"](REAL["NOBODYS"], "whatever") is None


def test_the_same_password_from_another_keyboard_is_the_same() -> None:
    digest = digest_of("the cafe\N{COMBINING ACUTE ACCENT} in the old town")
    assert matches(digest, "the café in the old town")


def test_a_digest_that_cannot_be_read_lets_nobody_in() -> None:
    assert not matches("not a digest", PASSWORD)


def test_a_password_longer_than_any_is_nobodys() -> None:
    assert not matches(digest_of("ab" * 100), "ab" * 101)


def test_who_has_no_password_gives_none_that_is_right() -> None:
    assert not matches(None, PASSWORD)
