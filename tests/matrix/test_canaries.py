"""Personal data brought in by every door, and looked for wherever it must never be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.roles import Grant, Role
from fundtracker.services import export
from fundtracker.services.settle import settle_all
from fundtracker.services.work import work
from fundtracker.web.context import context_of
from fundtracker.web.treasury import enter
from tests.factories.staff import a_member
from tests.factories.stripe import Payment, event
from tests.matrix import world as worlds
from tests.support.telling import tell
from tests.web.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.matrix.world import World
    from tests.support.postgres import Postgres

CANARIES = (
    "Zeisigdonor",
    "Zeisigmessage",
    "zeisigmail",
    "Zeisigcard",
    "Zeisigstaff",
    "zeisigaddress",
    "Zeisigreason",
    "Zeisigreference",
    "Zeisigsearch",
    "Zeisigguess",
    "Zeisigerror",
)
HTML = {"Accept": "text/html"}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: what is planted here would be seen by what others ask."""
    with worlds.opened(database_url, tmp_path) as world:
        yield world


def test_whatever_comes_in_by_whichever_door_stands_nowhere_that_others_read(
    world: World,
    files: Callable[[], bytes],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = plant(world, monkeypatch)
    logged = capsys.readouterr().err
    with world.office.database.reading() as session:
        jobs = [tuple(row) for row in session.execute(text("SELECT * FROM job"))]
    written = files()

    # That it was looked at all: what is no secret is found.
    assert len(said) > 5
    assert "event_needs_a_look" in logged
    assert "export" in repr(jobs)
    assert b"a-key-of-this-test" in written
    found = {
        "error pages": found_in("".join(said).encode()),
        "the log": found_in(logged.encode()),
        "jobs": found_in(repr(jobs).encode()),
        "files of the database": found_in(written),
    }
    assert {place: told for place, told in found.items() if told} == {}


def plant(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let everything happen that has to do with people, and return what error pages said."""
    staff = world.office.sign_in(
        Grant(Role.ADMINISTRATOR),
        Grant(Role.CENTRAL_TREASURER, sees_names=True, sees_emails=True),
    )
    with world.office.database.unit_of_work() as session:
        a_member(session, Grant(Role.ADMINISTRATOR), password="a hash")
    monkeypatch.setattr(export, "MOST_AT_ONCE", 1)
    said = [*donate(world), *tell_of_them(world), *invite(staff), *keep_books(staff)]
    settle_all(world.parts)
    while work(world.parts):
        pass
    return [*said, *fail(staff, monkeypatch), staff.get("/metrics").text]


def donate(world: World) -> Iterator[str]:
    donor = world.office.client()
    form = Page(donor.get("/f/hall/give")).fields
    gift = {"amount": "25", "currency": "GBP", "public_name": "Zeisigdonor"}
    sent = donor.post("/f/hall/give", data=form | gift | {"message": "Zeisigmessage"})
    assert sent.status_code == 303
    yield donor.post("/f/Zeisigguess/give", data=form | gift, headers=HTML).text
    yield donor.get("/f/hall/thanks?session_id=Zeisigguess", headers=HTML).text


def tell_of_them(world: World) -> Iterator[str]:
    """Stripe sends who they are along: applied, parked, quarantined, and by somebody else."""
    who = {"customer_details": {"email": "zeisigmail@example.org", "name": "Zeisigcard"}}
    known = Payment(world.places[0].token, world.places[0].amount, number=9000)
    for told in (
        known.session(**who),
        known.session(**who, amount_total=1),
        Payment("nobodys").charge(billing_details=who["customer_details"]),
    ):
        tell(world.parts, event(told))
    forged = json.dumps(event(known.session(**who)))
    yield world.office.client().post("/webhooks/stripe", data=forged).text


def invite(staff: FlaskClient) -> Iterator[str]:
    person = {"name": "Zeisigstaff", "email": "zeisigaddress@example.org", "role": "auditor"}
    assert staff.post("/office/people/new", data=person).status_code == 200
    stranger = staff.application.test_client()
    password = {"email": "zeisigaddress@example.org", "password": "Zeisigguess"}
    stranger.post("/account/sign-in", data=password)
    stranger.post("/account/forgotten", data={"email": "zeisigaddress@example.org"})
    yield stranger.get("/account/reset/Zeisigguess", headers=HTML).text


def keep_books(staff: FlaskClient) -> Iterator[str]:
    form = Page(staff.get("/treasury/enter")).fields
    gift = {
        "fund": "hall",
        "method": "cash",
        "amount": "25",
        "currency": "GBP",
        "given_on": context_of(staff.application).parts.clock().date().isoformat(),
        "holder": "bag 7",
        "reference": "Zeisigreference",
        "public_name": "Zeisigdonor",
    }
    assert staff.post("/treasury/enter", data=form | gift).status_code == 303
    refund = {"key": "a-key-of-this-test", "amount": "1", "reason": "Zeisigreason", "step": "order"}
    assert staff.post("/treasury/donations/canaryatoken/refund", data=refund).status_code == 303
    assert staff.get("/treasury/donations?text=Zeisigsearch").status_code == 200
    wanted = {"what": "donations", "format": "csv", "text": "Zeisigsearch"}
    assert staff.post("/treasury/exports/new", data=wanted).status_code == 200
    # So long that the worker makes it.
    assert staff.post("/treasury/exports/new", data=wanted | {"text": ""}).status_code == 303
    # Guessed, or typed in the wrong place, as what a refusal is about.
    for guessed in (
        "/treasury/donations/Zeisigguess/refund",
        "/treasury/donations/Zeisigguess/reverse",
        "/office/people/Zeisigguess/disable",
    ):
        yield staff.post(guessed, data=refund, headers=HTML).text
    staff.post("/treasury/enter", data=form | gift | {"section": "Zeisigguess"})
    staff.post("/office/new-section", data={"code": "Zeisigguess"})
    yield staff.get("/treasury/donations/Zeisigguess", headers=HTML).text


def fail(staff: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    def breaks(*_given: object) -> None:
        raise RuntimeError("Zeisigerror of Zeisigdonor")

    monkeypatch.setattr(enter, "enter_gift", breaks)
    form = Page(staff.get("/treasury/enter")).fields
    gift = {"fund": "hall", "method": "cash", "amount": "25", "currency": "GBP"}
    today = context_of(staff.application).parts.clock().date().isoformat()
    broken = staff.post("/treasury/enter", data=form | gift | {"given_on": today})
    assert broken.status_code == 500
    yield broken.text


def found_in(written: bytes) -> list[str]:
    """Return which of them stand in what was written, also as bytes in hexadecimal."""
    return [
        word
        for word in CANARIES
        if word.encode() in written or word.encode().hex().encode() in written
    ]


@pytest.fixture
def files(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], bytes]:
    """Read what the database keeps on the disk: tables, and the log written ahead of them."""
    if world.kind == "sqlite":
        return lambda: b"".join(file.read_bytes() for file in tmp_path.glob("fundtracker.db*"))
    server: Postgres = request.getfixturevalue("postgres_server")

    def read() -> bytes:
        with server.connect() as connection:
            connection.execute("CHECKPOINT")
        data = server.folder / "data"
        found = (*data.glob("base/**/*"), *data.glob("pg_wal/*"))
        return b"".join(file.read_bytes() for file in found if file.is_file())

    return read
