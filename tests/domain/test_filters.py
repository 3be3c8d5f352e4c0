from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.errors import Invalid
from fundtracker.domain.filters import Dates, LedgerFilter, comparable

FULL = {
    "fund": "founding-conference",
    "section": "GB",
    "since": "2026-06-01",
    "until": "2026-06-30",
    "dates": "booking",
    "method": "bank",
    "status": "succeeded",
    "account": "main",
    "kind": "gift",
    "text": "pi_7",
}
days = st.none() | st.dates()


def test_an_address_says_what_is_wanted_and_a_filter_says_it_back() -> None:
    wanted = LedgerFilter.parse(FULL)

    assert wanted.since == date(2026, 6, 1)
    assert wanted.dates is Dates.BOOKING
    assert wanted.to_query() == FULL


def test_nothing_asked_leaves_everything_and_an_address_without_a_question() -> None:
    assert LedgerFilter.parse({}) == LedgerFilter()
    assert LedgerFilter.parse({"fund": "", "dates": "event", "after": "7"}).to_query() == {}


def test_no_section_is_asked_for_by_a_dash_and_codes_in_either_case() -> None:
    assert LedgerFilter.parse({"section": "-"}).section == "-"
    assert LedgerFilter.parse({"section": " gb "}).section == "GB"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fund", "../etc"),
        ("section", "<b>"),
        ("since", "12.06.2026"),
        ("since", "2026-02-30"),
        ("since", "٢٠٢٦-٠٦-١٢"),
        ("until", "2026-6-1"),
        ("dates", "yesterday"),
        ("method", "barter"),
        ("status", "lost"),
        ("account", "a b"),
        ("kind", "'; DROP TABLE journal"),
        ("text", "a\u202eb"),
        ("text", "x" * 201),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        LedgerFilter.parse({field: value})

    assert refused.value.field == field


def test_a_last_day_before_the_first_one_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        LedgerFilter.parse({"since": "2026-06-02", "until": "2026-06-01"})

    assert refused.value.field == "until"


@given(
    st.builds(
        LedgerFilter,
        fund=st.sampled_from(["", "founding-conference"]),
        section=st.sampled_from(["", "-", "GB"]),
        since=days,
        dates=st.sampled_from(Dates),
        method=st.sampled_from(["", *Method]),
        status=st.sampled_from(["", *DonationStatus]),
        text=st.sampled_from(["", "pi_1", "gift for the fund"]),
    )
)
def test_every_filter_survives_its_address(wanted: LedgerFilter) -> None:
    assert LedgerFilter.parse(wanted.to_query()) == wanted


def test_references_are_compared_without_what_banks_change() -> None:
    assert comparable("Gift 12 / GB") == comparable(" GIFT  12/gb\n")
    assert comparable("gift 12") != comparable("gift 21")
