from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.totals import Totals
from fundtracker.store import totals
from fundtracker.store.inbox import InboxRow, InboxState
from fundtracker.store.payments import DisputeRow, RefundRow
from fundtracker.store.sections import FundSectionRow
from tests.factories.rows import NOW, a_donation, a_fund, a_section
from tests.support.office import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.support.office import Office


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """Open the app over a fund with gifts in Britain and Switzerland, and with what waits."""
    with opened(sqlite_url, tmp_path) as office:
        with office.database.unit_of_work() as session:
            fund = a_fund(session, slug="conference", name="Conference")
            a_fund(session, slug="trial", name="Trial", rehearsal=True, sections_in={})
            a_fund(session, slug="draft", name="Next year", status="draft", sections_in={})
            britain, swiss = a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")
            session.get_one(FundSectionRow, (fund.id, britain)).target = 1_000_000
            totals.add(
                session,
                {
                    (fund.id, britain): Totals(received=575_000, pledged=11_500, donations=2),
                    (fund.id, swiss): Totals(received=105_000, unconfirmed=900, donations=1),
                },
            )
            came = {"status": "succeeded", "succeeded_at": NOW, "kept": 5000}
            of_britain = a_donation(session, fund, section_id=britain, token="british", **came)
            a_donation(session, fund, section_id=swiss, token="swiss", rate_mantissa=None, **came)
            for number, (table, status) in enumerate(
                ((RefundRow, "requires_action"), (DisputeRow, "a new word"), (DisputeRow, "won"))
            ):
                row = table(
                    account="main",
                    id=f"row_{number}",
                    donation_id=of_britain.id,
                    amount=1,
                    currency="GBP",
                    status=status,
                )
                if isinstance(row, RefundRow):
                    row.heard_at = NOW
                    row.fund_id, row.section_id = of_britain.fund_id, britain
                session.add(row)
            session.add(
                InboxRow(
                    account="simulator",
                    event_id="evt_1",
                    state=InboxState.PARKED,
                    attempts=1,
                    due_at=NOW,
                    received_at=NOW,
                )
            )
        yield office


def text_of(client: FlaskClient) -> str:
    answer = client.get("/treasury/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_the_centre_sees_where_every_fund_stands(office: Office) -> None:
    page = text_of(office.sign_in(Grant(Role.CENTRAL_TREASURER)))

    assert page.index("Conference") < page.index("Next year")
    for words in ("€6,800.00", "€115.00", "€9.00", "€400,000", "1 % received"):
        assert words in page
    assert "Your part" not in page
    assert "/treasury/figures?fund=conference" in page


def test_a_treasurer_sees_the_own_part_in_both_currencies(office: Office) -> None:
    with office.database.unit_of_work() as session:
        britain = a_section(session, "GB", "GBP")
    page = text_of(office.sign_in(Grant(Role.SECTION_TREASURER, section_id=britain)))

    for words in ("Your part: <bdi>The section GB", "€5,750.00", "about £5,000.00", "€10,000"):
        assert words in page
    for others in ("€1,050.00", "€6,800.00", "Next year", "€400,000", "/swiss", "section CH"):
        assert others not in page
    assert "/treasury/donations/british" in page


def test_a_treasurer_of_two_sections_sees_each(office: Office) -> None:
    with office.database.unit_of_work() as session:
        ids = [a_section(session, code, "EUR") for code in ("GB", "CH")]
    grants = [Grant(Role.SECTION_TREASURER, section_id=number) for number in ids]

    page = text_of(office.sign_in(*grants))

    for words in (
        "€6,800.00",
        "€5,750.00",
        "£5,000.00",
        "€1,050.00",
        "CHF",
        "57 %",
    ):
        assert words in page


def test_what_needs_a_hand_is_counted_for_who_can_give_it(office: Office) -> None:
    with office.database.unit_of_work() as session:
        swiss = a_section(session, "CH", "CHF")
    centre = text_of(office.sign_in(Grant(Role.CENTRAL_TREASURER)))
    of_swiss = text_of(office.sign_in(Grant(Role.SECTION_TREASURER, section_id=swiss)))

    for words in (
        "1</b> received without an exchange rate",
        "1</b> disputes wait for an answer",
        "1</b> refunds need something",
        "messages from Stripe are about something unknown",
    ):
        assert words in centre
    assert "received without an exchange rate" in of_swiss
    assert "disputes" not in of_swiss
    assert "messages from Stripe" not in of_swiss


def test_nothing_that_waits_is_said_as_well(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url, tmp_path) as office:
        with office.database.unit_of_work() as session:
            a_fund(session)

        page = text_of(office.sign_in(Grant(Role.AUDITOR)))

    assert "Nothing waits for anybody." in page
    assert "Nothing has come yet." in page
