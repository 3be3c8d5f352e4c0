from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fundtracker.domain.roles import Grant, Role
from fundtracker.services.hold import hold
from fundtracker.services.sessions import end_sessions
from fundtracker.web.context import context_of
from fundtracker.web.desk.stream import versions
from tests.web.desk.browsers import SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.desk.browsers import Browsers

BEAT = b"event: beat\ndata: {}\n\n"


class Evening:
    """A broker and a clock that waiting moves."""

    def __init__(self, desk: Browsers, session_id: int) -> None:
        self.desk = desk
        self.now = 0.0
        self.session_id = session_id
        self.plan: dict[float, int] = {}
        self.pauses: list[float] = []
        here = context_of(desk.office.app)
        object.__setattr__(here.parts, "broker", self)
        self.here = here

    def announce(self, fund: str, version: int) -> None:
        raise NotImplementedError

    def newer(self, fund: str, version: int, timeout: float) -> int | None:
        assert fund == SLUG
        until = self.now + timeout
        due = [at for at, number in sorted(self.plan.items()) if at <= until and number > version]
        self.now = max(self.now, due[0]) if due else until
        return max((self.plan[at] for at in due if at <= self.now), default=None)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(round(seconds, 3))
        self.now += seconds

    def follow(self, lifetime: float = 25) -> Iterator[bytes]:
        return versions(self.here, SLUG, self.session_id, lifetime, lambda: self.now, self.sleep)


def session_of(desk: Browsers) -> int:
    with desk.anna.client.session_transaction() as cookie:
        key = cookie["_user_id"]
    with desk.office.app.test_request_context():
        from_cookie = desk.office.app.login_manager._user_callback(key)  # type: ignore[attr-defined] # noqa: SLF001
    session_id: int = from_cookie.visitor.session_id
    return session_id


def version(number: int) -> bytes:
    return b'id: %d\nevent: version\ndata: {"version":%d}\n\n' % (number, number)


def true_version(desk: Browsers) -> int:
    return int(desk.anna.state()["version"])


def test_it_begins_with_the_true_version_while_the_count_is_held(desk: Browsers) -> None:
    hold(desk.parts, SLUG)
    desk.anna.type("GB 500")

    answer = desk.anna.client.get(f"/desk/{SLUG}/stream", headers={"Accept": "text/event-stream"})
    chunks = iter(answer.response)

    assert next(chunks) == b"retry: 3000\n\n"
    assert next(chunks) == version(true_version(desk))
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


def test_each_version_is_told_and_a_burst_as_one(desk: Browsers) -> None:
    first = true_version(desk)
    evening = Evening(desk, session_of(desk))
    evening.plan = {2.0: first + 1, 2.1: first + 2, 2.2: first + 3, 9: first + 4}

    told = [chunk for chunk in evening.follow(12) if b"version" in chunk]

    assert told == [version(first + number) for number in (0, 1, 3, 4)]
    assert evening.pauses == [0.0, 0.3, 0.0]


def test_in_a_burst_all_desks_are_told_at_the_same_moments(desk: Browsers) -> None:
    first = true_version(desk)
    ends = []
    for begins in (2.0, 2.07, 2.31):
        evening = Evening(desk, session_of(desk))
        evening.now = begins
        evening.plan = {2.33: first + 1, 2.35: first + 2}
        next(chunk for chunk in evening.follow(12) if chunk == version(first + 2))
        ends.append(round(evening.now, 3))

    assert ends == [2.4, 2.4, 2.4]


def test_a_beat_comes_every_ten_seconds_and_signs_of_life_between(desk: Browsers) -> None:
    told = list(Evening(desk, session_of(desk)).follow(25))

    assert told.count(BEAT) == 2
    assert told.count(b":\n\n") > 2


def test_whoever_is_signed_out_is_told_nothing_more(desk: Browsers) -> None:
    evening = Evening(desk, session_of(desk))
    chunks = evening.follow(60)
    next(chunks)
    next(chunks)
    with desk.office.database.unit_of_work() as session:
        end_sessions(session, desk.anna.member.id, desk.parts.clock())

    assert BEAT not in list(chunks)
    assert evening.now < 15


def test_a_server_that_stops_ends_it(desk: Browsers) -> None:
    evening = Evening(desk, session_of(desk))
    chunks = evening.follow(60)
    next(chunks)
    evening.here.streams.close()

    assert len(list(chunks)) == 1


def test_there_is_none_for_a_head(desk: Browsers) -> None:
    assert desk.anna.client.head(f"/desk/{SLUG}/stream").status_code == 200
    other = desk.browser(Grant(Role.TELLER), name="Zoe")
    started = time.monotonic()
    assert other.client.head(f"/desk/{SLUG}/stream").data == b""
    assert time.monotonic() - started < 5
