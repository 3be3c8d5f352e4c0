"""The sample's tellers: who types at a desk, and who confirms it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from fundtracker.domain.actors import Actor
from fundtracker.domain.desk.keys import desk_key
from fundtracker.domain.scope import Scope
from fundtracker.services.desk.check import Check, Verdict, check
from fundtracker.services.desk.take import Sent, take
from fundtracker.store import calls, desks, funds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.services.parts import Parts
    from fundtracker.store.calls import CallRow

EVERYTHING = Scope.everything()
# Of the sample's staff.
TELLER = "sample-teller"
SECOND = "sample-central-treasurer"


def client_id(form: str) -> str:
    """The id under which a browser would have sent a line of the sample: the same each time."""
    return str(uuid5(NAMESPACE_URL, form))


def type_line(parts: Parts, slug: str, form: str, line: str, teller: str = TELLER) -> int:
    """Let a teller type a line or a command, once; return the number of the line.

    Raises what the desk raises.
    """
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        key = desk_key(desks.of_fund(session, fund.id).key, fund)
    sent = Sent(
        client_id=client_id(form),
        line=line,
        key=key,
        typed_at=parts.clock(),
        sure=True,
        parked=line.startswith("~"),
        shown=fund.version,
    )
    taken = take(parts.acting(Actor.staff(teller)), slug, sent, EVERYTHING)
    return taken.numbers[0] if taken.numbers else 0


def confirm(parts: Parts, slug: str, form: str, numbers: Sequence[int], by: str = SECOND) -> None:
    """Let a second person confirm lines, once, as they are."""
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        found = calls.by_numbers(session, fund.id, numbers, EVERYTHING)
    lines = tuple((number, found[number].version) for number in numbers)
    wanted = Check(client_id(form), lines, Verdict.CONFIRM)
    check(parts.acting(Actor.staff(by)), slug, wanted, EVERYTHING)


def to_check(parts: Parts, slug: str, but: Sequence[int] = ()) -> list[CallRow]:
    """The lines that wait for a second person, oldest first."""
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        waiting = calls.to_check(session, fund.id, EVERYTHING, limit=200)
    return [row for row in waiting if row.number not in but]
