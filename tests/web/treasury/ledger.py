"""A fund with gifts of every kind, and the treasurers who look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from fundtracker.domain.money import Money
from fundtracker.domain.roles import Grant, Role
from fundtracker.store.audit import AuditRow
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_donation, a_fund, a_section
from tests.factories.stripe import Payment, event
from tests.support.gateway import MemoryGateway
from tests.support.telling import tell_and_settle
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow
    from tests.factories.stripe import Body
    from tests.support.office import Office

CENTRE = Grant(Role.CENTRAL_TREASURER)
AUDITOR = Grant(Role.AUDITOR)
ACCOUNT = "simulator"


@dataclass(frozen=True)
class Ledger:
    """What is there: a fund of two sections, and a gift of £50 that each of them was given."""

    office: Office
    parts: Parts
    fund_id: int
    slug: str
    britain: int
    swiss: int
    british_gift: Payment
    swiss_gift: Payment

    def of_britain(self, *, names: bool = False) -> Grant:
        """Return the role of the British treasurer."""
        return Grant(Role.SECTION_TREASURER, section_id=self.britain, sees_names=names)

    def of_switzerland(self) -> Grant:
        """Return the role of the Swiss treasurer."""
        return Grant(Role.SECTION_TREASURER, section_id=self.swiss)

    def hear(self, *things: Body) -> None:
        """Let Stripe tell of things, and settle them."""
        tell_and_settle(self.parts, *(event(thing) for thing in things))

    def promise(
        self,
        minor: int = 10_000,
        section: str = "GB",
        code: str = "GBP",
        **fields: Any,  # noqa: ANN401 - whatever a new pledge has
    ) -> PledgeRow:
        """Let somebody promise in the hall, and be confirmed."""
        return a_pledge(self.parts, self.slug, Money(minor, code), section, **fields)

    def promise_in(self, slug: str) -> PledgeRow:
        """Let somebody promise £100 to another fund."""
        return a_pledge(self.parts, slug, Money(10_000, "GBP"), "GB")

    def pledge(self, token: str) -> PledgeRow:
        """Return a pledge as it is now."""
        return read(self.parts, token)

    def audited(self) -> list[tuple[str, str]]:
        """Return what the audit log says: each act and what it was about."""
        with self.office.database.reading() as session:
            query = select(AuditRow.action, AuditRow.subject).order_by(AuditRow.number)
            return [(row.action, row.subject) for row in session.execute(query)]


def a_ledger(office: Office) -> Ledger:
    """Fill an empty office."""

    def clock() -> datetime:
        return datetime.now(UTC)

    gateway = MemoryGateway(clock, account=ACCOUNT)
    parts = parts_on(office.database, gateway=gateway)
    with office.database.unit_of_work() as session:
        fund = a_fund(session, slug="conference")
        britain, swiss = a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")
        rows = [
            a_donation(
                session,
                fund,
                account=ACCOUNT,
                section_id=section,
                public_name="<b>Rosa</b>",
                message="=1+1",
            )
            for section in (britain, swiss)
        ]
    gifts = [Payment(row.token) for row in rows]
    ledger = Ledger(office, parts, fund.id, fund.slug, britain, swiss, *gifts)
    for gift in gifts:
        ledger.hear(gift.session(), gift.charge(payment_method_details={"type": "card"}))
    return ledger


def words(answer: TestResponse) -> str:
    """Return a page as one line of text, so that a line break in its source hides nothing."""
    return " ".join(answer.get_data(as_text=True).split())
