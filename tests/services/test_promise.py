from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Invalid, NoRate
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import Instalment, PledgeStatus
from fundtracker.domain.references import ALPHABET
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services import promise as promising
from fundtracker.services.promise import usual_due
from fundtracker.services.verify import Report, verify
from fundtracker.store import funds, pledges
from fundtracker.store.base import fingerprints
from tests.factories.pledges import a_pledge, some_pledges
from tests.factories.rows import NOW, a_fund
from tests.support.telling import whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow

POUNDS = Money(10_000, "GBP")


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session)


def test_a_promise_counts_at_the_rate_of_its_day(parts: Parts, fund: FundRow) -> None:
    row = a_pledge(parts, fund.slug, POUNDS, "GB", name="Anna", email="Anna@example.org")

    assert (row.rate_mantissa, row.rate_scale) == (115, 2)
    assert row.rate_table_id == fund.rate_table_id
    assert (row.paid, row.version, row.confirmed_at) == (0, 1, parts.clock())
    assert set(row.number) <= set(ALPHABET)
    with parts.database.reading() as session:
        assert row.email_key in fingerprints(session, "anna@example.org")
    assert whole(parts, fund.id) == Totals(pledged=11_500, pledges=1)
    assert verify(parts) == Report((), ())


def test_one_that_is_being_checked_is_in_a_layer_of_its_own(parts: Parts, fund: FundRow) -> None:
    a_pledge(parts, fund.slug, POUNDS, status=PledgeStatus.UNCONFIRMED)

    assert whole(parts, fund.id) == Totals(unconfirmed=11_500, pledges=1)


def test_one_that_waits_for_somebody_counts_nowhere(parts: Parts, fund: FundRow) -> None:
    a_pledge(parts, fund.slug, POUNDS, status=PledgeStatus.UNCONFIRMED, counted=False)

    assert whole(parts, fund.id) == Totals()
    assert verify(parts) == Report((), ())


def test_without_a_day_of_its_own_it_is_due_when_the_collection_ends(
    parts: Parts, fund: FundRow
) -> None:
    row = a_pledge(parts, fund.slug, POUNDS)

    with parts.database.reading() as session:
        due = pledges.instalments(session, row)
        known = funds.by_slug(session, fund.slug)
    assert due == (Instalment(date(2026, 6, 30), POUNDS),)
    assert usual_due(replace(known, closes_at=None), NOW) == date(2026, 7, 12)
    assert usual_due(known, datetime(2026, 7, 1, tzinfo=UTC)) == date(2026, 7, 31)


def test_instalments_are_kept_in_their_order(parts: Parts, fund: FundRow) -> None:
    due = tuple(
        Instalment(NOW.date() + timedelta(days=30 * number), Money(5_000, "GBP"))
        for number in range(2)
    )
    row = a_pledge(parts, fund.slug, POUNDS, instalments=due)

    with parts.database.reading() as session:
        assert pledges.instalments(session, row) == due
    assert row.due_on == due[-1].due


def test_many_are_made_at_once_each_with_a_number_of_its_own(
    parts: Parts, fund: FundRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["AAAACCCC", "AAAACCCC", "AAAACCCC", "DDDDEEEE", "FFFFGGGG"])
    monkeypatch.setattr(promising, "new_number", lambda _choose: next(drawn))
    rows = some_pledges(parts, fund.slug, [POUNDS, POUNDS])

    assert {row.number for row in rows} == {"AAAACCCC", "DDDDEEEE"}
    again = iter(["DDDDEEEE", "HHHHJJJJ"])
    monkeypatch.setattr(promising, "new_number", lambda _choose: next(again))
    assert a_pledge(parts, fund.slug, POUNDS).number == "HHHHJJJJ"
    with parts.database.reading() as session:
        found = pledges.by_number(session, "HHHHJJJJ", Scope.everything())
        assert found.amount == POUNDS.minor


@pytest.mark.parametrize(
    ("amount", "instalments", "refusal", "field"),
    [
        (Money(1, "SEK"), (), NoRate, "currency"),
        (Money(0, "GBP"), (), Invalid, "amount"),
        (Money(10**15, "GBP"), (), Invalid, "amount"),
        (POUNDS, (Instalment(NOW.date(), Money(1, "GBP")),), Invalid, "instalments"),
    ],
)
def test_what_cannot_be_promised_is_refused_and_nothing_is_written(
    parts: Parts,
    fund: FundRow,
    amount: Money,
    instalments: tuple[Instalment, ...],
    refusal: type[Invalid],
    field: str,
) -> None:
    with pytest.raises(refusal) as refused:
        some_pledges(parts, fund.slug, [POUNDS, amount], instalments=instalments)

    assert refused.value.field == field
    assert whole(parts, fund.id) == Totals()
