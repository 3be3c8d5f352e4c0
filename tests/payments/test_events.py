from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.payments.events import Malformed, Notice, event_id, read, read_notice
from tests.payments import bodies

if TYPE_CHECKING:
    from fundtracker.domain.facts import Fact

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["event", "charge", "list", "usd", "paid", "payment", "pi_1", "\0", "\ud800"])
)
NAMES = st.text() | st.sampled_from(
    ["id", "object", "type", "data", "livemode", "created", "amount", "currency", "status"]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)
OBJECTS: list[bodies.Body] = [
    bodies.session(),
    bodies.intent(),
    bodies.charge(refunds=bodies.listed(bodies.refund())),
    bodies.refund(),
    bodies.dispute(balance_transactions=[bodies.transaction()]),
    bodies.transaction(source=bodies.charge()),
]


@st.composite
def bent(draw: st.DrawFn) -> bodies.Body:
    """Return an object of Stripe, or an event about it, bent in a few places, anywhere in it."""
    body: bodies.Body = json.loads(json.dumps(draw(st.sampled_from(OBJECTS))))
    if draw(st.booleans()):
        body = bodies.event(draw(st.sampled_from(["charge.updated", "\0", "x"])), body)
    for _ in range(draw(st.integers(1, 3))):
        _bend(draw, body)
    return body


def _bend(draw: st.DrawFn, place: Any) -> None:  # noqa: ANN401 - whatever stands there
    """Walk some way down, then put something else there or take it away."""
    while place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and draw(st.booleans()):
            place = place[key]
            continue
        if draw(st.booleans()):
            place[key] = draw(JSON)
        else:
            del place[key]
        return


def read_or_refuse(body: bytes) -> tuple[Fact, ...]:
    """Read; whatever else than Malformed is raised fails the test."""
    try:
        facts = read_notice(body).facts
    except Malformed as refusal:
        assert str(refusal)  # noqa: PT017 - it is one of two good endings
        return ()
    for fact in facts:
        hash(fact)
        assert fact.id.isascii()
        assert isinstance(fact.amount, int)
        assert fact.currency.isupper()
    return facts


def test_an_event_says_what_it_is_about_and_its_facts() -> None:
    body = bodies.event("charge.succeeded", bodies.charge())
    assert read_notice(bodies.as_bytes(body)) == Notice(
        id="evt_1",
        type="charge.succeeded",
        livemode=False,
        created=datetime(2025, 12, 12, 11, 4, 31, tzinfo=UTC),
        object_id="ch_1",
        facts=read("charge.succeeded", bodies.charge()),
    )


def test_the_events_type_reaches_its_object() -> None:
    body = bodies.event("payment_intent.canceled", bodies.intent(status="succeeded"))
    (fact,) = read_notice(bodies.as_bytes(body)).facts
    assert fact == read("payment_intent.canceled", bodies.intent())[0]


def test_an_object_that_we_asked_for_is_its_own_subject() -> None:
    notice = read_notice(bodies.as_bytes(bodies.session(livemode=True)))
    assert (notice.id, notice.type, notice.object_id) == ("cs_1", "checkout.session", "cs_1")
    assert notice.livemode is True


def test_a_refund_does_not_say_whether_it_is_live() -> None:
    notice = read_notice(bodies.as_bytes(bodies.refund()))
    assert notice.livemode is None
    assert notice.created is None


def test_an_event_about_something_without_an_id_is_read_without_facts() -> None:
    body = bodies.event("balance.available", {"object": "balance"})
    notice = read_notice(bodies.as_bytes(body))
    assert notice.object_id is None
    assert notice.facts == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"evt_1"',
        b"5",
        b"{}",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"id": "po_1", "object": "payout", "amount": NaN}',
        b'{"id": "po_1", "object": "payout", "amount": -Infinity}',
        b'{"a":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        bodies.as_bytes({"object": "event"}),
        bodies.as_bytes(bodies.event("charge.updated", None)),
        bodies.as_bytes(bodies.event("charge.updated", [bodies.charge()])),
        bodies.as_bytes(bodies.event("charge.updated", bodies.charge(), data=None)),
        bodies.as_bytes(bodies.event("charge.updated", bodies.charge(), data=[])),
        bodies.as_bytes(bodies.event("charge.updated", bodies.charge(), id=None)),
        bodies.as_bytes(bodies.event("charge.updated", bodies.charge(), livemode=None)),
        bodies.as_bytes(bodies.event("charge.updated", bodies.charge(), created=10**14)),
        bodies.as_bytes(bodies.event("charge.updated", bodies.charge(), created="now")),
        bodies.as_bytes(bodies.event("", bodies.charge())),
        bodies.as_bytes(bodies.charge(livemode="no")),
    ],
)
def test_what_cannot_be_read_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_notice(body)


def test_the_refusal_repeats_nothing_of_what_was_sent() -> None:
    for body in (bodies.as_bytes(bodies.charge(currency="Ada Lovelace")), b"{Ada Lovelace"):
        with pytest.raises(Malformed) as refusal:
            read_notice(body)
        assert "Ada" not in f"{refusal.value}{refusal.value.args}{refusal.value.values}"
        assert refusal.value.__context__ is None


def test_the_id_of_an_event_is_found_without_reading_what_it_says() -> None:
    body = bodies.event("charge.updated", {"object": "charge", "amount": "?"})
    assert event_id(bodies.as_bytes(body)) == "evt_1"


@pytest.mark.parametrize("body", [bodies.charge(), bodies.event("x", {}, id=None), {}, [], None])
def test_what_is_no_event_has_no_such_id(body: object) -> None:
    with pytest.raises(Malformed):
        event_id(bodies.as_bytes(body))


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    read_or_refuse(body)


@given(JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    read_or_refuse(bodies.as_bytes(value))


@given(bent())
def test_stripes_objects_bent_in_any_place_are_read_or_refused(body: bodies.Body) -> None:
    read_or_refuse(bodies.as_bytes(body))


@given(st.sampled_from(OBJECTS), st.dictionaries(st.text(min_size=30), JSON, max_size=3))
def test_fields_that_we_do_not_read_change_nothing(body: bodies.Body, more: bodies.Body) -> None:
    assert read("x", body | more) == read("x", body)
