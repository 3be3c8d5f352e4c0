from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.chain import Deed
from fundtracker.domain.roles import Grant, Role
from fundtracker.services.erase import erase_private
from fundtracker.services.record import record, record_refusal
from fundtracker.store import audit
from fundtracker.store.audit_seal import AUDIT
from fundtracker.web.context import context_of
from tests.factories.rows import a_fund, a_section

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from fundtracker.services.parts import Parts
    from tests.support.office import Office

ADMINISTRATOR = Grant(Role.ADMINISTRATOR)
TREASURER = Grant(Role.SECTION_TREASURER, sees_names=True)


@pytest.fixture
def parts(office: Office) -> Parts:
    """Return the parts in the hands of Anna, at one place."""
    parts = context_of(office.app).parts
    return parts.acting(Actor.staff("anna", "203.0.113.9"))


@pytest.fixture
def administrator(office: Office) -> FlaskClient:
    return office.sign_in(ADMINISTRATOR)


def shown(browser: FlaskClient, address: str = "/office/audit", status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def rows(page: str) -> list[str]:
    """Return the entries of a page, without markup."""
    body = page.partition("<tbody")[2].partition(">")[2].partition("</tbody>")[0]
    plain = (re.sub(r"<[^>]+>", " ", row) for row in body.split("</tr>")[:-1])
    return [" ".join(unescape(row).split()) for row in plain]


def test_a_new_log_is_empty(administrator: FlaskClient) -> None:
    page = shown(administrator)

    assert "Nothing stands in the log yet." in page
    assert "0:" + "0" * 64 in page


def test_an_entry_tells_who_did_what_from_where_before_and_after(
    office: Office, administrator: FlaskClient, parts: Parts
) -> None:
    member, _ = office.seat(ADMINISTRATOR)
    parts = parts.acting(Actor.staff(member.token, "203.0.113.9"))
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, currency="SEK")
        record(
            session,
            parts,
            Action.TARGET_CHANGED,
            f"fund:{fund.slug}",
            fund_id=fund.id,
            before={"target": 100_000, "rehearsal": False, "name": "Same", "closes_at": None},
            after={
                "target": 250_000,
                "rehearsal": True,
                "name": "Same",
                "closes_at": datetime(2026, 6, 30, 20, tzinfo=UTC),
            },
            private={"reason": "The hall <wants> more"},
        )

    (row,) = rows(shown(administrator))
    assert member.name in row
    assert f"Changed the target fund:{fund.slug}" in row
    assert "target SEK\xa01,000.00 → SEK\xa02,500.00".replace("\xa0", " ") in row
    assert "rehearsal no → yes" in row
    assert "closes none → 2026-06-30 20:00 UTC" in row
    assert "Same" not in row
    assert "reason The hall <wants> more" in row
    assert "from 203.0.113.9" in row
    assert "salt" not in row


def test_staff_are_told_by_their_names(
    office: Office, administrator: FlaskClient, parts: Parts
) -> None:
    member, _ = office.seat(ADMINISTRATOR)
    with parts.database.unit_of_work() as session:
        record(session, parts, Action.GRANT_TAKEN, f"staff:{member.token}")

    page = shown(administrator)
    (row,) = rows(page)
    assert f"anna Took a role away {member.name}" in row
    assert f'href="/office/audit?subject=staff:{member.token}"' in page


def test_values_of_every_kind_are_put_into_words(administrator: FlaskClient, parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        record(
            session,
            parts,
            Action.FUND_CHANGED,
            "fund:x",
            after={
                "presets": [10, 25],
                "sections": {"code": "SE", "target": 5},
                "unheard_of": "word",
                "role": "section_treasurer",
                "status": "paused",
                "made_at": "long ago",
            },
        )
    record_refusal(parts, Action.REFUND_ASKED, "donation:1", "Too much")

    refusal, change = rows(shown(administrator))
    assert "amounts offered 10, 25" in change
    assert "sections code SE, target 5" in change
    assert "unheard of word" in change
    assert "made at long ago" in change
    assert "role Section treasurer" in change
    assert "status paused" in change
    assert "Was refused donation:1 what was refused Asked for a refund" in refusal
    assert "reason Too much" in refusal


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        (Actor.command("root"), "root at the command line"),
        (Actor.worker(), "the background process"),
        (Actor.staff(""), "somebody not signed in"),
        (Actor.staff("gone"), "gone"),
    ],
)
def test_everybody_has_a_name(
    administrator: FlaskClient, parts: Parts, actor: Actor, words: str
) -> None:
    with parts.database.unit_of_work() as session:
        record(session, parts.acting(actor), Action.FUND_CREATED, "fund:x")

    (row,) = rows(shown(administrator))
    assert f"{words} Made a fund" in row


def test_what_was_erased_says_so(administrator: FlaskClient, parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        record(session, parts, Action.SIGNED_IN, "staff:anna")
    with parts.database.unit_of_work() as session:
        erase_private(session, parts.acting(Actor.command("root")), 1)

    erasing, signing_in = rows(shown(administrator))
    assert signing_in.endswith("private details erased")
    assert "Erased private details of this log audit:1" in erasing


def test_entries_that_were_tampered_with_are_shown_as_they_are(
    administrator: FlaskClient, parts: Parts
) -> None:
    with parts.database.unit_of_work() as session:
        record(session, parts, Action.SIGNED_IN, "staff:anna")
        AUDIT.drop(session.connection())
        change = "UPDATE audit SET facts = 'nonsense', action = 'x', actor = 'y', private = :junk"
        session.execute(text(change), {"junk": b"encrypted by nobody"})

    (row,) = rows(shown(administrator))
    assert "y x staff:anna ? nonsense cannot be read its key is not in DATA_KEYS" in row


def test_filters_stand_in_the_address(administrator: FlaskClient, parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
        record(session, parts, Action.FUND_CHANGED, f"fund:{fund.slug}", fund_id=fund.id)
        record(session, parts, Action.SIGNED_IN, "staff:anna")
        record(session, parts.acting(Actor.command("root")), Action.RATES_SET, "fund:other")
    today = f"{datetime.now(UTC):%Y-%m-%d}"

    def numbers(query: str) -> list[str]:
        return [row.split()[0] for row in rows(shown(administrator, f"/office/audit?{query}"))]

    assert numbers("") == ["3", "2", "1"]
    assert numbers("actor=command:root") == ["3"]
    assert numbers("action=signed_in") == ["2"]
    assert numbers("subject=fund:") == ["3", "1"]
    assert numbers(f"fund={fund.slug}") == ["1"]
    assert numbers(f"since={today}&until={today}&action=&unknown=x") == ["3", "2", "1"]
    assert numbers("until=2026-01-01") == []
    page = shown(administrator, "/office/audit?until=2026-01-01&subject=fund:")
    assert "Nothing of that kind stands in the log." in page
    assert 'value="2026-01-01"' in page
    assert 'value="fund:"' in page


def test_days_are_those_of_the_fund_that_is_looked_at(
    office: Office, administrator: FlaskClient, parts: Parts
) -> None:
    late = datetime(2026, 6, 12, 22, 30, tzinfo=UTC)  # half past midnight in Zurich
    with office.database.unit_of_work() as session:
        fund = a_fund(session)
        deed = Deed(late, "staff:anna", "fund_changed", "fund:x", fund.id, None, "{}", None)
        audit.append(session, deed)

    address = f"/office/audit?fund={fund.slug}&since=2026-06-13"
    (row,) = rows(shown(administrator, address))
    assert "13 Jun 2026, 00:30" in row
    assert rows(shown(administrator, "/office/audit?since=2026-06-13")) == []


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("action=flying", "action", "There is no act of that name."),
        ("fund=nowhere", "fund", "There is no fund of that name."),
        ("since=soon", "since", "Enter a day, such as 2026-06-14."),
        ("until=9999-12-31", "until", "Enter a day, such as 2026-06-14."),
        ("since=2026-06-02&until=2026-06-01", "until", "This day is before the first one."),
        ("subject=a%00b", "subject", "There is a hidden character in this text."),
        (f"actor={'x' * 201}", "actor", "This is too long"),
    ],
)
def test_what_cannot_be_looked_for_is_said_at_its_field(
    administrator: FlaskClient, query: str, field: str, sentence: str
) -> None:
    page = shown(administrator, f"/office/audit?{query}", status=422)

    assert f'id="{field}-mistake">{sentence}' in page
    assert f'aria-describedby="{field}-mistake"' in page


def test_older_entries_are_a_page_away(administrator: FlaskClient, parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        for number in range(1, 52):
            record(session, parts, Action.SIGNED_IN, f"staff:{number}")

    first = shown(administrator, "/office/audit?action=signed_in")
    older = re.search(r'href="([^"]+)">Older entries', first)
    assert older is not None
    assert len(rows(first)) == 50
    second = shown(administrator, unescape(older[1]))
    assert [row.split()[0] for row in rows(second)] == ["1"]
    assert "Older entries" not in second
    assert rows(shown(administrator, f"/office/audit?before={10**30}")) == rows(
        shown(administrator, "/office/audit?before=x")
    )


class TestScope:
    def test_who_reads_for_one_fund_sees_its_entries_and_no_head(
        self, office: Office, parts: Parts
    ) -> None:
        with parts.database.unit_of_work() as session:
            own, other = a_fund(session, name="Ours"), a_fund(session, name="Theirs")
            mine = parts.acting(Actor.command("here"))
            record(session, mine, Action.FUND_CHANGED, f"fund:{own.slug}", fund_id=own.id)
            theirs = parts.acting(Actor.command("elsewhere"))
            record(session, theirs, Action.FUND_CHANGED, f"fund:{other.slug}", fund_id=other.id)
            record(session, theirs, Action.SIGNED_IN, "staff:anna")
        auditor = office.sign_in(Grant(Role.AUDITOR, fund_id=own.id))

        page = shown(auditor)
        assert len(rows(page)) == 1
        assert "elsewhere" not in page
        assert "Theirs" not in page
        assert "The head of the log" not in page
        assert shown(auditor, f"/office/audit?fund={other.slug}", status=422).count(
            "There is no fund of that name."
        ) == shown(auditor, "/office/audit?fund=nowhere", status=422).count(
            "There is no fund of that name."
        )

    def test_a_treasurer_of_a_section_reads_no_log(self, office: Office) -> None:
        with office.database.unit_of_work() as session:
            section = a_section(session, "SE", "SEK")
        treasurer = office.sign_in(Grant(Role.SECTION_TREASURER, section_id=section))

        assert treasurer.get("/office/audit").status_code == 403


def test_the_page_is_the_same_for_a_day_that_is_long_ago(administrator: FlaskClient) -> None:
    since = datetime.now(UTC) - timedelta(days=9000)

    assert "Nothing of that kind" in shown(administrator, f"/office/audit?since={since:%Y-%m-%d}")


@pytest.mark.parametrize(
    ("grants", "told"),
    [
        ([ADMINISTRATOR], set()),
        ([Grant(Role.AUDITOR)], set()),
        # Where donors are named to them, and nowhere else.
        ([Grant(Role.AUDITOR), replace(TREASURER, section_id=1)], {"Rosa Canary", "Canary 7"}),
        ([Grant(Role.AUDITOR), replace(TREASURER, section_id=2)], set()),
        (
            [Grant(Role.AUDITOR, sees_names=True)],
            {"Rosa Canary", "Canary 7", "Canary 8"},
        ),
    ],
)
def test_donors_are_named_to_those_alone_who_see_names(
    office: Office, parts: Parts, grants: list[Grant], told: set[str]
) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
        ours, other = a_section(session, "GB", "GBP"), a_section(session, "SE", "SEK")
        donor = {"public_name": "Rosa Canary", "reference": "Canary 7", "holder": "the bag"}
        record(
            session,
            parts,
            Action.GIFT_ENTERED,
            "donation:x",
            fund_id=fund.id,
            section_id=ours,
            private=donor,
        )
        record(session, parts, Action.EXPORTED, "export:donations", private={"text": "Canary 8"})
    sections = {1: ours, 2: other}
    browser = office.sign_in(
        *(replace(grant, section_id=sections.get(grant.section_id or 0)) for grant in grants)
    )

    page = " ".join(rows(shown(browser)))

    assert {name for name in ("Rosa Canary", "Canary 7", "Canary 8") if name in page} == told
    assert "held by the bag" in page
    assert page.count("only for who sees names") == len({"7", "8", "Rosa"}) - len(told)
