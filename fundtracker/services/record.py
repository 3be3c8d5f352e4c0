"""Record: write into the audit log who did what, from where, before and after."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.chain import Deed, canonical
from fundtracker.store import audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.actors import Actor
    from fundtracker.services.parts import Parts

# Enough to see what somebody was after.
_LONGEST_TYPED = 64


def record(  # noqa: PLR0913 - the fields of an entry
    session: Session,
    parts: Parts,
    action: Action,
    subject: str,
    *,
    fund_id: int | None = None,
    section_id: int | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    private: Mapping[str, object] | None = None,
) -> None:
    """Record an act in the unit of work that does it, as the last thing in it.

    `before` and `after` hold no personal data and stand for ever; names, addresses, references and
    reasons go into `private`, where the actor's place stands as well, and can be erased. The log's
    lock is held from here to the commit: what settles money never records, so never waits for it.
    """
    facts = {"before": before, "after": after}
    deed = Deed(
        at=parts.clock(),
        actor=str(parts.actor),
        action=action,
        subject=subject,
        fund_id=fund_id,
        section_id=section_id,
        facts=canonical({name: value for name, value in facts.items() if value is not None}),
        private=_salted({**(private or {}), **_place(parts.actor)}),
    )
    audit.append(session, deed)


def record_refusal(
    parts: Parts, action: Action, subject: str, reason: str, *, typed: str = ""
) -> None:
    """Record that somebody was told no, in a unit of work of its own: theirs was rolled back.

    `typed` is what they asked for where nothing is called that: it may be anything, so it must not
    be the subject, which stands for ever.
    """
    refused, private = {"refused": action}, {"reason": reason}
    if typed:
        private["asked"] = typed[:_LONGEST_TYPED]
    with parts.database.unit_of_work() as session:
        record(session, parts, Action.REFUSED, subject, after=refused, private=private)


def _place(actor: Actor) -> dict[str, object]:
    return {"place": actor.place} if actor.place else {}


def _salted(private: dict[str, object]) -> str | None:
    """Without a salt, whoever guesses an address could check it against the commitment."""
    return canonical({**private, "salt": secrets.token_hex(16)}) if private else None
