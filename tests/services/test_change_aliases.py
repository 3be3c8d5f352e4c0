from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, Invalid, NotFound
from fundtracker.domain.sections import Section
from fundtracker.services.change_aliases import change_aliases
from fundtracker.services.change_section import add_section, change_section
from fundtracker.services.import_sections import import_sections
from fundtracker.services.read_sections import BadLines
from fundtracker.store import aliases, funds, sections
from tests.factories.rows import a_fund
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def parts(parts: Parts) -> Parts:
    parts = parts.acting(Actor.staff("anna"))
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall")
    return parts


def words(parts: Parts, code: str = "GB") -> tuple[str, ...]:
    with parts.database.reading() as session:
        return aliases.of_section(session, sections.by_code(session)[code].id)


def test_a_section_is_called_by_other_words_in_every_fund(parts: Parts) -> None:
    with parts.database.reading() as session:
        before = funds.by_slug(session, "hall").version

    assert change_aliases(parts, "GB", "uk, Eng  UK")
    assert not change_aliases(parts, "GB", "ENG UK")

    assert words(parts) == ("ENG", "UK")
    assert parts.broker.newer("hall", before, timeout=0) is not None
    (deed,) = deeds(parts.database)
    assert deed.facts == {"before": {"aliases": []}, "after": {"aliases": ["ENG", "UK"]}}
    change_aliases(parts, "GB", "")
    assert words(parts) == ()


@pytest.mark.parametrize(
    "text", ["CH", "SUI", "EUR", "kr", "cash", "mn", "U", "U-K", "1A", "A" * 17]
)
def test_what_means_something_else_is_refused(parts: Parts, text: str) -> None:
    change_aliases(parts, "CH", "SUI")

    with pytest.raises(Invalid) as refused:
        change_aliases(parts, "GB", text)

    assert refused.value.field == "aliases"
    assert words(parts) == ()


def test_there_is_a_most_of_them(parts: Parts) -> None:
    with pytest.raises(Invalid, match="at most"):
        change_aliases(parts, "GB", " ".join(f"A{number}" for number in range(10, 23)))


def test_two_who_edit_them_notice(parts: Parts) -> None:
    with pytest.raises(Changed):
        change_aliases(parts, "GB", "UK", made_from=edition(("ENG",)))
    with pytest.raises(NotFound):
        change_aliases(parts, "SE", "SWE")


def test_of_two_who_want_a_word_at_once_one_gets_it(parts: Parts) -> None:
    change_aliases(parts, "CH", "UK")

    with patch.object(aliases, "all_aliases", return_value={}), pytest.raises(Invalid):
        change_aliases(parts, "GB", "UK")
    assert words(parts) == ()


def test_no_section_gets_a_code_that_calls_another_one(parts: Parts) -> None:
    change_aliases(parts, "GB", "UK")
    wanted = Section(0, "UK", "Ukraine", "Ukraine", "EUR")

    with pytest.raises(Invalid, match="something else at the desk"):
        add_section(parts, wanted)
    with pytest.raises(Invalid, match="something else at the desk"):
        change_section(parts, "CH", wanted)
    file = b"code,name,short_name,currency,target,members,visibility\nUK,Ukraine,Ukraine,EUR,,,\n"
    with pytest.raises(BadLines):
        import_sections(parts, "hall", file)
