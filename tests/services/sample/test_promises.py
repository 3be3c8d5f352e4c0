from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeSource
from fundtracker.domain.totals import permille
from fundtracker.services.sample.plan import RUN_UP_LASTS, moment
from fundtracker.services.sample.promised import EXPECTED, Draft
from fundtracker.services.sample.promises import PlannedPledge, plan_pledges
from fundtracker.services.sample.tables import DRAFT, FOUNDING, PREVIOUS, Fate
from tests.factories.funds import a_fund
from tests.services.sample.test_plan import ALL_RATES, NOW, kept, planned

if TYPE_CHECKING:
    from fundtracker.services.sample.plan import PlannedGift
    from fundtracker.services.sample.tables import Sample


def promised(sample: Sample = FOUNDING) -> tuple[list[PlannedPledge], list[PlannedGift]]:
    fund = a_fund(
        opens_at=moment(NOW, -sample.opened),
        closes_at=moment(NOW, sample.closes),
        ceiling=sample.ceiling * 100,
    )
    return plan_pledges(sample, fund, ALL_RATES, planned(sample), NOW)


def base(money: Money) -> int:
    return ALL_RATES[money.currency].to_base(money, "EUR").minor


def layers(sample: Sample) -> tuple[Counter[str], Counter[str]]:
    """What is promised still and what is being checked, in cents, by section."""
    pledges, gifts = promised(sample)
    paid = {form: base(gift.amount) for gift in gifts for form in gift.pledges}
    found: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for pledge in pledges:
        if pledge.fate in EXPECTED | {Fate.UNCONFIRMED}:
            layer = found[pledge.fate is Fate.UNCONFIRMED]
            layer[pledge.section] += base(pledge.amount) - paid.get(pledge.form, 0)
    return found


@pytest.mark.parametrize(
    ("sample", "cents", "checked"), [(FOUNDING, 13_130_000, 890_000), (PREVIOUS, 1_896_000, 0)]
)
def test_what_is_expected_meets_the_sum_to_the_cent(
    sample: Sample, cents: int, checked: int
) -> None:
    assert tuple(sum(layer.values()) for layer in layers(sample)) == (cents, checked)


def test_the_pledges_are_as_many_as_they_are_said_to_be() -> None:
    pledges, _ = promised()

    assert Counter(pledge.fate for pledge in pledges) == {
        Fate.PAID: 46,
        Fate.OPEN: 31,
        Fate.PART_PAID: 17,
        Fate.OVERDUE: 14,
        Fate.UNCONFIRMED: 6,
        Fate.CANCELLED: 3,
        Fate.WRITTEN_OFF: 1,
    }
    assert Counter(pledge.source for pledge in pledges) == {
        PledgeSource.SECTION: 24,
        PledgeSource.FLOOR: 82,
        PledgeSource.ONLINE: 12,
    }
    assert sum(not pledge.name for pledge in pledges) == 12


def test_sections_pay_in_instalments_that_add_up() -> None:
    for pledge in promised()[0]:
        whole = sum(part.amount.minor for part in pledge.instalments)
        assert whole == (pledge.amount.minor if pledge.instalments else 0)
        if pledge.source is PledgeSource.SECTION:
            assert len(pledge.instalments) > 1


def test_what_is_overdue_was_due_and_nothing_else_was() -> None:
    for pledge in promised()[0]:
        late = [part for part in pledge.instalments if part.due < NOW.date()]
        assert bool(late) is (pledge.fate is Fate.OVERDUE)


def test_gifts_pay_for_what_was_promised_before_them_in_their_section() -> None:
    pledges, gifts = promised()
    by_form = {pledge.form: pledge for pledge in pledges}
    paying = [gift for gift in gifts if gift.pledges]

    assert sum(len(gift.pledges) for gift in paying) == 46 + 17
    assert sum(gift.by_bank for gift in paying) == 5 + 6
    assert sum(gift.own_page for gift in paying) == 5 + 2
    for gift in paying:
        paid = [by_form[form] for form in gift.pledges]
        assert gift.back is None
        assert {(pledge.section, pledge.amount.currency) for pledge in paid} == {
            (gift.section, gift.amount.currency)
        }
        whole = sum((pledge.amount for pledge in paid), Money(0, gift.amount.currency))
        assert (gift.amount == whole) is all(pledge.fate is Fate.PAID for pledge in paid)
        assert gift.amount <= whole
        assert all(pledge.at + timedelta(days=7) < NOW - RUN_UP_LASTS < gift.at for pledge in paid)


def test_one_transfer_pays_what_a_section_and_one_of_its_members_promised() -> None:
    pledges, gifts = promised()
    (shared,) = [gift for gift in gifts if len(gift.pledges) > 1]

    assert shared.by_bank
    assert {pledge.source for pledge in pledges if pledge.form in shared.pledges} == {
        PledgeSource.SECTION,
        PledgeSource.FLOOR,
    }


def test_one_who_promised_online_has_given_as_much_within_the_hour() -> None:
    pledges, gifts = promised()
    near = [
        (pledge, gift)
        for pledge in pledges
        for gift in gifts
        if pledge.source is PledgeSource.ONLINE
        and pledge.fate is Fate.OPEN
        and (pledge.section, pledge.amount) == (gift.section, gift.amount)
        and timedelta(0) < gift.at - pledge.at < timedelta(hours=1)
    ]

    assert [gift.pledges for _, gift in near] == [()]


def test_the_gifts_are_those_of_the_plan() -> None:
    assert [(gift.form, gift.amount, gift.at) for gift in promised()[1]] == [
        (gift.form, gift.amount, gift.at) for gift in planned()
    ]


def test_sections_stand_at_every_interesting_place() -> None:
    stand: Counter[str] = Counter()
    for gift in planned():
        stand[gift.section] += kept(gift)
    for layer in layers(FOUNDING):
        stand.update(layer)
    stands = {
        part.code: permille(stand[part.code], part.target * 100)
        for part in FOUNDING.parts
        if part.target
    }

    assert sorted(code for code, at in stands.items() if at > 1000) == ["CH", "GB", "JP"]
    assert [code for code, at in stands.items() if at == 1000] == ["ES"]
    assert stand["ES"] == 600_000
    assert (stand["IT"], stands["IT"]) == (999_600, 999)
    assert [code for code, at in stands.items() if at == 0] == ["BO", "ID"]
    # A row's bar has room for half as much again.
    assert max(stands.values()) < 1500


def test_two_of_those_that_are_checked_look_the_same() -> None:
    checked = [pledge for pledge in promised()[0] if pledge.fate is Fate.UNCONFIRMED]
    alike = Counter((pledge.section, pledge.amount) for pledge in checked)

    assert max(alike.values()) == 2


def test_the_same_pledges_are_planned_each_time() -> None:
    assert promised() == promised()


def test_a_fund_without_gifts_has_no_pledges() -> None:
    fund = a_fund(opens_at=NOW, closes_at=None)

    assert plan_pledges(DRAFT, fund, ALL_RATES, [], NOW) == ([], [])


def test_a_pledge_without_a_sum_is_not_made() -> None:
    with pytest.raises(LookupError):
        _ = Draft(PledgeSource.FLOOR, Fate.OPEN).known
