"""Pledges as the desk, a form or a treasurer would have made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.count import count
from fundtracker.services.promise import NewPledge, promise
from fundtracker.store import funds, pledges, sections

if TYPE_CHECKING:
    from fundtracker.domain.money import Money
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow


def a_pledge(
    parts: Parts,
    slug: str,
    amount: Money,
    section: str = "",
    **fields: Any,  # noqa: ANN401 - whatever a new pledge has
) -> PledgeRow:
    """Make one that is open and counts, booked and announced as a service does."""
    return some_pledges(parts, slug, [amount], section, **fields)[0]


def some_pledges(
    parts: Parts,
    slug: str,
    amounts: list[Money],
    section: str = "",
    **fields: Any,  # noqa: ANN401 - the same
) -> list[PledgeRow]:
    """Make several in one unit of work."""
    with parts.database.unit_of_work() as session:
        fund = funds.by_slug(session, slug)
        ids = {
            part.section.code: part.section.id
            for part in sections.of_fund(session, fund.id, Scope.everything())
        }
        usual: dict[str, Any] = {"source": PledgeSource.FLOOR, "status": PledgeStatus.OPEN}
        usual |= fields
        place = ids.get(section, NO_SECTION)
        wanted = [NewPledge(place, amount, **usual) for amount in amounts]
        made = promise(session, parts, fund, wanted)
        count(session, made.changes, parts.clock())
    return made.rows


def read(parts: Parts, token: str) -> PledgeRow:
    """A pledge as it is now."""
    with parts.database.reading() as session:
        return pledges.by_token(session, token, Scope.everything())
