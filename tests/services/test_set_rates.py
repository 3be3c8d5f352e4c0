from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Changed, Invalid, InvalidCurrency, UnknownFund
from fundtracker.domain.rates import Rate
from fundtracker.domain.scope import Scope
from fundtracker.services.lock_rates import lock_rates
from fundtracker.services.set_rates import Terms, set_rates
from fundtracker.services.verify import verify
from fundtracker.store import funds, rates, snapshots
from fundtracker.store.donations import DonationRow
from fundtracker.store.rates import RateTableRow
from tests.factories.rows import a_donation
from tests.factories.stripe import Payment, event
from tests.support.deeds import deeds
from tests.support.telling import tell_and_settle

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


def table_id(parts: Parts, slug: str) -> int:
    with parts.database.reading() as session:
        return funds.by_slug(session, slug).rate_table_id or 0


def test_a_table_is_of_the_day_that_its_rates_are_of(parts: Parts, slug: str) -> None:
    set_rates(parts, slug, {"GBP": Rate.ONE}, source="ECB", terms=Terms(as_of=date(2026, 6, 11)))

    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        newest, oldest = rates.tables(session, fund.id)
    assert (newest.id, newest.as_of, newest.source) == (
        fund.rate_table_id,
        date(2026, 6, 11),
        "ECB",
    )
    assert written(dict(oldest.rates)) == {"GBP": "1.15", "CHF": "1.05", "CLP": "0.00098"}


def test_the_log_says_what_changed_and_what_did_not(parts: Parts, slug: str) -> None:
    given = {"GBP": Rate.parse("1.16"), "CHF": Rate.parse("1.05"), "SEK": Rate.parse("0.09")}

    set_rates(parts, slug, given, source="ECB", only=True)

    (deed,) = deeds(parts.database)
    assert (deed.action, deed.subject) == ("rates_set", f"fund:{slug}")
    assert deed.facts["before"] == {"CLP": "0.00098", "GBP": "1.15", "SEK": None}
    assert deed.facts["after"] == {
        "CLP": None,
        "GBP": "1.16",
        "SEK": "0.09",
        "table": table_id(parts, slug),
        "released": 0,
    }


def test_who_looked_at_another_table_is_told(parts: Parts, slug: str) -> None:
    looked_at = table_id(parts, slug)
    set_rates(parts, slug, {"GBP": Rate.ONE}, source="test", terms=Terms(made_from=looked_at))

    with pytest.raises(Changed):
        set_rates(parts, slug, {"CHF": Rate.ONE}, source="test", terms=Terms(made_from=looked_at))

    assert current(parts, slug)["CHF"] == "1.05"


def test_locked_rates_are_replaced_only_with_a_reason_which_is_kept(
    parts: Parts, slug: str
) -> None:
    lock_rates(parts, slug, table_id(parts, slug))
    for reason in ("", "  "):
        with pytest.raises(Invalid, match="say why") as refusal:
            set_rates(parts, slug, {"GBP": Rate.ONE}, source="test", terms=Terms(reason=reason))
        assert refusal.value.field == "reason"

    set_rates(parts, slug, {"GBP": Rate.ONE}, source="test", terms=Terms(reason=" a typo "))

    assert current(parts, slug)["GBP"] == "1"
    assert deeds(parts.database)[-1].private["reason"] == "a typo"
    # The new table is another one: nobody has locked it yet.
    assert set_rates(parts, slug, {"GBP": Rate.parse("1.2")}, source="test")


def test_a_gift_that_waits_gets_the_rate_and_is_counted(parts: Parts, slug: str) -> None:
    with parts.database.unit_of_work() as session:
        fund = funds.row_of(session, slug)
        session.add(funds.MilestoneRow(fund_id=fund.id, amount=400))
        row = a_donation(
            session, fund, currency="SEK", amount=5000, rate_mantissa=None, rate_scale=None
        )
        unpaid = a_donation(session, fund, currency="SEK", rate_mantissa=None, rate_scale=None)
        other = a_donation(session, fund, currency="NOK", rate_mantissa=None, rate_scale=None)
    pay = Payment(row.token, currency="sek")
    tell_and_settle(parts, event(pay.session()), event(pay.refund(1000)))
    with parts.database.reading() as session:
        assert rates.waiting(session, fund.id, Scope.everything()) == {
            "NOK": (1, 5000),
            "SEK": (2, 10_000),
        }
        assert rates.waiting(session, fund.id, Scope.of([])) == {}

    set_rates(parts, slug, {"SEK": Rate.parse("0.1")}, source="test")

    with parts.database.reading() as session:
        seen = snapshots.load_true(session, slug)
        frozen = session.get_one(DonationRow, unpaid.id)
        assert session.get_one(DonationRow, row.id).kept == 4000
        assert session.get_one(DonationRow, other.id).rate_mantissa is None
        assert rates.waiting(session, fund.id, Scope.everything()) == {"NOK": (1, 5000)}
    assert (seen.received, seen.donations) == (400, 1)
    assert seen.milestones[0].reached_at is not None
    assert (frozen.rate_mantissa, frozen.rate_scale) == (1, 1)
    assert deeds(parts.database)[-1].facts["after"]["released"] == 2
    assert verify(parts).broken == ()


def test_what_was_released_keeps_its_rate_like_every_other(parts: Parts, slug: str) -> None:
    with parts.database.unit_of_work() as session:
        row = a_donation(
            session,
            funds.row_of(session, slug),
            currency="SEK",
            rate_mantissa=None,
            rate_scale=None,
        )
    set_rates(parts, slug, {"SEK": Rate.parse("0.1")}, source="test")

    set_rates(parts, slug, {"SEK": Rate.parse("0.2")}, source="test")
    tell_and_settle(parts, event(Payment(row.token, currency="sek").session()))

    with parts.database.reading() as session:
        assert snapshots.load_true(session, slug).received == 500
    assert verify(parts).broken == ()
