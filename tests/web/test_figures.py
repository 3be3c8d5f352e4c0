from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.web.figures import figures
from fundtracker.web.words import words
from tests.web.small_app import make_app
from tests.web.snapshots import a_line, a_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _reading() -> Iterator[None]:
    with make_app().test_request_context():
        yield


def test_a_fund_on_its_way_says_how_far_it_is() -> None:
    said = figures(a_snapshot())

    assert (said.symbol, said.number) == ("€", "311,400")
    assert said.status == "77\xa0% · €88,600 to go"
    assert said.target == "€400,000"
    assert said.rule == "Received and promised"


@pytest.mark.parametrize(
    ("received", "changes", "status"),
    [
        (0, {}, "The target is €400,000. Be the first."),
        (1, {}, "0\xa0% · €400,000 to go"),
        (39_999_999, {}, "99\xa0% · €1 to go"),
        (40_000_000, {}, "100\xa0% · €100,000 to €500,000"),
        (47_400_000, {}, "118\xa0% · €26,000 to €500,000"),
        (47_400_000, {"next_milestone": None}, "118\xa0% of €400,000"),
        (47_400_050, {"target": 48_000_000}, "118\xa0% · €6,000 to €480,000"),
    ],
)
def test_the_status_never_promises_too_much(
    received: int,
    changes: dict[str, object],
    status: str,
) -> None:
    assert figures(a_snapshot(received, **changes)).status == status


def test_the_number_is_told_apart_where_promises_count() -> None:
    parts = [(part.kind, part.label, part.number) for part in figures(a_snapshot()).parts]

    assert parts == [
        ("received", "received", "171,200"),
        ("promised", "promised", "131,300"),
        ("checked", "being checked", "8,900"),
    ]


def test_nothing_is_told_of_parts_that_are_empty() -> None:
    assert [part.kind for part in figures(a_snapshot(100)).parts] == ["received"]


def test_received_money_alone_has_no_parts() -> None:
    assert figures(a_snapshot(counting_rule="received")).parts == ()


def test_the_bar_is_described_in_words() -> None:
    assert figures(a_snapshot()).described == (
        "€311,400 of €400,000, 77\xa0%. €171,200 received, €131,300 promised, €8,900 being checked"
    )


def test_a_section_past_its_target_says_so_in_its_own_currency() -> None:
    (line,) = figures(a_snapshot()).lines

    assert (line.share, line.per_cent, line.reached) == ("105", "105\xa0%", True)
    assert line.sums == "£54,600 of £52,000"


@pytest.mark.parametrize(
    ("changes", "share", "per_cent", "sums"),
    [
        ({"headline": 0, "permille": 0, "local": None}, "–", "–", "€0 of €60,000"),
        ({"target": None, "permille": None, "local": None}, "€63,000", "", "€63,000"),
        ({"target": None, "permille": None, "headline": 0, "local": None}, "–", "", "€0"),
        ({"permille": 999}, "99", "99\xa0%", "£54,600 of £52,000"),
    ],
)
def test_a_section_without_gifts_or_target_is_not_ranked(
    changes: dict[str, object],
    share: str,
    per_cent: str,
    sums: str,
) -> None:
    (line,) = figures(a_snapshot(sections=[a_line(**changes)])).lines

    assert (line.share, line.per_cent, line.sums) == (share, per_cent, sums)


def test_all_others_are_named_only_where_they_count_anything() -> None:
    rest = {"code": "", "name": "", "short_name": "", "target": None, "local": None}
    none = a_line(**rest, headline=0, permille=None)
    some = a_line(**rest, headline=100, permille=None)

    assert figures(a_snapshot(sections=[none])).lines == ()
    assert [line.name for line in figures(a_snapshot(sections=[some])).lines] == ["Others"]


def test_a_currency_without_decimals_is_counted_whole() -> None:
    yen = a_snapshot(38_384_000, currency="JPY", first_target=60_000_000, target=60_000_000)

    assert figures(yen).number == "38,384,000"


def test_scripts_fill_in_the_same_sentences() -> None:
    assert words()["to_go"] == "%(per_cent)s · %(amount)s to go"
