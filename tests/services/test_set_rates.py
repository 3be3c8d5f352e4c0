from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Invalid, InvalidCurrency, UnknownFund
from fundtracker.domain.rates import Rate
from fundtracker.services.set_rates import set_rates
from fundtracker.store import funds, rates
from fundtracker.store.donations import DonationRow
from fundtracker.store.rates import RateTableRow

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def slug(parts: Parts, donation: DonationRow) -> str:
    """Return the fund of a donation of £50 at 1.15; it has rates of GBP, CHF and CLP."""
    with parts.database.reading() as session:
        return funds.by_ids(session, [donation.fund_id])[donation.fund_id].slug


def written(found: dict[str, Rate]) -> dict[str, str]:
    return {code: str(rate) for code, rate in found.items()}


def current(parts: Parts, slug: str) -> dict[str, str]:
    with parts.database.reading() as session:
        return written(rates.current(session, funds.by_slug(session, slug)))


def test_currencies_that_are_not_named_keep_their_rate(parts: Parts, slug: str) -> None:
    given = {"GBP": Rate.parse("1.16"), "SEK": Rate.parse("0.091")}

    found = set_rates(parts, slug, given, source="the central bank")

    expected = {"EUR": "1", "GBP": "1.16", "CHF": "1.05", "CLP": "0.00098", "SEK": "0.091"}
    assert written(found) == current(parts, slug) == expected


def test_only_those_that_are_named_may_be_wanted(parts: Parts, slug: str) -> None:
    set_rates(parts, slug, {"GBP": Rate.parse("1.16")}, source="test", only=True)

    assert current(parts, slug) == {"EUR": "1", "GBP": "1.16"}


def test_rates_make_a_new_table_and_edit_none(parts: Parts, slug: str) -> None:
    operator = parts.acting(Actor.command("rosa"))

    set_rates(operator, slug, {"GBP": Rate.parse("1.16")}, source="the central bank")

    with parts.database.reading() as session:
        before, after = session.scalars(select(RateTableRow).order_by(RateTableRow.id))
        assert funds.by_slug(session, slug).rate_table_id == after.id
    assert (after.source, after.made_by) == ("the central bank", "command:rosa")
    assert (after.as_of, after.made_at) == (parts.clock().date(), parts.clock())
    assert before.source == "test"


def test_gifts_that_were_made_keep_the_rate_that_they_had(
    parts: Parts, slug: str, donation: DonationRow
) -> None:
    set_rates(parts, slug, {"GBP": Rate.parse("2")}, source="test")

    with parts.database.reading() as session:
        row = session.get_one(DonationRow, donation.id)
        assert (row.rate_mantissa, row.rate_scale) == (115, 2)


def test_rates_are_shown_so_that_the_version_rises(parts: Parts, slug: str) -> None:
    with parts.database.reading() as session:
        before = funds.by_slug(session, slug).version

    set_rates(parts, slug, {"GBP": Rate.parse("1.16")}, source="test")

    with parts.database.reading() as session:
        after = funds.by_slug(session, slug).version
    assert after > before
    assert parts.broker.newer(slug, before, timeout=0) == after


@pytest.mark.parametrize(
    ("code", "error"), [("EUR", Invalid), ("eur", Invalid), ("XXX", InvalidCurrency)]
)
def test_a_rate_that_cannot_be_is_refused(
    parts: Parts, slug: str, code: str, error: type[Exception]
) -> None:
    before = current(parts, slug)

    with pytest.raises(error):
        set_rates(parts, slug, {"GBP": Rate.parse("1.16"), code: Rate.ONE}, source="test")

    assert current(parts, slug) == before


def test_a_fund_has_to_be_there(parts: Parts) -> None:
    with pytest.raises(UnknownFund):
        set_rates(parts, "autumn", {"GBP": Rate.ONE}, source="test")


def test_two_people_at_once_lose_none_of_their_rates(parts: Parts, slug: str) -> None:
    codes = ["SEK", "NOK", "DKK", "PLN"]

    with ThreadPoolExecutor(len(codes)) as pool:
        list(pool.map(lambda code: set_rates(parts, slug, {code: Rate.ONE}, source="test"), codes))

    assert set(codes) < current(parts, slug).keys()
