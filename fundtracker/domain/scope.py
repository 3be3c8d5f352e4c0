"""Whose rows a reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Scope:
    """The sections whose data may be read; None means all of them.

    Every query of rows that a section owns takes one, so that none can forget to ask.
    """

    section_ids: frozenset[int] | None

    @classmethod
    def everything(cls) -> Scope:
        """Return the scope of the centre, and of code that acts for nobody in particular."""
        return cls(None)

    @classmethod
    def of(cls, ids: Iterable[int]) -> Scope:
        """Return the scope of somebody who belongs to these sections, perhaps none."""
        return cls(frozenset(ids))

    def allows(self, section_id: int) -> bool:
        """Tell whether rows of this section may be read."""
        return self.section_ids is None or section_id in self.section_ids
