"""Amounts as people type them, in the marks and spaces of any country; what is unclear is asked."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, InvalidAmount
from fundtracker.domain.money import Money, currency

if TYPE_CHECKING:
    from fundtracker.domain.money import Currency

_LONGEST = 40
_MOST_DIGITS = 12
_GROUP_DIGITS = 3
SYMBOLS = {
    "€": "EUR",
    "£": "GBP EGP FKP GIP SHP",
    "$": "USD AUD CAD NZD HKD SGD TWD MXN ARS CLP COP UYU DOP JMD TTD BBD BSD BZD FJD NAD XCD",
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
    "NZ$": "NZD",
    "R$": "BRL",
    "R": "ZAR",
    "¥": "JPY CNY",
    "￥": "JPY CNY",
    "円": "JPY",
    "元": "CNY",
    "₩": "KRW",
    "₹": "INR",
    "Rs": "INR PKR LKR NPR MUR",
    "Rp": "IDR",
    "RM": "MYR",
    "₱": "PHP",
    "₫": "VND",
    "฿": "THB",
    "₪": "ILS",
    "₺": "TRY",
    "₴": "UAH",
    "₽": "RUB",
    "₦": "NGN",
    "kr": "SEK NOK DKK ISK",
    "kr.": "SEK NOK DKK ISK",
    "Fr": "CHF",
    "Fr.": "CHF",
    "SFr.": "CHF",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "lei": "RON",
}


def parse_amount(text: str, code: str, *, decimal_mark: str = ".", group_mark: str = ",") -> Money:
    """Read an amount of a currency, or raise InvalidAmount with what to do about it.

    The marks are those of the reader's language; they decide only where both readings are usual.
    """
    coin = currency(code)
    number = _number(text, coin, decimal_mark)
    whole, decimals = _read(number, coin, group_mark)
    if len(decimals) > coin.exponent:
        raise InvalidAmount(
            N_("%(code)s amounts have at most %(decimals)s decimals.")
            if coin.exponent
            else N_("%(code)s amounts have no decimals. Enter a whole number."),
            code=coin.code,
            decimals=coin.exponent,
        )
    money = Money(int(whole + decimals.ljust(coin.exponent, "0")), coin.code)
    if not money.minor:
        raise InvalidAmount(N_("Enter an amount of more than zero."))
    if money.minor % coin.step:
        step = Money(coin.step, coin.code)
        raise InvalidAmount(N_("Enter a multiple of %(step)s."), step=step)
    return money


def _number(text: str, coin: Currency, decimal_mark: str) -> str:
    """Return digits with at most points, commas and apostrophes between them."""
    text = text.strip()
    if any(character.isnumeric() and not character.isascii() for character in text):
        raise InvalidAmount(N_("Enter the amount with the digits 0 to 9."))
    if any(unicodedata.category(character) in {"Cc", "Cf"} for character in text):
        raise InvalidAmount(N_("There is a hidden character in the amount. Please type it again."))
    if len(text) > _LONGEST or sum(map(str.isdigit, text)) > _MOST_DIGITS:
        raise InvalidAmount(N_("This amount has too many digits."))
    number = re.sub(r"[\s’]", "'", _without_currency(text, coin.code))
    if number.startswith(("-", "−", "–")):
        raise InvalidAmount(N_("Enter an amount of more than zero."))
    if not re.fullmatch(r"[0-9]+(?:[.,'][0-9]+)*", number):
        example = f"25{decimal_mark}50" if coin.step < 10**coin.exponent else "2500"
        raise InvalidAmount(
            N_("Enter an amount in digits, for example 25 or %(example)s."), example=example
        )
    return number


def _without_currency(text: str, code: str) -> str:
    """Take the currency's own code and symbols away, before and after the number."""
    symbols = [code, *(symbol for symbol, codes in SYMBOLS.items() if code in codes)]
    either = "|".join(re.escape(symbol) for symbol in sorted(symbols, key=len, reverse=True))
    return re.sub(rf"^(?:{either})\s*|\s*(?:{either})$", "", text, flags=re.IGNORECASE)


def _read(number: str, coin: Currency, group_mark: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark."""
    marks = [character for character in number if not character.isdigit()]
    if not marks:
        return number, ""
    if len(marks) == 1 and marks[0] != "'":
        return _read_one_mark(number, marks[0], coin, group_mark)
    first, last = marks[0], marks[-1]
    if last in {first, "'"}:
        return _grouped(number, last), ""
    # Of two kinds of mark the last one is the decimal mark.
    whole, _, decimals = number.rpartition(last)
    return _grouped(whole, first), decimals


def _read_one_mark(number: str, mark: str, coin: Currency, group_mark: str) -> tuple[str, str]:
    """Read a single point or comma: decimal, unless what follows looks like thousands."""
    whole, decimals = number.split(mark)
    if len(decimals) != _GROUP_DIGITS or not re.fullmatch(r"[1-9][0-9]{0,2}", whole):
        return whole, decimals
    only_whole = coin.step == 10**coin.exponent
    if only_whole or (mark == group_mark and coin.exponent < _GROUP_DIGITS):
        return whole + decimals, ""
    scale = 10**coin.exponent
    thousands = int(whole + decimals)
    raise InvalidAmount(
        N_("Is that %(small)s or %(large)s? Enter a large amount without a point or comma."),
        small=Money(thousands * scale // 1000, coin.code),
        large=Money(thousands * scale, coin.code),
    )


def _grouped(number: str, mark: str) -> str:
    """Return the digits of a number in groups of three."""
    if not re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+", number):
        raise InvalidAmount(
            N_("The points, commas or spaces in this amount are unclear. Enter it without them.")
        )
    return number.replace(mark, "")
