from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, Invalid, NotFound
from fundtracker.services.rename import rename
from fundtracker.store.staff import StaffRow
from tests.factories.staff import a_member
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("admin"))


@pytest.fixture
def anna(parts: Parts) -> StaffRow:
    with parts.database.unit_of_work() as session:
        return a_member(session, name="Anna Bergg")


def name_of(parts: Parts, row: StaffRow) -> str:
    with parts.database.reading() as session:
        return session.get_one(StaffRow, row.id).name


def test_a_name_is_mended_and_both_are_in_the_log_to_be_erased(
    parts: Parts, anna: StaffRow
) -> None:
    assert rename(parts, anna.token, " Anna Berg ", made_from=edition("Anna Bergg"))

    assert name_of(parts, anna) == "Anna Berg"
    (deed,) = deeds(parts.database)
    assert (deed.action, deed.subject, deed.facts) == ("staff_changed", f"staff:{anna.token}", {})
    private = (deed.private["name"], deed.private["name_before"])
    assert private == ("Anna Berg", "Anna Bergg")


def test_the_same_name_is_no_change(parts: Parts, anna: StaffRow) -> None:
    assert not rename(parts, anna.token, "Anna Bergg")

    assert deeds(parts.database) == []


def test_of_two_who_mend_it_the_second_is_told(parts: Parts, anna: StaffRow) -> None:
    seen = edition("Anna Bergg")
    rename(parts, anna.token, "Anna Berg", made_from=seen)

    with pytest.raises(Changed):
        rename(parts, anna.token, "Anna Burg", made_from=seen)

    assert name_of(parts, anna) == "Anna Berg"
    assert deeds(parts.database)[-1].refused == "staff_changed"


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_what_is_no_name_is_refused(parts: Parts, anna: StaffRow, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        rename(parts, anna.token, name)

    assert refused.value.field == "name"
    assert name_of(parts, anna) == "Anna Bergg"


def test_nobody_is_called_otherwise_at_a_guessed_token(parts: Parts) -> None:
    with pytest.raises(NotFound):
        rename(parts, "guess", "Anna")
