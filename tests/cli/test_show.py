from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import update

from fundtracker.domain.funds import FundStatus
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.hold import hold
from fundtracker.services.import_sections import import_sections
from fundtracker.services.read_sections import COLUMNS
from fundtracker.store import inbox
from fundtracker.store.inbox import Arrival, InboxRow, InboxState
from fundtracker.store.totals import TotalRow

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.cli.console import Console

AUTUMN = NewFund(
    "autumn",
    "Autumn appeal",
    "EUR",
    2_000_000,
    ceiling=500_000,
    timezone="Europe/Brussels",
    opens_at=datetime(2026, 6, 1, 16, tzinfo=UTC),
    closes_at=datetime(2026, 6, 14, 16, tzinfo=UTC),
    milestones=(1_000_000,),
    status=FundStatus.OPEN,
)
SECTIONS = f"""{",".join(COLUMNS)}
GB,Britain,Britain,GBP,4000,1200,shown
JP,日本,Nihon,JPY,,,hidden
"""


def receive(parts: Parts, cents: int) -> None:
    """Let all totals say that so much was received, whatever the ledger says."""
    with parts.database.unit_of_work() as session:
        session.execute(update(TotalRow).values(received=cents, donations=1))


def wait(parts: Parts) -> None:
    """Park a row of the inbox."""
    with parts.database.unit_of_work() as session:
        inbox.put(session, [Arrival(parts.gateway.account, "evt_1", "{}")], parts.clock())
        session.execute(update(InboxRow).values(state=InboxState.PARKED, waits_for="ch_7"))


def test_where_there_is_no_fund_it_says_so(console: Console) -> None:
    assert console.says("fund", "list") == "There are no funds yet.\n"


def test_all_funds_are_listed_in_columns(console: Console) -> None:
    create_fund(console.parts, AUTUMN)
    create_fund(
        console.parts, NewFund("spring-rehearsal", "Spring 春", "JPY", 5_000_000, rehearsal=True)
    )

    assert console.says("fund", "list").splitlines() == [
        "autumn            open              EUR  0.00 of 20,000.00  Autumn appeal",
        "spring-rehearsal  draft, rehearsal  JPY     0 of 5,000,000  Spring 春",
    ]


def test_a_fund_is_shown_as_it_truly_is(console: Console) -> None:
    create_fund(console.parts, AUTUMN)
    import_sections(console.parts, "autumn", SECTIONS.encode())
    hold(console.parts, "autumn")
    receive(console.parts, 399_960)

    said = console.says("fund", "show", "autumn").splitlines()

    assert said[:6] == [
        "Autumn appeal",
        "open, from 2026-06-01 18:00 to 2026-06-14 18:00, Europe/Brussels",
        "EUR 11,998.80 of 20,000.00 (59.9 %): everything announced",
        "received 11,998.80, promised 0.00, being checked 0.00; 3 gifts, 0 pledges",
        "no gift above 5,000.00; the screen is on hold",
        "milestone 10,000.00: ahead",
    ]
    assert said[6].startswith("version ")
    assert said[8:] == [
        "GB  3,999.60  4,000.00  99.9 %  GBP  shown   Britain",
        "JP  3,999.60  –         –       JPY  hidden  日本",
        "–   3,999.60  –         –       EUR          no section",
    ]


def test_a_fund_without_sections_or_an_end_has_neither_in_its_report(console: Console) -> None:
    create_fund(console.parts, NewFund("autumn", "Autumn", "EUR", 2_000_000, rehearsal=True))

    said = console.says("fund", "show", "autumn")

    assert said.startswith("Autumn (rehearsal)\ndraft, from ")
    assert "without an end, UTC\n" in said
    assert "no section" not in said


def test_a_fund_that_is_not_there_is_not_shown(console: Console) -> None:
    assert console.refuses("fund", "show", "winter") == "Error: There is no fund at this address.\n"


def test_books_that_agree_verify_clean(console: Console) -> None:
    create_fund(console.parts, AUTUMN)

    assert console.says("fund", "verify") == "Everything agrees.\n"
    assert console.says("fund", "verify", "autumn") == "Everything agrees.\n"


def test_a_broken_total_is_named_and_ends_with_1(console: Console) -> None:
    create_fund(console.parts, AUTUMN)
    receive(console.parts, 1)
    wait(console.parts)

    result = console.flask("fund", "verify")

    assert result.exit_code == 1
    assert "received says 1, and the ledger sums to 0." in result.stdout
    assert "is parked" in result.stdout
    assert "agrees" not in result.stdout


def test_rows_that_only_wait_are_named_and_end_with_2(console: Console) -> None:
    wait(console.parts)

    result = console.flask("fund", "verify")

    assert result.exit_code == 2
    assert "is parked" in result.stdout


def test_a_fund_to_be_verified_has_to_be_there(console: Console) -> None:
    assert "no fund" in console.refuses("fund", "verify", "winter")
