from __future__ import annotations

import json
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.chain import GENESIS, Deed, follow
from fundtracker.domain.errors import NotFound
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.scope import Scope
from fundtracker.services.erase import erase_private
from fundtracker.services.record import record, record_refusal
from fundtracker.services.settle import settle_all
from fundtracker.store import audit
from fundtracker.store.audit import AuditRow
from fundtracker.store.donations import DonationRow
from tests.factories.rows import NOW, a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support import databases
from tests.support.telling import tell
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("anna", "203.0.113.9"))


def log(parts: Parts) -> list[AuditRow]:
    with parts.database.reading() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.number)))


def test_an_act_is_recorded_with_who_did_it_before_and_after(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
        record(
            session,
            parts,
            Action.TARGET_CHANGED,
            f"fund:{fund.slug}",
            fund_id=fund.id,
            section_id=7,
            before={"target": 100, "status": FundStatus.DRAFT, "closes_at": None},
            after={"target": 200, "status": FundStatus.OPEN, "closes_at": NOW},
        )

    (row,) = log(parts)
    assert (row.number, row.at, row.actor, row.action) == (
        *(1, parts.clock()),
        *("staff:anna", "target_changed"),
    )
    assert (row.subject, row.fund_id, row.section_id) == (f"fund:{fund.slug}", fund.id, 7)
    assert json.loads(row.facts) == {
        "before": {"target": 100, "status": "draft", "closes_at": None},
        "after": {
            "target": 200,
            "status": "open",
            "closes_at": "2026-06-12T18:00:00.000000+00:00",
        },
    }
    assert row.previous == GENESIS


def test_personal_data_stands_in_the_private_part_alone_with_the_place_and_a_salt(
    parts: Parts,
) -> None:
    for _ in range(2):
        with parts.database.unit_of_work() as session:
            record(
                session, parts, Action.REFUND_ASKED, "donation:1", private={"reason": "Moved away"}
            )

    one, other = log(parts)
    assert json.loads(one.private or "") == {
        "place": "203.0.113.9",
        "reason": "Moved away",
        "salt": json.loads(one.private or "")["salt"],
    }
    # The same details, and nobody can tell: guessing does not help either.
    assert one.commitment != other.commitment
    with parts.database.reading() as session:
        kept = str(session.execute(text("SELECT * FROM audit")).all())
    assert "Moved" not in kept
    assert "203.0.113" not in kept


def test_where_nothing_is_private_there_is_nothing_to_bind(parts: Parts) -> None:
    parts = parts.acting(Actor.command("root"))
    with parts.database.unit_of_work() as session:
        record(session, parts, Action.FUND_CREATED, "fund:conference")

    (row,) = log(parts)
    assert (row.actor, row.private, row.commitment, row.facts) == ("command:root", None, "", "{}")


def test_a_refusal_is_recorded_by_itself(parts: Parts) -> None:
    record_refusal(parts, Action.REFUND_ASKED, "donation:1", "More than was kept.")

    (row,) = log(parts)
    assert (row.action, json.loads(row.facts)) == (
        "refused",
        {"after": {"refused": "refund_asked"}},
    )
    assert json.loads(row.private or "")["reason"] == "More than was kept."


def test_what_was_typed_of_nobody_knows_whom_can_be_erased(parts: Parts) -> None:
    record_refusal(parts, Action.REFUND_ASKED, "donation:unknown", "None.", typed="Anna" * 99)

    (row,) = log(parts)
    assert "Anna" not in f"{row.subject} {row.facts}"
    assert json.loads(row.private or "")["asked"] == "Anna" * 16


def test_entries_have_no_gaps_though_some_acts_are_rolled_back(parts: Parts) -> None:
    for name in ("anna", "nobody", "bo"):
        with suppress(NotFound), parts.database.unit_of_work() as session:
            record(session, parts, Action.SIGNED_IN, f"staff:{name}")
            if name == "nobody":
                erase_private(session, parts, 99)

    assert [row.number for row in log(parts)] == [1, 2]
    with parts.database.reading() as session:
        assert follow(audit.links(session)).fault is None


def test_who_acts_within_a_narrow_scope_still_writes_at_the_end(parts: Parts) -> None:
    """The database's own policies must not hide the log's end from who appends to it."""
    with parts.database.unit_of_work() as session:
        record(session, parts, Action.FUND_CREATED, "fund:conference")
    with parts.database.unit_of_work(Scope.of([3])) as session:
        record(session, parts, Action.GIFT_ENTERED, "donation:1", fund_id=1, section_id=3)

    assert [row.number for row in log(parts)] == [1, 2]


def test_many_who_act_at_once_make_one_chain(parts: Parts) -> None:
    def act(name: str) -> None:
        acting = parts.acting(Actor.staff(name, "203.0.113.9"))
        for _ in range(5):
            with acting.database.unit_of_work() as session:
                record(session, acting, Action.SIGNED_IN, f"staff:{name}")

    people = [Thread(target=act, args=(name,)) for name in ("anna", "bo", "carl", "dora")]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert [row.number for row in log(parts)] == list(range(1, 21))
    with parts.database.reading() as session:
        assert follow(audit.links(session)).fault is None


def test_erased_details_are_gone_and_the_chain_holds(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        record(session, parts, Action.SIGNED_IN, "staff:anna", fund_id=4, section_id=5)

    with parts.database.unit_of_work() as session:
        erase_private(session, parts, 1)

    first, second = log(parts)
    assert first.private is None
    assert (second.action, second.subject) == ("details_erased", "audit:1")
    assert (second.fund_id, second.section_id) == (4, 5)
    with parts.database.reading() as session:
        finding = follow(audit.links(session))
    assert (finding.fault, finding.erased) == (None, 1)


def test_nothing_is_erased_twice(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        record(session, parts, Action.SIGNED_IN, "staff:anna")
    with parts.database.unit_of_work() as session:
        erase_private(session, parts, 1)

    for number in (1, 99):
        with (
            pytest.raises(NotFound, match=f"There is no entry {number} with private details"),
            parts.database.unit_of_work() as session,
        ):
            erase_private(session, parts, number)
    assert len(log(parts)) == 2


@pytest.mark.postgresql
def test_a_log_that_is_held_does_not_stop_money_from_being_settled(postgres_url: str) -> None:
    with databases.opened(postgres_url) as database:
        parts = parts_on(database)
        with database.unit_of_work() as session:
            donation = a_donation(session, a_fund(session))
        tell(parts, event(Payment(donation.token).session()))

        with database.unit_of_work() as holding:
            audit.append(holding, Deed(NOW, "staff:anna", "signed_in", "x", None, None, "{}", None))
            settled = settle_all(parts)

        assert settled == 1
        with database.reading() as session:
            assert session.get_one(DonationRow, donation.id).status == "succeeded"
