from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Changed, Invalid, NotFound
from fundtracker.domain.members import MemberState, NewGrant, Seen
from fundtracker.domain.roles import Role
from fundtracker.domain.scope import Scope
from fundtracker.services.disable import disable
from fundtracker.services.invite import NewMember, Sent, invite, send_link
from fundtracker.services.links import LinkKind, open_link
from fundtracker.services.work import work
from fundtracker.store import people
from tests.factories.rows import a_fund
from tests.factories.staff import a_member
from tests.support.deeds import deeds
from tests.support.mailbox import Mailbox, link_in

if TYPE_CHECKING:
    from fundtracker.domain.members import Member
    from fundtracker.services.parts import Parts

ANNA = NewMember(" Anna Berg ", "Anna@Example.org", NewGrant(Role.CENTRAL_TREASURER))


@pytest.fixture
def parts(parts: Parts) -> Parts:
    """Return the parts in the hands of an administrator."""
    return parts.acting(Actor.staff("admin", "192.0.2.1"))


def everybody(parts: Parts) -> list[Member]:
    with parts.database.reading() as session:
        return people.members(session, Scope.everything())


def opens(parts: Parts, kind: LinkKind, link: str) -> bool:
    with parts.database.reading() as session:
        try:
            open_link(session, parts, kind, link.rpartition("/")[2])
        except NotFound:
            return False
        return True


def mails(parts: Parts) -> Mailbox:
    assert isinstance(parts.delivery, Mailbox)
    while work(parts):
        pass
    return parts.delivery


def test_somebody_who_is_invited_waits_for_a_password_and_gets_the_link(parts: Parts) -> None:
    sent = invite(parts, ANNA)

    (anna,) = everybody(parts)
    assert (anna.name, anna.email) == ("Anna Berg", "anna@example.org")
    assert (anna.state, anna.has_factor, anna.seen_at) == (MemberState.INVITED, False, None)
    assert [held.grant.role for held in anna.held] == [Role.CENTRAL_TREASURER]
    assert (sent.token, sent.name, sent.email) == (anna.token, "Anna Berg", "anna@example.org")
    assert sent.expires_at == parts.clock() + timedelta(days=7)
    (message,) = mails(parts).messages
    assert (message.to, link_in(message)) == ("anna@example.org", sent.link)
    assert opens(parts, LinkKind.INVITATION, sent.link)


def test_the_log_says_so_and_names_nobody_in_the_open(parts: Parts) -> None:
    sent = invite(parts, ANNA)

    invited, given = deeds(parts.database)
    assert (invited.actor, invited.action) == ("staff:admin", "staff_invited")
    assert invited.subject == given.subject == f"staff:{sent.token}"
    assert "nna" not in f"{invited.facts}{given.facts}"
    assert invited.private["email"] == "anna@example.org"
    assert invited.private["place"] == "192.0.2.1"
    assert given.action == "grant_given"


def test_a_link_that_is_handed_over_is_sent_to_nobody(parts: Parts) -> None:
    sent = invite(parts, ANNA, by_mail=False)

    assert mails(parts).messages == []
    assert opens(parts, LinkKind.INVITATION, sent.link)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (replace(ANNA, name=" "), "name"),
        (replace(ANNA, name="A" * 81), "name"),
        (replace(ANNA, name="Anna\u202egreB"), "name"),
        (replace(ANNA, email="anna"), "email"),
        (replace(ANNA, grant=NewGrant(Role.SECTION_TREASURER)), "section"),
        (replace(ANNA, grant=NewGrant(Role.SECTION_TREASURER, section="XX")), "section"),
        (replace(ANNA, grant=NewGrant(Role.TELLER, fund="winter")), "fund"),
        (replace(ANNA, grant=NewGrant(Role.TELLER, sees_names=True)), "sees_names"),
    ],
)
def test_what_could_not_work_adds_nobody(parts: Parts, wanted: NewMember, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        invite(parts, wanted)

    assert refused.value.field == field
    assert everybody(parts) == []
    assert mails(parts).messages == []


def test_a_grant_is_for_the_section_and_the_fund_that_were_named(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, slug="hall", name="The hall")
    grant = NewGrant(Role.SECTION_TREASURER, "hall", "GB", sees_names=True)

    invite(parts, replace(ANNA, grant=grant))

    (held,) = everybody(parts)[0].held
    assert (held.fund, held.section) == ("The hall", "The section GB")
    assert (held.grant.fund_id, held.grant.sees_names) == (fund.id, True)
    given = deeds(parts.database)[-1]
    assert given.facts == {
        "after": {
            "role": "section_treasurer",
            "fund": "The hall",
            "section": "The section GB",
            "sees_names": True,
            "sees_emails": False,
        }
    }


def test_nobody_is_there_twice_however_the_address_is_written(parts: Parts) -> None:
    invite(parts, ANNA)

    with pytest.raises(Invalid, match="here already") as refused:
        invite(parts, replace(ANNA, email="anna@EXAMPLE.org "))

    assert refused.value.field == "email"
    assert len(everybody(parts)) == 1
    assert deeds(parts.database)[-1].action == "refused"


@pytest.mark.measured
def test_of_two_who_invite_somebody_at_once_one_does(parts: Parts) -> None:
    start = Barrier(2)

    def try_it(_: int) -> Sent | None:
        start.wait()
        try:
            return invite(parts, ANNA)
        except Invalid:
            return None

    with ThreadPoolExecutor(2) as pool:
        sent = [found for found in pool.map(try_it, range(2)) if found]

    assert len(sent) == 1
    assert [member.token for member in everybody(parts)] == [sent[0].token]


def test_an_invitation_that_is_sent_again_ends_the_first_one(parts: Parts) -> None:
    first = invite(parts, ANNA)
    (anna,) = everybody(parts)

    second = send_link(parts, anna.token, anna.seen)

    assert not opens(parts, LinkKind.INVITATION, first.link)
    assert opens(parts, LinkKind.INVITATION, second.link)
    assert [link_in(message) for message in mails(parts).messages] == [first.link, second.link]
    assert deeds(parts.database)[-1].action == "link_sent"


def test_whoever_has_a_password_gets_a_link_for_another_one(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        token = a_member(session, password="a hash").token

    sent = send_link(parts, token)

    assert opens(parts, LinkKind.RESET, sent.link)
    (message,) = mails(parts).messages
    assert message.subject == "Choose a new password for Fundtracker"


def test_whoever_was_disabled_gets_none(parts: Parts) -> None:
    sent = invite(parts, ANNA)
    disable(parts, sent.token)

    with pytest.raises(Changed):
        send_link(parts, sent.token)

    assert not opens(parts, LinkKind.INVITATION, sent.link)
    assert deeds(parts.database)[-1].refused == "link_sent"


def test_a_page_that_is_no_longer_true_sends_none(parts: Parts) -> None:
    sent = invite(parts, ANNA)

    with pytest.raises(Changed):
        send_link(parts, sent.token, Seen.parse("active 999"))

    assert opens(parts, LinkKind.INVITATION, sent.link)


def test_nobody_gets_a_link_for_a_guessed_token(parts: Parts) -> None:
    with pytest.raises(NotFound):
        send_link(parts, "somebody")
