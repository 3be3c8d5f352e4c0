"""A desk as it stands in the hall: a fund in euros, seventeen sections, what they are called."""

from __future__ import annotations

from typing import Any

from fundtracker.domain.desk.values import Desk
from fundtracker.domain.rates import Rate
from fundtracker.domain.sections import Section

SECTIONS = {
    "GB": ("Britain", "GBP"),
    "CH": ("Schweiz, Suisse", "CHF"),
    "SE": ("Sweden", "SEK"),
    "US": ("United States", "USD"),
    "CA": ("Canada", "CAD"),
    "BR": ("Brasil", "BRL"),
    "MX": ("México", "MXN"),
    "CL": ("Chile", "CLP"),
    "ID": ("Indonesia", "IDR"),
    "JP": ("Japan", "JPY"),
    "DE": ("Deutschland", "EUR"),
    "DK": ("Danmark", "DKK"),
    "PK": ("Pakistan", "PKR"),
    "KW": ("Kuwait", "KWD"),
    "AT": ("Österreich", "EUR"),
    "AU": ("Australia", "AUD"),
    "FR": ("France", "EUR"),
    "SK": ("Skrupeľ", "EUR"),
    "ZA": ("South Africa", "ZAR"),
}
ALIASES = {"UK": "GB", "ENG": "GB", "SUI": "CH", "SWE": "SE", "USA": "US", "GER": "DE"}
RATES = {
    "EUR": "1",
    "GBP": "1.16",
    "CHF": "1.06",
    "SEK": "0.088",
    "USD": "0.87",
    "CAD": "0.62",
    "BRL": "0.16",
    "MXN": "0.047",
    "CLP": "0.00092",
    "IDR": "0.000052",
    "JPY": "0.0056",
    "DKK": "0.134",
    "PKR": "0.0031",
    "KWD": "2.8",
    "AUD": "0.57",
}


def a_desk(**fields: Any) -> Desk:  # noqa: ANN401 - whatever a desk has
    """Return the desk, with what the test is about."""
    sections = {
        code: Section(number, code, name, name[:14], currency)
        for number, (code, (name, currency)) in enumerate(SECTIONS.items(), start=1)
    }
    plain: dict[str, Any] = {
        "sections": sections,
        "aliases": ALIASES,
        "currency": "EUR",
        "rates": {code: Rate.parse(rate) for code, rate in RATES.items()},
        "ceiling": 2_500_000,
    }
    return Desk(**plain | fields)
