"""Count paper: keep what was counted on paper beside the desk, to be held against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.desk.open import refuse_unless_correctable
from fundtracker.domain.errors import N_, Changed
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.desk.sitting import EVERYTHING, sitting
from fundtracker.store import paper, sections

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fundtracker.domain.money import Money
    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts

    # The code of a section, "" for none, and a currency in which it was called.
    Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum on paper as somebody types it, and as it was shown to them; None is no sum."""

    typed: Money | None
    shown: Money | None


class OtherSums(Changed):
    """Somebody else has typed other sums meanwhile; `places` says where."""

    message = N_(
        "Somebody else has typed other sums meanwhile. Nothing was saved: choose which ones hold."
    )

    def __init__(self, places: Collection[Place]) -> None:
        """Carry where they differ."""
        super().__init__()
        self.places = frozenset(places)


def count_paper(parts: Parts, slug: str, counted: Mapping[Place, Sum], scope: Scope) -> None:
    """Keep the sums on paper that are not as they were shown; what was left alone stays.

    Raises UnknownFund, NotNow, or OtherSums where both have typed something, and then all is as it
    was.
    """
    with sitting(parts, slug, scope) as at:
        refuse_unless_correctable(at.fund)
        codes = {
            part.section.code: part.section.id
            for part in sections.of_fund(at.session, at.fund.id, EVERYTHING)
        } | {"": NO_SECTION}
        on_paper = paper.sums(at.session, at.fund.id, EVERYTHING)
        wanted: dict[tuple[int, str], Money | None] = {}
        others: list[Place] = []
        for (code, currency), each in counted.items():
            place = codes.get(code, NO_SECTION), currency
            now = on_paper.get(place)
            if code not in codes or each.typed in {each.shown, now}:
                continue
            wanted[place] = each.typed
            if now != each.shown:
                others.append((code, currency))
        if others:
            raise OtherSums(others)
        paper.keep(at.session, at.fund.id, wanted, at.teller, at.now)
