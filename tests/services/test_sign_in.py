from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import pytest
from argon2 import PasswordHasher

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Invalid, TooManyRequests
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.staff import HALF_LASTS, IDLE, LASTS
from fundtracker.services import passwords
from fundtracker.services.sessions import notice_session
from fundtracker.services.sign_in import WRONG, sign_in, sign_out, sign_out_elsewhere
from fundtracker.store.staff import AttemptRow, StaffRow
from tests.support.doors import (
    PASSWORD,
    a_colleague,
    find_visitor,
    kept,
    logged,
    visitor_at,
)

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

TELLER = Grant(Role.TELLER)
TREASURER = Grant(Role.CENTRAL_TREASURER)


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("", "203.0.113.9"))


def from_address(parts: Parts, place: str) -> Parts:
    return parts.acting(Actor.staff("", place))


def tries(parts: Parts, email: str, password: str, times: int) -> list[str]:
    """Try to sign in, and say what came of each try."""
    outcomes = []
    for _ in range(times):
        try:
            sign_in(parts, email, password)
            outcomes.append("in")
        except (Invalid, TooManyRequests) as error:
            outcomes.append(type(error).__name__)
    return outcomes


def test_a_password_signs_in_whoever_needs_nothing_else(parts: Parts) -> None:
    row = a_colleague(parts, TELLER, totp_secret=None)
    who = visitor_at(parts, sign_in(parts, f"  {row.email.upper()} ", PASSWORD))
    assert who.staff_id == row.id
    assert who.is_complete
    assert not who.is_fresh(parts.clock())
    assert logged(parts) == [Action.SIGNED_IN]


@pytest.mark.parametrize("fields", [{}, {"totp_secret": None}])
def test_a_password_alone_leaves_a_treasurer_before_the_second_door(
    parts: Parts, fields: dict[str, None]
) -> None:
    row = a_colleague(parts, TREASURER, **fields)
    who = visitor_at(parts, sign_in(parts, row.email, PASSWORD))
    assert not who.is_complete


def test_a_teller_who_has_a_second_factor_shows_it_too(parts: Parts) -> None:
    row = a_colleague(parts, TELLER)
    assert not visitor_at(parts, sign_in(parts, row.email, PASSWORD)).is_complete


@pytest.mark.parametrize(
    ("fields", "password"),
    [
        ({}, "four hens on a red roof"),
        ({}, ""),
        ({}, PASSWORD * 20),
        ({"password": None}, PASSWORD),
    ],
)
def test_nobody_learns_why_they_were_not_let_in(
    parts: Parts, fields: dict[str, None], password: str
) -> None:
    row = a_colleague(parts, TELLER, **fields)
    with pytest.raises(Invalid) as known:
        sign_in(parts, row.email, password)
    with pytest.raises(Invalid) as unknown:
        sign_in(parts, "nobody@example.org", password)
    assert known.value.message == unknown.value.message == WRONG
    assert logged(parts) == [Action.SIGN_IN_FAILED] * 2


def test_what_is_no_address_is_nobodys(parts: Parts) -> None:
    with pytest.raises(Invalid, match="do not belong together"):
        sign_in(parts, "' OR 1=1 --", PASSWORD)


def test_whoever_was_disabled_is_nobody(parts: Parts, clock: Clock) -> None:
    row = a_colleague(parts, TELLER, disabled_at=clock.now)
    with pytest.raises(Invalid, match="do not belong together"):
        sign_in(parts, row.email, PASSWORD)


def test_an_unknown_account_costs_as_much_work_as_a_known_one(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's
            compared.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    row = a_colleague(parts, TELLER)
    for email in (row.email, "nobody@example.org"):
        with pytest.raises(Invalid):
            sign_in(parts, email, "wrong")
    assert compared == [kept().rsplit("$", 2)[0]] * 2


def test_ten_wrong_passwords_close_an_account_for_a_while_known_or_not(
    parts: Parts, clock: Clock
) -> None:
    row = a_colleague(parts, TELLER)
    for email in (row.email, "nobody@example.org"):
        assert tries(parts, email, "wrong", 11) == ["Invalid"] * 10 + ["TooManyRequests"]
    assert tries(from_address(parts, "198.51.100.7"), row.email, PASSWORD, 1) == ["TooManyRequests"]
    clock.advance(15 * 60)
    assert tries(parts, row.email, PASSWORD, 1) == ["in"]


def test_who_guesses_elsewhere_does_not_lock_out_where_somebody_has_been_before(
    parts: Parts,
) -> None:
    row = a_colleague(parts, TELLER)
    tries(parts, row.email, "wrong", 11)
    known = from_address(parts, "198.51.100.7")

    assert sign_in(known, row.email, PASSWORD, device="a laptop")
    for _ in range(10):
        with pytest.raises(Invalid):
            sign_in(known, row.email, "wrong", device="a laptop")
    with pytest.raises(TooManyRequests):
        sign_in(known, row.email, PASSWORD, device="a laptop")


def test_the_tries_of_one_address_are_counted_over_all_accounts(parts: Parts, clock: Clock) -> None:
    a_hundred(parts, clock)
    row = a_colleague(parts, TELLER)
    assert tries(parts, row.email, PASSWORD, 1) == ["TooManyRequests"]
    assert tries(from_address(parts, "198.51.100.7"), row.email, PASSWORD, 1) == ["in"]


def a_hundred(parts: Parts, clock: Clock) -> None:
    """Let a hundred different accounts have been tried from the address of `parts`."""
    with pytest.raises(Invalid):
        sign_in(parts, "first@example.org", "wrong")
    with parts.database.unit_of_work() as session:
        subjects = [row.subject for row in session.query(AttemptRow).order_by(AttemptRow.id)]
        until = clock.now + timedelta(minutes=15)
        session.add_all(
            AttemptRow(subject=subjects[-1], at=clock.now, expires_at=until) for _ in range(99)
        )


def test_right_passwords_are_not_counted(parts: Parts) -> None:
    row = a_colleague(parts, TELLER)
    assert tries(parts, row.email, PASSWORD, 12) == ["in"] * 12


def test_tries_at_the_same_moment_are_all_counted(parts: Parts) -> None:
    row = a_colleague(parts, TELLER)
    assert tries(parts, row.email, "wrong", 6) == ["Invalid"] * 6
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: tries(parts, row.email, "wrong", 1)[0], range(8)))
    assert sorted(outcomes) == ["Invalid"] * 4 + ["TooManyRequests"] * 4


def test_a_password_that_was_changed_while_it_was_compared_lets_nobody_in(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = a_colleague(parts, TELLER)
    compare = passwords.matches

    def change_meanwhile(stored: str | None, password: str) -> bool:
        with parts.database.unit_of_work() as session:
            session.get_one(StaffRow, row.id).password = "$argon2id$another"
        return compare(stored, password)

    monkeypatch.setattr(passwords, "matches", change_meanwhile)
    with pytest.raises(Invalid):
        sign_in(parts, row.email, PASSWORD)


def test_a_password_kept_under_old_parameters_is_kept_anew(parts: Parts) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    row = a_colleague(parts, TELLER, password=old)
    sign_in(parts, row.email, PASSWORD)
    with parts.database.reading() as session:
        now_kept = session.get_one(StaffRow, row.id).password
    assert now_kept is not None
    assert now_kept.split("$")[:4] == kept().split("$")[:4]
    assert passwords.matches(now_kept, PASSWORD)


def test_a_half_session_ends_soon_and_a_whole_one_after_twelve_hours(
    parts: Parts, clock: Clock
) -> None:
    teller, treasurer = a_colleague(parts, TELLER, totp_secret=None), a_colleague(parts, TREASURER)
    whole = sign_in(parts, teller.email, PASSWORD)
    half = sign_in(parts, treasurer.email, PASSWORD)
    clock.now += HALF_LASTS - timedelta(seconds=1)
    assert find_visitor(parts, half)
    clock.advance(1)
    assert find_visitor(parts, half) is None
    until = clock.now - HALF_LASTS + LASTS
    while clock.now < until:
        who = visitor_at(parts, whole)
        with parts.database.unit_of_work() as session:
            notice_session(session, who.session_id, clock.now)
        clock.advance(30 * 60)
    assert find_visitor(parts, whole) is None


def test_a_session_that_nobody_uses_ends_after_two_hours(parts: Parts, clock: Clock) -> None:
    row = a_colleague(parts, TELLER, totp_secret=None)
    key = sign_in(parts, row.email, PASSWORD)
    clock.now += IDLE - timedelta(seconds=1)
    assert find_visitor(parts, key)
    clock.advance(1)
    assert find_visitor(parts, key) is None


def test_every_sign_in_has_a_key_of_its_own(parts: Parts) -> None:
    row = a_colleague(parts, TELLER)
    assert sign_in(parts, row.email, PASSWORD) != sign_in(parts, row.email, PASSWORD)


def test_signing_out_ends_one_session(parts: Parts) -> None:
    row = a_colleague(parts, TELLER, totp_secret=None)
    here, there = (sign_in(parts, row.email, PASSWORD) for _ in range(2))
    sign_out(parts, visitor_at(parts, here))
    assert find_visitor(parts, here) is None
    assert find_visitor(parts, there)
    assert logged(parts)[-1] == Action.SIGNED_OUT


def test_signing_out_elsewhere_keeps_the_session_that_asks(parts: Parts) -> None:
    row = a_colleague(parts, TELLER, totp_secret=None)
    colleague = a_colleague(parts, TELLER, totp_secret=None)
    colleagues = sign_in(parts, colleague.email, PASSWORD)
    here, there = (sign_in(parts, row.email, PASSWORD) for _ in range(2))
    sign_out_elsewhere(parts, visitor_at(parts, here))
    assert find_visitor(parts, here)
    assert find_visitor(parts, there) is None
    assert find_visitor(parts, colleagues)
    assert logged(parts)[-1] == Action.SESSIONS_ENDED
