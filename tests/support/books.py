"""Journals in the words of ledger.md, so that a test reads like its examples.

`stripe_clearing GBP +50.00 | gifts GBP -50.00 [-57.50]`: account, currency, amount, and in brackets
the base, in the fund's currency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.domain.ledger import Entry, Journal


def lines(journals: Iterable[Journal | None], base: str = "EUR") -> list[str]:
    """Write down the entries of journals, sorted."""
    return sorted(_line(entry, base) for each in journals if each for entry in each.entries)


def example(text: str) -> list[str]:
    """Read an example: entries between bars or on lines of their own."""
    parts = text.replace("\n", "|").split("|")
    return sorted(" ".join(part.split()) for part in parts if part.strip())


def _line(entry: Entry, base: str) -> str:
    written = f"{entry.account} {entry.currency} {_signed(entry.amount, entry.currency)}"
    return written if entry.base is None else f"{written} [{_signed(entry.base, base)}]"


def _signed(minor: int, currency: str) -> str:
    number = str(Money(minor, currency)).removeprefix(f"{currency} ")
    return number if minor < 0 else f"+{number}"
