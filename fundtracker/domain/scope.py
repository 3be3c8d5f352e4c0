"""Whose rows a reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows of a fund and of a section; None stands for every fund, for every section."""

    fund_id: int | None = None
    section_id: int | None = None

    def __str__(self) -> str:
        """Write it as the database's own policies read it: 3/12, 3/*, */12 or *."""
        if self.fund_id is None and self.section_id is None:
            return "*"
        return "/".join("*" if id is None else str(id) for id in (self.fund_id, self.section_id))


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that may be read: those within any of the reaches; none at all without one.

    Every query of rows that a section owns takes one, so that none can forget to ask.
    """

    reaches: frozenset[Reach]

    @classmethod
    def everything(cls) -> Scope:
        """Return the scope of the centre, and of code that acts for nobody in particular."""
        return cls(frozenset({Reach()}))

    @classmethod
    def nothing(cls) -> Scope:
        """Return the scope of somebody who may read no rows."""
        return cls(frozenset())

    @classmethod
    def of(cls, section_ids: Iterable[int]) -> Scope:
        """Return the scope of somebody who belongs to these sections, perhaps none."""
        return cls(frozenset(Reach(section_id=id) for id in section_ids))

    @property
    def is_everything(self) -> bool:
        """Whether every row may be read."""
        return Reach() in self.reaches

    def allows(self, fund_id: int, section_id: int) -> bool:
        """Tell whether rows of this section in this fund may be read."""
        return any(
            reach.fund_id in {None, fund_id} and reach.section_id in {None, section_id}
            for reach in self.reaches
        )

    def allows_fund(self, fund_id: int) -> bool:
        """Tell whether any rows of this fund may be read."""
        return any(reach.fund_id in {None, fund_id} for reach in self.reaches)

    def __str__(self) -> str:
        """Write it as the database's own policies read it."""
        return ",".join(sorted(map(str, self.reaches)))
