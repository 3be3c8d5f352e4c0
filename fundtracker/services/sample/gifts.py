"""Make the sample's gifts: given, paid on the hosted page, settled at about the time of each.

All of it can be done again: what an interrupted seed has made is found, not made twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from fundtracker.domain.facts import SessionFact
from fundtracker.payments.events import read_notice
from fundtracker.payments.gateway import RefundOrder
from fundtracker.services.catch_up import HORIZON
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.identify import tokens
from fundtracker.services.receive import keep
from fundtracker.services.sample.provider import Backdating
from fundtracker.services.settle import settle_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from fundtracker.payments.gateway import Page, Seen
    from fundtracker.services.parts import Parts
    from fundtracker.services.sample.plan import PlannedGift
    from fundtracker.services.sample.provider import Provider


# What came within so many seconds is settled together, at the time of the last of it …
SPAN = 3 * 3600
# … but for those whose times a page shows.
RECENT = 12


def at(parts: Parts, moment: datetime) -> Parts:
    """The same parts at another time."""
    return replace(parts, clock=lambda: moment)


def make_gifts(
    parts: Parts,
    provider: Provider,
    planned: Mapping[str, Sequence[PlannedGift]],
    began: datetime,
) -> datetime:
    """Make the gifts of each fund; return up to when the provider's lists were read for it.

    Raises what giving raises.
    """
    giving = replace(parts, gateway=Backdating(parts.gateway, began))
    pages = {
        _pay(giving, provider, slug, gift): gift
        for slug, gifts in planned.items()
        for gift in gifts
    }
    listed = parts.clock()
    found = _by_page([*_listed(parts)], pages)
    # What belongs to no gift of the sample is settled in the end, as the worker would.
    keep(parts, found.pop("", ()))
    happened: list[tuple[datetime, Sequence[Seen]]] = []
    for page, seen in found.items():
        gift = pages[page]
        happened.append((gift.at, seen))
        if gift.back is not None:
            order = RefundOrder(f"{gift.form}:back", _intent(seen), gift.back, None)
            happened.append((gift.back_at, [parts.gateway.create_refund(order)]))
    happened.sort(key=lambda item: item[0])
    for _, told in groupby(happened[:-RECENT], key=lambda item: item[0].timestamp() // SPAN):
        _settle(parts, [*told])
    for one in happened[-RECENT:]:
        _settle(parts, [one])
    return listed


def _settle(parts: Parts, happened: Sequence[tuple[datetime, Sequence[Seen]]]) -> None:
    """Settle what came together, at the time of the last of it."""
    then = at(parts, happened[-1][0])
    if keep(then, [item for _, seen in happened for item in seen]):
        settle_all(then)


def _pay(parts: Parts, provider: Provider, slug: str, gift: PlannedGift) -> str:
    """Give and pay; return the payment page."""
    started = give(at(parts, gift.at), slug, GiftRequest(gift.form, gift.amount, gift.section))
    if started.url is not None:
        provider.pay(started.session_id)
    return started.session_id


def _listed(parts: Parts) -> Iterator[Seen]:
    """Everything that the provider tells, ledger lines last, each kind oldest first."""
    since = int((parts.clock() - HORIZON).timestamp())
    for listing in (parts.gateway.list_events, parts.gateway.list_transactions):
        yield from reversed([*_walk(since, listing)])


def _walk(since: int, listing: Callable[..., Page]) -> Iterator[Seen]:
    page = listing(created_from=since, after=None)
    yield from page.items
    while page.next is not None:
        page = listing(created_from=since, after=page.next)
        yield from page.items


def _by_page(
    seen: Sequence[Seen],
    pages: Mapping[str, PlannedGift],
) -> dict[str, list[Seen]]:
    """What was told about the payment that each page made, and under "" all the rest."""
    facts = {item.id: read_notice(item.body).facts for item in seen}
    page_of = {
        fact.token: fact.id
        for told in facts.values()
        for fact in told
        if isinstance(fact, SessionFact) and fact.id in pages
    }
    found: defaultdict[str, list[Seen]] = defaultdict(list)
    for item in seen:
        owners = [page_of[token] for token in tokens(facts[item.id]) & page_of.keys()]
        found[owners[0] if owners else ""].append(item)
    return found


def _intent(seen: Sequence[Seen]) -> str:
    """The payment intent of a page that was paid."""
    facts = (fact for item in seen for fact in read_notice(item.body).facts)
    return next(f.intent for f in facts if isinstance(f, SessionFact) and f.intent)
