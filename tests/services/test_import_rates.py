from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Changed, Invalid, UnknownFund
from fundtracker.services.import_rates import Imported, import_rates, read_rates, used_currencies
from fundtracker.services.set_rates import Terms
from fundtracker.store import funds, rates
from tests.factories.ecb import as_csv, as_xml
from tests.factories.rows import a_fund

if TYPE_CHECKING:
    from fundtracker.domain.rate_tables import RateTable
    from fundtracker.services.parts import Parts

TODAY = as_xml("2026-06-12")
LONG_AGO = as_csv("1 June 2026")


@pytest.fixture(autouse=True)
def _hall(parts: Parts) -> None:
    """Make a fund in euros with sections in GBP, CHF and SEK, and rates of GBP, CHF and CLP."""
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall", sections_in={"GB": "GBP", "CH": "CHF", "SE": "SEK"})


def tables(parts: Parts) -> list[RateTable]:
    with parts.database.reading() as session:
        return rates.tables(session, funds.by_slug(session, "hall").id)


def current(parts: Parts) -> dict[str, str]:
    with parts.database.reading() as session:
        found = rates.current(session, funds.by_slug(session, "hall"))
        return {code: str(rate) for code, rate in found.items()}


def test_a_fund_uses_the_currencies_of_its_sections_and_rates(parts: Parts) -> None:
    with parts.database.reading() as session:
        used = used_currencies(session, funds.by_slug(session, "hall"))

    assert used == {"GBP", "CHF", "SEK", "CLP"}


def test_a_file_is_read_for_what_the_fund_uses(parts: Parts) -> None:
    found = read_rates(parts, "hall", TODAY)

    assert isinstance(found, Imported)
    assert (found.day, found.is_old) == (date(2026, 6, 12), False)
    assert found.rates.keys() == {"GBP", "CHF", "SEK"}
    assert (found.missing, found.unused) == (("CLP",), 2)
    assert len(tables(parts)) == 1


def test_its_rates_are_set_and_those_it_does_not_know_stay(parts: Parts) -> None:
    import_rates(parts, "hall", TODAY, terms=Terms())

    assert current(parts) == {
        "EUR": "1",
        "GBP": "1.18217283367",
        "CHF": "1.03605470369",
        "SEK": "0.089249854969",
        "CLP": "0.00098",
    }
    newest = tables(parts)[0]
    assert (newest.source, newest.as_of) == ("ECB", date(2026, 6, 12))


def test_a_file_of_some_days_ago_has_to_be_wanted_by_its_day(parts: Parts) -> None:
    assert read_rates(parts, "hall", LONG_AGO).is_old
    for day in ("", "yes", "2026-06-02"):
        with pytest.raises(Invalid, match="This file is of 2026-06-01") as refusal:
            import_rates(parts, "hall", LONG_AGO, day=day, terms=Terms())
        assert refusal.value.field == "day"
    assert len(tables(parts)) == 1

    import_rates(parts, "hall", LONG_AGO, day="2026-06-01", terms=Terms())

    assert tables(parts)[0].as_of == date(2026, 6, 1)


@pytest.mark.parametrize(
    "content",
    [
        as_xml("2026-06-13"),
        TODAY[:200],
        b"",
        as_xml("2026-06-12", rates={"USD": "1.1"}),
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing(parts: Parts, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        import_rates(parts, "hall", content, terms=Terms())

    assert refusal.value.field == "file"
    assert len(tables(parts)) == 1


def test_a_fund_has_to_be_there_and_the_table_that_was_looked_at(parts: Parts) -> None:
    with pytest.raises(UnknownFund):
        read_rates(parts, "nowhere", TODAY)
    with pytest.raises(Changed):
        import_rates(parts, "hall", TODAY, terms=Terms(made_from=0))

    assert len(tables(parts)) == 1


def test_a_fund_in_another_currency_gets_cross_rates(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        a_fund(
            session,
            slug="british",
            currency="GBP",
            rate_table_id=None,
            sections_in={"CH": "CHF", "DE": "EUR"},
        ).rate_table_id = None

    import_rates(parts, "british", TODAY, terms=Terms())

    with parts.database.reading() as session:
        found = rates.current(session, funds.by_slug(session, "british"))
    assert {code: str(rate) for code, rate in found.items()} == {
        "GBP": "1",
        "CHF": "0.87639867385",
        "EUR": "0.8459",
    }
