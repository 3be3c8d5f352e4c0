from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.roles import Grant, Role
from fundtracker.services.settle import settle_all
from fundtracker.store import inbox, jobs
from fundtracker.store.audit import AuditRow
from fundtracker.store.inbox import Arrival, InboxRow
from fundtracker.store.jobs import JobRow
from fundtracker.store.staff import StaffSessionRow
from fundtracker.web.context import context_of, put_context
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.gateway import MemoryGateway

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from fundtracker.services.parts import Parts
    from tests.factories.stripe import Body
    from tests.support.office import Office

ADMINISTRATOR = Grant(Role.ADMINISTRATOR)


@pytest.fixture
def gateway(office: Office) -> MemoryGateway:
    """Put a Stripe into the app that answers at once."""
    context = context_of(office.app)
    gateway = MemoryGateway(context.parts.clock, account="simulator")
    put_context(office.app, replace(context, parts=replace(context.parts, gateway=gateway)))
    return gateway


@pytest.fixture
def parts(office: Office, gateway: MemoryGateway) -> Parts:
    parts = context_of(office.app).parts
    assert parts.gateway is gateway
    return parts


@pytest.fixture
def administrator(office: Office) -> FlaskClient:
    return office.sign_in(ADMINISTRATOR)


def keep(parts: Parts, *events: Body) -> None:
    """Bring events to the inbox and settle them."""
    account = parts.gateway.account
    arrivals = [Arrival(account, body["id"], json.dumps(body)) for body in events]
    with parts.database.unit_of_work() as session:
        inbox.put(session, arrivals, parts.clock())
    settle_all(parts)


def a_parked_charge(parts: Parts) -> int:
    """Return the number of a row about a charge of which nothing else is known."""
    charge = Payment("nobody").charge(billing_details={"name": "Rosa Luxemburg"})
    keep(parts, event(charge))
    with parts.database.reading() as session:
        row = session.scalars(select(InboxRow).order_by(InboxRow.id.desc())).first()
    assert row is not None
    assert row.state == "parked"
    return row.id


def a_failed_job(parts: Parts) -> int:
    with parts.database.unit_of_work() as session:
        jobs.enqueue(session, "mail:7", "mail", "7", parts.clock())
        job = session.scalars(select(JobRow).where(JobRow.key == "mail:7")).one()
        job.attempts, job.note, job.failed_at = 8, "TimeoutError", parts.clock()
    return job.id


def shown(browser: FlaskClient, address: str = "/office/inbox", status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def words(page: str) -> str:
    """Return what a page says, without markup."""
    body = page.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def send(
    browser: FlaskClient, row: int, act: str, kind: str = "inbox", **fields: str
) -> TestResponse:
    """Send the form of an act, from the page that shows it."""
    page = shown(browser, f"/office/{kind}/{row}")
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    given = {"seen": unescape(seen[1])} if seen else {}
    return browser.post(f"/office/{kind}/{row}/{act}", data=given | fields)


def state_of(parts: Parts, row: int) -> str:
    with parts.database.reading() as session:
        return session.get_one(InboxRow, row).state


def waits_for(parts: Parts, row: int) -> str:
    with parts.database.reading() as session:
        return session.get_one(InboxRow, row).waits_for or ""


def recorded(parts: Parts) -> list[str]:
    with parts.database.reading() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


class TestHowThingsStand:
    def test_where_nothing_waits_the_page_says_so(self, administrator: FlaskClient) -> None:
        said = words(shown(administrator))

        assert "the simulator: no money moves" in said
        assert "Account simulator" in said
        assert "Last message never" in said
        assert "none: everything is settled" in said
        assert "None: nothing is parked, quarantined or failed." in said
        assert "None: every gift that arrived is counted." in said
        assert "None: every job went well." in said

    @pytest.mark.parametrize(
        ("key", "mode"), [("sk_test_1", "Stripe's test mode"), ("sk_live_1", "real money")]
    )
    def test_it_says_whether_money_moves(
        self, office: Office, administrator: FlaskClient, key: str, mode: str
    ) -> None:
        context = context_of(office.app)
        settings = replace(context.settings, stripe_key=key, public_url="https://give.example.org")
        put_context(office.app, replace(context, settings=settings))

        assert f"Mode {mode}" in words(shown(administrator))

    def test_it_tells_how_far_stripe_was_heard(
        self, administrator: FlaskClient, parts: Parts
    ) -> None:
        account = parts.gateway.account
        moment = datetime(2026, 6, 12, 18, 4, tzinfo=UTC)
        with parts.database.unit_of_work() as session:
            jobs.move_cursor(session, account, "events", str(int(moment.timestamp())))
            inbox.put(session, [Arrival(account, "evt_1", "{}")], moment)
            inbox.put(session, [Arrival("other", "evt_2", "{}")], moment)
            inbox.put(
                session,
                [Arrival(account, "read:cs_1:x", "{}")],
                moment + timedelta(hours=1),
            )

        said = words(shown(administrator))
        assert "Last message 12 Jun 2026, 18:04 UTC" in said
        assert "Missed messages read up to 12 Jun 2026, 18:04 UTC" in said
        assert "Stripe's ledger read up to never" in said
        assert "Oldest not settled yet 12 Jun 2026, 18:04 UTC" in said
        assert "received 2 kept, and about to be settled" in said

    def test_what_waits_is_told_by_type_and_ids_and_nothing_else(
        self, administrator: FlaskClient, parts: Parts
    ) -> None:
        row = a_parked_charge(parts)

        page = shown(administrator)
        assert "charge.updated" in page
        assert "waits for pi_" in words(page)
        assert f'href="/office/inbox/{row}"' in page
        for address in ("/office/inbox", f"/office/inbox/{row}"):
            assert "Luxemburg" not in shown(administrator, address)

    def test_a_gift_without_a_rate_is_listed(
        self, administrator: FlaskClient, parts: Parts
    ) -> None:
        with parts.database.unit_of_work() as session:
            fund = a_fund(session)
            given = a_donation(session, fund, rate_mantissa=None, status="succeeded")
            a_donation(session, fund, rate_mantissa=None, status="failed")
            counted = a_donation(session, fund, status="succeeded")

        page = shown(administrator)
        assert given.token in page
        assert counted.token not in page
        assert "£50.00" in page
        assert f'href="/office/funds/{fund.slug}"' in page

    def test_jobs_that_failed_and_those_that_are_tried_again_are_listed(
        self, administrator: FlaskClient, parts: Parts
    ) -> None:
        job = a_failed_job(parts)
        with parts.database.unit_of_work() as session:
            jobs.enqueue(session, "tried", "unheard_of", "", parts.clock(), every=30)
            jobs.enqueue(session, "fine", "forget", "", parts.clock())
            session.scalars(select(JobRow).where(JobRow.key == "tried")).one().note = "Busy"

        page = shown(administrator)
        said = words(page)
        assert "send a mail mail:7 failed" in said
        assert "unheard_of tried is tried again" in said
        assert "empty old" not in said
        assert page.count(f'href="/office/jobs/{job}"') == 1
        assert page.count("/office/jobs/") == 1

    def test_older_messages_are_a_page_away(self, administrator: FlaskClient, parts: Parts) -> None:
        keep(parts, *(event(Payment("nobody").charge()) for _ in range(51)))

        first = shown(administrator)
        older = re.search(r'href="([^"]+)">Older messages', first)
        assert older is not None
        second = shown(administrator, unescape(older[1]))
        assert second.count("waits for") == 1
        assert "Older messages" not in second


class TestActing:
    def test_a_message_is_tried_again(self, administrator: FlaskClient, parts: Parts) -> None:
        row = a_parked_charge(parts)

        answer = send(administrator, row, "retry")

        assert (answer.status_code, answer.location) == (303, "/office/inbox")
        assert state_of(parts, row) == "received"
        assert "The message is tried again now." in shown(administrator)
        assert recorded(parts) == ["inbox_retried"]

    def test_the_second_of_two_gets_a_sentence(self, office: Office, parts: Parts) -> None:
        row = a_parked_charge(parts)
        one, other = office.sign_in(ADMINISTRATOR), office.sign_in(ADMINISTRATOR)
        seen = re.search(r'name="seen" value="([^"]+)"', shown(other, f"/office/inbox/{row}"))
        assert seen is not None
        send(one, row, "aside", reason="A test of ours")

        answer = other.post(f"/office/inbox/{row}/retry", data={"seen": unescape(seen[1])})

        assert answer.status_code == 409
        assert "Somebody else has acted on this meanwhile" in answer.text
        # There is nothing left to be done about it.
        assert "<form" not in answer.text.partition("<main")[2]
        assert state_of(parts, row) == "ignored"
        assert recorded(parts) == ["inbox_set_aside", "refused"]

    def test_setting_aside_needs_a_reason_and_keeps_what_was_typed(
        self, administrator: FlaskClient, parts: Parts
    ) -> None:
        row = a_parked_charge(parts)

        answer = send(administrator, row, "aside", reason=" ")
        assert answer.status_code == 422
        assert 'id="reason-mistake">Say why: others will ask.' in answer.text

        answer = send(administrator, row, "aside", reason="x" * 501)
        assert answer.status_code == 422
        assert "x" * 501 in answer.text
        assert state_of(parts, row) == "parked"

    def test_stripe_is_asked_and_the_answer_is_kept(
        self, administrator: FlaskClient, parts: Parts, gateway: MemoryGateway
    ) -> None:
        row = a_parked_charge(parts)
        intent = waits_for(parts, row)
        gateway.objects[intent] = {"id": intent, "object": "payment_intent"}

        for sentence in ("Stripe has answered. What it says", "says what we know already"):
            assert send(administrator, row, "ask").status_code == 303
            assert sentence in shown(administrator)
        assert recorded(parts) == ["inbox_asked", "inbox_asked"]

    def test_what_stripe_does_not_know_is_said_on_the_page(
        self, administrator: FlaskClient, parts: Parts, gateway: MemoryGateway
    ) -> None:
        row = a_parked_charge(parts)

        answer = send(administrator, row, "ask")
        assert answer.status_code == 502
        assert f"Stripe says that it does not know {waits_for(parts, row)}" in answer.text

        gateway.down = True
        answer = send(administrator, row, "ask")
        assert answer.status_code == 503
        assert "Stripe cannot be reached. Nothing was changed." in answer.text

    def test_a_job_is_tried_again_once(self, administrator: FlaskClient, parts: Parts) -> None:
        job = a_failed_job(parts)

        answer = send(administrator, job, "retry", kind="jobs")
        assert (answer.status_code, answer.location) == (303, "/office/inbox")
        assert "The job is tried again now." in shown(administrator)

        answer = send(administrator, job, "retry", kind="jobs")
        assert answer.status_code == 409
        assert "under way again" in answer.text
        assert "under way" in words(shown(administrator, f"/office/jobs/{job}"))

    def test_a_job_that_is_done_says_so(self, administrator: FlaskClient, parts: Parts) -> None:
        job = a_failed_job(parts)
        with parts.database.unit_of_work() as session:
            row = session.get_one(JobRow, job)
            row.failed_at, row.note, row.done_at = None, None, parts.clock()

        said = words(shown(administrator, f"/office/jobs/{job}"))
        assert "State done" in said
        assert "Try again" not in said

    def test_what_is_not_there_is_not_found(self, administrator: FlaskClient) -> None:
        for address in ("/office/inbox/99", "/office/jobs/99"):
            shown(administrator, address, status=404)
        assert administrator.post("/office/inbox/99/retry").status_code == 404
        assert administrator.post("/office/jobs/99/retry").status_code == 404


class TestWhoMay:
    def test_a_treasurer_of_one_fund_sees_its_gifts_and_no_messages(
        self, office: Office, parts: Parts
    ) -> None:
        row, job = a_parked_charge(parts), a_failed_job(parts)
        with parts.database.unit_of_work() as session:
            own, other = a_fund(session), a_fund(session)
            mine, theirs = (
                a_donation(session, fund, rate_mantissa=None, status="succeeded")
                for fund in (own, other)
            )
        treasurer = office.sign_in(Grant(Role.CENTRAL_TREASURER, fund_id=own.id))

        page = shown(treasurer)
        assert mine.token in page
        assert theirs.token not in page
        assert "pi_" not in page
        assert "mail:7" not in page
        for address in (f"/office/inbox/{row}", "/office/inbox/99", f"/office/jobs/{job}"):
            shown(treasurer, address, status=404)
        assert treasurer.post(f"/office/inbox/{row}/retry").status_code == 404
        assert treasurer.post(f"/office/jobs/{job}/retry").status_code == 404
        assert state_of(parts, row) == "parked"

    def test_an_auditor_looks_and_does_not_touch(self, office: Office, parts: Parts) -> None:
        row = a_parked_charge(parts)
        a_failed_job(parts)
        auditor = office.sign_in(Grant(Role.AUDITOR))

        page = shown(auditor)
        assert "charge.updated" in page
        assert f"/office/inbox/{row}" not in page
        shown(auditor, f"/office/inbox/{row}", status=403)
        assert auditor.post(f"/office/inbox/{row}/retry").status_code == 403

    def test_acting_asks_for_the_second_factor_again(self, office: Office, parts: Parts) -> None:
        row = a_parked_charge(parts)
        member, browser = office.seat(ADMINISTRATOR)
        long_ago = datetime.now(UTC) - timedelta(minutes=11)
        with office.database.unit_of_work() as session:
            sitting = session.scalars(
                select(StaffSessionRow).where(StaffSessionRow.staff_id == member.id)
            ).one()
            sitting.proved_at = long_ago

        answer = browser.get(f"/office/inbox/{row}", headers={"Accept": "text/html"})
        assert answer.status_code == 303
        assert "second-factor" in answer.location
        assert browser.post(f"/office/inbox/{row}/retry").status_code in {303, 401}
        assert state_of(parts, row) == "parked"
