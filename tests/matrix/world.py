"""Two funds and two sections full of data that can be told apart in whatever page it turns up."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.allocate import Wanted, propose
from fundtracker.services.record import record
from fundtracker.services.settle import settle_all
from fundtracker.store.allocations import AllocationRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow
from fundtracker.store.ledger import JournalRow
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.refund_orders import RefundOrderRow
from fundtracker.web.context import context_of, put_context
from tests.factories.pledges import a_pledge
from tests.factories.rows import a_donation, a_fund, a_section
from tests.factories.stripe import Payment, event
from tests.matrix.words import Attentive
from tests.support import office
from tests.support.clocks import Clock
from tests.support.gateway import MemoryGateway
from tests.support.telling import tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fundtracker.services.parts import Parts
    from tests.support.office import Office

FUNDS = {"hall": "Europe/Zurich", "strike": "Asia/Tokyo"}
_MORE = itertools.count(1)
SECTIONS = {"SE": "GBP", "GB": "GBP", "": ""}


@dataclass(frozen=True)
class Place:
    """A section of a fund, with a gift of which something went back, and one that has no rate.

    `amount`, `back` and `unrated` are in pence, and such that each sum over any of the places tells
    which ones they were.
    """

    number: int
    fund: str
    section: str
    fund_id: int = 0
    section_id: int = 0
    donation_id: int = 0
    journal_id: int = 0
    pledge_id: int = 0
    pledge_number: str = ""

    @property
    def word(self) -> str:
        """What all of its texts begin with; what was asked for, and is told again, is no part."""
        return f"canary{'abcdef'[self.number]}"

    @property
    def fund_name(self) -> str:
        """What its fund is called."""
        return f"canaryfund{list(FUNDS).index(self.fund)}"

    @property
    def token(self) -> str:
        """The donation's."""
        return f"{self.word}token"

    @property
    def amount(self) -> int:
        """What was given."""
        return 7_770_000 + 13_717 * (1 << self.number)

    @property
    def back(self) -> int:
        """What went back of it."""
        return 910_000 + 1_931 * (1 << self.number)

    @property
    def unrated(self) -> int:
        """What was given in a currency that has no rate, so that it waits."""
        return 5_330_000 + 10_103 * (1 << self.number)

    @property
    def promised(self) -> int:
        """What somebody has promised; a part of the gift is proposed to pay it."""
        return 3_210_000 + 7_001 * (1 << self.number)

    @property
    def sums(self) -> tuple[int, ...]:
        """What stands on pages about it, in minor units: given, returned and kept, here and there.

        Half of a penny is never left, for rates have two digits and these amounts end evenly.
        """
        kept = self.amount - self.back
        pence = (self.amount, self.back, kept, self.unrated, self.promised)
        return (*pence, *(round(each * 1.15) for each in pence))

    @property
    def ids(self) -> tuple[str, ...]:
        """By what it is known here and at Stripe's."""
        stripe = (f"{kind}_{900 + self.number}0" for kind in ("cs", "pi", "ch", "re", "txn"))
        promised = (self.pledge_token, self.allocation_token)
        numbers = (self.pledge_number,) if self.pledge_number else ()
        return (self.token, f"{self.word}unrated", *stripe, *promised, *numbers)

    @property
    def pledge_token(self) -> str:
        """The address of the pledger's own page."""
        return f"{self.word}pledge"

    @property
    def allocation_token(self) -> str:
        """That of the part of the gift that is proposed to pay it."""
        return f"{self.word}part"

    @property
    def refund(self) -> str:
        """The id of what went back."""
        return f"re_{900 + self.number}0"

    @property
    def personal(self) -> tuple[str, ...]:
        """What is told to those alone who may see names: of the donor, and who promised."""
        return tuple(f"{self.word}{what}" for what in ("name", "message", "reference", "promiser"))

    def lies_within(self, scope: Scope) -> bool:
        """Tell whether somebody may read of it."""
        return scope.allows(self.fund_id, self.section_id)


@dataclass(frozen=True, eq=False)
class World:
    """The app before this data."""

    office: Office
    places: tuple[Place, ...]
    parts: Parts

    @property
    def of_no_section(self) -> tuple[Place, ...]:
        """The places of what no section owns."""
        return tuple(place for place in self.places if not place.section)

    def grow(self, place: Place) -> None:
        """Let something more of every kind happen in a place, by somebody new, and yesterday."""
        number = next(_MORE)
        yesterday = self.parts.clock() - timedelta(days=1)
        parts = replace(self.parts, actor=Actor.staff(f"new{number}"), clock=lambda: yesterday)
        with parts.database.unit_of_work() as session:
            fund = session.get_one(FundRow, place.fund_id)
            there = {"section_id": place.section_id, "account": parts.gateway.account}
            paid = a_donation(session, fund, **there, amount=3000 + number)
            unrated = a_donation(session, fund, **there, rate_mantissa=None, rate_scale=None)
            a_donation(session, fund, **there, status="open")
            session.add(
                RefundOrderRow(
                    key=f"order-of-nobody-{number}",
                    donation_id=paid.id,
                    amount=7,
                    actor="staff:somebody",
                    asked_at=parts.clock(),
                ),
            )
            record(
                session,
                parts,
                Action.GIFT_ENTERED,
                f"donation:{paid.token}",
                fund_id=place.fund_id,
                section_id=place.section_id,
            )
        pay = Payment(paid.token, paid.amount)
        dispute = pay.dispute(10, pay.line(pay.dispute(), -10, "d"))
        told = (pay.session(), pay.charge(), pay.line(pay.charge(), 900), pay.refund(7), dispute)
        tell(parts, *map(event, told), event(Payment(unrated.token).session()))
        settle_all(parts)
        money = Money(4000 + number, "GBP")
        pledge = a_pledge(parts, place.fund, money, place.section)
        propose(parts, paid.token, Wanted(pledge.token), Scope.everything())
        a_pledge(parts, place.fund, Money(900 + number, "GBP"), place.section)

    @property
    def kind(self) -> str:
        """On which kind of database it stands."""
        return self.office.database.writer.dialect.name

    def place(self, fund: str, section: str) -> Place:
        """Return one of its places."""
        return next(each for each in self.places if (each.fund, each.section) == (fund, section))


@contextmanager
def opened(url: str, instance: Path) -> Iterator[World]:
    """Open the app on an empty database, and fill it as Stripe and the desk would have."""
    with office.opened(url, instance, PUBLIC_URL="http://localhost:8000") as opened:
        opened.app.request_class = Attentive
        context = context_of(opened.app)
        # It is always the same moment, so that pages differ for no other reason than their data.
        clock = Clock(datetime.now(UTC))
        gateway = MemoryGateway(clock, account=context.parts.gateway.account)
        parts = replace(context.parts, gateway=gateway, clock=clock)
        gateway.objects |= {"ch_1000001": Payment("", number=1_000_001).charge()}
        put_context(opened.app, replace(context, parts=parts))
        parts = parts.acting(Actor.worker())
        yield World(opened, tuple(_fill(parts)), parts)


def _fill(parts: Parts) -> Iterator[Place]:
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        codes = {code: currency for code, currency in SECTIONS.items() if code}
        funds = {
            slug: a_fund(
                session,
                slug=slug,
                name=f"canaryfund{list(FUNDS).index(slug)}",
                timezone=zone,
                sections_in=codes,
                opens_at=now - timedelta(days=9),
                closes_at=None,
                ceiling=99_000_000,
            )
            for slug, zone in FUNDS.items()
        }
    for number, (slug, code) in enumerate((slug, code) for slug in FUNDS for code in SECTIONS):
        yield _give(parts, funds[slug], Place(number, slug, code))


def _give(parts: Parts, fund: FundRow, place: Place) -> Place:
    name, message, reference, _ = place.personal
    with parts.database.unit_of_work() as session:
        section = a_section(session, place.section, "GBP") if place.section else NO_SECTION
        row = a_donation(
            session,
            fund,
            section_id=section,
            token=place.token,
            account=parts.gateway.account,
            amount=place.amount,
            public_name=name,
            message=message,
            reference=reference,
        )
        a_donation(
            session,
            fund,
            section_id=section,
            token=f"{place.word}unrated",
            account=parts.gateway.account,
            amount=place.unrated,
            rate_mantissa=None,
            rate_scale=None,
        )
        subject = f"donation:{place.token}"
        private = {"public_name": name, "reference": reference}
        record(
            session,
            parts,
            Action.GIFT_ENTERED,
            subject,
            fund_id=fund.id,
            section_id=section,
            private=private,
        )
    pay = Payment(place.token, place.amount, number=9000 + 10 * place.number)
    unrated = Payment(f"{place.word}unrated", place.unrated, number=9005 + 10 * place.number)
    tell(
        parts,
        event(pay.session()),
        event(pay.charge()),
        event(pay.line(pay.charge(), place.amount)),
        event(pay.refund(place.back)),
        event(unrated.session()),
    )
    settle_all(parts)
    with parts.database.reading() as session:
        settled = session.get_one(DonationRow, row.id)
        assert settled.kept == place.amount - place.back
        gift = select(JournalRow.id).where(JournalRow.donation_id == row.id)
        journal = session.scalars(gift.where(JournalRow.kind == "gift")).one()
    promised = _promise(parts, fund, place)
    return replace(
        place,
        fund_id=fund.id,
        section_id=section,
        donation_id=row.id,
        journal_id=journal,
        pledge_id=promised.id,
        pledge_number=promised.number,
    )


def _promise(parts: Parts, fund: FundRow, place: Place) -> PledgeRow:
    """Let somebody promise, and let it be proposed that a part of the gift pays it."""
    money = Money(place.promised, "GBP")
    pledge = a_pledge(parts, fund.slug, money, place.section, name=place.personal[-1])
    proposed = propose(parts, place.token, Wanted(pledge.token), Scope.everything())
    with parts.database.unit_of_work() as session:
        of_part = AllocationRow.token == proposed
        session.execute(update(AllocationRow).where(of_part).values(token=place.allocation_token))
        of_pledge = PledgeRow.id == pledge.id
        session.execute(update(PledgeRow).where(of_pledge).values(token=place.pledge_token))
    return pledge
