from __future__ import annotations

import json
from typing import Any

from fundtracker.domain.held import concealed
from fundtracker.domain.sections import Visibility

SHOWN, OTHERS, HIDDEN = Visibility.SHOWN, Visibility.OTHERS, Visibility.HIDDEN
SUMS = ("received", "pledged", "unconfirmed", "headline")


def a_line(code: str, times: int) -> dict[str, object]:
    return {"code": code, "name": code, "permille": 10} | {
        name: times * 10**place for place, name in enumerate(SUMS)
    }


def an_entry(section: str, currency: str = "EUR") -> dict[str, object]:
    return {"section": section, "currency": currency, "amount": 25}


PICTURE: dict[str, Any] = {
    "version": 7,
    "currency": "EUR",
    "received": 6,
    "headline": 6000,
    "sections": [a_line("GB", 1), a_line("FR", 2), a_line("", 3)],
    "recent": [an_entry("GB"), an_entry("FR"), an_entry(""), an_entry("", "CLP")],
}


def conceal(**visibility: Visibility) -> dict[str, Any] | None:
    picture = concealed(json.dumps(PICTURE), visibility, 9)
    return None if picture is None else json.loads(picture)


def test_a_picture_in_which_everybody_may_be_seen_stays_as_it_is() -> None:
    assert conceal(GB=SHOWN, FR=SHOWN, SE=OTHERS) is None


def test_a_section_that_is_hidden_is_gone_and_its_sums_are_with_the_others() -> None:
    picture = conceal(GB=HIDDEN, FR=SHOWN)

    assert picture is not None
    assert "GB" not in json.dumps(picture)
    assert [line["code"] for line in picture["sections"]] == ["FR", ""]
    for name in SUMS:
        before, now = (sum(line[name] for line in each["sections"]) for each in (PICTURE, picture))
        assert now == before
    kept = {name: value for name, value in PICTURE.items() if name not in {"sections", "recent"}}
    assert picture == picture | kept | {"version": 9}


def test_what_would_hint_at_its_country_is_gone_as_well() -> None:
    picture = conceal(GB=HIDDEN, FR=SHOWN)

    assert picture is not None
    assert picture["recent"] == [an_entry("FR"), an_entry("")]


def test_one_that_moves_to_the_others_hints_at_nothing() -> None:
    picture = conceal(GB=SHOWN, FR=OTHERS)

    assert picture is not None
    assert [line["code"] for line in picture["sections"]] == ["GB", ""]
    assert picture["recent"] == [an_entry("GB"), an_entry(""), an_entry("", "CLP")]


def test_one_of_the_others_that_is_hidden_takes_its_currency_along() -> None:
    picture = conceal(GB=SHOWN, FR=SHOWN, CL=HIDDEN)

    assert picture is not None
    assert picture["sections"] == PICTURE["sections"]
    assert picture["recent"] == [an_entry("GB"), an_entry("FR"), an_entry("")]
