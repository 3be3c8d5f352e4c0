from __future__ import annotations

from fundtracker.domain.scope import Scope


def test_everything_allows_every_section_and_none() -> None:
    assert Scope.everything().section_ids is None
    assert all(Scope.everything().allows(section) for section in (0, 1, 99))


def test_a_scope_of_sections_allows_those_alone() -> None:
    scope = Scope.of([1, 2, 2])

    assert scope.section_ids == frozenset({1, 2})
    assert scope.allows(2)
    assert not scope.allows(3)
    assert not scope.allows(0)


def test_a_scope_of_no_section_allows_nothing() -> None:
    assert not Scope.of([]).allows(1)
