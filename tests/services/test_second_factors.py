from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain import attempts
from fundtracker.domain.actors import Actor
from fundtracker.domain.attempts import MOST_CODES
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Invalid, NotSignedIn, TooManyRequests
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.staff import FRESH, LASTS
from fundtracker.services.authenticator import (
    address_of,
    confirm_secret,
    offer_secret,
    remove_authenticator,
    show_code,
)
from fundtracker.services.choose_password import change_password
from fundtracker.services.factors import asks_password
from fundtracker.services.recovery_codes import codes_left, make_codes, show_recovery_code
from fundtracker.services.sessions import end_sessions
from fundtracker.services.sign_in import sign_in
from fundtracker.store.staff import RecoveryCodeRow, StaffRow
from tests.support.doors import (
    PASSWORD,
    SECRET,
    a_colleague,
    code_at,
    find_visitor,
    logged,
    seated,
    visitor_at,
)

if TYPE_CHECKING:
    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

TREASURER = Grant(Role.CENTRAL_TREASURER)
TELLER = Grant(Role.TELLER)
STEP = timedelta(seconds=30)


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("", "203.0.113.9"))


@pytest.fixture
def treasurer(parts: Parts) -> StaffRow:
    return a_colleague(parts, TREASURER)


@pytest.fixture
def half_in(parts: Parts, treasurer: StaffRow) -> Visitor:
    return seated(parts, treasurer)


def test_a_code_completes_the_session_under_a_new_key(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    before = sign_in(parts, treasurer.email, PASSWORD)
    clock.advance(60)
    after = show_code(parts, visitor_at(parts, before), f" {code_at(clock.now)} ")
    who = visitor_at(parts, after)
    assert who.is_complete
    assert who.is_fresh(clock.now)
    assert find_visitor(parts, before) is None
    assert logged(parts)[-1] == Action.FACTOR_SHOWN
    clock.now += FRESH
    assert not visitor_at(parts, after).is_fresh(clock.now)


def test_showing_the_factor_again_does_not_make_a_session_longer(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    began = clock.now
    key = sign_in(parts, treasurer.email, PASSWORD)
    while clock.now - began < LASTS:
        key = show_code(parts, visitor_at(parts, key), code_at(clock.now))
        clock.advance(60 * 60)
    assert find_visitor(parts, key) is None


@pytest.mark.parametrize("late", [-STEP, timedelta(0), STEP])
def test_a_clock_may_be_half_a_minute_wrong(
    parts: Parts, half_in: Visitor, clock: Clock, late: timedelta
) -> None:
    assert show_code(parts, half_in, code_at(clock.now + late))


@pytest.mark.parametrize("late", [-2 * STEP, 2 * STEP])
def test_a_code_of_another_minute_is_wrong(
    parts: Parts, half_in: Visitor, clock: Clock, late: timedelta
) -> None:
    with pytest.raises(Invalid, match="wrong, or was used"):
        show_code(parts, half_in, code_at(clock.now + late))
    assert logged(parts) == [Action.FACTOR_FAILED]


def test_a_code_works_once_and_with_it_all_before_it(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    show_code(parts, seated(parts, treasurer), code_at(clock.now))
    for moment in (clock.now, clock.now - STEP):
        with pytest.raises(Invalid):
            show_code(parts, seated(parts, treasurer), code_at(moment))
    assert show_code(parts, seated(parts, treasurer), code_at(clock.now + STEP))


def test_of_two_who_bring_the_same_code_at_once_one_gets_in(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    doors = [seated(parts, treasurer) for _ in range(4)]

    def show(who: Visitor) -> bool:
        try:
            return bool(show_code(parts, who, code_at(clock.now)))
        except Invalid:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(show, doors)) == [False, False, False, True]


def test_five_wrong_codes_end_the_session(parts: Parts, treasurer: StaffRow, clock: Clock) -> None:
    key = sign_in(parts, treasurer.email, PASSWORD)
    who = visitor_at(parts, key)
    for _ in range(MOST_CODES - 1):
        with pytest.raises(Invalid):
            show_code(parts, who, "000000")
    with pytest.raises(NotSignedIn, match="too many wrong codes"):
        show_recovery_code(parts, who, "00000-00000")
    assert find_visitor(parts, key) is None
    with pytest.raises((NotSignedIn, TooManyRequests)):
        show_code(parts, who, code_at(clock.now))


def test_who_guesses_slowly_is_stopped_until_there_is_another_password(
    parts: Parts, treasurer: StaffRow, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_GUESSES", 3)
    for _ in range(3):
        # The person comes in between, and the guesses stay counted.
        show_code(parts, seated(parts, treasurer), code_at(clock.now))
        with pytest.raises(Invalid):
            show_code(parts, seated(parts, treasurer), "000000")
        clock.advance(24 * 60 * 60)
    with pytest.raises(TooManyRequests, match="Somebody may know your password"):
        show_code(parts, seated(parts, treasurer), code_at(clock.now))

    change_password(parts, seated(parts, treasurer, proved=True), PASSWORD, "another horse battery")

    assert show_code(parts, seated(parts, treasurer), code_at(clock.now))


def test_a_month_later_the_guesses_are_forgotten(
    parts: Parts, treasurer: StaffRow, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_GUESSES", 1)
    with pytest.raises(Invalid):
        show_code(parts, seated(parts, treasurer), "000000")
    clock.advance(31 * 24 * 60 * 60)

    assert show_code(parts, seated(parts, treasurer), code_at(clock.now))


def test_a_right_code_forgives_the_wrong_ones_before_it(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    key = sign_in(parts, treasurer.email, PASSWORD)
    for _ in range(3):
        for _ in range(MOST_CODES - 1):
            with pytest.raises(Invalid):
                show_code(parts, visitor_at(parts, key), "000000")
        key = show_code(parts, visitor_at(parts, key), code_at(clock.now))
        clock.advance(60)
    assert find_visitor(parts, key)


def test_whoever_guesses_codes_in_one_session_after_the_other_is_stopped(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    for _ in range(5):
        who = seated(parts, treasurer)
        for _ in range(MOST_CODES - 1):
            with pytest.raises(Invalid):
                show_code(parts, who, "000000")
    with pytest.raises(TooManyRequests):
        show_code(parts, seated(parts, treasurer), code_at(clock.now))


def test_a_session_that_was_ended_meanwhile_is_not_completed(
    parts: Parts, half_in: Visitor, clock: Clock
) -> None:
    with parts.database.unit_of_work() as session:
        end_sessions(session, half_in.staff_id, clock.now)
    with pytest.raises(NotSignedIn):
        show_code(parts, half_in, code_at(clock.now))


def test_without_an_app_no_code_is_right(parts: Parts, clock: Clock) -> None:
    who = seated(parts, a_colleague(parts, TREASURER, totp_secret=None))
    with pytest.raises(Invalid):
        show_code(parts, who, code_at(clock.now))


def test_a_first_app_is_set_up_by_its_first_code(parts: Parts, clock: Clock) -> None:
    row = a_colleague(parts, TREASURER, totp_secret=None)
    here, there = (sign_in(parts, row.email, PASSWORD) for _ in range(2))
    who = visitor_at(parts, here)
    secret = offer_secret(parts, who)
    assert offer_secret(parts, who) == secret
    assert f"secret={secret}" in address_of(secret, row.email)
    with pytest.raises(Invalid, match="picture"):
        confirm_secret(parts, who, code_at(clock.now, SECRET))
    key = confirm_secret(parts, who, code_at(clock.now, secret))
    assert visitor_at(parts, key).is_complete
    assert find_visitor(parts, there) is None
    with parts.database.reading() as session:
        assert session.get_one(StaffRow, row.id).totp_secret == secret
    with pytest.raises(Invalid):
        show_code(parts, visitor_at(parts, key), code_at(clock.now, secret))
    assert logged(parts)[-2:] == [Action.FACTOR_ADDED, Action.FACTOR_FAILED]


def test_nothing_is_confirmed_that_was_not_offered(parts: Parts, clock: Clock) -> None:
    who = seated(parts, a_colleague(parts, TREASURER, totp_secret=None))
    with pytest.raises(Invalid, match="picture"):
        confirm_secret(parts, who, code_at(clock.now))


def test_whoever_stole_half_a_session_adds_no_second_factor_of_their_own(
    parts: Parts, half_in: Visitor, clock: Clock
) -> None:
    secret = offer_secret(parts, half_in)
    with pytest.raises(NotSignedIn):
        confirm_secret(parts, half_in, code_at(clock.now, secret))


def test_whoever_stole_a_session_without_second_factor_needs_the_password_to_add_one(
    parts: Parts, clock: Clock
) -> None:
    who = seated(parts, a_colleague(parts, TELLER, totp_secret=None))
    assert asks_password(who)
    code = code_at(clock.now, offer_secret(parts, who))
    with pytest.raises(Invalid) as refused:
        confirm_secret(parts, who, code, "a guess")
    assert refused.value.field == "password"
    assert confirm_secret(parts, who, code, PASSWORD)


def test_an_app_is_replaced_by_another_after_it_was_shown(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    who = seated(parts, treasurer, proved=True)
    secret = offer_secret(parts, who)
    key = confirm_secret(parts, who, code_at(clock.now, secret))
    with pytest.raises(Invalid):
        show_code(parts, visitor_at(parts, key), code_at(clock.now + STEP, SECRET))
    assert show_code(parts, visitor_at(parts, key), code_at(clock.now + STEP, secret))


def test_the_last_second_factor_of_a_treasurer_stays(parts: Parts, treasurer: StaffRow) -> None:
    who = seated(parts, treasurer, proved=True)
    with pytest.raises(Invalid, match="Your role needs"):
        remove_authenticator(parts, who)
    with parts.database.reading() as session:
        assert session.get_one(StaffRow, treasurer.id).totp_secret == SECRET


def test_a_teller_may_go_without_and_then_recovery_codes_end_too(
    parts: Parts, clock: Clock
) -> None:
    row = a_colleague(parts, TELLER)
    who = seated(parts, row, proved=True)
    make_codes(parts, who)
    remove_authenticator(parts, who)
    remove_authenticator(parts, who)
    with parts.database.reading() as session:
        assert session.get_one(StaffRow, row.id).totp_secret is None
        assert codes_left(session, row.id) == 0
    assert logged(parts) == [Action.CODES_MADE, Action.FACTOR_REMOVED]


def test_factors_change_only_for_who_showed_theirs_a_moment_ago(
    parts: Parts, treasurer: StaffRow, clock: Clock
) -> None:
    who = seated(parts, treasurer, proved=True)
    clock.now += FRESH
    for act in (make_codes, remove_authenticator):
        with pytest.raises(NotSignedIn):
            act(parts, who)


def test_each_of_ten_recovery_codes_works_once_however_it_is_typed(
    parts: Parts, treasurer: StaffRow
) -> None:
    codes = make_codes(parts, seated(parts, treasurer, proved=True))
    assert len(set(codes)) == 10
    typed = codes[3].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert show_recovery_code(parts, seated(parts, treasurer), typed)
    with pytest.raises(Invalid, match="used already"):
        show_recovery_code(parts, seated(parts, treasurer), codes[3])
    with parts.database.reading() as session:
        assert codes_left(session, treasurer.id) == 9


def test_of_two_who_bring_the_same_recovery_code_at_once_one_gets_in(
    parts: Parts, treasurer: StaffRow
) -> None:
    code = make_codes(parts, seated(parts, treasurer, proved=True))[0]
    doors = [seated(parts, treasurer) for _ in range(4)]

    def show(who: Visitor) -> bool:
        try:
            return bool(show_recovery_code(parts, who, code))
        except Invalid:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(show, doors)) == [False, False, False, True]


def test_new_codes_end_the_old_and_are_nobody_elses(parts: Parts, treasurer: StaffRow) -> None:
    old = make_codes(parts, seated(parts, treasurer, proved=True))
    new = make_codes(parts, seated(parts, treasurer, proved=True))
    colleague = a_colleague(parts, TREASURER)
    with pytest.raises(Invalid):
        show_recovery_code(parts, seated(parts, treasurer), old[0])
    with pytest.raises(Invalid):
        show_recovery_code(parts, seated(parts, colleague), new[0])
    assert show_recovery_code(parts, seated(parts, treasurer), new[0])


def test_the_database_holds_no_recovery_code(parts: Parts, treasurer: StaffRow) -> None:
    codes = make_codes(parts, seated(parts, treasurer, proved=True))
    with parts.database.reading() as session:
        stored = "".join(row.digest for row in session.query(RecoveryCodeRow)).upper()
    assert not any(code.replace("-", "") in stored for code in codes)


def test_recovery_codes_stand_in_for_something(parts: Parts) -> None:
    who = seated(parts, a_colleague(parts, TELLER, totp_secret=None))
    with pytest.raises(Invalid, match="second factor first"):
        make_codes(parts, who)
