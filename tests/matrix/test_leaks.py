"""Nothing of what lies beyond somebody's scope shines through anything that they can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.matrix import world as worlds
from tests.matrix.cast import OWN, cast
from tests.matrix.crawler import refused_links
from tests.matrix.probes import probes
from tests.matrix.visitors import Visitor

if TYPE_CHECKING:
    from pathlib import Path

    from tests.matrix.answers import Answers

# Their reach is that of somebody else who is asked thoroughly.
LIKE_OTHERS = {"treasurer of SE in the hall", "treasurer of SE who sees names"}


def test_nothing_beyond_the_scope_is_shown(answers: Answers) -> None:
    """On a page, in a list, by a search, a count, a sum, an order, a filter or in a file."""
    wrong, told = [], len(answers.seen)
    for visitor in answers.visitors.values():
        for probe in probes(answers.world, visitor):
            if visitor.name in LIKE_OTHERS and (probe.query or probe.form):
                continue
            if answers.is_open(visitor, probe):
                told += 1
                if found := probe.finds(answers.world, visitor, answers.of):
                    wrong.append((visitor.name, probe, found))

    assert wrong == []
    assert told > 2000


def test_whatever_link_is_shown_opens(sqlite_url: str, tmp_path: Path) -> None:
    """Templates know of no database: one is enough, with no more in it than there is of kinds."""
    with worlds.opened(sqlite_url, tmp_path) as world:
        for fund in worlds.FUNDS:
            world.grow(world.place(fund, OWN))
        refused = [
            (name, link)
            for name, grants in cast(world).items()
            for link in refused_links(Visitor(world, name, grants))
        ]

    assert refused == []


def test_what_is_looked_for_is_there_to_be_found(answers: Answers) -> None:
    """Whoever may see everything is shown all of it: the canaries are none that nobody sees."""
    visitor = answers.visitors["auditor who sees names"]
    text = "".join(
        answers.of(visitor, probe).text
        for probe in probes(answers.world, visitor)
        if probe.case.endpoint.startswith(("treasury.", "office.audit"))
    )

    places = answers.world.places
    words = [word for place in places for word in (*place.ids[:2], place.fund_name)]
    assert [word for word in (*words, *places[0].personal) if word not in text] == []
