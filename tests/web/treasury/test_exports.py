from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from fundtracker.domain.roles import Grant, Role
from fundtracker.services import export as exporting
from fundtracker.services.work import work
from fundtracker.store.exports import ExportRow
from fundtracker.store.staff import GrantRow, StaffSessionRow
from fundtracker.web.context import context_of
from tests.support import office
from tests.support.tools import parts_on
from tests.support.treasure import CENTRE, SLUG, Chest, a_chest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.office import Office

NEW, LIST = "/treasury/exports/new", "/treasury/exports"
WITH_NAMES = replace(CENTRE, sees_names=True)


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    with office.opened(sqlite_url, tmp_path / "instance") as opened:
        yield opened


@pytest.fixture
def chest(house: Office) -> Chest:
    chest = a_chest(parts_on(house.database))
    chest.gift(5000, "GBP", "GB")
    chest.gift(2500, "EUR", "CH")
    return chest


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave every list to the worker."""
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)


def asked(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post(NEW, data={"what": "donations", "format": "csv", **fields})


def made(house: Office) -> str:
    """Let the worker work, and return the address of the newest file."""
    parts = context_of(house.app).parts
    while work(parts):
        pass
    with house.database.reading() as session:
        row = session.scalars(select(ExportRow).order_by(ExportRow.id.desc())).first()
        assert row is not None
        return f"{LIST}/{row.token}"


@pytest.mark.parametrize(
    ("what", "form", "type", "start"),
    [
        ("donations", "csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfdonation,"),
        ("donations", "csv_semicolon", "text/csv; charset=utf-8", b"\xef\xbb\xbfdonation;"),
        ("refunds", "xlsx", "application/vnd.openxmlformats-officedocument", b"PK"),
        ("journals", "beancount", "text/plain; charset=utf-8", b"; Filters"),
        ("statement", "pdf", "application/pdf", b"%PDF"),
        ("fund", "pdf", "application/pdf", b"%PDF"),
    ],
)
@pytest.mark.usefixtures("chest")
def test_a_small_file_is_handed_over_at_once(
    house: Office, what: str, form: str, type: str, start: bytes
) -> None:
    answer = asked(house.sign_in(CENTRE), what=what, format=form, fund=SLUG)

    assert answer.status_code == 200
    assert answer.content_type.startswith(type)
    assert answer.data.startswith(start)
    assert answer.content_length == len(answer.data)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(
        rf"attachment; filename={what}-{SLUG}-\d{{4}}-\d\d-\d\d\.[a-z]+",
        answer.headers["Content-Disposition"],
    )


@pytest.mark.usefixtures("chest")
def test_the_form_is_filled_in_from_the_address(house: Office) -> None:
    client = house.sign_in(CENTRE)

    page = client.get(
        f"{NEW}?what=journals&format=beancount&fund={SLUG}&section=GB&method=bank"
    ).text

    for value in ("journals", "beancount", SLUG, "GB", "bank"):
        assert f'<option value="{value}" selected>' in page
    assert "<details" in page
    assert "open>" in page


@pytest.mark.usefixtures("chest")
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": "everything"}, "what"),
        ({"format": "docx"}, "format"),
        ({"format": "beancount"}, "format"),
        ({"what": "fund", "format": "pdf"}, "fund"),
        ({"what": "statement", "fund": "unknown"}, "fund"),
        ({"since": "12.6.2026"}, "since"),
        ({"since": "2026-06-12", "until": "2026-06-11"}, "until"),
        ({"method": "<script>"}, "method"),
    ],
)
def test_a_mistake_is_said_where_it_is_and_keeps_what_was_typed(
    house: Office, fields: dict[str, str], field: str
) -> None:
    answer = asked(house.sign_in(CENTRE), text="Rosa <b>", **fields)

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert "Rosa &lt;b&gt;" in answer.text
    assert "Rosa <b>" not in answer.text


@pytest.mark.usefixtures("chest", "long_lists")
def test_a_large_file_waits_for_its_owner(house: Office) -> None:
    client = house.sign_in(CENTRE)

    answer = asked(client, section="GB")
    assert (answer.status_code, answer.location) == (303, LIST)
    waiting = client.get(LIST).text
    assert "being made" in waiting
    address = made(house)
    assert address not in waiting

    assert address in client.get(LIST).text
    file = client.get(address)
    assert file.status_code == 200
    assert file.data.startswith(b"\xef\xbb\xbfdonation,")
    assert "attachment; filename=donations-GB-" in file.headers["Content-Disposition"]
    assert file.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("chest", "long_lists")
def test_the_link_of_a_colleague_leads_nowhere(house: Office) -> None:
    owner, colleague = house.sign_in(CENTRE), house.sign_in(CENTRE)
    asked(owner)
    address = made(house)

    theirs, unknown = colleague.get(address), colleague.get(f"{LIST}/nothing-of-this-name")

    assert (theirs.status_code, theirs.data) == (unknown.status_code, unknown.data)
    assert theirs.status_code == 404
    assert address not in colleague.get(LIST).text
    assert house.client().get(address).status_code == 401


@pytest.mark.usefixtures("long_lists")
def test_a_grant_that_was_taken_away_closes_the_door(house: Office, chest: Chest) -> None:
    member, client = house.seat(CENTRE)
    asked(client)
    address = made(house)
    with house.database.unit_of_work() as session:
        held = session.scalars(select(GrantRow).where(GrantRow.staff_id == member.id)).one()
        held.role, held.section_id = Role.SECTION_TREASURER, chest.sections["GB"]

    answer = client.get(address)

    assert answer.status_code == 403
    assert "has changed since this file was made" in answer.text


@pytest.mark.usefixtures("chest")
def test_names_are_offered_to_those_who_may_see_them(house: Office) -> None:
    assert 'name="names"' in house.sign_in(WITH_NAMES).get(NEW).text
    assert 'name="names"' not in house.sign_in(CENTRE).get(NEW).text


@pytest.mark.usefixtures("chest")
def test_a_hidden_field_gives_nobody_names(house: Office) -> None:
    assert asked(house.sign_in(CENTRE), names="1").status_code == 403


@pytest.mark.usefixtures("chest")
def test_names_ask_for_a_second_factor_and_then_come(house: Office) -> None:
    member, client = house.seat(WITH_NAMES)
    fresh = asked(client, names="1")
    assert b"Rosa" in fresh.data

    grow_stale(house, member.id)
    stale = asked(client, names="1", section="GB")

    assert stale.status_code == 303
    assert stale.location.startswith("/account/second-factor?next=")
    assert "section%3DGB" in stale.location
    assert b"Rosa" not in stale.data


@pytest.mark.usefixtures("chest", "long_lists")
def test_a_file_with_names_asks_again_when_it_is_fetched(house: Office) -> None:
    member, client = house.seat(WITH_NAMES)
    asked(client, names="1")
    address = made(house)
    assert b"Rosa" in client.get(address).data

    grow_stale(house, member.id)

    assert client.get(address).location == f"/account/second-factor?next={address}"


def grow_stale(house: Office, staff_id: int) -> None:
    """Let the second factor have been shown a while ago."""
    with house.database.unit_of_work() as session:
        session.execute(
            update(StaffSessionRow)
            .where(StaffSessionRow.staff_id == staff_id)
            .values(proved_at=datetime.now(UTC) - timedelta(minutes=11)),
        )


def test_who_sees_a_section_is_offered_that_section(house: Office, chest: Chest) -> None:
    client = house.sign_in(Grant(Role.SECTION_TREASURER, section_id=chest.sections["GB"]))

    page = client.get(NEW).text

    assert '<option value="GB"' in page
    assert '<option value="CH"' not in page
    assert '<option value="-"' not in page
    assert b"CH" not in asked(client, section="CH").data


@pytest.mark.usefixtures("chest")
def test_the_report_of_a_fund_is_not_a_section_treasurers(house: Office, chest: Chest) -> None:
    client = house.sign_in(Grant(Role.SECTION_TREASURER, section_id=chest.sections["GB"]))

    assert asked(client, what="fund", format="pdf", fund=SLUG).status_code == 403


@pytest.mark.usefixtures("chest", "long_lists")
def test_what_could_not_be_made_says_why(house: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundtracker.reports.xlsx.MOST_ROWS", 1)
    client = house.sign_in(CENTRE)
    asked(client, format="xlsx")
    made(house)

    assert "A spreadsheet holds 1 rows at most." in client.get(LIST).text


@pytest.mark.usefixtures("chest", "long_lists")
def test_what_is_late_says_so(house: Office) -> None:
    client = house.sign_in(CENTRE)
    asked(client)
    with house.database.unit_of_work() as session:
        session.scalars(select(ExportRow)).one().asked_at -= timedelta(hours=2)

    assert "Something holds it up." in client.get(LIST).text


@pytest.mark.usefixtures("chest")
def test_what_was_looked_for_stands_nowhere_in_the_open(
    house: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", -1)
    asked(house.sign_in(CENTRE), text="Rosa Canary")

    with house.database.reading() as session:
        (stored,) = session.execute(select(ExportRow.query)).one()
    assert "Canary" in stored
    with house.database.reader.connect() as connection:
        (query,) = connection.exec_driver_sql("SELECT query FROM export").one()
    assert b"Canary" not in bytes(query)
