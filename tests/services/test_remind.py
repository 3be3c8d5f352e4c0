from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.money import Money
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.pledges import Instalment, PledgeSource
from fundtracker.domain.reminders import Stage
from fundtracker.domain.scope import Scope
from fundtracker.services import remind as module
from fundtracker.services.answer_pledge import looked_at, say_paid, stop_mails, want_mails, withdraw
from fundtracker.services.change_pledge import Shown
from fundtracker.services.confirm_promise import confirm_promise
from fundtracker.services.hold import hold, release
from fundtracker.services.name_pledge import name_pledge
from fundtracker.services.remind import remind
from fundtracker.services.show_pledge import show_pledge
from fundtracker.services.work import KINDS
from fundtracker.store import funds, pledge_contacts, pledge_terms, pledges
from fundtracker.store.funds import FundRow
from fundtracker.store.jobs import JobRow
from fundtracker.store.pledge_contacts import PledgeReminderRow
from tests.factories.pledges import a_pledge, read, some_pledges
from tests.factories.rows import a_fund
from tests.services.promising import FIFTY, confirmed, link, mails, promised

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow
    from tests.support.clocks import Clock

DUE = date(2026, 7, 12)
# Days on which it may be time for something, or too late, counted from the due one.
TURNS = (-30, -15, -7, -1, 0, 4, 7, 14, 21, 28, 90, 335)
# The test's clock shows eight in the evening in Zurich.
EVENING = datetime(2026, 6, 12, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def hall_id(parts: Parts) -> int:
    with parts.database.unit_of_work() as session:
        return a_fund(session, slug="hall").id


@pytest.fixture
def token(parts: Parts) -> str:
    """£50, promised by Anna, confirmed, and due on 12 July."""
    return confirmed(parts)


def reminders(parts: Parts) -> list[str]:
    """Return the stages of which there was word."""
    with parts.database.reading() as session:
        query = select(PledgeReminderRow.stage).order_by(
            PledgeReminderRow.at, PledgeReminderRow.pledge_id
        )
        return list(session.scalars(query))


def subjects(parts: Parts) -> list[str]:
    """Return the subjects of everything but the question at the beginning."""
    return [mail.subject for mail in mails(parts) if not mail.subject.startswith("Is this")]


def days_after(clock: Clock, days: int, hour: int = 10) -> None:
    """Let it be a day, counted from the due one."""
    clock.now = datetime(2026, 7, 12, hour, tzinfo=UTC) + timedelta(days=days)


def through_a_year(parts: Parts, clock: Clock, due: date = DUE) -> None:
    """Come by in the morning and in the evening of each day of change and of the day before.

    The domain's own test comes by every hour of the year.
    """
    noon = datetime(due.year, due.month, due.day, 12, tzinfo=UTC)
    for turn in TURNS:
        for day in (turn - 1, turn):
            for hours in (-4, 8):
                clock.now = max(clock.now, noon + timedelta(days=day, hours=hours))
                remind(parts)


def set_terms(parts: Parts, terms: PledgeTerms) -> None:
    with parts.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, "hall").id, terms)


def test_a_promise_that_is_forgotten_is_told_of_five_times_and_then_a_treasurer(
    parts: Parts, token: str, clock: Clock
) -> None:
    clock.now = EVENING
    through_a_year(parts, clock)

    assert reminders(parts) == ["evening", "before", "due", "after", "late", "task", "write_off"]
    assert subjects(parts) == [
        "Thank you for your promise to Founding conference",
        "Your promise to Founding conference: due on 12 July 2026",
        "Your promise to Founding conference is due today",
        "Your promise to Founding conference is still open",
        "Your promise to Founding conference is still open",
    ]


def test_a_mail_tells_what_was_promised_and_leads_to_its_page(parts: Parts, token: str) -> None:
    remind(parts)

    mail = mails(parts)[-1]
    assert mail.to == "anna@example.org"
    assert "Hello Anna Canary," in mail.text
    assert "you promised £50 to Founding conference on 12 June 2026. Thank you." in mail.text
    assert "Still to come: £50, by 12 July 2026." in mail.text
    page = f"https://give.example/p/{show_pledge(parts, token).key}"
    assert page in mail.text.splitlines()
    assert f"{page}/stop" in mail.text.splitlines()


def test_the_worker_does_it_by_itself(parts: Parts, token: str) -> None:
    KINDS["remind"](parts, parts.gateway.account)

    assert reminders(parts) == ["evening"]


def test_each_mail_is_written_once_however_often_the_worker_comes_by(
    parts: Parts, token: str, clock: Clock
) -> None:
    days_after(clock, 0)
    for _ in range(3):
        remind(parts)

    assert reminders(parts) == ["due"]
    assert len(subjects(parts)) == 1


def test_two_workers_at_once_write_one_mail(
    parts: Parts, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with parts.database.unit_of_work() as session:
        pledge = pledges.by_token(session, token, Scope.everything())
        pledge_contacts.remember(session, pledge.id, DUE, Stage.EVENING, parts.clock())
    monkeypatch.setattr(pledge_contacts, "reminders", lambda *_: {})

    assert remind(parts) == 0
    assert subjects(parts) == []


def test_what_is_paid_is_not_reminded_of(parts: Parts, token: str, clock: Clock) -> None:
    with parts.database.unit_of_work() as session:
        pledges.locked_by_token(session, token, Scope.everything()).paid = 5000
    through_a_year(parts, clock)

    assert reminders(parts) == []


def test_of_parts_the_oldest_open_one_is_told(parts: Parts, clock: Clock) -> None:
    token = confirmed(parts, parts=5)
    with parts.database.unit_of_work() as session:
        pledges.locked_by_token(session, token, Scope.everything()).paid = 1500
    clock.now = datetime(2026, 8, 12, 10, tzinfo=UTC)

    remind(parts)

    assert "Still to come: £35, of it £5 by 12 August 2026." in mails(parts)[-1].text


def test_who_has_withdrawn_hears_no_more(parts: Parts, token: str, clock: Clock) -> None:
    withdraw(parts, Shown(token, read(parts, token).version))
    through_a_year(parts, clock)

    assert reminders(parts) == []


def test_who_has_stopped_the_mails_hears_no_more_until_they_want_to(
    parts: Parts, token: str, clock: Clock
) -> None:
    stop_mails(parts, token)
    days_after(clock, 0)
    remind(parts)
    assert reminders(parts) == []

    want_mails(parts, token)
    remind(parts)
    assert reminders(parts) == ["due"]


def test_who_says_that_it_is_paid_is_left_alone_until_the_treasurer_has_looked(
    parts: Parts, token: str, clock: Clock
) -> None:
    say_paid(parts, token)
    days_after(clock, 7)
    remind(parts)
    assert reminders(parts) == []

    looked_at(parts, token, Scope.everything())
    remind(parts)
    assert reminders(parts) == ["after"]


def test_whose_address_has_not_answered_is_not_written_to(parts: Parts, clock: Clock) -> None:
    promised(parts)
    row = a_pledge(parts, "hall", FIFTY)
    name_pledge(parts, Shown(row.token, row.version), "Berta", "berta@example.org")
    question = link(parts)
    remind(parts)
    assert reminders(parts) == []

    confirm_promise(parts, question)
    remind(parts)
    assert [mail.to for mail in mails(parts)][-1] == "berta@example.org"


def test_an_address_that_a_teller_wrote_down_is_written_to(parts: Parts) -> None:
    a_pledge(parts, "hall", FIFTY, email="anna@example.org")

    assert remind(parts) == 1


def test_without_an_address_and_for_sections_there_are_no_mails_and_no_tasks(
    parts: Parts, clock: Clock
) -> None:
    a_pledge(parts, "hall", FIFTY)
    a_pledge(parts, "hall", FIFTY, source=PledgeSource.SECTION, email="treasurer@example.org")
    through_a_year(parts, clock)

    assert reminders(parts) == []


def test_what_waits_for_a_treasurer_is_reminded_of_once_it_counts(
    parts: Parts, clock: Clock
) -> None:
    set_terms(parts, PledgeTerms(0))
    token = confirmed(parts)
    assert remind(parts) == 0

    with parts.database.unit_of_work() as session:
        row = pledges.locked_by_token(session, token, Scope.everything())
        row.status, row.counted = "open", True
    clock.advance(3 * 24 * 3600 - 3 * 3600)
    assert remind(parts) == 1
    assert subjects(parts) == ["Thank you for your promise to Founding conference"]


@pytest.mark.parametrize("status", ["paused", "archived"])
def test_a_fund_that_rests_reminds_nobody(parts: Parts, token: str, status: str) -> None:
    with parts.database.unit_of_work() as session:
        funds.locked(session, "hall").status = status

    assert remind(parts) == 0


def test_a_closed_fund_goes_on_reminding(parts: Parts, token: str, clock: Clock) -> None:
    with parts.database.unit_of_work() as session:
        funds.locked(session, "hall").status = "closed"
    days_after(clock, 7)

    assert remind(parts) == 1


@pytest.mark.parametrize("change", [{"status": "closed"}, {"closes_at": EVENING}])
def test_a_rehearsal_that_is_over_reminds_nobody(
    parts: Parts, token: str, clock: Clock, change: dict[str, object]
) -> None:
    with parts.database.unit_of_work() as session:
        row = funds.locked(session, "hall")
        row.rehearsal = True
    assert remind(parts) == 1

    with parts.database.unit_of_work() as session:
        row = funds.locked(session, "hall")
        for name, value in change.items():
            setattr(row, name, value)
    through_a_year(parts, clock)
    assert reminders(parts) == ["evening"]


def test_the_hours_are_those_of_the_funds_timezone(parts: Parts, token: str, clock: Clock) -> None:
    days_after(clock, 0, hour=6)
    assert remind(parts) == 0
    days_after(clock, 0, hour=7)
    assert remind(parts) == 1

    with parts.database.unit_of_work() as session:
        session.scalars(select(FundRow)).one().timezone = "Pacific/Auckland"
    days_after(clock, 6, hour=22)
    # It is ten in the morning of the seventh day there.
    assert remind(parts) == 1


def test_while_a_transfer_may_be_on_its_way_nobody_is_reminded_after_the_day(
    parts: Parts, token: str, clock: Clock
) -> None:
    set_terms(parts, PledgeTerms(40_000, details="Giro 90-1234"))
    through_a_year(parts, clock)
    assert reminders(parts) == ["evening", "before", "due"]

    days_after(clock, 7)
    set_terms(parts, PledgeTerms(40_000, details="Giro", booked_until=DUE + timedelta(days=2)))
    remind(parts)
    assert reminders(parts)[-1] == "after"


def test_a_mail_says_how_much_of_all_has_arrived_once_that_tells_of_many(parts: Parts) -> None:
    rows = some_pledges(parts, "hall", [Money(1000, "EUR")] * 5, email="anna@example.org")
    with parts.database.unit_of_work() as session:
        paid = pledges.lock(session, [rows[0].id, rows[1].id])
        for row in paid.values():
            row.paid, row.paid_base = 1000, 1000
        fund = funds.by_slug(session, "hall")
        # As the totals have it: what is open of these five, and what came of two.
        assert module.share_arrived(session, fund) == 28
    hold(parts, "hall")
    with parts.database.reading() as session:
        # What the hall does not see, no mail tells.
        assert module.share_arrived(session, funds.by_slug(session, "hall")) is None
    release(parts, "hall")
    remind(parts)

    assert "Thank you: 28 % of all promises have arrived." in mails(parts)[-1].text


def test_with_few_promises_or_none_paid_no_share_is_told(parts: Parts, token: str) -> None:
    with parts.database.reading() as session:
        fund = funds.by_slug(session, "hall")
        assert module.share_arrived(session, fund) is None
    some_pledges(parts, "hall", [FIFTY] * 5)
    with parts.database.reading() as session:
        assert module.share_arrived(session, fund) is None


def test_a_run_writes_only_so_many_mails_and_the_next_one_goes_on(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_pledges(parts, "hall", [FIFTY] * 5, email="anna@example.org")
    monkeypatch.setattr(module, "MOST", 3)
    monkeypatch.setattr(module, "PAGE", 2)

    assert remind(parts) == 3
    assert remind(parts) == 2
    assert remind(parts) == 0


def test_what_changes_between_the_look_and_the_letter_is_seen(
    parts: Parts, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = pledges.lock

    def withdrawn_meanwhile(session: object, ids: list[int]) -> dict[int, PledgeRow]:
        rows = lock(session, ids)  # type: ignore[arg-type]
        for row in rows.values():
            row.status = "cancelled"
        return rows

    monkeypatch.setattr(pledges, "lock", withdrawn_meanwhile)

    assert remind(parts) == 0
    assert subjects(parts) == []


def test_what_is_paid_between_the_look_and_the_letter_is_seen(
    parts: Parts, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = pledges.lock

    def paid_meanwhile(session: object, ids: list[int]) -> dict[int, PledgeRow]:
        rows = lock(session, ids)  # type: ignore[arg-type]
        for row in rows.values():
            row.paid = row.amount
        return rows

    monkeypatch.setattr(pledges, "lock", paid_meanwhile)

    assert remind(parts) == 0


def test_no_job_and_no_subject_knows_a_name(parts: Parts, token: str) -> None:
    remind(parts)
    sent = mails(parts)

    with parts.database.reading() as session:
        jobs = [f"{row.key} {row.subject} {row.note}" for row in session.scalars(select(JobRow))]
    told = " ".join([*jobs, *(mail.subject for mail in sent)]).lower()
    assert "anna" not in told
    assert "canary" not in told
    assert token.lower() not in told


def test_a_day_of_ones_own_is_followed(parts: Parts, clock: Clock) -> None:
    due = date(2026, 6, 20)
    plan = (Instalment(due, FIFTY),)
    a_pledge(parts, "hall", FIFTY, email="anna@example.org", instalments=plan)

    through_a_year(parts, clock, due)

    assert reminders(parts) == ["evening", "before", "due", "after", "late", "task", "write_off"]
