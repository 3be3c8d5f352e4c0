"""What everybody was told: each question is asked once, and judged by whoever wants to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tests.matrix.cast import LIMITED, cast
from tests.matrix.filters import watched
from tests.matrix.probes import Probe, probes
from tests.matrix.visitors import Visitor
from tests.matrix.words import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.matrix.filters import Filter
    from tests.matrix.visitors import Answer
    from tests.matrix.world import World


class Told(NamedTuple):
    """An answer, what was read of the question's address, and the filters that were passed."""

    answer: Answer
    read: set[str]
    passed: dict[Filter, None]


class Seen(NamedTuple):
    """What somebody was shown before and after something happened where they may not look."""

    visitor: Visitor
    probe: Probe
    before: Answer
    after: Answer


class Answers:
    """Everybody, and what they were told in this world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.visitors = {name: Visitor(world, name, grants) for name, grants in cast(world).items()}
        self._told: dict[object, Told] = {}

    def of(self, visitor: Visitor, probe: Probe) -> Answer:
        """Return what somebody was told, asking if nobody has yet."""
        return self._known(visitor, probe).answer

    def passed(self, visitor: Visitor, probe: Probe) -> list[Filter]:
        """Name the filters that are passed for an answer."""
        return list(self._known(visitor, probe).passed)

    def is_open(self, visitor: Visitor, probe: Probe) -> bool:
        """Tell whether a question can be answered otherwise than that without its words.

        What reads none of them goes its way as if they were not there.
        """
        if probe.case.method != "GET" or not probe.query:
            return True
        read = self._known(visitor, Probe(probe.case, probe.whose)).read
        return ALL in read or not read.isdisjoint(probe.query)

    @cached_property
    def seen(self) -> list[Seen]:
        """Ask the limited for all that is only shown, and again when more has happened elsewhere.

        On PostgreSQL the second time without a single `within` on what sections own: its policies
        alone hold the line that the filters hold on SQLite.
        """
        return [each for name in LIMITED for each in self._seen_by(self.visitors[name])]

    def _seen_by(self, visitor: Visitor) -> Iterator[Seen]:
        shown = [
            probe
            for probe in probes(self.world, visitor)
            if probe.only_shows and self.is_open(visitor, probe)
        ]
        # Anew, for what was asked meanwhile may have changed it.
        before = [self._ask(visitor, probe).answer for probe in shown]
        for place in visitor.elsewhere(self.world):
            self.world.grow(place)
        alone = self.world.kind == "postgresql"
        with watched(lambda each: alone and each.name == "within" and each.file.stem != "audit"):
            after = [probe.asked_by(visitor) for probe in shown]
        return map(Seen, [visitor] * len(shown), shown, before, after)

    def _known(self, visitor: Visitor, probe: Probe) -> Told:
        key = (visitor.name, *probe.key)
        return self._told[key] if key in self._told else self._ask(visitor, probe)

    def _ask(self, visitor: Visitor, probe: Probe) -> Told:
        passed: dict[Filter, None] = {}

        def note(each: Filter) -> bool:
            passed[each] = None
            return False

        read: set[str] = set()
        with watched(note):
            answer = probe.asked_by(visitor, read)
        told = self._told[visitor.name, *probe.key] = Told(answer, read, passed)
        return told
