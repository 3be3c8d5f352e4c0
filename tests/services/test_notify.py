from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.services import notify
from fundtracker.services.notify import notify as write
from fundtracker.services.work import work
from fundtracker.store.jobs import JobRow
from fundtracker.store.outbox import KEPT, MailRow
from tests.support.mailbox import Mailbox, link_in

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

LINK = "https://give.example/account/link/abc"


@pytest.fixture
def mailbox(parts: Parts) -> Mailbox:
    assert isinstance(parts.delivery, Mailbox)
    return parts.delivery


@pytest.fixture
def written(parts: Parts) -> None:
    """Let there be an invitation that waits to be sent."""
    with parts.database.unit_of_work() as session:
        write(
            session,
            parts,
            "invitation",
            "anna@example.org",
            name="Anna",
            link=LINK,
            expires_at=parts.clock(),
        )


def the_mail(parts: Parts) -> MailRow:
    with parts.database.reading() as session:
        return session.scalars(select(MailRow)).one()


def the_job(parts: Parts) -> JobRow:
    with parts.database.reading() as session:
        return session.scalars(select(JobRow)).one()


@pytest.mark.usefixtures("written")
def test_a_mail_is_sent_once_and_then_forgotten(
    parts: Parts, mailbox: Mailbox, clock: Clock
) -> None:
    assert work(parts)
    assert not work(parts)

    (message,) = mailbox.messages
    assert (message.to, message.at) == ("anna@example.org", clock.now)
    assert link_in(message) == LINK
    assert message.text.endswith("https://give.example")
    assert (the_mail(parts).content, the_mail(parts).sent_at) == (None, clock.now)


@pytest.mark.usefixtures("written")
def test_the_job_names_nobody(parts: Parts) -> None:
    job = the_job(parts)

    assert job.subject == str(the_mail(parts).id)
    assert job.key == f"mail:{job.subject}"


def test_an_act_that_fails_sends_no_mail(parts: Parts, mailbox: Mailbox) -> None:
    def fail_after_writing() -> None:
        with parts.database.unit_of_work() as session:
            write(session, parts, "changed", "a@example.org", name="Anna", changed_at=parts.clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()

    assert not work(parts)
    assert mailbox.messages == []


@pytest.mark.usefixtures("written")
def test_while_the_server_is_away_it_is_tried_again(
    parts: Parts, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.down = True
    work(parts)
    assert the_job(parts).note == "Undelivered"
    assert the_mail(parts).content is not None

    mailbox.down = False
    clock.advance(2)
    work(parts)

    assert len(mailbox.messages) == 1
    assert the_job(parts).done_at == clock.now


@pytest.mark.usefixtures("written")
def test_sent_twice_it_is_the_same_mail(parts: Parts, mailbox: Mailbox) -> None:
    class PowerCut(BaseException):
        """The process is gone after the mail is."""

    def cut(message: object) -> None:
        mailbox.messages.append(message)  # type: ignore[arg-type]
        raise PowerCut

    mailbox.deliver = cut  # type: ignore[method-assign]
    mail_id = str(the_mail(parts).id)
    with pytest.raises(PowerCut):
        notify.send(parts, mail_id)
    del mailbox.deliver
    notify.send(parts, mail_id)
    notify.send(parts, mail_id)

    first, second = mailbox.messages
    assert first == second


@pytest.mark.usefixtures("written")
def test_a_mail_that_could_not_be_sent_for_long_is_emptied(parts: Parts, clock: Clock) -> None:
    clock.advance(int(KEPT.total_seconds()))
    assert notify.forget(parts) == 0

    clock.advance(1)
    assert notify.forget(parts) == 1

    assert the_mail(parts).content is None
    assert the_mail(parts).sent_at is None
    assert timedelta(days=7) < KEPT
