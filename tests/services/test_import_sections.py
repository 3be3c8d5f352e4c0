from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import FundSection, Visibility
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.hold import hold
from fundtracker.services.import_sections import Imported, import_sections
from fundtracker.services.read_sections import COLUMNS, BadLines
from fundtracker.services.verify import verify
from fundtracker.store import funds, sections, snapshots, totals
from tests.factories.rows import a_donation
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts

BRITAIN = "GB,Britain,Britain,GBP,60000,1200,shown"
JAPAN = "JP,日本,Nihon,JPY,5000,160,hidden"


@pytest.fixture(autouse=True)
def autumn(parts: Parts) -> Fund:
    return create_fund(parts, NewFund("autumn", "Autumn appeal", "EUR", 2_000_000))


def imported(parts: Parts, *lines: str, slug: str = "autumn", dry_run: bool = False) -> Imported:
    content = "\n".join([",".join(COLUMNS), *lines]).encode()
    return import_sections(parts, slug, content, dry_run=dry_run)


def in_fund(parts: Parts, slug: str = "autumn") -> dict[str, FundSection]:
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        found = sections.of_fund(session, fund.id, Scope.everything())
    return {part.section.code: part for part in found}


def version(parts: Parts, slug: str = "autumn") -> int:
    with parts.database.reading() as session:
        return funds.by_slug(session, slug).version


def test_sections_become_part_of_the_fund_with_their_totals(parts: Parts, autumn: Fund) -> None:
    assert imported(parts, BRITAIN, JAPAN) == Imported(("GB", "JP"), (), ())

    found = in_fund(parts)
    assert (found["GB"].target, found["GB"].members) == (6_000_000, 1200)
    assert found["JP"].section.name == "日本"
    assert found["JP"].visibility is Visibility.HIDDEN
    with parts.database.reading() as session:
        kept = totals.of_fund(session, autumn.id, Scope.everything())
    assert {part.section.id for part in found.values()} < kept.keys()
    assert verify(parts).broken == ()


def test_a_second_time_nothing_is_new_and_nothing_is_announced(parts: Parts) -> None:
    imported(parts, BRITAIN, JAPAN)
    before = version(parts)

    assert imported(parts, BRITAIN, JAPAN) == Imported((), (), ("GB", "JP"))

    assert version(parts) == before
    assert parts.broker.newer("autumn", before, timeout=0) is None


def test_what_changed_is_changed_and_the_rest_stays(parts: Parts) -> None:
    imported(parts, BRITAIN, JAPAN)
    before = version(parts)

    changed = imported(parts, "GB,Great Britain,Britain,EUR,70000,,others")

    assert changed == Imported((), ("GB",), ())
    found = in_fund(parts)
    assert (found["GB"].section.name, found["GB"].section.currency) == ("Great Britain", "EUR")
    assert (found["GB"].target, found["GB"].members) == (7_000_000, None)
    assert found["GB"].visibility is Visibility.OTHERS
    assert found["JP"].target == 500_000
    assert parts.broker.newer("autumn", before, timeout=0) == version(parts) > before


def test_a_hidden_section_is_not_shown_by_a_file_that_leaves_it_open(parts: Parts) -> None:
    imported(parts, JAPAN)

    imported(parts, "JP,日本,Nihon,JPY,9000,160,", "FR,France,France,EUR,,,")

    found = in_fund(parts)
    assert found["JP"].target == 900_000
    assert found["JP"].visibility is Visibility.HIDDEN
    assert found["FR"].visibility is Visibility.SHOWN


def test_a_section_is_the_same_in_every_fund_and_its_new_name_is_seen_in_all(parts: Parts) -> None:
    create_fund(parts, NewFund("spring", "Spring appeal", "EUR", 2_000_000))
    imported(parts, BRITAIN)
    before = version(parts)

    assert imported(parts, "GB,Great Britain,Britain,GBP,1,,", slug="spring").added == ("GB",)

    here, there = in_fund(parts)["GB"], in_fund(parts, "spring")["GB"]
    assert here.section == there.section
    assert here.section.name == "Great Britain"
    assert (here.target, there.target) == (6_000_000, 100)
    assert parts.broker.newer("autumn", before, timeout=0) == version(parts) > before


def test_with_one_bad_line_nothing_at_all_is_imported(parts: Parts) -> None:
    before = version(parts)

    with pytest.raises(BadLines, match="Nothing was imported, because of 1 of"):
        imported(parts, BRITAIN, "gb,Britain,Britain,GBP,,,")

    assert in_fund(parts) == {}
    assert version(parts) == before


def test_a_dry_run_tells_what_would_be_and_does_nothing(parts: Parts) -> None:
    imported(parts, BRITAIN, JAPAN)
    before = version(parts)

    told = imported(parts, BRITAIN, "JP,日本,Japan,JPY,,,", "FR,France,France,EUR,,,", dry_run=True)

    assert told == Imported(("FR",), ("JP",), ("GB",))
    assert in_fund(parts).keys() == {"GB", "JP"}
    assert version(parts) == before


def test_a_fund_has_to_be_there(parts: Parts) -> None:
    with pytest.raises(UnknownFund):
        imported(parts, BRITAIN, slug="winter")


def test_what_would_change_is_told_line_by_line(parts: Parts) -> None:
    imported(parts, BRITAIN, JAPAN)

    told = imported(parts, "GB,Great Britain,Britain,GBP,60000,1200,", JAPAN, dry_run=True)

    ((wanted, before),) = told.lines
    assert before is not None
    assert (wanted.section.name, before.section.name) == ("Great Britain", "Britain")


def test_a_file_does_not_move_a_section_that_was_given_to(parts: Parts) -> None:
    imported(parts, BRITAIN)
    with parts.database.unit_of_work() as session:
        britain = sections.by_code(session)["GB"].id
        a_donation(session, funds.row_of(session, "autumn"), section_id=britain)

    for dry_run in (True, False):
        with pytest.raises(BadLines) as refusal:
            imported(parts, JAPAN, "GB,Britain,Britain,EUR,60000,1200,shown", dry_run=dry_run)
        (problem,) = refusal.value.problems
        assert (problem.line, problem.error.field) == (3, "currency")

    assert in_fund(parts).keys() == {"GB"}
    assert imported(parts, "GB,Great Britain,Britain,GBP,,,").changed == ("GB",)


def test_the_log_says_which_sections(parts: Parts) -> None:
    imported(parts, BRITAIN, JAPAN)
    imported(parts, "GB,Great Britain,Britain,GBP,60000,1200,shown", JAPAN)
    imported(parts, JAPAN)

    assert [deed.facts["after"] for deed in deeds(parts.database)[1:]] == [
        {"added": ["GB", "JP"], "changed": []},
        {"added": [], "changed": ["GB"]},
    ]


def test_a_file_hides_a_section_from_a_held_picture_at_once(parts: Parts, autumn: Fund) -> None:
    imported(parts, BRITAIN)
    with parts.database.unit_of_work() as session:
        funds.row_of(session, autumn.slug).status = "open"
    hold(parts, autumn.slug)
    imported(parts, BRITAIN.replace("shown", "hidden"))

    with parts.database.reading() as session:
        assert b"GB" not in snapshots.load(session, autumn.slug)
