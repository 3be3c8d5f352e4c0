from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
import time_machine
from flask_wtf.csrf import generate_csrf
from structlog.testing import capture_logs

from fundtracker.web import limits, proof
from tests.web.small_app import NOON, live_settings, make_app, make_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config import Settings

HALL, ELSEWHERE = "203.0.113.9", "198.51.100.7"
NUMBERS = itertools.count()


class Crowd:
    """People, each with a browser, in front of one app."""

    def __init__(self, settings: Settings) -> None:
        def give() -> str:
            return str(generate_csrf())

        give.__name__ = f"give_{next(NUMBERS)}"  # limits are kept by the view's name
        self.app = make_app(settings)
        limits.setup_limits(self.app, settings)
        view = limits.limit_gifts(give)
        self.app.add_url_rule("/give", view_func=view, methods=["GET", "POST"])

    def person(self, address: str = HALL) -> Person:
        return Person(self, address)


class Person:
    """Somebody who loads the form once and sends it."""

    def __init__(self, crowd: Crowd, address: str) -> None:
        self._client = crowd.app.test_client()
        self._client.environ_base["REMOTE_ADDR"] = address
        self._token = self._client.get("/give", base_url="https://localhost").text

    def gives(self, token: str | None = None, form: str | None = None, work: str = "") -> int:
        attempt = form or f"form-{next(NUMBERS)}"
        data = {"csrf_token": token or self._token, "attempt": attempt}
        data["proof"] = work or found(attempt)
        answer = self._client.post("/give", base_url="https://localhost", data=data)
        self.told = (answer.headers.get("Retry-After"), answer.text)
        return answer.status_code

    def looks(self) -> int:
        return self._client.get("/give", base_url="https://localhost").status_code


def found(name: str) -> str:
    """Do what the form's script does."""
    numbers = map(str, itertools.count())
    return next(number for number in numbers if proof.is_proved({"attempt": name, "proof": number}))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def crowd(clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Crowd:
    monkeypatch.setattr(limits, "PER_ADDRESS", "50 per minute")
    monkeypatch.setattr(limits, "IN_ALL", "100 per minute")
    monkeypatch.setattr(limits, "UNPROVED_PER_ADDRESS", "5 per minute")
    monkeypatch.setattr(limits, "UNPROVED_IN_ALL", "8 per minute")
    monkeypatch.setattr(limits, "PER_FORM", "7 per hour")
    monkeypatch.setattr(proof, "ZERO_BITS", 1)
    return Crowd(live_settings())


def test_one_person_may_try_ten_times_a_minute(
    crowd: Crowd,
    clock: time_machine.Traveller,
) -> None:
    eager, other = crowd.person(), crowd.person()

    assert [eager.gives() for _ in range(12)] == [200] * 10 + [429] * 2
    assert other.gives() == 200
    clock.shift(61)
    assert eager.gives() == 200


def test_whoever_is_stopped_is_told_when_to_come_back(crowd: Crowd) -> None:
    eager = crowd.person()
    for _ in range(11):
        eager.gives()

    wait, page = eager.told
    assert wait == "60"
    assert "Please wait a minute" in page


def test_looking_is_not_limited(crowd: Crowd) -> None:
    person = crowd.person()

    assert {person.looks() for _ in range(200)} == {200}
    assert person.gives() == 200


def test_a_forged_form_costs_nothing(crowd: Crowd) -> None:
    person = crowd.person()

    assert {person.gives("forged") for _ in range(200)} == {400}
    assert person.gives() == 200


def test_without_a_proof_an_address_has_a_small_share(crowd: Crowd) -> None:
    assert {crowd.person().gives(work="none") for _ in range(5)} == {200}

    assert crowd.person().gives(work="none") == 429
    assert crowd.person().gives() == 200


def test_without_a_proof_many_addresses_share_a_small_number(crowd: Crowd) -> None:
    answers = [crowd.person(f"198.51.100.{n}").gives(work="none") for n in range(10)]

    assert answers == [200] * 8 + [429] * 2
    assert crowd.person().gives() == 200


def test_one_proof_is_not_for_many_tries(crowd: Crowd) -> None:
    answers = [crowd.person().gives(form="the same one") for _ in range(9)]

    assert answers == [200] * 7 + [429] * 2


def test_an_address_has_a_share(crowd: Crowd) -> None:
    assert {crowd.person().gives() for _ in range(50)} == {200}

    assert crowd.person().gives() == 429
    assert crowd.person(ELSEWHERE).gives() == 200


def test_an_eager_person_does_not_use_up_the_share_of_the_hall(crowd: Crowd) -> None:
    eager = crowd.person()
    for _ in range(200):
        eager.gives()

    assert {crowd.person().gives() for _ in range(40)} == {200}


def test_the_brake_stops_everybody_and_raises_an_alarm(crowd: Crowd) -> None:
    with capture_logs() as lines:
        for number in range(100):
            assert crowd.person(f"198.51.100.{number}").gives() == 200
        assert lines == []

        assert crowd.person("192.0.2.1").gives() == 429
    assert [line["event"] for line in lines] == ["brake on gifts"]


def test_an_address_that_has_used_its_share_does_not_wear_down_the_brake(crowd: Crowd) -> None:
    for _ in range(200):
        crowd.person().gives()

    assert crowd.person(ELSEWHERE).gives() == 200


@pytest.mark.usefixtures("clock")
def test_a_rehearsal_counts_sessions_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_ADDRESS", "1 per minute")
    monkeypatch.setattr(limits, "IN_ALL", "1 per minute")
    crowd = Crowd(make_settings())

    assert {crowd.person().gives() for _ in range(20)} == {200}
    eager = crowd.person()
    assert [eager.gives() for _ in range(11)] == [200] * 10 + [429]


def test_a_hall_has_room_for_a_thousand_gifts_a_minute() -> None:
    assert int(limits.PER_ADDRESS.split()[0]) >= 1000
    assert int(limits.IN_ALL.split()[0]) >= 5 * int(limits.PER_ADDRESS.split()[0])
