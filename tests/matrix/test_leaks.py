"""Nothing of what lies beyond somebody's scope shines through anything that they can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.matrix.leaks import leaks
from tests.matrix.probes import probes

if TYPE_CHECKING:
    from tests.matrix.visitors import Visitor
    from tests.matrix.world import World


def test_nothing_beyond_the_scope_is_shown(world: World, visitors: dict[str, Visitor]) -> None:
    """On a page, in a list, by a search, a count, a sum, an order, a filter or in a file."""
    wrong, asked = [], 0
    for visitor in visitors.values():
        for probe in probes(world, visitor):
            answer = probe.asked_by(visitor)
            asked += 1
            scope = visitor.scope(probe.case.rule.permission)
            found = leaks(world, answer.text, scope, visitor.names)
            twin = answer if probe.twin is None else probe.twin.asked_by(visitor)
            if found or answer != twin or answer.status >= 500:
                wrong.append((visitor.name, probe, answer.status, twin.status, found))

    assert wrong == []
    assert asked > 1000
