"""Decide how a fund's desk works: in which currency a bare number is, and whether two key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import differences, refuse_stale
from fundtracker.services.desk.sitting import sitting
from fundtracker.services.record import record

if TYPE_CHECKING:
    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.store.desks import DeskRow


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What may be decided about a desk; see `DeskRow`."""

    in_fund_currency: bool
    two_keyers: bool


def settings_of(row: DeskRow) -> DeskSettings:
    """Return what is decided about a desk at the moment."""
    return DeskSettings(row.in_fund_currency, row.two_keyers)


def change_desk(
    parts: Parts, slug: str, wanted: DeskSettings, scope: Scope, *, made_from: str | None = None
) -> bool:
    """Change how a desk works; return whether anything differed. Raises UnknownFund or Changed."""
    with sitting(parts, slug, scope) as at:
        before = settings_of(at.row)
        refuse_stale(made_from, before)
        if wanted == before:
            return False
        at.row.in_fund_currency = wanted.in_fund_currency
        at.row.two_keyers = wanted.two_keyers
        at.visible = True
        old, new = differences(before, wanted)
        at.finish()
        record(
            at.session,
            parts,
            Action.DESK_CHANGED,
            f"fund:{slug}",
            fund_id=at.fund.id,
            before=old,
            after=new,
        )
    return True
