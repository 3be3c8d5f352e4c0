from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import Instalment, PledgeStatus
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from tests.factories.rows import a_section
from tests.web.treasury.ledger import CENTRE, words

if TYPE_CHECKING:
    from tests.web.treasury.ledger import Ledger

PARTS = (
    Instalment(date(2026, 6, 1), Money(3000, "GBP")),
    Instalment(date(2050, 1, 1), Money(7000, "GBP")),
)


def test_what_is_open_stands_by_section_and_by_age_in_both_currencies(ledger: Ledger) -> None:
    pledge = ledger.promise(instalments=PARTS)
    ledger.promise(8000, "CH", "CHF", status=PledgeStatus.UNCONFIRMED)
    gift = ledger.british_gift.token
    allocate(ledger.parts, gift, [Wanted(pledge.token, 1000)], Scope.everything())

    page = words(ledger.office.sign_in(CENTRE).get("/treasury/pledges/open?fund=conference"))

    for told in ("£100.00", "€115.00", "£90.00", "€103.50", "£20.00", "€23.00", "€187.50"):
        assert told in page, told
    assert page.index("over 90 days") < page.index("The section GB")
    for label, amount in (
        ("Announced", "€199.00"),
        ("Confirmed", "€115.00"),
        ("Arrived", "€11.50"),
        ("Still open", "€187.50"),
    ):
        assert f"<dt>{label}</dt> <dd> {amount} </dd>" in page, label


def test_what_was_known_on_a_day_is_known_for_good(ledger: Ledger) -> None:
    ledger.promise()
    client = ledger.office.sign_in(CENTRE)

    before = words(client.get("/treasury/pledges/open?on=2026-06-11"))
    after = words(client.get("/treasury/pledges/open?on=2026-06-12"))

    assert "as known on 11 June 2026" in before
    assert "<dt>Announced</dt> <dd> €0.00 </dd>" in before
    assert "<dt>Announced</dt> <dd> €115.00 </dd>" in after
    assert client.get("/treasury/pledges/open?on=yesterday").status_code == 422


def test_a_section_treasurer_sees_the_own_sums_alone(ledger: Ledger) -> None:
    ledger.promise()
    client = ledger.office.sign_in(ledger.of_switzerland())

    page = words(client.get("/treasury/pledges/open"))

    assert "€115.00" not in page
    assert "There are no pledges yet." in page
    assert client.get("/treasury/pledges/open?fund=other").status_code == 404


def test_without_a_fund_there_is_nothing_to_see(ledger: Ledger) -> None:
    with ledger.office.database.unit_of_work() as session:
        nobody = Grant(Role.SECTION_TREASURER, section_id=a_section(session, "SE", "SEK"))

    page = words(ledger.office.sign_in(nobody).get("/treasury/pledges/open"))

    assert "There is no fund of which you could see anything." in page
