"""Every role at every route, with what is its own, what is a colleague's and what is nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.web.access import rule_of
from tests.matrix.probes import Probe
from tests.matrix.routes import ASK_FIRST, RULES
from tests.matrix.tables import print_table
from tests.matrix.visitors import Case, Proof, Visitor, Whose, cases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.matrix.answers import Answers
    from tests.matrix.world import World

REFUSED = {"GET": 303, "POST": 401}
# What is asked for is shown or done, or a form without its fields is sent back.
OPEN = {200, 204, 303, 400, 409, 422}


def staff_cases(world: World) -> list[Case]:
    return [case for case in cases(world.office.app) if case.rule.staff]


def refused(asked: Iterable[tuple[Visitor, Case, Proof]]) -> list[tuple[str, str, int]]:
    """Ask, and return who was answered otherwise than by being sent to prove who they are."""
    found = []
    for visitor, case, proof in asked:
        status = visitor.ask(case, proof=proof).status
        if status != REFUSED[case.method]:
            found.append((visitor.name, case.label, status))
    return found


def test_every_route_is_asked_by_the_rule_that_it_declares(world: World) -> None:
    app = world.office.app
    declared = {
        endpoint: rule_of(view)
        for endpoint, view in app.view_functions.items()
        if endpoint != "static"
    }

    assert sorted(declared.keys() ^ RULES.keys()) == []
    assert [name for name, rule in declared.items() if rule != RULES[name]] == []


def test_who_has_not_signed_in_is_asked_to(world: World, stranger: Visitor) -> None:
    assert refused((stranger, case, Proof.NOW) for case in staff_cases(world)) == []


def test_a_password_alone_is_not_enough(world: World, visitors: dict[str, Visitor]) -> None:
    asked = (
        (visitors[name], case, Proof.NOT_YET)
        for name in ("administrator", "treasurer of SE")
        for case in staff_cases(world)
        if case.rule.complete
    )

    assert refused(asked) == []


def test_what_cannot_be_undone_asks_for_a_second_factor_shown_just_now(
    world: World, visitors: dict[str, Visitor]
) -> None:
    asked = (
        (visitor, case, Proof.LONG_AGO)
        for visitor in visitors.values()
        for case in staff_cases(world)
        if case.rule.fresh and visitor.may(case.rule.permission) and visitor.has(case, Whose.OWN)
    )

    assert refused(asked) == []


def test_a_role_opens_what_its_permissions_open(
    answers: Answers, world: World, visitors: dict[str, Visitor]
) -> None:
    told = {
        (visitor.name, case.label): answers.of(visitor, Probe(case, Whose.OWN)).status
        for visitor in visitors.values()
        for case in staff_cases(world)
        if visitor.has(case, Whose.OWN)
    }
    print_table(f"access-{world.kind}", told)

    wrong = [
        (visitor.name, case.label, status)
        for visitor in visitors.values()
        for case in staff_cases(world)
        if (status := told.get((visitor.name, case.label))) is not None
        and status not in (OPEN if visitor.may(case.rule.permission) else {403})
    ]
    assert wrong == []


def test_what_is_somebody_elses_is_not_there(
    answers: Answers, world: World, visitors: dict[str, Visitor]
) -> None:
    """The answer is that to what never was, to the letter."""
    told, wrong = {}, []
    for visitor in visitors.values():
        for case in staff_cases(world):
            if not visitor.has(case, Whose.NOBODYS):
                continue
            nobodys = answers.of(visitor, Probe(case, Whose.NOBODYS))
            expected = 404 if visitor.may(case.rule.permission) else 403
            if case.endpoint not in ASK_FIRST and nobodys.status != expected:
                wrong.append((visitor.name, case.label, nobodys.status))
            if visitor.has(case, Whose.FOREIGN):
                foreign = answers.of(visitor, Probe(case, Whose.FOREIGN))
                told[visitor.name, case.label] = foreign.status
                if foreign != nobodys:
                    wrong.append((visitor.name, case.label, foreign.status))
    print_table(f"foreign-{world.kind}", told)

    assert wrong == []
    assert 404 in told.values()
