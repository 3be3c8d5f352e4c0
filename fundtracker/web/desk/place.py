"""The desk at an address: found within the reader's scope, or not there at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import initials
from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.roles import Permission
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store import desks, funds, sections, staff
from fundtracker.web.access import me, scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope
    from fundtracker.domain.sections import Section
    from fundtracker.store.desks import DeskRow


def reach() -> Scope:
    """Return where the visitor sits at desks."""
    return scope(Permission.USE_DESK)


@dataclass(frozen=True)
class Place:
    """A desk in one reading, with what its lines name: sections, and tellers by their tokens.

    What is known already, sections by id, is not read.
    """

    session: Session
    fund: Fund
    scope: Scope
    known: Mapping[int, Section] | None = None
    _names: dict[str, str] = field(default_factory=lambda: {me().token: me().name})

    @cached_property
    def desk(self) -> DeskRow:
        """What is set at the desk."""
        return desks.of_fund(self.session, self.fund.id)

    @cached_property
    def sections(self) -> Mapping[int, Section]:
        """The sections of the fund, by id."""
        if self.known is not None:
            return self.known
        parts = sections.of_fund(self.session, self.fund.id, self.scope)
        return {part.section.id: part.section for part in parts}

    def code_of(self, section_id: int) -> str:
        """The code of a section, "" for none."""
        return self.sections[section_id].code if section_id != NO_SECTION else ""

    def names(self, tokens: Iterable[str | None]) -> dict[str, str]:
        """What tellers are called; each is deciphered once."""
        wanted = {token for token in tokens if token}
        missing = wanted - self._names.keys()
        if missing:
            self._names.update(staff.names_of(self.session, missing))
        return {token: self._names[token] for token in wanted if token in self._names}

    def initials(self, tokens: Iterable[str | None]) -> dict[str, str]:
        """By what tellers stand on lines."""
        return {token: initials(name) for token, name in self.names(tokens).items()}


def place_at(session: Session, slug: str) -> Place:
    """Return the desk of a fund that the visitor may use; raises UnknownFund for every other."""
    fund, where = funds.by_slug(session, slug), reach()
    if not where.allows_fund(fund.id) or fund.status is FundStatus.DRAFT:
        raise UnknownFund
    return Place(session, fund, where)


def teller() -> str:
    """Return the token of who asks."""
    return me().token
