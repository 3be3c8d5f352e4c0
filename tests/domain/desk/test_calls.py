from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.desk.aliases import read_aliases
from fundtracker.domain.desk.calls import Marks, initials, left_of
from fundtracker.domain.desk.keys import desk_key
from fundtracker.domain.desk.tally import differences
from fundtracker.domain.desk.values import Call, Refused
from fundtracker.domain.errors import Invalid
from fundtracker.domain.money import Money
from fundtracker.domain.rates import Rate
from tests.factories.funds import a_fund

RATE = Rate.parse("1.15")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Anna Lindt", "AL"),
        ("Anna Maria van der Berg", "AB"),
        ("Cher", "C"),
        ("émile zola", "ÉZ"),
        ("  ", ""),
    ],
)
def test_a_teller_stands_on_a_line_by_two_letters(name: str, short: str) -> None:
    assert initials(name) == short


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (Marks("7", None), Marks("8", None), True),
        (Marks("7", "Leeds"), Marks("7", "York"), True),
        (Marks("7", "Leeds"), Marks("7", "Leeds"), False),
        (Marks("7", None), Marks(None, "York"), False),
        (Marks(None, None), Marks("7", "Leeds"), False),
    ],
)
def test_marks_tell_people_apart_where_both_have_them(
    one: Marks,
    other: Marks,
    differ: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert one.differ(other) is other.differ(one) is differ


def test_what_is_left_of_a_total_is_in_its_own_currency() -> None:
    assert left_of(Money(200_000, "GBP"), 57_500, RATE, "EUR") == Money(150_000, "GBP")


def test_only_what_can_be_charged_is_left() -> None:
    # A krona of Iceland has no hundredths, though amounts carry them.
    assert left_of(Money(10_000, "ISK"), 1, Rate.parse("0.0067"), "EUR") == Money(9800, "ISK")


@pytest.mark.parametrize("has", [230_000, 230_001, 900_000])
def test_nothing_may_be_left(has: int) -> None:
    with pytest.raises(Refused, match=r"nothing is left of GBP 2000\.00"):
        left_of(Money(200_000, "GBP"), has, RATE, "EUR")


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_a_total_is_never_overshot_by_more_than_a_rounding(announced: int, has: int) -> None:
    try:
        left = left_of(Money(announced, "GBP"), has, RATE, "EUR")
    except Refused:
        return
    total = RATE.to_base(Money(announced, "GBP"), "EUR").minor
    assert abs(RATE.to_base(left, "EUR").minor + has - total) <= 1


def test_a_desk_has_another_key_for_a_rehearsal_and_for_another_fund() -> None:
    funds = (a_fund(), a_fund(rehearsal=True), a_fund(slug="other"), a_fund(currency="GBP"))

    keys = [desk_key("random", fund) for fund in funds] + [desk_key("other", a_fund())]

    assert len(set(keys)) == 5
    assert desk_key("random", a_fund()) == keys[0]


def test_paper_is_held_against_the_desk() -> None:
    desk = {(1, "GBP"): Money(500, "GBP"), (2, "CHF"): Money(70, "CHF")}
    paper = {(1, "GBP"): Money(450, "GBP"), (1, "EUR"): Money(9, "EUR")}

    found = differences(desk, paper)

    assert [(each.section_id, each.desk, each.money) for each in found] == [
        (1, Money(0, "EUR"), Money(9, "EUR")),
        (1, Money(500, "GBP"), Money(-50, "GBP")),
        (2, Money(70, "CHF"), None),
    ]


def test_a_call_without_an_amount_promises_nothing_that_is_known() -> None:
    with pytest.raises(Refused, match="How much"):
        _ = Call("GB", None, prepared=True).each


def test_aliases_are_read_in_capitals_each_once() -> None:
    assert read_aliases("uk, Eng\nUK é1") == ("ENG", "UK", "É1")
    assert read_aliases(" , ") == ()


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    try:
        words = read_aliases(text)
    except Invalid:
        return
    assert all(word == word.upper() for word in words)
