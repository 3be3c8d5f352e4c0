from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.errors import Invalid
from fundtracker.domain.pledge_filters import EXPECTED, PledgeDates, PledgeFilter
from fundtracker.domain.pledge_stages import Age, Stage
from fundtracker.domain.pledge_tasks import PledgeTask
from fundtracker.domain.pledges import PledgeSource

FULL = {
    "fund": "founding-conference",
    "section": "GB",
    "source": "floor",
    "status": "overdue",
    "since": "2026-06-01",
    "until": "2026-06-30",
    "dates": "due",
    "age": "over_90",
    "task": "find_payment",
    "unnamed": "1",
    "text": "AC34 67DE",
}
days = st.none() | st.dates()


def test_an_address_says_what_is_wanted_and_a_filter_says_it_back() -> None:
    wanted = PledgeFilter.parse(FULL)

    assert wanted.since == date(2026, 6, 1)
    assert wanted.dates is PledgeDates.DUE
    assert wanted.to_query() == FULL


def test_nothing_asked_leaves_everything_and_an_address_without_a_question() -> None:
    assert PledgeFilter.parse({}) == PledgeFilter()
    assert PledgeFilter.parse({"fund": "", "dates": "event", "after": "7"}).to_query() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fund", "../etc"),
        ("section", "<b>"),
        ("source", "heaven"),
        ("status", "succeeded"),
        ("since", "12.06.2026"),
        ("dates", "booking"),
        ("age", "old"),
        ("task", "dance"),
        ("unnamed", "yes"),
        ("text", "a\u202eb"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        PledgeFilter.parse({field: value})

    assert refused.value.field == field


def test_a_last_day_before_the_first_one_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        PledgeFilter.parse({"since": "2026-06-02", "until": "2026-06-01"})

    assert refused.value.field == "until"


@given(
    st.builds(
        PledgeFilter,
        fund=st.sampled_from(["", "founding-conference"]),
        section=st.sampled_from(["", "-", "GB"]),
        source=st.sampled_from(["", *PledgeSource]),
        status=st.sampled_from(["", EXPECTED, *Stage]),
        until=days,
        dates=st.sampled_from(PledgeDates),
        age=st.sampled_from(["", *Age]),
        task=st.sampled_from(["", *PledgeTask]),
        unnamed=st.sampled_from(["", "1"]),
        text=st.sampled_from(["", "AC34 67DE", "Rosa & Karl = ?"]),
    )
)
def test_every_filter_survives_its_address(wanted: PledgeFilter) -> None:
    assert PledgeFilter.parse(wanted.to_query()) == wanted
