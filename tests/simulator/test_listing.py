from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest
import stripe

from fundtracker.simulator.listing import FIND, NEWEST
from tests.simulator.world import NOON, item

if TYPE_CHECKING:
    from stripe.params import EventListParams

    from fundtracker.simulator.engine import Simulator
    from tests.simulator.world import Clock, NewSession, Payer, Receiver

DAY = 24 * 60 * 60


@pytest.fixture
def ids(new_session: NewSession, clock: Clock) -> list[str]:
    """Make five sessions, a second apart but for the last two; their ids, newest first."""
    made = []
    for wait in (0, 1, 1, 1, 0):
        clock.advance(wait)
        made.append(new_session().id)
    return made[::-1]


def found(page: stripe.ListObject[stripe.checkout.Session]) -> list[str]:
    return [each.id for each in page.data]


def test_a_list_begins_with_the_newest(client: stripe.StripeClient, ids: list[str]) -> None:
    page = client.v1.checkout.sessions.list()

    assert found(page) == ids
    assert not page.has_more


def test_a_list_is_walked_page_by_page(client: stripe.StripeClient, ids: list[str]) -> None:
    sessions = client.v1.checkout.sessions

    first = sessions.list({"limit": 2})
    second = sessions.list({"limit": 2, "starting_after": ids[1]})
    last = sessions.list({"limit": 2, "starting_after": ids[3]})

    assert (found(first), first.has_more) == (ids[:2], True)
    assert (found(second), second.has_more) == (ids[2:4], True)
    assert (found(last), last.has_more) == (ids[4:], False)
    assert [each.id for each in sessions.list({"limit": 2}).auto_paging_iter()] == ids


def test_a_list_is_walked_backwards(client: stripe.StripeClient, ids: list[str]) -> None:
    sessions = client.v1.checkout.sessions

    nearest = sessions.list({"limit": 2, "ending_before": ids[4]})
    rest = sessions.list({"limit": 2, "ending_before": ids[2]})

    assert (found(nearest), nearest.has_more) == (ids[2:4], True)
    assert (found(rest), rest.has_more) == (ids[:2], False)


def test_a_list_can_be_bounded_in_time(client: stripe.StripeClient, ids: list[str]) -> None:
    sessions = client.v1.checkout.sessions

    assert found(sessions.list({"created": {"gte": NOON + 2}})) == ids[:3]
    assert found(sessions.list({"created": {"gt": NOON, "lt": NOON + 3}})) == ids[2:4]
    assert found(sessions.list({"created": {"lte": NOON}})) == ids[4:]
    assert found(sessions.list({"created": NOON + 1})) == ids[3:4]


def test_sessions_can_be_found_by_status_and_intent(
    client: stripe.StripeClient,
    ids: list[str],
    payer: Payer,
) -> None:
    sessions = client.v1.checkout.sessions
    payer.pays(ids[2])
    intent = client.v1.payment_intents.list().data[0].id

    assert found(sessions.list({"status": "complete"})) == ids[2:3]
    assert found(sessions.list({"status": "open"})) == ids[:2] + ids[3:]
    assert found(sessions.list({"payment_intent": intent})) == ids[2:3]


def test_charges_and_transactions_can_be_found_by_what_they_belong_to(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    for amount in (1000, 2000, 3000):
        payer.pays(new_session(line_items=[item("eur", amount)]).id)
    wanted = client.v1.charges.list().data[1]
    assert isinstance(wanted.payment_intent, str)

    charges = client.v1.charges.list({"payment_intent": wanted.payment_intent}).data
    lines = client.v1.balance_transactions.list({"source": wanted.id}).data

    assert [charge.amount for charge in charges] == [2000]
    assert [line.amount for line in lines] == [2000]
    assert client.v1.balance_transactions.list({"type": "refund"}).data == []
    assert len(client.v1.balance_transactions.list({"currency": "eur", "limit": 3}).data) == 3


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_holds_one_to_a_hundred(limit: int, client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.events.list({"limit": limit})

    assert (caught.value.code, caught.value.param) == ("parameter_invalid_integer", "limit")


def test_a_cursor_that_is_unknown_is_refused(client: stripe.StripeClient, ids: list[str]) -> None:
    sessions = client.v1.checkout.sessions
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sessions.list({"starting_after": "cs_test_nobody"})
    assert (caught.value.code, caught.value.param) == ("resource_missing", "starting_after")

    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        sessions.list({"starting_after": ids[0], "ending_before": ids[1]})


def test_an_unknown_filter_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.charges.list({"customer": "cus_nobody"})

    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "customer")


def test_events_can_be_found_by_type(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    payer.pays(new_session().id)
    events = client.v1.events

    def types(**asked: object) -> list[str]:
        return [event.type for event in events.list(cast("EventListParams", asked)).data]

    assert types(type="charge.succeeded") == ["charge.succeeded"]
    assert types(type="charge.*") == ["charge.updated", "charge.succeeded"]
    assert types(type="charge.?ucceeded") == []
    assert types(types=["charge.updated", "payment_intent.created"]) == [
        "charge.updated",
        "payment_intent.created",
    ]
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        types(type="charge.updated", types=["charge.updated"])


def test_events_that_were_missed_can_be_found(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    receiver: Receiver,
    simulator: Simulator,
) -> None:
    payer.pays(new_session().id)
    receiver.wait_for(5)
    simulator.switches.set(drop=1)
    payer.pays(new_session().id)
    events = client.v1.events

    missed = events.list({"delivery_success": False}).data

    assert [event.pending_webhooks for event in missed[:5]] == [1] * 5
    arrived = {json.loads(parcel.body)["id"] for parcel in receiver.parcels}
    assert not arrived & {event.id for event in missed[:5]}
    assert len(events.list().data) == 10


def test_events_are_kept_for_thirty_days(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    clock: Clock,
) -> None:
    payer.pays(new_session().id)
    id = client.v1.events.list().data[0].id
    clock.advance(30 * DAY)
    assert client.v1.events.retrieve(id).id == id

    clock.advance(1)

    # Other than this payment, a session that nobody paid has expired by now.
    assert client.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.events.retrieve(id)
    assert caught.value.http_status == 404


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("1", "object_by_time"),
        ("created >= 1", "object_by_time"),
        ("payment_intent = ?", "object_by_intent"),
        ("charge = ?", "object_by_charge"),
        ("source = ?", "object_by_source"),
    ],
)
def test_lists_are_read_from_an_index_that_is_in_order(
    condition: str,
    index: str,
    simulator: Simulator,
) -> None:
    with simulator.storage.reading() as connection:
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN {FIND} AND {condition} {NEWEST}",
            ("charge", 10, 10)[: 2 + condition.count("?")],
        ).fetchall()

    assert len(plan) == 1
    assert f"USING INDEX {index} " in plan[0][3]
