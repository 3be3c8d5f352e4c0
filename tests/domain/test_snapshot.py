from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.funds import CountingRule
from fundtracker.domain.rates import Rate
from fundtracker.domain.sections import NO_SECTION, Visibility
from fundtracker.domain.snapshot import Local, MilestoneMark, Recent, Snapshot, build, published
from fundtracker.domain.totals import Totals, headline
from tests.factories.funds import a_fund, a_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.domain.sections import FundSection

AT = datetime(2026, 6, 12, 18, 4, 2, tzinfo=UTC)
SUMS = ("received", "pledged", "unconfirmed", "headline")


def _build(
    sections: Sequence[FundSection] = (),
    totals: dict[int, Totals] | None = None,
    *,
    milestones: Sequence[MilestoneMark] = (),
    recent: Sequence[Recent] = (),
    **fund: Any,  # noqa: ANN401 - whatever fields a fund has
) -> Snapshot:
    rates = {"GBP": Rate.parse("1.15"), "CHF": Rate.parse("1.05")}
    return build(a_fund(**fund), sections, totals or {}, milestones, rates, recent)


def _publish(true: Snapshot, sections: Sequence[FundSection]) -> Snapshot:
    return published(true, {item.section.code: item.visibility for item in sections})


def _gift(section: str, **changes: Any) -> Recent:  # noqa: ANN401 - whatever an entry has
    gift = Recent("r1", "donation", 1, section, 2500, "EUR", "Rosa", AT)
    return replace(gift, **changes)


def test_the_json_has_the_promised_keys_in_order() -> None:
    sections = [a_section(1, "GB", target=6_000_000)]
    totals = {1: Totals(5_100_000, 1_200_000, 0, 300, 40), NO_SECTION: Totals(received=100)}
    true = _build(
        sections,
        totals,
        milestones=[MilestoneMark(50_000_000, None), MilestoneMark(1_000_000, AT)],
        recent=[Recent("x7", "pledge", 12, "GB", 24_000, "GBP", None, AT)],
    )

    assert true.to_json().decode() == (
        '{"fund":"founding-conference","name":"Founding conference","version":7,'
        '"as_of":"2026-06-12T18:04:31Z","mode":"live","rehearsal":false,"currency":"EUR",'
        '"first_target":40000000,"target":40000000,"next_milestone":50000000,'
        '"received":5100100,"pledged":1200000,"unconfirmed":0,"headline":6300100,"permille":157,'
        '"counting_rule":"everything_announced","donations":300,"pledges":40,'
        '"milestones":[{"amount":1000000,"reached_at":"2026-06-12T18:04:02Z"},'
        '{"amount":50000000,"reached_at":null}],'
        '"sections":[{"code":"GB","name":"The section GB","short_name":"Sec GB","target":6000000,'
        '"received":5100000,"pledged":1200000,"unconfirmed":0,"headline":6300000,"permille":1050,'
        '"currency":"GBP","local":{"target":5217391,"headline":5478261}},'
        '{"code":"","name":"","short_name":"","target":null,"received":100,"pledged":0,'
        '"unconfirmed":0,"headline":100,"permille":null,"currency":"EUR","local":null}],'
        '"recent":[{"id":"x7","kind":"pledge","count":12,"section":"GB","amount":24000,'
        '"currency":"GBP","name":null,"at":"2026-06-12T18:04:02Z"}]}'
    )


def test_times_are_written_in_utc_and_names_in_their_own_script() -> None:
    east = timezone(timedelta(hours=9))
    snapshot = _build(name="創立大会", as_of=datetime(2026, 6, 13, 3, 4, 31, tzinfo=east))

    assert '"name":"創立大会"' in snapshot.to_json().decode()
    assert json.loads(snapshot.to_json())["as_of"] == "2026-06-12T18:04:31Z"


def test_per_cent_of_the_whole_are_of_the_first_target() -> None:
    snapshot = _build(
        totals={NO_SECTION: Totals(received=47_400_000)}, first_target=40_000_000, target=60_000_000
    )

    assert snapshot.permille == 1185


def test_a_section_without_a_target_has_no_per_cent() -> None:
    snapshot = _build([a_section(1, "GB", target=None), a_section(2, "CH", target=0)])

    assert [line.permille for line in snapshot.sections] == [None, None, None]


def test_a_sections_own_currency_is_shown_where_it_differs_and_has_a_rate() -> None:
    sections = [
        a_section(1, "GB", currency="GBP"),
        a_section(2, "AT", currency="EUR"),
        a_section(3, "SE", currency="SEK"),
    ]
    snapshot = _build(sections, {1: Totals(received=11_500), 3: Totals(received=1)})

    assert [line.local for line in snapshot.sections] == [Local(None, 10_000), None, None, None]


def test_what_belongs_to_an_unlisted_section_is_still_the_funds() -> None:
    snapshot = _build([a_section(1)], {1: Totals(received=5), 9: Totals(received=7)})

    assert [line.received for line in snapshot.sections] == [5, 7]


@pytest.mark.parametrize(
    ("received", "milestone"),
    [
        (0, 10_000_000),
        (10_000_000, 25_000_000),
        (25_000_000, 50_000_000),
        (40_000_000, 50_000_000),
        (50_000_000, None),
    ],
)
def test_the_next_milestone_lies_ahead_and_is_not_the_target(
    received: int, milestone: int | None
) -> None:
    amounts = (50_000_000, 10_000_000, 40_000_000, 25_000_000)
    marks = [MilestoneMark(amount, None) for amount in amounts]
    snapshot = _build(totals={NO_SECTION: Totals(received=received)}, milestones=marks)

    assert snapshot.next_milestone == milestone


def test_sections_that_are_not_shown_are_one_last_line() -> None:
    sections = [
        a_section(1, "QA", visibility=Visibility.HIDDEN, target=500),
        a_section(2, "GB", target=600),
        a_section(3, "MC", visibility=Visibility.OTHERS),
    ]
    totals = {NO_SECTION: Totals(1), 1: Totals(10, 1), 2: Totals(100), 3: Totals(1000, 0, 2)}
    public = _publish(_build(sections, totals), sections)

    assert [line.code for line in public.sections] == ["GB", ""]
    last = public.sections[-1]
    assert (last.received, last.pledged, last.unconfirmed, last.headline) == (1011, 1, 2, 1014)
    assert (last.name, last.short_name, last.target, last.permille) == ("", "", None, None)
    assert (last.currency, last.local) == ("EUR", None)


def test_a_section_of_which_nothing_is_said_is_hidden() -> None:
    true = _build([a_section(1, "GB")], {1: Totals(received=5)})

    assert [line.code for line in published(true, {}).sections] == [""]


def test_a_single_gift_is_shown_only_among_five_or_more() -> None:
    sections = [a_section(1, "GB"), a_section(2, "CH")]
    totals = {1: Totals(donations=4), 2: Totals(donations=5), NO_SECTION: Totals(donations=4)}
    recent = [_gift("GB", id="a"), _gift("CH", id="b"), _gift("", id="c")]
    public = _publish(_build(sections, totals, recent=recent), sections)

    assert [entry.id for entry in public.recent] == ["b"]


def test_a_promise_called_in_the_hall_is_shown_whatever_the_section_has() -> None:
    sections = [a_section(1, "GB")]
    recent = [_gift("GB", kind="pledge")]
    public = _publish(_build(sections, recent=recent), sections)

    assert [entry.section for entry in public.recent] == ["GB"]


def test_what_is_published_names_nobody() -> None:
    sections = [a_section(1, "GB")]
    true = _build(sections, {1: Totals(donations=9)}, recent=[_gift("GB", name="Rosa")])

    assert b"Rosa" in true.to_json()
    assert b"Rosa" not in _publish(true, sections).to_json()


def test_gifts_of_sections_that_are_not_shown_lose_their_code() -> None:
    sections = [
        a_section(1, "QA", visibility=Visibility.HIDDEN),
        a_section(3, "MC", visibility=Visibility.OTHERS),
    ]
    totals = {1: Totals(donations=2), 3: Totals(donations=3)}
    recent = [_gift("QA"), _gift("MC")]
    public = _publish(_build(sections, totals, recent=recent), sections)

    assert [entry.section for entry in public.recent] == ["", ""]


def test_a_gift_whose_currency_hints_at_a_hidden_section_is_left_out() -> None:
    sections = [a_section(1, "QA", currency="QAR", visibility=Visibility.HIDDEN)]
    recent = [_gift("QA", id="a", currency="QAR"), _gift("QA", id="b")]
    public = _publish(_build(sections, {1: Totals(donations=9)}, recent=recent), sections)

    assert [(entry.id, entry.currency) for entry in public.recent] == [("b", "EUR")]
    assert b"QAR" not in public.to_json()


def test_where_a_section_is_hidden_its_gifts_are_not_the_only_ones_that_are_left_out() -> None:
    hidden = a_section(1, "QA", currency="QAR", visibility=Visibility.HIDDEN)
    recent = [_gift("", currency="GBP")]
    totals = {0: Totals(donations=9)}

    told = _publish(_build([], totals, recent=recent), [])
    kept = _publish(_build([hidden], totals, recent=recent), [hidden])

    assert len(told.recent) == 1
    assert not kept.recent


# Codes, names and currencies of sections that occur nowhere else in a snapshot.
_CODES = [f"Q{letter}7" for letter in "ABCDEFGH"]
_COINS = ["QAR", "SEK", "CHF", "GBP", "EUR", "CLP", "ISK", "KWD"]

sums = st.builds(
    Totals,
    *[st.integers(0, 10**12)] * 3,
    *[st.integers(0, 10)] * 2,
)
visibilities = st.lists(st.sampled_from(Visibility), min_size=len(_CODES), max_size=len(_CODES))


@st.composite
def funds(draw: st.DrawFn) -> tuple[list[FundSection], Snapshot]:
    """Draw a fund's sections and its true snapshot."""
    seen = draw(visibilities)
    sections = [
        a_section(id, code, currency=coin, target=draw(st.none() | st.just(10**9)), visibility=how)
        for id, (code, coin, how) in enumerate(zip(_CODES, _COINS, seen, strict=True), start=1)
    ]
    totals = draw(st.dictionaries(st.integers(NO_SECTION, len(sections) + 2), sums))
    entries = st.builds(
        _gift,
        st.sampled_from([*_CODES, ""]),
        kind=st.sampled_from(["donation", "pledge"]),
        currency=st.sampled_from(_COINS),
    )
    recent = draw(st.lists(entries, max_size=9))
    rule = draw(st.sampled_from(CountingRule))
    return sections, _build(sections, totals, recent=recent, counting_rule=rule)


def _assert_adds_up(snapshot: Snapshot) -> None:
    for name in SUMS:
        parts = sum(getattr(line, name) for line in snapshot.sections)
        assert parts == getattr(snapshot, name)
    assert sum(line.donations for line in snapshot.sections) == snapshot.donations
    assert [line.code for line in snapshot.sections].count("") == 1
    assert snapshot.sections[-1].code == ""


@given(drawn=funds())
def test_sections_and_no_section_equal_the_fund_to_the_cent(
    drawn: tuple[list[FundSection], Snapshot],
) -> None:
    sections, true = drawn
    public = _publish(true, sections)

    _assert_adds_up(true)
    _assert_adds_up(public)
    assert replace(public, sections=(), recent=()) == replace(true, sections=(), recent=())
    whole = Totals(true.received, true.pledged, true.unconfirmed)
    assert true.headline == headline(CountingRule(true.counting_rule), whole)


@given(drawn=funds())
def test_a_hidden_section_stands_nowhere_in_what_is_published(
    drawn: tuple[list[FundSection], Snapshot],
) -> None:
    sections, true = drawn
    text = _publish(true, sections).to_json().decode()

    for item in sections:
        told = item.section.code in text or item.section.name in text
        assert told == (item.visibility is Visibility.SHOWN)
    hidden = {item.section.code for item in sections if item.visibility is Visibility.HIDDEN}
    told_coins = {entry.currency for entry in true.recent if entry.section not in hidden}
    told_coins |= {item.section.currency for item in sections if item.section.code not in hidden}
    assert all(coin in told_coins | {"EUR"} for coin in _COINS if f'"{coin}"' in text)


@given(drawn=funds())
def test_publishing_twice_changes_nothing_more(
    drawn: tuple[list[FundSection], Snapshot],
) -> None:
    sections, true = drawn
    public = _publish(true, sections)

    assert _publish(public, sections) == public


def test_thousands_of_gifts_to_sixty_sections_stay_small() -> None:
    sections = [a_section(id, f"S{id:02}", target=10**6) for id in range(1, 61)]
    totals = {id: Totals(10**6, 10**5, 10**4, 99, 9) for id in range(61)}

    assert len(_build(sections, totals).to_json()) < 20_000
