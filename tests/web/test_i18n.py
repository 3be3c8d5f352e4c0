from __future__ import annotations

from contextvars import Context
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from flask import Blueprint
from flask_babel import force_locale

from fundtracker.domain.errors import InvalidAmount
from fundtracker.domain.money import Money
from fundtracker.web.i18n import (
    decimal_mark,
    format_clock,
    format_count,
    format_day,
    format_money,
    format_per_cent,
    format_short,
    format_whole,
    group_mark,
    locale,
    money_style,
    say,
)
from tests.support.catalogues import translated
from tests.web.small_app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENING = datetime(2026, 6, 12, 18, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reading() -> Iterator[None]:
    with make_app().test_request_context():
        yield


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(2500, "EUR"), "€25.00"),
        (Money(123_456_789, "GBP"), "£1,234,567.89"),
        (Money(5, "EUR"), "€0.05"),
        (Money(1500, "JPY"), "¥1,500"),
        (Money(12_340, "KWD"), "KWD\xa012.340"),
        (Money(200_000, "SEK"), "SEK\xa02,000.00"),
        (Money(-2550, "EUR"), "−€25.50"),
    ],
)
def test_money_is_written_to_the_last_minor_unit(money: Money, written: str) -> None:
    assert format_money(money) == written


@pytest.mark.parametrize(
    ("locale_name", "written"),
    [
        ("de", "1.234,50\xa0€"),
        ("sv", "1\xa0234,50\xa0€"),
        ("fr", "1\u202f234,50\xa0€"),
        ("de_CH", "EUR\xa01’234.50"),
        ("ar", "\u200f1,234.50\xa0€"),
        ("bn", "1,234.50€"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(locale_name: str, written: str) -> None:
    with force_locale(locale_name):
        assert format_money(Money(123_450, "EUR")) == written


def test_letters_keep_a_space_between_them_and_digits() -> None:
    with force_locale("bn"):
        assert format_money(Money(123_450, "SEK")) == "1,234.50\xa0SEK"


def test_the_number_is_floored_and_what_is_missing_is_rounded_up() -> None:
    assert format_whole(Money(199, "EUR")) == "€1"
    assert format_whole(Money(101, "EUR"), up=True) == "€2"
    assert format_whole(Money(200, "EUR"), up=True) == "€2"


def test_what_went_back_is_floored_towards_nothing() -> None:
    assert format_whole(Money(-199, "EUR")) == "−€1"


def test_decimals_are_left_out_where_they_say_nothing() -> None:
    assert format_short(Money(2500, "EUR")) == "€25"
    assert format_short(Money(2550, "EUR")) == "€25.50"


def test_almost_a_hundred_per_cent_is_not_a_hundred() -> None:
    assert format_per_cent(999) == "99\xa0%"


def test_indian_numbers_are_grouped_the_indian_way() -> None:
    with force_locale("hi"):
        assert format_count(1_234_567) == "12,34,567"
        assert money_style(["INR"])["grouping"] == [3, 2]


def test_times_stand_in_the_timezone_of_the_fund() -> None:
    assert format_clock(EVENING, "Europe/Zurich") == "20:04"
    assert format_day(EVENING, "Pacific/Auckland") == "13 June"


def test_a_script_gets_the_same_marks_and_places() -> None:
    with force_locale("sv"):
        style = money_style(["SEK", "EUR"])

    assert style == {
        "decimal": ",",
        "group": "\xa0",
        "grouping": [3, 3],
        "currencies": {
            "EUR": {"exponent": 2, "prefix": "", "suffix": "\xa0€"},
            "SEK": {"exponent": 2, "prefix": "", "suffix": "\xa0kr"},
        },
    }


def test_an_error_says_its_sentence_with_money_as_the_reader_writes_it() -> None:
    error = InvalidAmount("At least %(least)s.", least=Money(50, "EUR"))

    assert say(error) == "At least €0.50."


def test_marks_are_those_of_the_language() -> None:
    with force_locale("de"):
        assert (decimal_mark(), group_mark()) == (",", ".")


def test_nobody_reading_reads_english() -> None:
    def read() -> str:
        with make_app().app_context():
            return str(locale())

    # As in a job: no request is there, not even that of this module's fixture.
    assert Context().run(read) == "en"


def test_a_reader_gets_the_best_of_the_languages_that_are_translated(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    translated(tmp_path, monkeypatch, "sv", {})
    app = make_app()

    for wanted, found in {"sv-SE, en;q=0.5": "sv", "fi, de": "en", "": "en"}.items():
        with app.test_request_context(headers={"Accept-Language": wanted}):
            assert str(locale()) == found


def test_a_language_for_donors_is_spoken_on_their_pages_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    translated(tmp_path, monkeypatch, "de", {})
    app = make_app()
    for room in ("giving", "treasury", "screen"):
        pages = Blueprint(room, __name__)
        pages.add_url_rule(f"/{room}", "page", lambda: str(locale()))
        app.register_blueprint(pages)

    for path, found in {"/giving": "de", "/treasury": "en", "/screen": "en"}.items():
        assert app.test_client().get(path, headers={"Accept-Language": "de-AT"}).text == found
    with app.test_request_context("/nowhere", headers={"Accept-Language": "de"}):
        assert str(locale()) == "de"
