from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from fundtracker.domain import attempts
from fundtracker.domain.errors import (
    FundPaused,
    Invalid,
    InvalidAmount,
    InvalidText,
    NoRate,
    TooManyRequests,
    UnknownFund,
    UnknownSection,
)
from fundtracker.domain.money import Money
from fundtracker.domain.totals import Totals
from fundtracker.services import promise_online as module
from fundtracker.services import throttle
from fundtracker.services.promise_online import promise_online
from fundtracker.store import pledges as store
from fundtracker.store.jobs import JobRow
from fundtracker.store.ledger import JournalRow
from tests.factories.rows import a_fund
from tests.services.promising import PROMISE, contact, mails, pledges, promised
from tests.support.catalogues import SWEDISH, translated
from tests.support.telling import whole

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock


@pytest.fixture(autouse=True)
def hall_id(parts: Parts) -> int:
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="paused", status="paused")
        return a_fund(session, slug="hall").id


def test_a_promise_counts_for_nothing_until_its_address_has_answered(
    parts: Parts, hall_id: int
) -> None:
    promise_online(parts, "hall", PROMISE)

    (row,) = pledges(parts)
    assert (row.amount, row.currency, row.status, row.counted) == (
        5000,
        "GBP",
        "unconfirmed",
        False,
    )
    assert (row.source, row.name, row.email) == ("online", "Anna Canary", "anna@example.org")
    assert whole(parts, hall_id) == Totals()
    with parts.database.reading() as session:
        assert session.scalars(select(JournalRow)).all() == []


def test_the_address_is_asked_by_mail_and_told_nothing_of_what_was_typed(parts: Parts) -> None:
    promise_online(parts, "hall", PROMISE)

    (mail,) = mails(parts)
    assert mail.to == "anna@example.org"
    assert "£50" in mail.text
    assert "Founding conference" in mail.text
    assert "Anna" not in mail.text + mail.html + mail.subject


def test_it_may_be_due_in_monthly_parts(parts: Parts) -> None:
    promise_online(parts, "hall", replace(PROMISE, parts=3))

    (row,) = pledges(parts)
    with parts.database.reading() as session:
        plan = store.instalments(session, row)
    assert [(part.due, part.amount.minor) for part in plan] == [
        (date(2026, 7, 12), 1667),
        (date(2026, 8, 12), 1667),
        (date(2026, 9, 12), 1666),
    ]


def test_the_same_form_twice_is_one_promise_and_one_mail(parts: Parts) -> None:
    promise_online(parts, "hall", PROMISE)
    promise_online(parts, "hall", PROMISE)

    assert len(pledges(parts)) == 1
    assert len(mails(parts)) == 1


def test_a_form_that_was_changed_is_another_promise(parts: Parts) -> None:
    promise_online(parts, "hall", PROMISE)
    promise_online(parts, "hall", replace(PROMISE, amount=Money(6000, "GBP")))

    assert [row.amount for row in pledges(parts)] == [5000, 6000]


def test_a_form_that_is_sent_twice_at_the_same_moment_is_one_promise(parts: Parts) -> None:
    threads = [Thread(target=promise_online, args=(parts, "hall", PROMISE)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(pledges(parts)) == 1
    assert len(mails(parts)) == 1


def test_who_loses_the_race_has_promised_all_the_same(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise_online(parts, "hall", PROMISE)
    found = store.by_attempt
    answers = iter([None])

    def blind_at_first(*asked: Any) -> object:  # noqa: ANN401 - whatever it is asked
        return next(answers, found(*asked))

    monkeypatch.setattr(store, "by_attempt", blind_at_first)
    promise_online(parts, "hall", PROMISE)

    assert len(pledges(parts)) == 1


def test_what_else_the_database_refuses_is_no_success(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object) -> None:
        raise IntegrityError("INSERT", {}, ValueError())

    monkeypatch.setattr(module, "_write", refuse)

    with pytest.raises(IntegrityError):
        promise_online(parts, "hall", PROMISE)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": Money(29, "GBP")}, InvalidAmount),
        ({"amount": Money(99_999_999, "GBP")}, InvalidAmount),
        ({"amount": Money(5000, "USD")}, NoRate),
        ({"section": "XX"}, UnknownSection),
        ({"parts": 13}, Invalid),
        ({"due": date(2026, 6, 12)}, Invalid),
        ({"email": "anna"}, InvalidText),
        ({"name": "A\u202eB"}, InvalidText),
    ],
)
def test_what_cannot_be_promised_is_refused_before_anything_is_written(
    parts: Parts, change: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        promise_online(parts, "hall", replace(PROMISE, **change))

    assert pledges(parts) == []
    assert mails(parts) == []


@pytest.mark.parametrize(("slug", "error"), [("paused", FundPaused), ("nothing", UnknownFund)])
def test_a_fund_that_takes_no_gifts_takes_no_promises(
    parts: Parts, slug: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        promise_online(parts, slug, PROMISE)


def test_a_stranger_is_not_flooded_with_mails_and_nobody_learns_of_it(
    parts: Parts, clock: Clock
) -> None:
    for number in range(7):
        promise_online(parts, "hall", replace(PROMISE, attempt=f"a-form-of-today-{number}"))
    assert len(mails(parts)) == 5
    assert len(pledges(parts)) == 5

    clock.advance(int(timedelta(hours=2).total_seconds()))
    promise_online(parts, "hall", replace(PROMISE, attempt="a-form-of-later"))
    assert len(mails(parts)) == 6


def test_no_job_knows_a_name_or_an_address(parts: Parts) -> None:
    promised(parts)

    with parts.database.reading() as session:
        jobs = " ".join(
            f"{row.key} {row.subject} {row.note}" for row in session.scalars(select(JobRow))
        )
    assert "anna" not in jobs.lower()
    assert "canary" not in jobs.lower()


def test_of_the_link_only_a_digest_is_kept(parts: Parts) -> None:
    token = promised(parts)

    kept = contact(parts).link_key or ""
    assert kept not in token
    assert token not in kept


def test_a_promise_is_asked_about_in_the_language_that_it_was_made_in(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated(tmp_path, monkeypatch, "sv", SWEDISH)

    promised(parts, locale="sv")

    (mail,) = mails(parts)
    assert mail.subject == "Är löftet ditt? Founding conference"
    assert "har lovat Founding conference 50\xa0GBP med" in mail.text
    assert pledges(parts)[0].locale == "sv"


def test_labels_of_one_mailbox_are_asked_as_one(parts: Parts) -> None:
    for number in range(7):
        form = replace(PROMISE, attempt=f"form-{number}", email=f"anna+{number}@example.org")
        promise_online(parts, "hall", form)

    assert len(mails(parts)) == 5


def test_beyond_what_a_hall_can_send_nobody_is_written_to_and_an_alarm_is_raised(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_MAILS", 3)
    # One that no app in this process has set up before, and that is heard therefore.
    monkeypatch.setattr(throttle, "log", structlog.get_logger())
    forms = [
        replace(PROMISE, attempt=f"form-{number}", email=f"{number}@example.org")
        for number in range(4)
    ]
    for form in forms[:3]:
        promise_online(parts, "hall", form)

    with capture_logs() as lines, pytest.raises(TooManyRequests, match="Nothing was saved"):
        promise_online(parts, "hall", forms[3])
    assert {"event": "brake on attempts", "kind": "mails", "most": 3, "log_level": "error"} in lines
    assert len(mails(parts)) == 3
    clock.advance(3600)
    promise_online(parts, "hall", forms[3])
    assert len(mails(parts)) == 4
