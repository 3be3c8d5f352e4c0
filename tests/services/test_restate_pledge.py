from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Invalid, NotNow, UnknownSection
from fundtracker.domain.ledger import Account
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import Instalment
from fundtracker.domain.scope import Reach, Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.allocate import Wanted, allocate, propose
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import cancel_pledge
from fundtracker.services.enter_gift import enter_gift
from fundtracker.services.restate_pledge import move_pledge, name_pledge, restate_pledge
from fundtracker.services.verify import Report, verify
from fundtracker.store import allocations, pledges, sections, totals
from fundtracker.store.audit import AuditRow
from fundtracker.store.ledger import EntryRow
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_fund
from tests.services.test_enter_gift import BY_BANK
from tests.support.telling import whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow

EVERYWHERE = Scope.everything()
POUNDS = Money(10_000, "GBP")
DUE = date(2026, 9, 1)


@pytest.fixture
def desk(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("treasurer"))


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session)


def shown(parts: Parts, token: str) -> Shown:
    return Shown(token, read(parts, token).version)


def in_parts(*amounts: int, currency: str = "GBP") -> list[Instalment]:
    return [Instalment(DUE, Money(amount, currency)) for amount in amounts]


def test_another_sum_on_other_days_is_booked_as_the_difference(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token

    restate_pledge(desk, shown(desk, token), in_parts(6_000, 6_000), EVERYWHERE)

    row = read(desk, token)
    assert (row.amount, row.due_on) == (12_000, DUE)
    with desk.database.reading() as session:
        assert pledges.instalments(session, row) == tuple(in_parts(6_000, 6_000))
    assert whole(desk, fund.id) == Totals(pledged=13_800, pledges=1)
    assert verify(desk) == Report((), ())


@pytest.mark.parametrize(
    "wrong", [[], in_parts(0), in_parts(5, -4), in_parts(5, currency="EUR"), in_parts(4_999)]
)
def test_what_it_cannot_be_is_refused(desk: Parts, fund: FundRow, wrong: list[Instalment]) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    gift = enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)
    allocate(desk, gift, [Wanted(token, 5_000)], EVERYWHERE)

    with pytest.raises(Invalid) as refused:
        restate_pledge(desk, shown(desk, token), wrong, EVERYWHERE)
    assert refused.value.field == "amount"
    assert read(desk, token).amount == POUNDS.minor


def test_above_the_ceiling_it_is_not_raised_by_one_person(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    # €25,000 at 1.15, and a pound more.
    with pytest.raises(Invalid) as refused:
        restate_pledge(desk, shown(desk, token), in_parts(2_174_000), EVERYWHERE)
    assert refused.value.field == "amount"

    restate_pledge(desk, shown(desk, token), in_parts(2_173_900), EVERYWHERE)
    assert read(desk, token).amount == 2_173_900


def test_it_goes_to_another_section_with_what_is_offered_to_it(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS, "GB").token
    part = propose(
        desk, enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE), Wanted(token), EVERYWHERE
    )

    move_pledge(desk, shown(desk, token), "CH", EVERYWHERE)

    with desk.database.reading() as session:
        ids = {p.section.code: p.section.id for p in sections.of_fund(session, fund.id, EVERYWHERE)}
        sums = totals.of_fund(session, fund.id, EVERYWHERE)
        assert allocations.by_token(session, part, EVERYWHERE).section_id == ids["CH"]
    assert (sums[ids["GB"]].pledged, sums[ids["CH"]].pledged) == (0, 11_500)
    assert (sums[ids["GB"]].pledges, sums[ids["CH"]].pledges) == (0, 1)
    assert verify(desk) == Report((), ())

    move_pledge(desk, shown(desk, token), "", EVERYWHERE)
    assert read(desk, token).section_id == 0


def test_neither_section_reads_of_the_other_in_the_books(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS, "GB").token
    move_pledge(desk, shown(desk, token), "CH", EVERYWHERE)

    with desk.database.reading() as session:
        query = select(EntryRow.journal_id, EntryRow.section_id)
        rows = session.execute(query.where(EntryRow.account == Account.PLEDGED)).all()
    # One of the promise, one of its leaving, one of its coming.
    assert len(rows) == len({row.journal_id for row in rows}) == 3


def test_not_to_one_that_is_not_there_or_out_of_reach(desk: Parts, fund: FundRow) -> None:
    row = a_pledge(desk, fund.slug, POUNDS, "GB")
    seen = shown(desk, row.token)
    own = Scope(frozenset({Reach(fund.id, row.section_id)}))

    for section, scope in (("XX", EVERYWHERE), ("CH", own), ("", own)):
        with pytest.raises(UnknownSection):
            move_pledge(desk, seen, section, scope)


def test_nor_once_it_is_paid_in_part_or_withdrawn(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS, "GB").token
    gift = enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)
    allocate(desk, gift, [Wanted(token, 100)], EVERYWHERE)
    with pytest.raises(NotNow):
        move_pledge(desk, shown(desk, token), "CH", EVERYWHERE)

    cancel_pledge(desk, shown(desk, token), EVERYWHERE)
    with pytest.raises(NotNow):
        move_pledge(desk, shown(desk, token), "CH", EVERYWHERE)


def test_a_name_stands_in_the_log_where_only_who_sees_names_reads_it(
    desk: Parts, fund: FundRow
) -> None:
    token = a_pledge(desk, fund.slug, Money(10_000, "GBP")).token

    name_pledge(desk, shown(desk, token), "Rosa Parks", EVERYWHERE)

    with desk.database.reading() as session:
        told = json.loads(session.scalars(select(AuditRow.private)).one() or "")
    assert told["public_name"] == "Rosa Parks"
    assert "reason" not in told


def test_it_is_named_and_the_name_taken_off(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token

    name_pledge(desk, shown(desk, token), "  Anna Berg ", EVERYWHERE)
    with desk.database.reading() as session:
        assert pledges.by_token(session, token, EVERYWHERE).name == "Anna Berg"

    name_pledge(desk, shown(desk, token), "", EVERYWHERE)
    with desk.database.reading() as session:
        assert pledges.by_token(session, token, EVERYWHERE).name is None
    assert whole(desk, fund.id) == Totals(pledged=11_500, pledges=1)
