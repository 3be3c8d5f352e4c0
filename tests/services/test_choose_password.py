from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import DeadLink, Invalid, NotSignedIn, TooManyRequests
from fundtracker.domain.roles import Grant, Role
from fundtracker.services.choose_password import (
    accept_invitation,
    ask_for_link,
    change_password,
    reset_password,
    whose_link,
)
from fundtracker.services.links import LIFETIMES, LinkKind, make_link
from fundtracker.services.sessions import end_sessions
from fundtracker.services.sign_in import sign_in
from fundtracker.services.work import work
from fundtracker.store.staff import LinkRow, StaffRow
from tests.support.doors import (
    PASSWORD,
    SECRET,
    a_colleague,
    find_visitor,
    logged,
    seated,
    visitor_at,
)
from tests.support.mailbox import Mailbox, link_in

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

TELLER = Grant(Role.TELLER)
CHOSEN = "nine owls under a bridge"


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("", "203.0.113.9"))


def link(parts: Parts, row: StaffRow, kind: LinkKind = LinkKind.RESET) -> str:
    """Make somebody a link, and return the token at the end of its address."""
    with parts.database.unit_of_work() as session:
        return make_link(session, parts, row.id, kind).address.rpartition("/")[2]


def mails(parts: Parts) -> Mailbox:
    """Send what waits to be sent."""
    while work(parts):
        pass
    assert isinstance(parts.delivery, Mailbox)
    return parts.delivery


def test_a_link_for_a_new_password_is_sent_to_whom_it_belongs(parts: Parts, clock: Clock) -> None:
    row = a_colleague(parts, TELLER)
    ask_for_link(parts, row.email.upper())
    [message] = mails(parts).messages
    assert message.to == row.email
    address = link_in(message)
    assert address.startswith("https://give.example/account/reset/")
    assert whose_link(parts, LinkKind.RESET, address.rpartition("/")[2]) == (row.name, row.email)
    assert logged(parts) == [Action.LINK_SENT]


@pytest.mark.parametrize("email", ["nobody@example.org", "", "no address at all"])
def test_asking_for_somebody_who_is_not_there_sends_nothing(parts: Parts, email: str) -> None:
    ask_for_link(parts, email)
    assert mails(parts).messages == []


def test_who_was_only_invited_or_is_disabled_is_sent_no_new_password(
    parts: Parts, clock: Clock
) -> None:
    for fields in ({"password": None}, {"disabled_at": clock.now}):
        ask_for_link(parts, a_colleague(parts, TELLER, **fields).email)
    assert mails(parts).messages == []


def test_somebody_and_nobody_are_asked_for_with_the_same_work(parts: Parts) -> None:
    """How long it takes must not tell who is here: what differs is left to the worker."""
    row = a_colleague(parts, TELLER)
    statements: dict[str, list[str]] = {row.email: [], "nobody@example.org": []}
    for email, seen in statements.items():

        def keep(*said: object, seen: list[str] = seen) -> None:
            seen.append(str(said[2]))

        listens = (parts.database.writer, "before_cursor_execute", keep)
        event.listen(*listens)
        ask_for_link(parts, email)
        event.remove(*listens)
    assert statements[row.email] == statements["nobody@example.org"]
    assert logged(parts) == [Action.LINK_SENT, Action.REFUSED]


def test_who_is_disabled_before_the_link_is_made_is_sent_none(parts: Parts, clock: Clock) -> None:
    row = a_colleague(parts, TELLER)
    ask_for_link(parts, row.email)
    with parts.database.unit_of_work() as session:
        session.get_one(StaffRow, row.id).disabled_at = clock.now
    assert mails(parts).messages == []


def test_nobodys_mailbox_is_filled_with_links(parts: Parts, clock: Clock) -> None:
    row = a_colleague(parts, TELLER)
    for _ in range(5):
        ask_for_link(parts, row.email)
    assert len(mails(parts).messages) == 3
    clock.advance(3600)
    ask_for_link(parts, row.email)
    assert len(mails(parts).messages) == 4


def test_a_new_password_takes_the_place_of_the_old_and_keeps_the_second_factor(
    parts: Parts,
) -> None:
    row = a_colleague(parts, Grant(Role.CENTRAL_TREASURER))
    before = seated(parts, row, proved=True)
    reset_password(parts, link(parts, row), CHOSEN)
    with parts.database.reading() as session:
        assert session.get_one(StaffRow, row.id).totp_secret == SECRET
    with pytest.raises(Invalid):
        sign_in(parts, row.email, PASSWORD)
    assert not visitor_at(parts, sign_in(parts, row.email, CHOSEN)).is_complete
    with pytest.raises(NotSignedIn):
        change_password(parts, before, CHOSEN, "seven geese in the rain")
    assert Action.PASSWORD_CHANGED in logged(parts)
    assert "was changed" in mails(parts).messages[-1].text


@pytest.mark.measured
def test_a_link_works_once_also_for_two_at_the_same_moment(parts: Parts) -> None:
    row = a_colleague(parts, TELLER)
    token = link(parts, row)

    def choose(words: str) -> bool:
        try:
            reset_password(parts, token, words)
        except DeadLink:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(choose, (f"{CHOSEN} {number}" for number in range(4))))
    assert sorted(outcomes) == [False, False, False, True]


def test_a_link_ends_with_its_time_with_a_newer_one_and_with_its_person(
    parts: Parts, clock: Clock
) -> None:
    row = a_colleague(parts, TELLER)
    older, newer = link(parts, row), link(parts, row)
    for token in (older, newer + "x", newer[1:], "", ".", "x" * 5000, "é.é"):
        with pytest.raises(DeadLink):
            whose_link(parts, LinkKind.RESET, token)
    with pytest.raises(DeadLink):
        whose_link(parts, LinkKind.INVITATION, newer)
    clock.now += LIFETIMES[LinkKind.RESET]
    with pytest.raises(DeadLink):
        reset_password(parts, newer, CHOSEN)
    disabled = a_colleague(parts, TELLER, disabled_at=clock.now)
    with pytest.raises(DeadLink):
        whose_link(parts, LinkKind.RESET, link(parts, disabled))


def test_the_database_alone_opens_no_link(parts: Parts) -> None:
    row = a_colleague(parts, TELLER)
    token = link(parts, row)
    with parts.database.reading() as session:
        [stored] = session.query(LinkRow)
    assert stored.key not in token
    assert token.partition(".")[0] not in stored.key


def test_a_password_that_is_refused_leaves_the_link_as_it_was(parts: Parts) -> None:
    row = a_colleague(parts, TELLER)
    token = link(parts, row)
    with pytest.raises(Invalid, match="at least 12"):
        reset_password(parts, token, "short")
    reset_password(parts, token, CHOSEN)


def test_an_invitation_that_is_accepted_signs_in(parts: Parts) -> None:
    row = a_colleague(parts, TELLER, password=None, totp_secret=None)
    token = link(parts, row, LinkKind.INVITATION)
    who = visitor_at(parts, accept_invitation(parts, token, CHOSEN))
    assert who.staff_id == row.id
    assert who.is_complete
    assert visitor_at(parts, sign_in(parts, row.email, CHOSEN)).staff_id == row.id
    with pytest.raises(DeadLink):
        accept_invitation(parts, token, CHOSEN)
    assert logged(parts)[0] == Action.SIGNED_IN


def test_changing_the_password_ends_every_other_session_and_link(parts: Parts) -> None:
    row = a_colleague(parts, TELLER, totp_secret=None)
    here, there = (sign_in(parts, row.email, PASSWORD) for _ in range(2))
    token = link(parts, row)
    change_password(parts, visitor_at(parts, here), PASSWORD, CHOSEN)
    assert find_visitor(parts, here)
    assert find_visitor(parts, there) is None
    with pytest.raises(DeadLink):
        whose_link(parts, LinkKind.RESET, token)
    assert visitor_at(parts, sign_in(parts, row.email, CHOSEN)).staff_id == row.id


def test_a_stolen_session_does_not_change_the_password(parts: Parts) -> None:
    who = seated(parts, a_colleague(parts, TELLER, totp_secret=None))
    for _ in range(10):
        with pytest.raises(Invalid, match="not your password"):
            change_password(parts, who, "a guess of a thief", CHOSEN)
    with pytest.raises(TooManyRequests):
        change_password(parts, who, PASSWORD, CHOSEN)


def test_the_same_password_is_no_new_one(parts: Parts) -> None:
    who = seated(parts, a_colleague(parts, TELLER, totp_secret=None))
    with pytest.raises(Invalid, match="already"):
        change_password(parts, who, PASSWORD, PASSWORD)


def test_a_session_that_has_ended_changes_nothing(parts: Parts, clock: Clock) -> None:
    who = seated(parts, a_colleague(parts, TELLER, totp_secret=None))
    with parts.database.unit_of_work() as session:
        end_sessions(session, who.staff_id, clock.now)
    with pytest.raises(NotSignedIn):
        change_password(parts, who, PASSWORD, CHOSEN)
