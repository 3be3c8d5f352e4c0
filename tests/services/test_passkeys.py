from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Invalid, NotFound, NotSignedIn, TooManyRequests
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.staff import FRESH
from fundtracker.services.passkey_ceremony import (
    LONGEST_ANSWER,
    PATIENCE,
    Challenge,
    creation_options,
    host_of,
    new_challenge,
    read_answer,
    request_options,
)
from fundtracker.services.passkeys import (
    add_passkey,
    remove_passkey,
    show_passkey,
    sign_in_with_passkey,
)
from fundtracker.services.sign_in import sign_in
from fundtracker.store import staff
from fundtracker.store.staff import AttemptRow, PasskeyRow, StaffRow
from tests.support.doors import PASSWORD, Device, a_colleague, logged, seated, visitor_at

if TYPE_CHECKING:
    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

TREASURER = Grant(Role.CENTRAL_TREASURER)


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("", "203.0.113.9"))


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def treasurer(parts: Parts, device: Device) -> StaffRow:
    """Return a treasurer with a passkey and nothing else."""
    row = a_colleague(parts, TREASURER, totp_secret=None)
    made(parts, seated(parts, row), device)
    return row


def made(parts: Parts, who: Visitor, device: Device, label: str = "", password: str = "") -> str:
    """Let a device make a passkey for somebody, and keep it."""
    challenge = new_challenge(parts)
    answer = device.make(creation_options(parts, who, challenge))
    return add_passkey(parts, who, challenge, answer, label, password)


def signed(
    parts: Parts, device: Device, who: Visitor | None = None, host: str | None = None
) -> tuple[Challenge, str]:
    """Let a device sign a challenge."""
    challenge = new_challenge(parts)
    return challenge, device.sign(request_options(parts, who, challenge), host=host)


def refused(parts: Parts, challenge: Challenge, answer: str) -> bool:
    """Tell that nobody is signed in by an answer."""
    with pytest.raises(Invalid, match="not accepted"):
        sign_in_with_passkey(parts, challenge, answer)
    return logged(parts)[-1] == Action.SIGN_IN_FAILED


def test_a_passkey_signs_in_alone_as_whole_as_two_factors(
    parts: Parts, treasurer: StaffRow, device: Device, clock: Clock
) -> None:
    who = visitor_at(parts, sign_in_with_passkey(parts, *signed(parts, device)))
    assert who.staff_id == treasurer.id
    assert who.is_complete
    assert who.is_fresh(clock.now)
    assert logged(parts)[-1] == Action.SIGNED_IN


def test_making_the_first_passkey_completes_the_session(parts: Parts, device: Device) -> None:
    row = a_colleague(parts, TREASURER, totp_secret=None)
    who = visitor_at(parts, made(parts, seated(parts, row), device, "  My phone "))
    assert who.is_complete
    with parts.database.reading() as session:
        assert [passkey.label for passkey in staff.passkeys_of(session, row.id)] == ["My phone"]


def test_a_passkey_is_the_second_factor_after_a_password(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    who = visitor_at(parts, sign_in(parts, treasurer.email, PASSWORD))
    assert not who.is_complete
    challenge, answer = signed(parts, device, who)
    assert visitor_at(parts, show_passkey(parts, who, challenge, answer)).is_complete


def test_only_ones_own_passkey_is_a_second_factor(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    colleague = seated(parts, a_colleague(parts, TREASURER))
    with pytest.raises(Invalid, match="not accepted"):
        show_passkey(parts, colleague, *signed(parts, device))
    assert logged(parts)[-1] == Action.FACTOR_FAILED


def test_an_answer_is_worth_something_once(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    challenge, answer = signed(parts, device)
    sign_in_with_passkey(parts, challenge, answer)
    assert refused(parts, challenge, answer)


def test_a_device_that_never_counts_signs_again_but_not_the_same(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    device.signed = -1
    challenge, answer = signed(parts, device)
    sign_in_with_passkey(parts, challenge, answer)
    assert refused(parts, challenge, answer)
    device.signed = -1
    assert sign_in_with_passkey(parts, *signed(parts, device))


def test_an_answer_to_another_challenge_or_a_late_one_is_refused(
    parts: Parts, treasurer: StaffRow, device: Device, clock: Clock
) -> None:
    _, answer = signed(parts, device)
    assert refused(parts, new_challenge(parts), answer)
    challenge, answer = signed(parts, device)
    clock.now += PATIENCE
    clock.advance(1)
    assert refused(parts, challenge, answer)


def test_a_copied_device_whose_count_is_behind_is_refused(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    for _ in range(3):
        sign_in_with_passkey(parts, *signed(parts, device))
    device.signed = 1
    assert refused(parts, *signed(parts, device))


def test_an_answer_that_another_site_was_given_is_refused(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    device.origin = "https://give.example.evil.example"
    assert refused(parts, *signed(parts, device))
    device.origin = parts.public_url
    assert refused(parts, *signed(parts, device, host="evil.example"))


def test_a_device_that_did_not_verify_its_user_is_refused(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    device.verifies = False
    assert refused(parts, *signed(parts, device))
    with pytest.raises(Invalid, match="could not be added"):
        made(parts, seated(parts, treasurer, proved=True), Device(verifies=False))


def test_an_answer_in_anothers_name_or_with_anothers_key_is_refused(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    device.owner = b"member-0"
    assert refused(parts, *signed(parts, device))
    thief = Device()
    thief.id, thief.owner = device.id, treasurer.token.encode()
    assert refused(parts, *signed(parts, thief))
    assert refused(parts, *signed(parts, Device()))


def test_whoever_is_disabled_has_no_passkey(
    parts: Parts, treasurer: StaffRow, device: Device, clock: Clock
) -> None:
    with parts.database.unit_of_work() as session:
        session.get_one(StaffRow, treasurer.id).disabled_at = clock.now
    assert refused(parts, *signed(parts, device))


@pytest.mark.parametrize("answer", ["", "null", "[]", "{", "[" * 9000, "x" * (LONGEST_ANSWER + 1)])
def test_what_no_browser_would_answer_is_refused(parts: Parts, answer: str) -> None:
    assert refused(parts, new_challenge(parts), answer)


@given(st.text(), st.dictionaries(st.text(), st.text()) | st.none())
def test_an_answer_of_any_shape_is_read_or_refused(own: str, response: dict[str, str]) -> None:
    told = {"id": own, "rawId": own, "type": "public-key", "response": response}
    assert read_answer(json.dumps(told)) is None


def test_wrong_passwords_do_not_lock_out_a_passkey(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    for _ in range(10):
        with pytest.raises(Invalid):
            sign_in(parts, treasurer.email, "a guess of a thief")
    assert sign_in_with_passkey(parts, *signed(parts, device))


def test_the_log_is_not_filled_with_failing_passkeys(parts: Parts, clock: Clock) -> None:
    assert refused(parts, new_challenge(parts), "")
    with parts.database.unit_of_work() as session:
        [row] = session.query(AttemptRow)
        until = clock.now + timedelta(minutes=15)
        session.add_all(
            AttemptRow(subject=row.subject, at=clock.now, expires_at=until) for _ in range(99)
        )
    with pytest.raises(TooManyRequests):
        sign_in_with_passkey(parts, new_challenge(parts), "")
    assert logged(parts) == [Action.SIGN_IN_FAILED]


def test_a_passkey_is_offered_to_no_other_account_and_kept_once(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    who = seated(parts, treasurer, proved=True)
    excluded = json.loads(creation_options(parts, who, new_challenge(parts)))["excludeCredentials"]
    assert len(excluded) == 1
    with pytest.raises(Invalid, match="here already"):
        made(parts, who, device)


def test_an_order_is_answered_once_and_in_time(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    who = seated(parts, treasurer, proved=True)
    challenge = new_challenge(parts)
    answer = Device().make(creation_options(parts, who, challenge))
    late = replace(challenge, at=clock.now - PATIENCE * 2)
    for asked, text in ((late, answer), (challenge, "{}"), (challenge, "x" * 20_000)):
        with pytest.raises(Invalid, match="could not be added"):
            add_passkey(parts, who, asked, text, "")
    add_passkey(parts, who, challenge, answer, "")
    with pytest.raises(Invalid, match="could not be added"):
        add_passkey(parts, who, challenge, answer, "")


def test_a_stolen_session_adds_no_passkey(parts: Parts, treasurer: StaffRow, clock: Clock) -> None:
    with pytest.raises(NotSignedIn):
        made(parts, seated(parts, treasurer), Device())
    old = seated(parts, treasurer, proved=True)
    clock.now += FRESH
    with pytest.raises(NotSignedIn):
        made(parts, old, Device())
    teller = seated(parts, a_colleague(parts, Grant(Role.TELLER), totp_secret=None))
    with pytest.raises(Invalid, match="not your password"):
        made(parts, teller, Device(), password="a guess")
    assert made(parts, teller, Device(), password=PASSWORD)


def test_one_of_two_passkeys_can_be_removed_and_the_last_cannot(
    parts: Parts, treasurer: StaffRow, device: Device
) -> None:
    key = made(parts, seated(parts, treasurer, proved=True), Device())
    who = visitor_at(parts, key)
    with parts.database.reading() as session:
        first, second = staff.passkeys_of(session, treasurer.id)
    remove_passkey(parts, who, first.id)
    with pytest.raises(Invalid, match="Your role needs"):
        remove_passkey(parts, who, second.id)
    assert refused(parts, *signed(parts, device))


def test_nobody_removes_anothers_passkey(parts: Parts, treasurer: StaffRow) -> None:
    with parts.database.reading() as session:
        [passkey] = session.query(PasskeyRow)
    who = seated(parts, a_colleague(parts, TREASURER), proved=True)
    for number in (passkey.id, passkey.id + 1):
        with pytest.raises(NotFound):
            remove_passkey(parts, who, number)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://give.example", "give.example"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
    ],
)
def test_passkeys_are_bound_to_a_name(parts: Parts, address: str, host: str | None) -> None:
    here = replace(parts, public_url=address)
    assert host_of(here) == host
    if host is None:
        with pytest.raises(NotFound, match="name"):
            request_options(here, None, new_challenge(here))
