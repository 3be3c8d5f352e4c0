"""Make the sample's gifts: given and paid on the hosted page, or entered as they came by bank.

Each is settled at about its time, and then pays the pledge for which it was made.
All of it can be done again: what an interrupted seed has made is found, not made twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from fundtracker.domain.donations import Method
from fundtracker.domain.facts import SessionFact
from fundtracker.domain.scope import Scope
from fundtracker.payments.events import read_notice
from fundtracker.payments.gateway import RefundOrder
from fundtracker.services.catch_up import HORIZON
from fundtracker.services.enter_gift import Entered, enter_gift
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.identify import tokens
from fundtracker.services.receive import keep
from fundtracker.services.sample.pledges import find, pay
from fundtracker.services.sample.provider import Backdating
from fundtracker.services.sample.times import at
from fundtracker.services.settle import settle_all
from fundtracker.store import donations, funds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from fundtracker.payments.gateway import Page, Seen
    from fundtracker.services.parts import Parts
    from fundtracker.services.sample.plan import PlannedGift
    from fundtracker.services.sample.provider import Provider


# What came within so many seconds is settled together, at the time of the last of it …
SPAN = 3 * 3600
# … but for those whose times a page shows.
RECENT = 12
BANK = "Bank account in Brussels"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something at a time: first somebody does a thing, then what the provider told is settled.

    `then` is called with the time at which that was.
    """

    at: datetime
    first: Callable[[], None] | None = None
    seen: Sequence[Seen] = ()
    then: Callable[[Parts], None] | None = None


def make_gifts(
    parts: Parts,
    provider: Provider,
    planned: Mapping[str, Sequence[PlannedGift]],
    others: Sequence[Happening],
    began: datetime,
) -> datetime:
    """Make the gifts of each fund, and let others things happen in between, in their order.

    Returns up to when the provider's lists were read for it. Raises what giving raises.
    """
    giving = replace(parts, gateway=Backdating(parts.gateway, began))
    gifts = [(slug, gift) for slug, gifts in planned.items() for gift in gifts]
    pages = {
        _pay(giving, provider, slug, gift): (slug, gift)
        for slug, gift in gifts
        if not gift.by_bank and not gift.own_page
    }
    listed = parts.clock()
    found = _by_page([*_listed(parts)], pages.keys())
    # What belongs to no gift of the sample is settled in the end, as the worker would.
    keep(parts, found.pop("", ()))
    happened = [
        *others,
        *(_entered(slug, gift) for slug, gift in gifts if gift.by_bank),
        *(
            _given_on_own_page(giving, provider, slug, gift)
            for slug, gift in gifts
            if gift.own_page
        ),
        *(one for page, seen in found.items() for one in _paid(parts, page, *pages[page], seen)),
    ]
    happened.sort(key=lambda item: item.at)
    for _, together in groupby(happened[:-RECENT], key=lambda item: item.at.timestamp() // SPAN):
        _let(parts, [*together])
    for one in happened[-RECENT:]:
        _let(parts, [one])
    return listed


def _let(parts: Parts, happened: Sequence[Happening]) -> None:
    """Let things happen together; what was told is settled at the time of the last of them."""
    for item in happened:
        if item.first is not None:
            item.first()
    last = at(parts, happened[-1].at)
    if keep(last, [seen for item in happened for seen in item.seen]):
        settle_all(last)
    for item in happened:
        if item.then is not None:
            item.then(last)


def _entered(slug: str, gift: PlannedGift) -> Happening:
    """A gift that a treasurer finds at the bank and enters."""
    entered = Entered(
        attempt=gift.form,
        method=Method.BANK,
        section=gift.section,
        amount=gift.amount,
        given_on=gift.at.date(),
        holder=BANK,
        another=True,
    )

    def enter(then: Parts) -> None:
        pay(then, gift.pledges, enter_gift(then, slug, entered, Scope.everything()))

    return Happening(gift.at, then=enter)


def _paid(
    parts: Parts, page: str, slug: str, gift: PlannedGift, seen: Sequence[Seen]
) -> Iterator[Happening]:
    """A gift of which the provider told, the pledge that it pays, and what goes back of it."""
    yield Happening(
        gift.at,
        seen=seen,
        then=partial(_pay_pledges, slug, page, gift.pledges) if gift.pledges else None,
    )
    if gift.back is not None:
        order = RefundOrder(f"{gift.form}:back", _intent(seen), gift.back, None)
        yield Happening(gift.back_at, seen=[parts.gateway.create_refund(order)])


def _pay_pledges(slug: str, page: str, forms: Sequence[str], then: Parts) -> None:
    with then.database.reading() as session:
        fund = funds.by_slug(session, slug)
        row = donations.of_session(session, then.gateway.account, fund.id, page)
    pay(then, forms, row.token)


def _given_on_own_page(
    giving: Parts, provider: Provider, slug: str, gift: PlannedGift
) -> Happening:
    """A promise that is paid on its own page, in the transaction in which the gift succeeds."""

    def carry_out(then: Parts) -> None:
        (form,) = gift.pledges
        row = find(then, form)
        page = _pay(giving, provider, slug, gift, page=row.token if row is not None else "")
        # As the thanks page asks; what else there is to know is read with everything else.
        if keep(then, [then.gateway.retrieve_session(page)]):
            settle_all(then)

    return Happening(gift.at, then=carry_out)


def _pay(parts: Parts, provider: Provider, slug: str, gift: PlannedGift, page: str = "") -> str:
    """Give and pay; return the payment page."""
    request = GiftRequest(gift.form, gift.amount, gift.section, page=page)
    started = give(at(parts, gift.at), slug, request)
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
    pages: Collection[str],
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
