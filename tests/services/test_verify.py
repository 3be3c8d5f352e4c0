from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.scope import Scope
from fundtracker.services.enter_gift import enter_gift
from fundtracker.services.verify import Report, verify
from fundtracker.store import triggers
from fundtracker.store.audit_seal import AUDIT
from fundtracker.store.ledger_seal import LEDGER
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.services.test_enter_gift import BY_BANK
from tests.support import databases
from tests.support.telling import tell_and_settle
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.seal import Seal

# What a careless hand does to the rows, and what is said of it. Donation 1 is £50, paid, with £20
# refunded; its journals are 1 and 2.
DAMAGE = {
    "UPDATE entry SET amount = amount + 1 WHERE account = 'gifts'": (
        "Journal 1 does not balance.",
        (
            "Donation 1 is booked as Booked(kept=2999, base=3450); its facts amount to"
            " Booked(kept=3000, base=3450)."
        ),
    ),
    "DELETE FROM entry WHERE journal_id = 2": (
        "Journal 2 is not whole: entries and header do not go together.",
        "Fund 1, section 0: received says 3450, and the ledger sums to 5750.",
        (
            "Fund 1, section 0, 2026-06-12, online: the day says 3450 of 1 donations, and the"
            " ledger 5750 of 1."
        ),
        (
            "Donation 1 is booked as Booked(kept=5000, base=5750); its facts amount to"
            " Booked(kept=3000, base=3450)."
        ),
    ),
    "UPDATE total SET received = received + 1 WHERE section_id = 0": (
        "Fund 1, section 0: received says 3451, and the ledger sums to 3450.",
    ),
    "UPDATE total SET donations = 2 WHERE section_id = 0": (
        "Fund 1, section 0: donations says 2, and the ledger sums to 1.",
    ),
    "DELETE FROM total WHERE section_id = 0": (
        "Section 0 of fund 1 has no total row.",
        "Fund 1, section 0: received says 0, and the ledger sums to 3450.",
        "Fund 1, section 0: donations says 0, and the ledger sums to 1.",
    ),
    "UPDATE day SET received = 1, donations = 2": (
        (
            "Fund 1, section 0, 2026-06-12, online: the day says 1 of 2 donations, and the"
            " ledger 3450 of 1."
        ),
    ),
    "UPDATE donation SET status = 'open'": ("Donation 1 says open; its facts say succeeded.",),
    "UPDATE donation SET kept = 5000": ("Donation 1 says that 5000 was kept; its facts say 3000.",),
    "UPDATE refund SET status = 'pending'": (
        (
            "Donation 1 is booked as Booked(kept=3000, base=3450); its facts amount to"
            " Booked(kept=5000, base=5750)."
        ),
        "Donation 1 says that 3000 was kept; its facts say 5000.",
    ),
    "UPDATE donation SET rate_mantissa = NULL": (
        "Donation 1 is booked, though it cannot be counted.",
    ),
}


@pytest.fixture
def paid(parts: Parts, donation: DonationRow) -> Payment:
    pay = Payment(donation.token)
    tell_and_settle(parts, event(pay.session()), event(pay.refund(2000)))
    return pay


@pytest.mark.usefixtures("paid")
def test_everything_agrees(parts: Parts) -> None:
    assert verify(parts) == Report((), ())


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_broken_is_named(parts: Parts, damage: str) -> None:
    with parts.database.unit_of_work() as session:
        triggers.drop(session.connection())
        session.execute(text(damage))
        triggers.create(session.connection())

    assert verify(parts).broken == DAMAGE[damage]


def test_a_refund_in_the_list_of_another_section_is_named(parts: Parts, paid: Payment) -> None:
    with parts.database.unit_of_work() as session:
        session.execute(text("UPDATE refund SET section_id = (SELECT max(id) FROM section)"))

    refund = f"re_{paid.number}"
    assert verify(parts).broken == (
        f"Refund {refund} is not of the fund and section of its donation.",
    )


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(("seal", "what"), [(LEDGER, "ledger"), (AUDIT, "audit log")])
def test_what_has_lost_its_seal_is_broken(parts: Parts, seal: Seal, what: str) -> None:
    with parts.database.unit_of_work() as session:
        seal.drop(session.connection())
        gone = seal.missing(session.connection())

    assert gone
    assert verify(parts).broken == tuple(
        f"The trigger {name} is missing: the {what} is not sealed. Run `flask db upgrade`."
        for name in sorted(gone)
    )


# The same for donation 1, £50 that a treasurer entered.
DAMAGE_BY_HAND = {
    "UPDATE donation SET kept = 1": (
        "Donation 1 says that 1 was kept; what was entered says 5000.",
    ),
    "UPDATE donation SET status = 'cancelled', kept = 0": (
        (
            "Donation 1 is booked as Booked(kept=5000, base=5750);"
            " what was entered comes to Booked(kept=0, base=0)."
        ),
    ),
    "UPDATE donation SET booked_at = NULL": ("Donation 1 does not say when its gift was booked.",),
    "UPDATE journal SET section_id = 0": (
        "Journal 1 is not of the fund and section of its donation.",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE_BY_HAND)
def test_what_is_broken_of_a_gift_by_hand_is_named(parts: Parts, damage: str) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
    enter_gift(parts, fund.slug, BY_BANK, Scope.everything())
    assert verify(parts) == Report((), ())
    with parts.database.unit_of_work() as session:
        triggers.drop(session.connection())
        session.execute(text(damage))
        triggers.create(session.connection())

    assert verify(parts).broken == DAMAGE_BY_HAND[damage]


@pytest.mark.postgresql
def test_a_table_without_its_policy_shows_every_section(postgres_url: str) -> None:
    with databases.opened(postgres_url) as database:
        with database.unit_of_work() as session:
            session.execute(text("ALTER TABLE charge NO FORCE ROW LEVEL SECURITY"))

        assert verify(parts_on(database)).broken == (
            "The policy of charge is missing: it shows every section. Run `flask db upgrade`.",
        )


def test_what_waits_is_named_and_breaks_nothing(parts: Parts, paid: Payment) -> None:
    with parts.database.unit_of_work() as session:
        row = a_donation(session, a_fund(session), rate_mantissa=None)
    unknown = paid.line({"id": "ord_1", "object": "climate_order"}, -500, "x")
    tell_and_settle(
        parts,
        event(Payment("nobody", number=0).charge()),
        event(paid.session(amount_total=1)),
        event(unknown),
        event(Payment(row.token).session()),
    )

    report = verify(parts)

    assert report.broken == ()
    assert report.waiting == (
        "Inbox row 3 is parked: waits for pi_0.",
        f"Inbox row 4 is quarantined: cs_{paid.number} is over 1, the donation over 5000.",
        "500 minor units of EUR stand on the suspense account.",
        f"Donation {row.id} has no exchange rate, and is not counted until it has one.",
    )


def test_more_donations_than_are_read_at_once_are_all_looked_at(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.store.verify._STEP", 2)
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
        rows = [a_donation(session, fund, status="open") for _ in range(5)]

    assert len(verify(parts).broken) == len(rows)
