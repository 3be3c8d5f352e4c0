"""Tellers at the desk of a hall: what they type, and what stands there then."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.desk.keys import desk_key
from fundtracker.domain.scope import Scope
from fundtracker.services.desk.check import Check, Verdict, check
from fundtracker.services.desk.take import Sent, take
from fundtracker.store import calls, desks, funds, sections, totals
from fundtracker.store.pledges import PledgeRow

if TYPE_CHECKING:
    from fundtracker.domain.totals import Totals
    from fundtracker.services.desk.once import Taken
    from fundtracker.services.parts import Parts
    from fundtracker.store.calls import CallRow

EVERYWHERE = Scope.everything()
_IDS = itertools.count(1)


@dataclass(frozen=True)
class Hall:
    """The desk of the fund `slug`, in the hands of one teller."""

    parts: Parts
    slug: str = "hall"
    scope: Scope = field(default=EVERYWHERE)

    def of(self, teller: str) -> Hall:
        """The same desk in the hands of somebody else."""
        return replace(self, parts=self.parts.acting(Actor.staff(teller)))

    @property
    def key(self) -> str:
        """What a queue typed for this desk carries."""
        with self.parts.database.reading() as session:
            fund = funds.by_slug(session, self.slug)
            return desk_key(desks.of_fund(session, fund.id).key, fund)

    @property
    def version(self) -> int:
        """The true version of the fund."""
        with self.parts.database.reading() as session:
            return funds.by_slug(session, self.slug).version

    @property
    def fund_id(self) -> int:
        """The id of the fund."""
        with self.parts.database.reading() as session:
            return funds.by_slug(session, self.slug).id

    def sent(self, line: str, **fields: Any) -> Sent:  # noqa: ANN401 - whatever is sent
        """What a browser would send for a line."""
        plain: dict[str, Any] = {
            "client_id": f"client-{next(_IDS)}",
            "key": self.key,
            "typed_at": self.parts.clock(),
        }
        return Sent(line=line, **plain | fields)

    def send(self, sent: Sent) -> Taken:
        """Send it, perhaps once more."""
        return take(self.parts, self.slug, sent, self.scope)

    def type(self, line: str, **fields: Any) -> int:  # noqa: ANN401 - the same
        """Type a line or a command, and return the number of the line that it made or changed."""
        numbers = self.send(self.sent(line, **fields)).numbers
        return numbers[0] if numbers else 0

    def check(self, *numbers: int, verdict: str = "confirm", **fields: Any) -> Taken:  # noqa: ANN401 - the same
        """Say something of lines as they are now."""
        lines = tuple((number, self.line(number).version) for number in numbers)
        plain: dict[str, Any] = {"client_id": f"check-{next(_IDS)}", "lines": lines}
        wanted = Check(**plain | {"verdict": Verdict(verdict)} | fields)
        return check(self.parts, self.slug, wanted, self.scope)

    def line(self, number: int) -> CallRow:
        """A line as it stands."""
        with self.parts.database.reading() as session:
            row = calls.by_numbers(session, self.fund_id, [number], EVERYWHERE)[number]
            session.expunge_all()
            return row

    def state(self, number: int) -> str:
        """How a line stands."""
        return self.line(number).state

    def pledges(self, number: int) -> list[PledgeRow]:
        """The pledges of a line."""
        with self.parts.database.reading() as session:
            query = select(PledgeRow).where(PledgeRow.call_id == self.line(number).id)
            return list(session.scalars(query.order_by(PledgeRow.id)))

    def totals(self, section: int | None = None) -> Totals:
        """What counts of the fund, or of one of its sections."""
        with self.parts.database.reading() as session:
            found = totals.of_fund(session, self.fund_id, EVERYWHERE)
        return found[section] if section is not None else sum_of(found)


def section_id(hall: Hall, code: str) -> int:
    """The id of a section."""
    with hall.parts.database.reading() as session:
        return sections.by_code(session)[code].id


def sum_of(found: dict[int, Totals]) -> Totals:
    """Add the totals of sections up."""
    first, *others = found.values()
    for each in others:
        first += each
    return first
