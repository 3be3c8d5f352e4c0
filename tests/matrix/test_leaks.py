"""Nothing of what lies beyond somebody's scope shines through anything that they can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.scope import Scope
from tests.matrix.cast import LIMITED, cast
from tests.matrix.crawler import refused_links
from tests.matrix.filters import watched
from tests.matrix.leaks import leaks
from tests.matrix.probes import probes
from tests.matrix.visitors import Visitor

if TYPE_CHECKING:
    from tests.matrix.world import World


# Their reach is that of somebody else who is asked thoroughly.
LIKE_OTHERS = {"treasurer of SE in the hall", "treasurer of SE who sees names"}


def test_nothing_beyond_the_scope_is_shown(world: World, visitors: dict[str, Visitor]) -> None:
    """On a page, in a list, by a search, a count, a sum, an order, a filter or in a file."""
    wrong, asked = [], 0
    for visitor in visitors.values():
        for probe in probes(world, visitor):
            if visitor.name in LIKE_OTHERS and (probe.query or probe.form):
                continue
            asked += 1
            if found := probe.finds(world, visitor):
                wrong.append((visitor.name, probe, found))

    assert wrong == []
    assert asked > 1000


@pytest.mark.postgresql
def test_the_tables_hold_the_line_by_themselves(postgres_world: World) -> None:
    """Without a single `within` on what sections own, PostgreSQL's policies let nothing through."""
    wrong = []
    for name in LIMITED:
        visitor = Visitor(postgres_world, name, cast(postgres_world)[name])
        for probe in probes(postgres_world, visitor):
            if probe.only_shows:
                with watched(lambda each: each.name == "within" and each.file.stem != "audit"):
                    answer = probe.asked_by(visitor)
                scope = visitor.scope(probe.case.rule.permission)
                everywhere = Scope.everything()
                found = leaks(
                    postgres_world, answer.text, scope, funds=everywhere, names=visitor.names
                )
                if found:
                    wrong.append((name, probe, found))

    assert wrong == []


def test_whatever_link_is_shown_opens(visitors: dict[str, Visitor]) -> None:
    refused = [(name, refused_links(visitor)) for name, visitor in visitors.items()]

    assert [(name, links) for name, links in refused if links] == []


def test_what_is_looked_for_is_there_to_be_found(
    world: World, visitors: dict[str, Visitor]
) -> None:
    """Whoever may see everything is shown all of it: the canaries are none that nobody sees."""
    visitor = visitors["auditor who sees names"]
    text = "".join(
        probe.asked_by(visitor).text
        for probe in probes(world, visitor)
        if probe.case.endpoint.startswith(("treasury.", "office.audit"))
    )

    words = [word for place in world.places for word in (*place.ids[:2], place.fund_name)]
    assert [word for word in (*words, *world.places[0].personal) if word not in text] == []
