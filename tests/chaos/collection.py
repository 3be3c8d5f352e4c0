"""One call at the desk until it is paid, in processes that may end at any moment."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from fundtracker.domain.donations import Method
from fundtracker.domain.errors import NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.desk.check import Check, Verdict, check
from fundtracker.services.enter_gift import Entered, enter_gift
from tests.chaos.gift import SLUG, open_parts
from tests.support.tellers import Hall

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.chaos.gift import Scene
    from tests.chaos.power import Power

EVERYWHERE = Scope.everything()
PEOPLE = 3


def each_of(call: int) -> Money:
    """Return what each of the people of a call promises in the end: no two calls are the same."""
    return Money(2000 + 100 * call, "GBP")


def from_call_to_payment(scene: Scene, power: Power) -> None:
    """Type a call, mend it, have it checked and paid, unless the power goes off before."""
    with open_parts(scene) as parts:
        _collect(power.feed(parts), scene)
        power.boundary()


def try_again(scene: Scene) -> None:
    """Send the same once more after a restart, as a browser's queue does."""
    with open_parts(scene) as parts:
        _collect(parts, scene)


def _collect(parts: Parts, scene: Scene) -> None:
    call, each = scene.gift, each_of(scene.gift)
    anna = Hall(parts, SLUG).of("anna")
    typed = anna.type(f"GB {call} x {PEOPLE}", client_id=f"line-{call}")
    mended = anna.type(f"/fix {typed} {each.minor // 100}", client_id=f"fix-{call}")
    boris = anna.of("boris")
    seen = Check(f"check-{call}", ((mended, 1),), Verdict.CONFIRM)
    check(boris.parts, SLUG, seen, EVERYWHERE)
    transfer = Entered(
        attempt=f"transfer-{call:08}",
        method=Method.BANK,
        section="GB",
        amount=Money(each.minor * PEOPLE, each.currency),
        given_on=scene.now.date(),
        holder="Bank",
        another=True,
    )
    token = enter_gift(parts, SLUG, transfer, EVERYWHERE)
    # Done before the power went off, it is done.
    with suppress(NotNow):
        pledges = [Wanted(row.token) for row in anna.pledges(mended)]
        allocate(parts, token, pledges, EVERYWHERE)
