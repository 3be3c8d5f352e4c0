from __future__ import annotations

from fundtracker.domain.scope import Reach, Scope


def test_everything_allows_every_section_of_every_fund() -> None:
    everything = Scope.everything()

    assert everything.is_everything
    assert all(everything.allows(1, section) for section in (0, 1, 99))
    assert everything.allows_fund(1)
    assert str(everything) == "*"


def test_a_scope_of_sections_allows_those_alone_in_every_fund() -> None:
    scope = Scope.of([1, 2, 2])

    assert not scope.is_everything
    assert scope.allows(7, 2)
    assert not scope.allows(7, 3)
    assert not scope.allows(7, 0)
    assert scope.allows_fund(7)
    assert str(scope) == "*/1,*/2"


def test_a_scope_of_a_fund_allows_its_sections_alone() -> None:
    scope = Scope(frozenset({Reach(fund_id=7), Reach(8, 3)}))

    assert scope.allows(7, 0)
    assert scope.allows(8, 3)
    assert not scope.allows(8, 0)
    assert not scope.allows_fund(9)
    assert str(scope) == "7/*,8/3"


def test_a_scope_of_no_section_allows_nothing() -> None:
    for scope in (Scope.of([]), Scope.nothing()):
        assert not scope.allows(1, 1)
        assert not scope.allows_fund(1)
        assert str(scope) == ""
