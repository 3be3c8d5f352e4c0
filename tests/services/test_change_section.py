from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, FundtrackerError, Invalid, NotFound, UnknownFund
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import Section, Visibility
from fundtracker.domain.totals import Totals
from fundtracker.services.change_section import (
    FundPart,
    add_section,
    change_part,
    change_section,
    part_of,
)
from fundtracker.services.hold import hold, release
from fundtracker.store import funds, sections, snapshots, totals
from tests.factories.rows import a_donation, a_fund
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

FRANCE = Section(0, "FR", "France", "France", "EUR")


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("anna"))


@pytest.fixture(autouse=True)
def _funds(parts: Parts) -> None:
    """Make two funds with Britain in both, and one without sections."""
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall", sections_in={"GB": "GBP"})
        a_fund(session, slug="other", sections_in={"GB": "GBP"})
        a_fund(session, slug="empty", sections_in={})


def britain(parts: Parts) -> Section:
    with parts.database.reading() as session:
        return sections.by_code(session)["GB"]


def part(parts: Parts, slug: str = "hall", code: str = "GB") -> FundPart | None:
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        return part_of(session, fund.id, sections.by_code(session)[code].id)


def version(parts: Parts, slug: str) -> int:
    with parts.database.reading() as session:
        return funds.by_slug(session, slug).version


def test_a_section_is_added_to_no_fund_yet(parts: Parts) -> None:
    add_section(parts, FRANCE)

    assert part(parts, "hall", "FR") is None
    (deed,) = deeds(parts.database)
    assert (deed.action, deed.subject) == ("section_changed", "section:FR")
    assert deed.facts == {
        "after": {"code": "FR", "name": "France", "short_name": "France", "currency": "EUR"}
    }


def test_its_code_is_one_sections(parts: Parts) -> None:
    with pytest.raises(Invalid, match="a section GB already") as refusal:
        add_section(parts, replace(FRANCE, code="GB"))
    add_section(parts, FRANCE)
    with pytest.raises(Invalid, match="a section FR already"):
        change_section(parts, "GB", replace(britain(parts), code="FR"))

    assert refusal.value.field == "code"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "fr"}, "code"),
        ({"code": "CASH"}, "code"),
        ({"code": "EUR"}, "code"),
        ({"name": ""}, "name"),
        ({"short_name": "Fifteen letters"}, "short_name"),
        ({"name": "Fr\u202eance"}, "name"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_what_a_section_may_not_be_called_is_refused(
    parts: Parts, change: dict[str, str], field: str
) -> None:
    for act in (
        lambda: add_section(parts, replace(FRANCE, **change)),  # type: ignore[arg-type]
        lambda: change_section(parts, "GB", replace(britain(parts), **change)),  # type: ignore[arg-type]
    ):
        with pytest.raises(FundtrackerError) as refusal:
            act()
        assert (refusal.value.status, refusal.value.field) == (422, field)
    assert deeds(parts.database) == []


def test_a_new_name_is_seen_in_every_fund_of_the_section(parts: Parts) -> None:
    before = {slug: version(parts, slug) for slug in ("hall", "other", "empty")}
    wanted = Section(0, "UK", "United Kingdom", "UK", "EUR")

    assert change_section(parts, "GB", wanted, made_from=edition(britain(parts)))

    with parts.database.reading() as session:
        assert sections.by_code(session).keys() == {"UK"}
        assert snapshots.load_true(session, "other").sections[0].short_name == "UK"
    after = {slug: version(parts, slug) for slug in before}
    assert after["hall"] > before["hall"]
    assert after["other"] > before["other"]
    assert after["empty"] == before["empty"]
    assert parts.broker.newer("other", before["other"], timeout=0) == after["other"]
    assert deeds(parts.database)[-1].facts["before"]["code"] == "GB"


def test_markup_and_formulas_are_names_like_others(parts: Parts) -> None:
    wanted = replace(britain(parts), name='=HYPERLINK("x")', short_name="<b>GB</b>")

    change_section(parts, "GB", wanted)

    assert britain(parts).name == '=HYPERLINK("x")'


def test_the_same_names_are_no_change(parts: Parts) -> None:
    before = version(parts, "hall")

    assert not change_section(parts, "GB", britain(parts))

    assert version(parts, "hall") == before
    assert deeds(parts.database) == []


@pytest.mark.parametrize("change", [{"code": "UK"}, {"currency": "EUR"}])
def test_once_given_to_code_and_currency_stay(parts: Parts, change: dict[str, str]) -> None:
    with parts.database.unit_of_work() as session:
        a_donation(session, funds.row_of(session, "hall"), section_id=britain(parts).id)

    with pytest.raises(Invalid, match="GB has donations") as refusal:
        change_section(parts, "GB", replace(britain(parts), **change))  # type: ignore[arg-type]

    assert refusal.value.field in change
    assert change_section(parts, "GB", replace(britain(parts), name="Great Britain"))


def test_who_comes_second_is_told(parts: Parts) -> None:
    before = britain(parts)
    change_section(parts, "GB", replace(before, name="First"), made_from=edition(before))

    with pytest.raises(Changed):
        change_section(parts, "GB", replace(before, name="Second"), made_from=edition(before))

    assert britain(parts).name == "First"


def test_a_section_has_to_be_there(parts: Parts) -> None:
    with pytest.raises(NotFound):
        change_section(parts, "XX", FRANCE)
    with pytest.raises(NotFound):
        change_part(parts, "hall", "XX", FundPart())
    with pytest.raises(UnknownFund):
        change_part(parts, "nowhere", "GB", FundPart())


def test_a_part_has_target_members_and_visibility(parts: Parts) -> None:
    wanted = FundPart(60_000, 1_200, Visibility.OTHERS)
    before = version(parts, "hall")

    assert change_part(parts, "hall", "GB", wanted, made_from=edition(part(parts)))

    assert part(parts) == wanted
    assert part(parts, "other") == FundPart()
    assert parts.broker.newer("hall", before, timeout=0) == version(parts, "hall")
    (deed,) = deeds(parts.database)
    assert deed.facts == {
        "before": {"target": None, "members": None, "visibility": "shown"},
        "after": {"target": 60_000, "members": 1_200, "visibility": "others"},
    }
    assert not change_part(parts, "hall", "GB", wanted)


def test_a_section_joins_a_fund_with_its_totals(parts: Parts) -> None:
    assert change_part(parts, "empty", "GB", FundPart(), made_from=edition(None))

    assert part(parts, "empty") == FundPart()
    with parts.database.reading() as session:
        fund = funds.by_slug(session, "empty")
        from_scope = totals.of_fund(session, fund.id, Scope.everything())
    assert from_scope[britain(parts).id] == Totals()
    assert deeds(parts.database)[0].facts == {"after": {"joined": "empty"}}


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (FundPart(target=0), "target"),
        (FundPart(target=-1), "target"),
        (FundPart(members=-1), "members"),
        (FundPart(members=10**9), "members"),
    ],
)
def test_a_part_that_cannot_be_is_refused(parts: Parts, wanted: FundPart, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        change_part(parts, "hall", "GB", wanted)

    assert refusal.value.field == field


def test_a_part_of_another_edition_comes_too_late(parts: Parts) -> None:
    made_from = edition(part(parts))
    change_part(parts, "hall", "GB", FundPart(target=1), made_from=made_from)

    with pytest.raises(Changed):
        change_part(parts, "hall", "GB", FundPart(target=2), made_from=made_from)


def held(parts: Parts) -> dict[str, Any]:
    with parts.database.reading() as session:
        body: dict[str, Any] = json.loads(snapshots.load(session, "hall"))
        assert body["version"] == funds.version(session, "hall")
        return body


def test_hidden_while_the_count_is_held_it_leaves_the_picture_at_once(parts: Parts) -> None:
    hold(parts, "hall")
    before = held(parts)
    change_part(parts, "hall", "GB", FundPart(target=5, visibility=Visibility.HIDDEN))
    after = held(parts)

    assert [line["code"] for line in before["sections"]] == ["GB", ""]
    assert [line["code"] for line in after["sections"]] == [""]
    assert after["version"] > before["version"]
    assert parts.broker.newer("hall", before["version"], timeout=0) == after["version"]
    assert (after["mode"], after["as_of"]) == ("hold", before["as_of"])


def test_shown_while_the_count_is_held_it_waits_until_it_goes_on(parts: Parts) -> None:
    change_part(parts, "hall", "GB", FundPart(visibility=Visibility.HIDDEN))
    hold(parts, "hall")
    before = held(parts)
    change_part(parts, "hall", "GB", FundPart())

    assert held(parts) == before
    release(parts, "hall")
    assert [line["code"] for line in held(parts)["sections"]] == ["GB", ""]
