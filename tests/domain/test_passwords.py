from __future__ import annotations

import time

import pytest

from fundtracker.domain.errors import Invalid
from fundtracker.domain.passwords import check_password


def check(password: str) -> None:
    check_password(password, name="Anna Berg-Lindqvist", email="anna.berg@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "four hens on a blue roof",
        "correcthorse",
        "sju sjösjuka sjömän",
        "パスワードではない長い言葉",
        "anna-lindqvist sells seashells",
        "x" * 100 + "hens on a roof",
    ],
)
def test_a_few_words_make_a_password(password: str) -> None:
    check(password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("eleven char", "at least 12"),
        ("hens on a roof" * 15, "at most 200"),
        ("password1234", "first passwords"),
        ("Password!2026", "first passwords"),
        ("qwertyuiopas", "first passwords"),
        ("123456789012", "first passwords"),
        ("hijklmnopqrst", "first passwords"),
        ("ababababababab", "first passwords"),
        ("my secret admin login", "first passwords"),
        ("anna.berg@example.org", "name or address"),
        ("BergLindqvist1", "name or address"),
    ],
)
def test_what_others_would_try_first_is_refused(password: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        check(password)
    assert refused.value.field == "password"


def test_a_hostile_password_is_judged_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(Invalid):
        check("1a" * 99 + "é")
    with pytest.raises(Invalid):
        check("abc" * 66)
    assert time.perf_counter() - began < 1
