"""What a form about somebody's rights offers, and what was chosen in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.members import NewGrant
from fundtracker.domain.roles import Role
from fundtracker.store import funds, sections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Choices:
    """Every role, the funds by slug and the sections by code with their names."""

    roles: tuple[Role, ...]
    funds: dict[str, str]
    sections: dict[str, str]


def choices(session: Session) -> Choices:
    """Read what there is to choose from."""
    parts = sorted(sections.by_code(session).values(), key=lambda part: part.name.casefold())
    return Choices(
        roles=tuple(Role),
        funds={fund.slug: fund.name for fund in funds.all_funds(session)},
        sections={part.code: part.name for part in parts},
    )


def chosen_grant(form: Mapping[str, str]) -> NewGrant:
    """Return what was chosen, as it was sent."""
    return NewGrant(
        role=form.get("role", ""),
        fund=form.get("fund", ""),
        section=form.get("section", ""),
        sees_names="sees_names" in form,
        sees_emails="sees_emails" in form,
    )
