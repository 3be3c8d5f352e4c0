"""What happens elsewhere changes nothing that somebody sees: no row, no sum, no count, no page."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from tests.matrix.cast import LIMITED
from tests.matrix.probes import probes

if TYPE_CHECKING:
    from tests.matrix.visitors import Visitor
    from tests.matrix.world import World


def test_whatever_is_given_elsewhere_a_page_stays_as_it_was(
    world: World, visitors: dict[str, Visitor]
) -> None:
    wrong = []
    for name in LIMITED:
        visitor = visitors[name]
        shown = [probe for probe in probes(world, visitor) if probe.only_shows]
        before = [probe.asked_by(visitor) for probe in shown]
        for place in visitor.elsewhere(world):
            world.grow(place)
        for probe, answer in zip(shown, before, strict=True):
            after = probe.asked_by(visitor)
            if after != answer:
                told, tells = answer.text.splitlines(), after.text.splitlines()
                wrong.append((name, probe, list(difflib.unified_diff(told, tells, n=0))[2:8]))

    assert wrong == []
