from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from fundtracker.domain.errors import NotFound
from fundtracker.domain.scope import Reach, Scope
from fundtracker.domain.sections import Section, Visibility
from fundtracker.domain.totals import Totals
from fundtracker.store import sections, totals
from tests.factories.rows import a_donation, a_fund

if TYPE_CHECKING:
    from fundtracker.store.database import Database

EVERYTHING = Scope.everything()


def test_the_sections_of_a_fund_come_by_name_without_no_section(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session, sections_in={"ZA": "ZAR", "AT": "EUR"})
        a_fund(session, sections_in={"BR": "BRL"})

    with database.reading() as session:
        found = sections.of_fund(session, fund.id, EVERYTHING)
        assert [(part.section.code, part.section.currency) for part in found] == [
            ("AT", "EUR"),
            ("ZA", "ZAR"),
        ]
        assert found[0].visibility is Visibility.SHOWN
        assert sections.by_code(session).keys() == {"ZA", "AT", "BR"}


def test_letters_with_marks_stand_where_people_look_for_them(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session, sections_in={})
        for code, name in {"AT": "Österreich", "US": "United States", "NO": "Norge"}.items():
            sections.join(
                session, fund.id, sections.save(session, Section(0, code, name, code, "EUR"))
            )

    with database.reading() as session:
        found = sections.of_fund(session, fund.id, Scope.everything())

    assert [part.section.code for part in found] == ["NO", "AT", "US"]


def test_a_reader_sees_the_own_sections_alone(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session)
        [swiss] = [s.id for code, s in sections.by_code(session).items() if code == "CH"]

    with database.reading() as session:
        found = sections.of_fund(session, fund.id, Scope.of([swiss]))
        assert [part.section.code for part in found] == ["CH"]
        assert sections.of_fund(session, fund.id, Scope.of([])) == []


def test_a_section_keeps_its_id_when_it_changes(database: Database) -> None:
    with database.unit_of_work() as session:
        number = sections.save(session, Section(0, "GB", "Britain", "Britain", "GBP"))
        again = sections.save(session, Section(number, "UK", "United Kingdom", "UK", "GBP"))

    assert again == number
    with database.reading() as session:
        assert sections.by_code(session) == {
            "UK": Section(number, "UK", "United Kingdom", "UK", "GBP")
        }


def test_a_code_is_one_sections(database: Database) -> None:
    def twice() -> None:
        with database.unit_of_work() as session:
            for _ in range(2):
                sections.save(session, Section(0, "GB", "Britain", "Britain", "GBP"))

    with pytest.raises(IntegrityError):
        twice()


def test_joining_a_fund_makes_a_total_once(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session, sections_in={})
        number = sections.save(session, Section(0, "GB", "Britain", "Britain", "GBP"))
        first = sections.join(session, fund.id, number)
        first.target = 5
        assert sections.join(session, fund.id, number) is first

    with database.reading() as session:
        assert totals.of_fund(session, fund.id, EVERYTHING)[number] == Totals()
        assert sections.of_fund(session, fund.id, EVERYTHING)[0].target == 5


def test_sections_are_found_with_their_parts_within_a_scope(database: Database) -> None:
    with database.unit_of_work() as session:
        here = a_fund(session, sections_in={"AT": "EUR", "CH": "CHF"})
        there = a_fund(session, sections_in={"CH": "CHF"})
        austria, swiss = (sections.by_code(session)[code].id for code in ("AT", "CH"))

    with database.reading() as session:
        everywhere = sections.places(session, EVERYTHING)
        assert {id: [*found] for id, found in everywhere.items()} == {
            austria: [here.id],
            swiss: [here.id, there.id],
        }
        only_there = sections.places(session, Scope(frozenset({Reach(fund_id=there.id)})))
        assert {id: [*found] for id, found in only_there.items()} == {swiss: [there.id]}
        assert sections.places(session, Scope.nothing()) == {}
        assert sections.funds_with(session, [swiss]) == {here.id, there.id}


def test_a_section_is_locked_by_its_code(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session, sections_in={"AT": "EUR"})
        assert sections.locked(session, "AT").currency == "EUR"
        for code in ("XX", ""):
            with pytest.raises(NotFound):
                sections.locked(session, code)


def test_a_section_knows_whether_anybody_gave_to_it(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session, sections_in={"AT": "EUR", "CH": "CHF"})
        austria, swiss = (sections.by_code(session)[code].id for code in ("AT", "CH"))
        a_donation(session, fund, section_id=swiss)

    with database.reading() as session:
        assert sections.has_donations(session, swiss)
        assert not sections.has_donations(session, austria)
