"""Hold: freeze what the world sees of a fund while the count goes on, and let it go again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fundtracker.domain.funds import ScreenMode
from fundtracker.domain.held import concealed
from fundtracker.domain.scope import Scope
from fundtracker.store import funds, sections, snapshots

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts


def hold(parts: Parts, slug: str) -> None:
    """Freeze the published snapshot as it is now; raises UnknownFund. Staff keep the truth."""
    _change(parts, slug, ScreenMode.HOLD)


def release(parts: Parts, slug: str) -> None:
    """Publish the fund as it is again; raises UnknownFund."""
    _change(parts, slug, ScreenMode.LIVE)


def conceal(session: Session, slug: str) -> None:
    """Take sections that are no longer shown out of what is frozen, under the fund's new version.

    Whoever hides a section cannot wait for the count to go on.
    """
    row = funds.row_of(session, slug)
    session.refresh(row)
    if row.held is None:
        return
    seen = {
        part.section.code: part.visibility
        for part in sections.of_fund(session, row.id, Scope.everything())
    }
    picture = concealed(row.held, seen, row.version)
    if picture is not None:
        row.held, row.held_version = picture, row.version


def _change(parts: Parts, slug: str, mode: ScreenMode) -> None:
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = funds.locked(session, slug)
        if row.mode == mode:
            return
        version = funds.bump(session, [row.id], now)[slug]
        session.refresh(row)
        frozen = replace(snapshots.public(session, slug), mode=mode)
        held = mode is ScreenMode.HOLD
        row.mode, row.mode_since = mode, now
        row.held = frozen.to_json().decode() if held else None
        row.held_version = version if held else None
    parts.broker.announce(slug, version)
