"""Each filter of the code left out in turn: what the matrix asks must notice every one of them.

No policy of the database stands underneath: SQLite has none, and on PostgreSQL the app signs in as
a superuser. A filter behind another filter that holds the same line is asked by itself; any other
one is noticed by a question on whose way it was seen to stand, or by none.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from fundtracker.web.access import rule_of
from tests.matrix import world as worlds
from tests.matrix.cast import LIMITED, cast
from tests.matrix.direct import DIRECT
from tests.matrix.filters import Filter, filters, watched
from tests.matrix.probes import Probe, probes
from tests.matrix.tables import print_table
from tests.matrix.visitors import Proof, Visitor, cases
from tests.support import databases
from tests.support.postgres import as_superuser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.matrix.answers import Answers
    from tests.matrix.world import World

ASKED = (*LIMITED, "auditor, central treasurer of the hall")
FORBIDDEN, PROVE = 403, {"GET": 303, "POST": 401}
# What these do refuses by itself as well.
REFUSED_AGAIN = {
    "POST /account/authenticator/remove",
    "POST /account/passkeys/<int:passkey_id>/remove",
    "POST /account/recovery-codes",
    "POST /office/new-fund",
    "POST /office/new-section",
    "POST /office/sections/<code>",
    "POST /office/sections/<code>/aliases",
    "GET  /treasury/exports/<token>",
}
Asked = list[tuple[Visitor, Probe]]
Rounds = tuple[Asked, ...]


class Caught(NamedTuple):
    """What noticed that a filter was left out: a question of somebody's, or one of its own."""

    found: str
    visitor: str = ""
    probe: Probe | None = None

    def __str__(self) -> str:
        """What stands in the table."""
        where = "" if self.probe is None else f"{self.visitor}, {self.probe.case.label}: "
        return f"{where}{self.found}"


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: what is left out lets things be done that should not."""
    with worlds.opened(sqlite_url, tmp_path) as world:
        yield world


@pytest.fixture(scope="module")
def caught(
    sqlite_template: Path,
    sqlite_answers: Answers,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[Filter, Caught | None]:
    """Leave each filter out on SQLite, until something notices it."""
    folder = tmp_path_factory.mktemp("mutations")
    file = Path(shutil.copy(sqlite_template, folder / "fundtracker.db"))
    with worlds.opened(databases.sqlite_url(file), folder) as world:
        rounds = traced(sqlite_answers, world)
        return {
            each: asked_by_itself(world, each) or noticed(world, each, rounds) for each in filters()
        }


def test_no_filter_can_be_left_out_unnoticed(caught: dict[Filter, Caught | None]) -> None:
    cells = {("caught by", each.label): str(by or "") for each, by in caught.items()}
    print_table("scope-mutations", cells)

    assert [each.label for each, by in caught.items() if by is None] == []
    assert len(caught) > 30


def test_a_question_of_its_own_is_answered_with_nothing_where_the_filter_stands(
    world: World,
) -> None:
    """Else it would notice that a filter is missing also where none is."""
    found = {question: question(world) for question in dict.fromkeys(DIRECT.values())}

    assert [key for key, question in DIRECT.items() if found[question]] == []


@pytest.mark.postgresql
def test_on_postgresql_the_same_question_notices_it(
    caught: dict[Filter, Caught | None], postgres_url: str, tmp_path: Path
) -> None:
    with worlds.opened(as_superuser(postgres_url), tmp_path) as world:
        visitors = {name: Visitor(world, name, cast(world)[name]) for name in ASKED}
        unnoticed = []
        for each, by in caught.items():
            asked = [] if by is None or by.probe is None else [(visitors[by.visitor], by.probe)]
            if by is not None and not (
                asked_by_itself(world, each)
                or shines_through(world, each, asked)
                or changes(world, each, asked)
            ):
                unnoticed.append(each.label)

    assert unnoticed == []


def traced(answers: Answers, world: World) -> dict[Filter, Rounds]:
    """Return the questions on whose way each filter stood, to be asked in another world."""
    asked: defaultdict[Filter, Asked] = defaultdict(list)
    for name in ASKED:
        there, here = answers.visitors[name], Visitor(world, name, cast(world)[name])
        same = zip(probes(answers.world, there), probes(world, here), strict=True)
        for theirs, ours in same:
            if answers.is_open(there, theirs):
                for each in answers.passed(there, theirs):
                    asked[each].append((here, ours))
    return {each: _rounds(questions) for each, questions in asked.items()}


def _rounds(questions: Asked) -> Rounds:
    """Begin with one question of everybody to each route, those whose answer is known before all.

    An answer that is not what it was known to be takes one question to notice.
    """
    first: Asked = []
    rest: Asked = []
    seen = set()
    for visitor, probe in sorted(questions, key=lambda each: not each[1].is_known):
        turn = (visitor.name, probe.case.label, probe.is_known)
        (rest if turn in seen else first).append((visitor, probe))
        seen.add(turn)
    return first, rest


def asked_by_itself(world: World, each: Filter) -> Caught | None:
    """Tell whether a filter that stands behind another one holds something back by itself."""
    if each.key not in DIRECT:
        return None
    with watched(each.__eq__):
        return Caught("asked by itself") if DIRECT[each.key](world) else None


def noticed(world: World, each: Filter, rounds: dict[Filter, Rounds]) -> Caught | None:
    """Leave a filter out until a question notices it; one that none meets, none can notice."""
    for asked in rounds.get(each, ()):
        if found := shines_through(world, each, asked) or changes(world, each, asked):
            return found
    return None


def shines_through(world: World, each: Filter, asked: Asked) -> Caught | None:
    """Tell what shines through without a filter, and does not with it."""
    for visitor, probe in asked:
        with watched(each.__eq__):
            found = probe.finds(world, visitor)
        if found and not probe.finds(world, visitor):
            return Caught(found[0], visitor.name, probe)
    return None


def changes(world: World, each: Filter, asked: Asked) -> Caught | None:
    """Tell which page, without a filter, changes when something happens elsewhere."""
    by_visitor: defaultdict[Visitor, list[Probe]] = defaultdict(list)
    for visitor, probe in asked:
        if probe.only_shows:
            by_visitor[visitor].append(probe)
    for visitor, shown in by_visitor.items():
        with watched(each.__eq__):
            before = [probe.asked_by(visitor) for probe in shown]
            for place in visitor.elsewhere(world):
                world.grow(place)
            for probe, answer in zip(shown, before, strict=True):
                if probe.asked_by(visitor) != answer:
                    return Caught("changed by others", visitor.name, probe)
    return None


@contextmanager
def without(view: Any, **parts: object) -> Iterator[None]:  # noqa: ANN401 - whatever Flask keeps
    """Take something out of the rule of a view."""
    rule = vars(view)["access_rule"]
    vars(view)["access_rule"] = replace(rule, **parts)
    try:
        yield
    finally:
        vars(view)["access_rule"] = rule


def test_no_permission_and_no_proof_can_be_left_out_unnoticed(world: World) -> None:
    nobody = Visitor(world, "somebody without a role", ())
    administrator = Visitor(world, "administrator", cast(world)["administrator"])
    views = world.office.app.view_functions
    unnoticed = []
    for case in cases(world.office.app):
        rule = rule_of(views[case.endpoint])
        if rule.permission is not None:
            with without(views[case.endpoint], permission=None, fresh=False):
                if nobody.ask(case).status == FORBIDDEN:
                    unnoticed.append(case.label)
        if rule.fresh and administrator.may(rule.permission):
            with without(views[case.endpoint], fresh=False):
                if administrator.ask(case, proof=Proof.LONG_AGO).status == PROVE[case.method]:
                    unnoticed.append(case.label)

    assert set(unnoticed) <= REFUSED_AGAIN
