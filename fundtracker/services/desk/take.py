"""Take what a teller typed, a line or a command, once, however often it arrives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.commands import read_command
from fundtracker.domain.desk.open import refuse_unless_correctable, refuse_unless_taking
from fundtracker.domain.desk.seen import Seen
from fundtracker.domain.desk.values import Level, Refused
from fundtracker.domain.errors import N_
from fundtracker.services.desk import commands
from fundtracker.services.desk.blind import keep_blind, meet
from fundtracker.services.desk.book import Origin, book, park
from fundtracker.services.desk.edited import edited
from fundtracker.services.desk.once import Taken, Written, digest_of, remember, repeated
from fundtracker.services.desk.replace import replace_line
from fundtracker.services.desk.sitting import sitting
from fundtracker.services.desk.understand import Unanswered, Use, desk_before, desk_now, understand
from fundtracker.services.desk.undo import take_back
from fundtracker.store import desks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fundtracker.domain.desk.values import Desk, Mark
    from fundtracker.domain.scope import Scope
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.services.parts import Parts
    from fundtracker.store.calls import CallRow


@dataclass(frozen=True, slots=True)
class Sent:
    """What a browser sends; `client_id` is random, `key` that of the desk it was typed for.

    `habits` and `sure` come from a question that was answered. `replaces` is the number of a line
    that this one stands instead of. `shown` is the version of the fund that the teller saw, `seen`
    those of the lines that this one names; with `chosen` a difference was shown to them. A `blind`
    line is that of the second of two keyers. `level` is what was called up on the teller's screen,
    where that is known.
    """

    client_id: str
    line: str = field(repr=False)
    key: str
    typed_at: datetime
    sure: bool = False
    habits: Mapping[str, Mark] = field(default_factory=dict)
    parked: bool = False
    blind: bool = False
    replaces: int | None = None
    shown: int | None = None
    seen: Mapping[int, int] = field(default_factory=dict)
    chosen: bool = False
    level: Level | None = None

    @property
    def screen(self) -> Seen:
        """What the teller had before them."""
        return Seen(self.seen, self.shown, self.chosen)

    @property
    def is_command(self) -> bool:
        """Whether something is to be done, and nothing to be kept as it was typed."""
        return self.line.lstrip().startswith("/") and not self.parked

    @property
    def content(self) -> str:
        """What makes it this line and no other one."""
        marks = (self.line, self.parked, self.blind, self.replaces)
        return "\x1f".join(map(str, marks))


def take(parts: Parts, slug: str, sent: Sent, scope: Scope) -> Taken:
    """Book a line or do a command, and return what it made or changed.

    Raises UnknownFund, NotNow, Unanswered, Invalid, OtherContent or Differs: nothing is written.
    """
    # Before one's turn: while it lasts everybody else waits.
    with parts.database.reading() as session:
        before = desk_before(session, slug, parts.actor.name, sent.habits)
    with sitting(parts, slug, scope, sent.key) as at:
        known = repeated(at, sent.client_id, sent.content)
        if known is not None:
            return replace(known, level=_level(before, sent))
        desk = replace(desk_now(at, before, sent.habits), level_seen=sent.level)
        rows = _command(at, desk, sent) if sent.is_command else _line(at, desk, sent)
        desks.learn(at.session, at.teller, sent.habits)
    sections = {section.id: section for section in desk.sections.values()}
    numbers = tuple(row.number for row in rows)
    return Taken(numbers, written=Written(at.fund, rows, sections), level=_level(before, sent))


def _level(desk: Desk, sent: Sent) -> Level | None:
    """What a command has called up, None for everything else that is sent."""
    found = read_command(sent.line, desk) if sent.is_command else None
    return found if isinstance(found, Level) else None


def _line(at: Sitting, desk: Desk, sent: Sent) -> list[CallRow]:
    refuse_unless_taking(at.fund, at.now)
    return _booked(at, desk, sent)


def _booked(at: Sitting, desk: Desk, sent: Sent) -> list[CallRow]:
    origin = Origin(
        raw=sent.line,
        typed_at=sent.typed_at,
        client_id=sent.client_id,
        digest=digest_of(at, sent.content),
        replaces=sent.replaces,
    )
    try:
        # A blind line counts nothing, and confirms one that is there.
        use = Use.TELL if sent.parked else Use.MATCH if sent.blind else Use.BOOK
        found = understand(at.session, at.fund, desk, sent.line, sure=sent.sure, use=use)
    except (Unanswered, Refused):
        if not sent.parked:
            raise
        return _parked(at, park(at, origin), sent)
    if sent.parked or found.call.parked:
        return _parked(at, book(at, found, origin, CallState.PARKED), sent)
    if sent.blind:
        return keep_blind(at, found, origin)
    if sent.replaces is not None:
        old = edited(at, sent.replaces, sent.screen, anew=True)
        return replace_line(at, old, found, origin)
    row = book(at, found, origin, found.state_for(at.teller))
    return [row, *meet(at, row)]


def _parked(at: Sitting, row: CallRow, sent: Sent) -> list[CallRow]:
    """Let a parked line stand instead of the one that it was made from."""
    if sent.replaces is None:
        return [row]
    old = edited(at, sent.replaces, sent.screen, anew=True)
    if old.state == CallState.PARKED:
        take_back(at, old, instead=row.number)
    elif old.state == CallState.TAKEN_BACK:
        old.replaced_by = row.number
        at.touch(old)
    else:
        raise Refused(N_("Only a parked line can be parked again: take this one back instead."))
    row.replaces = old.number
    return [row, old]


def _command(at: Sitting, desk: Desk, sent: Sent) -> Sequence[CallRow]:
    refuse_unless_correctable(at.fund)
    origin = Origin(raw=sent.line, typed_at=sent.typed_at)
    rows = commands.do(at, desk, origin, sent.screen)
    remember(at, sent.client_id, sent.content, sent.line, rows)
    return rows
