from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from fundtracker.payments.events import Malformed
from fundtracker.payments.gateway import BadSignature, Seen
from fundtracker.services.receive import Intake, keep
from tests.factories.stripe import Payment, event
from tests.support.gateway import SIGNATURE
from tests.support.telling import rows, states, tell

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


def seen(body: dict[str, object]) -> Seen:
    return Seen(
        str(body["id"]), str(body["object"]), livemode=False, body=json.dumps(body).encode()
    )


def test_a_webhook_is_kept_as_it_came_and_nothing_is_done_with_it(parts: Parts) -> None:
    paid = event(Payment("gift").session())
    body = json.dumps(paid, indent=2).encode()

    Intake(parts).receive(body, SIGNATURE)

    [row] = rows(parts)
    assert (row.account, row.event_id, row.state, row.attempts) == (
        "main",
        paid["id"],
        "received",
        0,
    )
    assert row.payload == body.decode()
    assert row.received_at == parts.clock()


def test_a_webhook_that_comes_again_is_one_row(parts: Parts) -> None:
    paid = event(Payment("gift").session())

    tell(parts, paid, paid | {"created": 0}, paid)

    assert states(parts) == ["received"]


def test_many_webhooks_at_once_are_all_kept_and_each_once(parts: Parts) -> None:
    intake = Intake(parts)
    bodies = [json.dumps(event(Payment("gift").session())).encode() for _ in range(40)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda body: intake.receive(body, SIGNATURE), bodies + bodies[::-1]))

    assert len(rows(parts)) == 40


def test_the_same_event_of_two_accounts_is_two_events(parts: Parts) -> None:
    paid = event(Payment("gift").session())

    tell(parts, paid)
    parts.gateway.account = "section"  # type: ignore[misc]
    tell(parts, paid)

    assert [row.account for row in rows(parts)] == ["main", "section"]


@pytest.mark.parametrize(
    ("body", "signature", "error"),
    [
        (event(Payment("gift").session()), "forged", BadSignature),
        ({"id": "cs_1", "object": "checkout.session"}, SIGNATURE, Malformed),
        ([], SIGNATURE, Malformed),
    ],
)
def test_what_is_refused_is_not_kept(
    parts: Parts, body: object, signature: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        Intake(parts).receive(json.dumps(body).encode(), signature)

    assert rows(parts) == []


def test_an_object_that_we_read_is_kept_once_for_each_state_of_it(parts: Parts) -> None:
    pay = Payment("gift")
    unpaid, paid = seen(pay.session(payment_status="unpaid")), seen(pay.session())

    assert keep(parts, [unpaid, paid]) == 2
    assert keep(parts, [paid, unpaid, paid]) == 0
    assert keep(parts, []) == 0


def test_an_event_from_a_list_is_the_one_that_its_webhook_brought(parts: Parts) -> None:
    paid = event(Payment("gift").session())
    tell(parts, paid)

    assert keep(parts, [seen(paid)]) == 0
