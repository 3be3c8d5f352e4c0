"""What a page of the office is about: found within the reader's scope, or not there at all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.actors import ActorKind
from fundtracker.domain.errors import NotFound, UnknownFund
from fundtracker.domain.roles import Permission
from fundtracker.store import funds, sections, staff
from fundtracker.web.access import me, scope
from fundtracker.web.context import parts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.sections import FundSection, Section


def find_fund(session: Session, slug: str, permission: Permission) -> Fund:
    """Return a fund that the visitor may do this with; raises UnknownFund for every other."""
    fund = funds.by_slug(session, slug)
    if not scope(permission).allows_fund(fund.id):
        raise UnknownFund
    return fund


def fund_for(slug: str, permission: Permission) -> Fund:
    """The same in a reading of its own, before a use case begins."""
    with parts().database.reading(scope(permission)) as session:
        return find_fund(session, slug, permission)


def find_section(session: Session, code: str) -> tuple[Section, dict[int, FundSection]]:
    """Return a section and its parts in the funds that the visitor may read; raises NotFound.

    Who reads on behalf of single funds knows only of the sections that take part in them.
    """
    reach = scope(Permission.READ_FUNDS)
    section = sections.by_code(session).get(code)
    found = {} if section is None else sections.places(session, reach).get(section.id, {})
    if section is None or not (found or reach.is_everything):
        raise NotFound
    return section, found


def may(permission: Permission, fund: Fund) -> bool:
    """Tell whether the visitor may do something with this very fund."""
    return scope(permission).allows_fund(fund.id)


def may_change_sections() -> bool:
    """Tell whether the visitor may change what is the same in all funds."""
    return me().scope(Permission.CHANGE_FUNDS).is_everything


def who(session: Session, actors: Iterable[str | None]) -> dict[str, str]:
    """Return who acted, in words: staff by their names, commands by the account that ran them."""
    known = {actor for actor in actors if actor}
    prefix = f"{ActorKind.STAFF}:"
    tokens = {actor.removeprefix(prefix) for actor in known if actor.startswith(prefix)}
    names = staff.names_of(session, tokens)
    return {actor: names.get(actor.removeprefix(prefix), actor) for actor in known}


def when(moment: datetime, timezone: str) -> str:
    """Write a time on paper: in the fund's timezone, and the same in every language."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
