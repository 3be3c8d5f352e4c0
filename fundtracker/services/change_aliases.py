"""Change by which other words tellers call a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fundtracker.domain.audit import Action
from fundtracker.domain.desk.aliases import read_aliases, refuse_taken, taken_alias
from fundtracker.domain.editions import refuse_stale
from fundtracker.services.record import record
from fundtracker.store import aliases, funds, sections

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


def change_aliases(parts: Parts, code: str, typed: str, *, made_from: str | None = None) -> bool:
    """Let a section be called by the words of a text; return whether anything differed.

    Raises NotFound, Invalid or Changed.
    """
    words = read_aliases(typed)
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = sections.locked(session, code)
        before = aliases.of_section(session, row.id)
        refuse_stale(made_from, before)
        if words == before:
            return False
        others = aliases.all_aliases(session)
        refuse_taken(
            words,
            {word for word, section in others.items() if section != row.id}
            | sections.by_code(session).keys(),
        )
        try:
            aliases.replace(session, row.id, words)
        except IntegrityError:
            # Another section took one of them a moment ago.
            raise taken_alias(" ".join(words)) from None
        versions = funds.bump(session, sections.funds_with(session, [row.id]), now)
        record(
            session,
            parts,
            Action.SECTION_CHANGED,
            f"section:{code}",
            section_id=row.id,
            before={"aliases": list(before)},
            after={"aliases": list(words)},
        )
    for slug, version in versions.items():
        parts.broker.announce(slug, version)
    return True
