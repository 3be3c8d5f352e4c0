from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.simulator.switches import BadSwitch, Positions

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from fundtracker.simulator.switches import Switches
    from tests.simulator.world import NewSession, Payer

HTML = {"Accept": "text/html,*/*"}


@pytest.fixture(autouse=True)
def _as_delivered(switches: Switches) -> None:
    switches.reset()


def test_a_script_turns_switches(visitor: FlaskClient, switches: Switches) -> None:
    answer = visitor.post("/control", data={"duplicate": "1", "delay": "30"})

    assert answer.status_code == 200
    assert answer.get_json()["delay"] == 30
    assert switches.now() == Positions(duplicate=1, delay=30)
    assert visitor.get("/control").get_json() == answer.get_json()


def test_what_is_not_named_stays_as_it_is(switches: Switches) -> None:
    switches.set(delay=30)

    assert switches.set(drop=True) == Positions(delay=30, drop=1)


def test_a_failure_is_for_one_request_unless_said_otherwise(switches: Switches) -> None:
    assert switches.set(fail_next="500").times == 1
    assert [switches.next_failure() for _ in range(2)] == ["500", ""]
    assert switches.set(fail_next="lost", times=3).times == 3


@pytest.mark.parametrize(
    "form",
    [
        {"explode": "1"},
        {"delay": "-1"},
        {"delay": "soon"},
        {"delay": "１"},
        {"delay": "1000001"},
        {"fail_next": "404"},
    ],
)
def test_a_switch_that_cannot_be_set_changes_nothing(
    form: dict[str, str],
    visitor: FlaskClient,
    switches: Switches,
) -> None:
    answer = visitor.post("/control", data={"drop": "1", **form})
    page = visitor.post("/control", data=form, headers=HTML)

    assert (answer.status_code, page.status_code) == (400, 400)
    assert next(iter(form)) in answer.get_json()["error"]
    assert "There is a problem" in page.text
    assert switches.now() == Positions()
    with pytest.raises(BadSwitch):
        switches.set(**form)


def test_all_is_put_back(visitor: FlaskClient, switches: Switches) -> None:
    switches.set(drop=1, delay=3)

    visitor.post("/control", data={"reset": "1"})

    assert switches.now() == Positions()


def test_a_browser_sees_switches_and_events(
    visitor: FlaskClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    empty = visitor.get("/control", headers=HTML)
    payer.pays(new_session().id)
    full = visitor.get("/control", headers=HTML)

    assert "None yet" in empty.text
    assert "checkout.session.completed" in full.text
    assert 'for="null_balance_transaction"' in full.text


def test_a_browser_comes_back_to_the_page(visitor: FlaskClient) -> None:
    answer = visitor.post("/control", data={"slow": "0"}, headers=HTML)
    start = visitor.get("/")

    assert (answer.status_code, answer.location) == (303, "control")
    assert start.location == "control"


def test_waits_end_at_once(
    visitor: FlaskClient,
    new_session: NewSession,
    payer: Payer,
    switches: Switches,
) -> None:
    switches.set(null_balance_transaction=3600)
    unpaid = new_session().id
    payer.pays(new_session().id)

    visitor.post("/control", data={"hurry": "1"})

    events = visitor.get("/control", headers=HTML).text
    assert "charge.updated" in events
    assert "Pay EUR 25.00" in payer.opens(unpaid).text, "sessions keep their time"
