from __future__ import annotations

import hmac
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from fundtracker.payments.budget import CallBudget
from fundtracker.payments.stripe import StripeGateway
from fundtracker.store.inbox import InboxRow
from fundtracker.web import webhooks
from fundtracker.web.access import refuse_undeclared_routes
from fundtracker.web.context import context_of
from fundtracker.web.webhooks import LARGEST_EVENT, FrontDoor
from tests.support.databases import opened
from tests.web.small_app import NOON, make_app, make_parts

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from fundtracker.store.database import Database

OLD, NEW = "whsec_old", "whsec_new"
EVENT = b'{"id":"evt_1","object":"event","type":"charge.succeeded","data":{"object":{}}}'


def client_over(database: Database, *, front_door: bool = True) -> FlaskClient:
    gateway = StripeGateway(
        account="main",
        key="sk_test_1",
        webhook_secrets=(NEW, OLD),
        base_address="http://127.0.0.1:1",
        budget=CallBudget(1),
    )
    app = make_app(parts=make_parts(database=database, gateway=gateway))
    app.register_blueprint(webhooks.bp)
    refuse_undeclared_routes(app)
    if front_door:
        app.wsgi_app = FrontDoor(app.wsgi_app, context_of(app))  # type: ignore[assignment, method-assign]
    return app.test_client()


@pytest.fixture(params=[True, False], ids=["front door", "view"])
def client(database: Database, request: pytest.FixtureRequest) -> FlaskClient:
    return client_over(database, front_door=request.param)


def sign(body: bytes, secret: str = NEW, *, late: timedelta = timedelta()) -> str:
    timestamp = int((NOON - late).timestamp())
    signature = hmac.new(secret.encode(), b"%d." % timestamp + body, "sha256").hexdigest()
    return f"t={timestamp},v1={signature}"


def post(
    client: FlaskClient,
    body: bytes,
    signature: str | None = None,
    account: str = "",
) -> TestResponse:
    headers = {"Stripe-Signature": sign(body) if signature is None else signature}
    return client.post(f"/webhooks/stripe{account}", data=body, headers=headers)


def kept(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(InboxRow)) or 0


@pytest.mark.parametrize("account", ["", "/main"])
def test_an_event_is_kept_and_acknowledged(
    client: FlaskClient,
    database: Database,
    account: str,
) -> None:
    answer = post(client, EVENT, account=account)

    assert answer.status_code == 200
    assert answer.data == b""
    assert kept(database) == 1


def test_an_event_that_comes_again_is_acknowledged_and_kept_once(
    client: FlaskClient,
    database: Database,
) -> None:
    for address in ("", "/main", ""):
        assert post(client, EVENT, account=address).status_code == 200

    assert kept(database) == 1


def test_the_old_secret_counts_while_the_new_one_is_brought_in(client: FlaskClient) -> None:
    assert post(client, EVENT, sign(EVENT, OLD)).status_code == 200


def test_the_bytes_are_verified_as_they_came(client: FlaskClient) -> None:
    spaced = json.dumps(json.loads(EVENT), indent=4).encode()

    assert post(client, spaced, sign(EVENT)).status_code == 400
    assert post(client, spaced).status_code == 200


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=,v1=",
        "nonsense",
        "v1=abc",
        f"t={'9' * 400},v1=abc",
        "t=1,v1=é",
        sign(EVENT, "whsec_forged"),
        sign(EVENT, late=timedelta(minutes=6)),
        sign(EVENT, late=timedelta(minutes=-6)),
    ],
)
def test_a_signature_that_does_not_hold_is_refused(
    client: FlaskClient,
    database: Database,
    signature: str,
) -> None:
    answer = post(client, EVENT, signature)

    assert answer.status_code == 400
    assert answer.get_json() == {"error": "This message does not carry a valid signature."}
    assert kept(database) == 0


def test_a_message_without_any_signature_is_refused(client: FlaskClient) -> None:
    assert client.post("/webhooks/stripe", data=EVENT).status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"NaN", b'{"object":"charge","id":"ch_1"}', b'{"object":"event"}'],
)
def test_a_signed_message_that_is_no_event_is_refused(
    client: FlaskClient,
    database: Database,
    body: bytes,
) -> None:
    answer = post(client, body)

    assert answer.status_code == 400
    assert answer.get_json().keys() == {"error"}
    assert kept(database) == 0


def test_an_account_that_is_not_ours_is_unknown(client: FlaskClient) -> None:
    assert post(client, EVENT, account="/other").status_code == 404


def test_only_posting_means_something(client: FlaskClient) -> None:
    assert client.get("/webhooks/stripe").status_code == 405


def padded(size: int) -> bytes:
    return EVENT + b" " * (size - len(EVENT))


def test_the_largest_event_is_taken_and_one_byte_more_is_not(client: FlaskClient) -> None:
    assert post(client, padded(LARGEST_EVENT)).status_code == 200
    assert post(client, padded(LARGEST_EVENT + 1)).status_code == 413


@pytest.mark.parametrize("size", [LARGEST_EVENT + 1, LARGEST_EVENT + 2, 100 * LARGEST_EVENT])
def test_a_body_that_does_not_tell_its_length_is_read_no_further(
    client: FlaskClient,
    size: int,
) -> None:
    body = io.BytesIO(padded(size))

    answer = client.post(
        "/webhooks/stripe",
        input_stream=body,
        headers={"Stripe-Signature": sign(EVENT)},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert answer.status_code == 413
    assert body.tell() <= LARGEST_EVENT + 1


@given(body=st.binary(max_size=400) | st.text().map(str.encode), signature=st.binary(max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_at_all_make_it_stumble(
    sqlite_url: str,
    body: bytes,
    signature: bytes,
) -> None:
    header = signature.translate(None, b"\r\n\0").decode("latin-1")
    with opened(sqlite_url) as database:
        client = client_over(database)

        assert post(client, body, header).status_code == 400
        assert post(client, body).status_code == 400
