from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

import pytest
import structlog
from structlog.testing import capture_logs

from fundtracker.domain.errors import DeadLink
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services import confirm_promise as module
from fundtracker.services.change_pledge import Shown
from fundtracker.services.confirm_promise import asked_of, confirm_promise
from fundtracker.services.decide_pledge import cancel_pledge, confirm_pledge
from fundtracker.services.name_pledge import name_pledge
from fundtracker.services.pledge_keys import token_of
from fundtracker.services.verify import verify
from fundtracker.store import funds, pledge_terms
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_fund
from tests.services.promising import FIFTY, confirmed, contact, link, pledges, promised
from tests.support.deeds import deeds
from tests.support.telling import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

# £50 at 1.15.
BASE = 5750


@pytest.fixture(autouse=True)
def hall_id(parts: Parts) -> int:
    with parts.database.unit_of_work() as session:
        return a_fund(session, slug="hall").id


def limit(parts: Parts, minor: int) -> None:
    with parts.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, "hall").id, PledgeTerms(minor))


def test_the_link_says_what_it_asks_and_looking_changes_nothing(parts: Parts, hall_id: int) -> None:
    token = promised(parts, parts=2)

    asked = asked_of(parts, token)

    assert asked.promised == FIFTY
    assert [part.amount.minor for part in asked.parts] == [2500, 2500]
    assert asked.made_online
    assert whole(parts, hall_id) == Totals()


def test_a_small_promise_counts_once_its_address_has_answered(parts: Parts, hall_id: int) -> None:
    page = confirmed(parts)

    (row,) = pledges(parts)
    assert (row.token, row.status, row.counted) == (page, "open", True)
    assert row.confirmed_at == parts.clock()
    assert whole(parts, hall_id) == Totals(pledged=BASE, pledges=1)
    assert verify(parts).broken == ()


def test_the_fund_is_announced_so_that_screens_move(parts: Parts) -> None:
    token = promised(parts)
    with parts.database.reading() as session:
        before = funds.version(session, "hall")

    confirm_promise(parts, token)

    with parts.database.reading() as session:
        assert funds.version(session, "hall") > before


def test_pressing_the_link_twice_counts_once(parts: Parts, hall_id: int) -> None:
    token = promised(parts)

    assert confirm_promise(parts, token) == confirm_promise(parts, token)
    assert whole(parts, hall_id) == Totals(pledged=BASE, pledges=1)


def test_what_is_above_the_limit_waits_for_a_treasurer(parts: Parts, hall_id: int) -> None:
    limit(parts, BASE - 1)

    confirmed(parts)

    (row,) = pledges(parts)
    assert (row.status, row.counted) == ("unconfirmed", False)
    assert row.confirmed_at is not None
    assert whole(parts, hall_id) == Totals()


def test_what_an_address_has_promised_before_adds_up(parts: Parts, hall_id: int) -> None:
    limit(parts, 2 * BASE)

    for number in range(3):
        confirmed(parts, attempt=f"a-form-of-today-{number}")

    assert [row.counted for row in pledges(parts)] == [True, True, False]
    assert whole(parts, hall_id).pledged == 2 * BASE


def test_nor_do_labels_make_another_address(parts: Parts, hall_id: int) -> None:
    limit(parts, 2 * BASE)

    for number in range(3):
        confirmed(parts, email=f"troll+{number}@example.org", attempt=f"a-form-{number}")

    assert [row.counted for row in pledges(parts)] == [True, True, False]
    assert pledges(parts)[0].email == "troll+0@example.org"


def many(parts: Parts, count: int) -> None:
    """Let as many addresses promise and answer."""
    for _ in range(count):
        form = f"a-form-{len(pledges(parts))}"
        confirmed(parts, email=f"{form}@example.org", attempt=form)


def test_what_many_addresses_promise_within_an_hour_waits_from_some_sum_on(
    parts: Parts, hall_id: int, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(parts, BASE)
    # One that no app in this process has set up before, and that is heard therefore.
    monkeypatch.setattr(module, "log", structlog.get_logger())
    with capture_logs() as lines:
        many(parts, 20)
        assert lines_of(lines, "brake on promises") == []
        many(parts, 2)

    assert [row.counted for row in pledges(parts)] == [True] * 20 + [False] * 2
    assert whole(parts, hall_id).pledged == 20 * BASE
    assert lines_of(lines, "brake on promises")[0] == {
        "event": "brake on promises",
        "fund": "hall",
        "most": 20 * BASE,
        "log_level": "error",
    }
    clock.advance(3600)
    many(parts, 1)
    assert pledges(parts)[-1].counted


def test_those_that_answer_at_the_same_moment_add_up_as_well(parts: Parts, hall_id: int) -> None:
    limit(parts, BASE)
    many(parts, 18)
    links = [
        promised(parts, email=f"{number}@example.org", attempt=f"a-late-form-{number}")
        for number in range(6)
    ]

    threads = [Thread(target=confirm_promise, args=(parts, each)) for each in links]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(row.counted for row in pledges(parts)) == 20
    assert whole(parts, hall_id).pledged == 20 * BASE


def test_what_a_treasurer_lets_through_does_not_use_that_up(parts: Parts) -> None:
    limit(parts, BASE)
    confirmed(parts, amount=Money(500_000, "GBP"), email="rich@example.org", attempt="a-rich-form")
    (row,) = pledges(parts)
    confirm_pledge(parts, Shown(row.token, row.version), Scope.everything())
    assert pledges(parts)[0].counted

    many(parts, 1)

    assert pledges(parts)[-1].counted


def test_the_promises_of_other_funds_do_not_either(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="strike")
    limit(parts, BASE)
    many(parts, 20)
    confirmed(parts, "strike", email="clara@example.org", attempt="a-form-of-the-strike")

    assert pledges(parts)[-1].counted


def lines_of(lines: Sequence[Mapping[str, object]], event: str) -> list[Mapping[str, object]]:
    return [line for line in lines if line["event"] == event]


def test_what_others_have_promised_does_not(parts: Parts) -> None:
    limit(parts, BASE)

    confirmed(parts)
    confirmed(parts, email="berta@example.org", attempt="another-form-of-today")

    assert [row.counted for row in pledges(parts)] == [True, True]


def test_after_the_closing_a_treasurer_decides(parts: Parts, hall_id: int, clock: Clock) -> None:
    clock.advance(int(timedelta(days=14).total_seconds()))
    token = promised(parts, due=(clock.now + timedelta(days=30)).date())
    clock.advance(int(timedelta(days=5).total_seconds()))

    confirm_promise(parts, token)

    assert [row.counted for row in pledges(parts)] == [False]
    assert whole(parts, hall_id) == Totals()


def test_what_was_withdrawn_meanwhile_stays_so(parts: Parts, hall_id: int) -> None:
    token = promised(parts)
    (row,) = pledges(parts)
    cancel_pledge(parts, Shown(row.token, row.version), Scope.everything())

    confirm_promise(parts, token)

    assert read(parts, row.token).status == "cancelled"
    assert whole(parts, hall_id) == Totals()


def test_who_confirmed_it_stands_in_the_log_without_a_name(parts: Parts) -> None:
    confirmed(parts)

    (deed,) = deeds(parts.database)
    (row,) = pledges(parts)
    assert (deed.action, deed.subject) == ("pledge_confirmed", f"pledge:{row.number}")
    assert "anna" not in str(deed).lower()


@pytest.mark.parametrize("forged", ["", "x", "x.y", "ä.ö", "a" * 999, "{number}.", ".{signature}"])
def test_a_link_that_nobody_sent_opens_nothing(parts: Parts, forged: str) -> None:
    number, _, signature = promised(parts).partition(".")

    with pytest.raises(DeadLink):
        asked_of(parts, forged.format(number=number, signature=signature))


def test_a_link_ends_after_a_week(parts: Parts, clock: Clock) -> None:
    token = promised(parts)
    clock.advance(int(timedelta(days=7).total_seconds()))

    with pytest.raises(DeadLink):
        confirm_promise(parts, token)


def test_the_address_of_a_promise_from_the_hall_answers_and_nothing_is_counted_twice(
    parts: Parts, hall_id: int
) -> None:
    row = a_pledge(parts, "hall", FIFTY, "GB")
    name_pledge(parts, Shown(row.token, row.version), "Anna", "anna@example.org")
    token = link(parts)

    asked = asked_of(parts, token)
    page = confirm_promise(parts, token)

    assert not asked.made_online
    assert token_of(parts, page) == row.token
    assert contact(parts).answered_at == parts.clock()
    assert whole(parts, hall_id) == Totals(pledged=BASE, pledges=1)


def test_a_promise_in_another_currency_is_held_against_the_limit_in_the_funds(
    parts: Parts,
) -> None:
    limit(parts, 5000)

    confirmed(parts, amount=Money(50_000, "CLP"), section="")

    assert [row.counted for row in pledges(parts)] == [True]
