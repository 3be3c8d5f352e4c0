"""Make the sample's pledges: promised, confirmed, withdrawn and written off, as people do it.

All of it can be done again: what an interrupted seed has made is found, not made twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fundtracker.domain.actors import Actor
from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.change_pledge import Shown
from fundtracker.services.count import count
from fundtracker.services.decide_pledge import cancel_pledge, confirm_pledge, write_off_pledge
from fundtracker.services.promise import NewPledge, promise
from fundtracker.services.restate_pledge import section_in
from fundtracker.services.sample.floor import call, confirm_call
from fundtracker.services.sample.tables import Fate
from fundtracker.services.sample.times import at
from fundtracker.store import funds, pledges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from fundtracker.services.parts import Parts
    from fundtracker.services.sample.promises import PlannedPledge
    from fundtracker.store.pledges import PledgeRow

EVERYTHING = Scope.everything()
# A promise is confirmed after so long …
CONFIRMED = timedelta(minutes=12)
# … and withdrawn or given up after so long.
DECIDED = timedelta(days=6)
WITHDRAWN = "Has moved away, by telephone"
GIVEN_UP = "Three letters came back"


def deeds(
    parts: Parts, slug: str, pledge: PlannedPledge
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """What becomes of a pledge of a fund, and when: made, confirmed, withdrawn or given up."""
    yield pledge.at, lambda: _promise(at(parts, pledge.at), slug, pledge)
    if pledge.source is not PledgeSource.SECTION and pledge.fate is not Fate.UNCONFIRMED:
        answered = pledge.at + CONFIRMED
        yield answered, lambda: _confirm(at(parts, answered), slug, pledge)
    if pledge.fate in {Fate.CANCELLED, Fate.WRITTEN_OFF}:
        decided = pledge.at + DECIDED
        yield decided, lambda: _give_up(at(parts, decided), pledge)


def find(parts: Parts, form: str) -> PledgeRow | None:
    """The pledge that was made of a plan, if it was."""
    with parts.database.reading() as session:
        return pledges.by_attempt(session, form)


def pay(parts: Parts, forms: Sequence[str], donation: str) -> None:
    """Let a gift that has come pay pledges of the plan, once, each what is open of it."""
    rows = [row for row in (find(parts, form) for form in forms) if row is not None]
    wanted = [Wanted(row.token) for row in rows if not row.paid]
    if wanted:
        allocate(parts, donation, wanted, EVERYTHING)


def _promise(parts: Parts, slug: str, pledge: PlannedPledge) -> None:
    if find(parts, pledge.form) is not None:
        return
    if pledge.source is PledgeSource.FLOOR:
        call(parts, slug, pledge)
        return
    with parts.database.unit_of_work() as session:
        fund = funds.by_slug(session, slug)
        online = pledge.source is PledgeSource.ONLINE
        wanted = NewPledge(
            section_id=section_in(session, fund.id, pledge.section, EVERYTHING),
            amount=pledge.amount,
            source=pledge.source,
            status=PledgeStatus.UNCONFIRMED if online else PledgeStatus.OPEN,
            # Whoever promises online answers a mail before it counts.
            counted=not online,
            instalments=pledge.instalments,
            attempt=pledge.form,
            name=pledge.name,
            email=_email(pledge) if online else "",
            locale="en" if online else None,
        )
        made = promise(session, _by(parts, pledge), fund, [wanted])
        versions = count(session, made.changes, parts.clock())
    for changed, version in versions.items():
        parts.broker.announce(changed, version)


def _by(parts: Parts, pledge: PlannedPledge) -> Parts:
    """Whoever promises online does so themselves."""
    return parts.acting(Actor.donor()) if pledge.source is PledgeSource.ONLINE else parts


def _email(pledge: PlannedPledge) -> str:
    """An address to which no mail goes: the domain is reserved for examples."""
    return f"{pledge.name.split()[-1].lower()}@donors.example.org"


def _confirm(parts: Parts, slug: str, pledge: PlannedPledge) -> None:
    row = find(parts, pledge.form)
    if row is None or row.status != PledgeStatus.UNCONFIRMED:
        return
    if pledge.source is PledgeSource.FLOOR:
        confirm_call(parts, slug, pledge)
    else:
        confirm_pledge(parts, Shown(row.token, row.version), EVERYTHING)


def _give_up(parts: Parts, pledge: PlannedPledge) -> None:
    row = find(parts, pledge.form)
    if row is None or row.status != PledgeStatus.OPEN:
        return
    shown = Shown(row.token, row.version)
    if pledge.fate is Fate.CANCELLED:
        cancel_pledge(parts, shown, EVERYTHING, WITHDRAWN)
    else:
        write_off_pledge(parts, shown, EVERYTHING, GIVEN_UP)
