"""Nothing of what lies beyond somebody's scope shines through anything that they can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.matrix.crawler import refused_links
from tests.matrix.probes import probes

if TYPE_CHECKING:
    from tests.matrix.visitors import Visitor
    from tests.matrix.world import World


def test_nothing_beyond_the_scope_is_shown(world: World, visitors: dict[str, Visitor]) -> None:
    """On a page, in a list, by a search, a count, a sum, an order, a filter or in a file."""
    wrong, asked = [], 0
    for visitor in visitors.values():
        for probe in probes(world, visitor):
            asked += 1
            if found := probe.finds(world, visitor):
                wrong.append((visitor.name, probe, found))

    assert wrong == []
    assert asked > 1000


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
