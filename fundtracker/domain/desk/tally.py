"""The desk held against the count on paper, section by section and currency by currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What was typed at the desk for a section in a currency, and what stands on paper.

    `paper` is None where nothing was written down.
    """

    section_id: int
    desk: Money
    paper: Money | None

    @property
    def money(self) -> Money | None:
        """What paper has more than the desk; less, if it is negative."""
        return None if self.paper is None else self.paper - self.desk


def differences(desk: Mapping[Place, Money], paper: Mapping[Place, Money]) -> list[Difference]:
    """Hold one against the other; what is on neither side is left out."""
    return [
        Difference(section, desk.get((section, code), Money(0, code)), paper.get((section, code)))
        for section, code in sorted({*desk, *paper})
    ]
