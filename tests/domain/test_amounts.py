from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import InvalidAmount, InvalidCurrency
from fundtracker.domain.funds import check_gift
from fundtracker.domain.money import CURRENCIES, Money, currency
from fundtracker.domain.rates import Rate
from tests.factories.funds import a_fund

codes = st.sampled_from(sorted(CURRENCIES))
# Decimal mark and group mark of English, German, French, Swiss and Indian pages.
languages = st.sampled_from([(".", ","), (",", "."), (",", "\u202f"), (".", "’")])


def _refusal(text: str, code: str = "EUR", **marks: str) -> InvalidAmount:
    with pytest.raises(InvalidAmount) as refusal:
        parse_amount(text, code, **marks)
    assert refusal.value.field == "amount"
    assert str(refusal.value)
    return refusal.value


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("25", 2500),
        ("25.5", 2550),
        ("25.50", 2550),
        ("25,00", 2500),
        ("  25 \n", 2500),
        ("007", 700),
        ("0.50", 50),
        ("1234.5", 123_450),
        ("1 234,50", 123_450),
        ("1\u00a0234,50", 123_450),
        ("1\u202f234,50", 123_450),
        ("1\u2009234,50", 123_450),
        ("1'234.50", 123_450),
        ("1’234.50", 123_450),
        ("1,234.50", 123_450),
        ("1.234,50", 123_450),
        ("1,234,567", 123_456_700),
        ("1.234.567", 123_456_700),
        ("1.234.567,8", 123_456_780),
        ("1 234 567", 123_456_700),
        ("1,000", 100_000),
        ("€25", 2500),
        ("€ 25.00", 2500),
        ("25,00 €", 2500),
        ("EUR 25", 2500),
        ("25eur", 2500),
        ("€25 EUR", 2500),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, minor: int) -> None:
    assert parse_amount(text, "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("¥1,000", "JPY", 1000),
        ("10.000", "JPY", 10_000),
        ("50.000", "CLP", 50_000),
        ("1.000", "ISK", 100_000),
        ("1000 kr.", "ISK", 100_000),
        ("10,00", "ISK", 1000),
        ("R$ 50", "BRL", 5000),
        ("kr 50", "SEK", 5000),
        ("CHF 1'000", "CHF", 100_000),
        ("1.5", "KWD", 1500),
        ("1.50", "KWD", 1500),
        ("0.500", "KWD", 500),
        ("1,500.250", "KWD", 1_500_250),
        ("25", "eur", 2500),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(text: str, code: str, minor: int) -> None:
    assert parse_amount(text, code) == Money(minor, code.upper())


def test_thousands_are_marked_in_the_readers_language() -> None:
    assert parse_amount("1.000", "EUR", decimal_mark=",", group_mark=".") == Money(100_000, "EUR")
    assert parse_amount("1,000", "EUR") == Money(100_000, "EUR")


@pytest.mark.parametrize(
    ("text", "code", "small", "large"),
    [
        ("1.000", "EUR", 100, 100_000),
        ("1.500", "GBP", 150, 150_000),
        ("1.500", "KWD", 1500, 1_500_000),
        ("1,500", "KWD", 1500, 1_500_000),
    ],
)
def test_what_could_be_thousands_or_decimals_is_asked(
    text: str, code: str, small: int, large: int
) -> None:
    refusal = _refusal(text, code)

    assert refusal.values == {"small": Money(small, code), "large": Money(large, code)}
    assert str(refusal).startswith(f"Is that {Money(small, code)} or {Money(large, code)}?")


def test_the_readers_decimal_mark_before_three_digits_is_asked() -> None:
    _refusal("1,000", decimal_mark=",", group_mark=".")
    _refusal("1,000", decimal_mark=",", group_mark="\u202f")
    _refusal("1.000", decimal_mark=",", group_mark="\u202f")


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "€", "EUR"])
def test_an_empty_field_asks_for_an_amount(text: str) -> None:
    assert str(_refusal(text)) == "Enter an amount in digits, for example 25 or 25.50."


def test_the_example_is_written_in_the_readers_language_and_currency() -> None:
    assert "25 or 25,50" in str(_refusal("", decimal_mark=",", group_mark="."))
    assert "25 or 2500" in str(_refusal("", "JPY"))
    assert "25 or 2500" in str(_refusal("", "ISK"))


@pytest.mark.parametrize("text", ["0", "0.00", "0,0", "000", "-5", "−5", "–5", "-€5", "€-5", "-0"])
def test_nothing_and_less_is_refused(text: str) -> None:
    assert "more than zero" in str(_refusal(text))


@pytest.mark.parametrize(
    "text",
    [
        "1e9",
        "1E3",
        "NaN",
        "inf",
        "0x10",
        "ten",
        "20k",
        "+5",
        "(5)",
        "5+5",
        "25%",
        "1_000",
        "25.",
        ".50",
        ",5",
        "25.-",
        "1..5",
        "1,.5",
        "£25",
        "$25",
        "25 USD",
        "=25",
        "<b>25</b>",
        "%(x)s",
    ],
)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    assert "in digits" in str(_refusal(text))


@pytest.mark.parametrize("text", ["１２", "٢٥", "२५", "½", "2５", "²", "五"])
def test_digits_that_only_look_like_digits_are_refused(text: str) -> None:
    assert "digits 0 to 9" in str(_refusal(text))


@pytest.mark.parametrize(
    "text", ["2\u202e5", "2\u200b5", "\ufeff25", "2\x005", "2\t5", "2\u200d5", "25\u200e"]
)
def test_hidden_characters_are_refused(text: str) -> None:
    assert "hidden character" in str(_refusal(text))


@pytest.mark.parametrize(
    "text",
    [
        "1,23,456",
        "12,34,567",
        "1,2345,678",
        "1234,567,890",
        "2 5",
        "20 50",
        "1'23",
        "1.234'567",
        "1 234.567,50",
        "1.234,567,89",
        "0,123,456",
        "1,234.567.890",
    ],
)
def test_marks_that_are_not_in_threes_are_refused(text: str) -> None:
    assert "unclear" in str(_refusal(text))


@pytest.mark.parametrize("text", ["0.500", "1234.567", "25.5000", "1,234.567"])
def test_more_decimals_than_the_currency_has_are_never_rounded(text: str) -> None:
    assert str(_refusal(text)) == "EUR amounts have at most 2 decimals."


@pytest.mark.parametrize("text", ["10.5", "10.00", "10,50", "1,234.0", "10.0000"])
def test_yen_have_no_decimals(text: str) -> None:
    assert str(_refusal(text, "JPY")) == "JPY amounts have no decimals. Enter a whole number."


@pytest.mark.parametrize(
    ("text", "code", "step"),
    [("10.50", "ISK", "ISK 1.00"), ("0.5", "UGX", "UGX 1.00"), ("1.234,567", "KWD", "KWD 0.010")],
)
def test_parts_that_cannot_be_charged_are_refused(text: str, code: str, step: str) -> None:
    assert str(_refusal(text, code)) == f"Enter a multiple of {step}."


@pytest.mark.parametrize("text", ["1" * 13, "12345678901.23", "0" * 13, "9" * 10_000, "€" * 100])
def test_more_digits_than_any_gift_has_are_refused(text: str) -> None:
    assert "too many digits" in str(_refusal(text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("999999999999", "largest"), ("25000.01", "largest"), ("0.49", "smallest")],
)
def test_what_can_be_read_still_meets_the_limits_of_the_fund(text: str, sentence: str) -> None:
    with pytest.raises(InvalidAmount, match=sentence):
        check_gift(a_fund(), Rate.ONE, parse_amount(text, "EUR"))


def test_an_unknown_currency_is_refused_as_such() -> None:
    with pytest.raises(InvalidCurrency):
        parse_amount("25", "XXX")


@given(text=st.text(st.characters() | st.sampled_from("0123456789.,' €-"), max_size=60), code=codes)
def test_whatever_is_typed_is_an_amount_that_can_be_charged_or_a_refusal(
    text: str, code: str
) -> None:
    try:
        money = parse_amount(text, code)
    except InvalidAmount as refusal:
        assert str(refusal)  # noqa: PT017 - either outcome is right
        return

    assert money.currency == code
    assert money.minor > 0
    assert money.minor % currency(code).step == 0


@given(units=st.integers(1, 10**8), code=codes, marks=languages)
def test_an_amount_is_read_back_as_it_is_printed(
    units: int, code: str, marks: tuple[str, str]
) -> None:
    decimal_mark, group_mark = marks
    coin = currency(code)
    money = Money(units * coin.step, code)
    whole, _, decimals = str(money).removeprefix(f"{code} ").partition(".")
    grouped = f"{int(whole):,}".replace(",", group_mark)
    printed = grouped + (decimal_mark + decimals if decimals else "")
    # Only dinars below a thousand read like thousands; there the page asks.
    assume(not (coin.exponent == 3 and len(whole) < 4 and whole != "0"))

    assert parse_amount(printed, code, decimal_mark=decimal_mark, group_mark=group_mark) == money
