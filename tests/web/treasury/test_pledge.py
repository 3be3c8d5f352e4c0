from __future__ import annotations

import html
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import Instalment, PledgeStatus
from fundtracker.domain.references import reference, spoken
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.verify import verify
from tests.support.telling import whole
from tests.web.treasury.ledger import AUDITOR, CENTRE, words

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from fundtracker.store.pledges import PledgeRow
    from tests.web.treasury.ledger import Ledger


def address(pledge: PledgeRow, rest: str = "") -> str:
    return f"/treasury/pledges/{pledge.token}{rest}"


def seen(client: FlaskClient, pledge: PledgeRow) -> dict[str, str]:
    """What the forms of the page carry."""
    page = client.get(address(pledge)).get_data(as_text=True)
    found = re.findall(r'name="(version|seen)"\s+value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def decide(client: FlaskClient, pledge: PledgeRow, verdict: str, **typed: str) -> TestResponse:
    """Send a form of the page as it is shown now."""
    return client.post(address(pledge, f"/{verdict}"), data=seen(client, pledge) | typed)


def test_everything_that_is_known_stands_on_the_page_but_a_name(ledger: Ledger) -> None:
    parts = (
        Instalment(date(2026, 6, 1), Money(4000, "GBP")),
        Instalment(date(2030, 1, 1), Money(6000, "GBP")),
    )
    pledge = ledger.promise(instalments=parts, name="Rosa Parks", email="rosa@example.org")
    allocate(
        ledger.parts, ledger.british_gift.token, [Wanted(pledge.token, 1500)], Scope.everything()
    )

    page = words(ledger.office.sign_in(ledger.of_britain()).get(address(pledge)))

    for told in (
        "£100.00",
        "overdue",
        "£15.00",
        "£85.00",
        "£25.00",
        "1 June 2026",
        "1 January 2030",
        spoken(pledge.number),
        reference(pledge.number),
        "Promised in the hall: £100.00.",
        "A gift that was here already paid £15.00 of it.",
        "£15.00 of a gift of £50.00",
        "promise paid by a gift",
        "Hidden: your role does not include names.",
    ):
        assert told in page, told
    assert "Rosa" not in page
    assert "rosa@" not in page


def test_who_may_sees_who_promised_and_that_is_written_down(ledger: Ledger) -> None:
    pledge = ledger.promise(name="<b>Rosa</b>", email="rosa@example.org", message="Good luck")
    names = ledger.office.sign_in(ledger.of_britain(names=True))
    emails = ledger.office.sign_in(
        Grant(Role.SECTION_TREASURER, section_id=ledger.britain, sees_names=True, sees_emails=True)
    )

    page = words(names.post(address(pledge, "/names")))
    assert "&lt;b&gt;Rosa&lt;/b&gt;" in page
    assert "Good luck" in page
    assert "rosa@" not in page
    assert "rosa@example.org" in words(emails.post(address(pledge, "/names")))
    assert ledger.audited() == [("names_read", f"pledge:{pledge.number}")] * 2
    nameless = ledger.promise()
    assert "Nothing was written." in words(names.post(address(nameless, "/names")))


def test_a_foreign_pledge_is_not_there(ledger: Ledger) -> None:
    pledge = ledger.promise()
    client = ledger.office.sign_in(
        Grant(Role.SECTION_TREASURER, section_id=ledger.swiss, sees_names=True)
    )

    for verdict in ("confirm", "cancel", "write_off", "reopen", "name", "move", "edit", "names"):
        assert client.post(address(pledge, f"/{verdict}")).status_code == 404, verdict
    assert client.get(address(pledge, "/edit")).status_code == 404
    assert ledger.pledge(pledge.token).version == pledge.version


def test_an_auditor_is_offered_nothing(ledger: Ledger) -> None:
    pledge = ledger.promise()

    page = words(ledger.office.sign_in(AUDITOR).get(address(pledge)))

    assert "What to do" not in page
    assert "<form" not in page.partition("<main")[2]


def test_what_was_being_checked_is_confirmed(ledger: Ledger) -> None:
    pledge = ledger.promise(status=PledgeStatus.UNCONFIRMED)
    client = ledger.office.sign_in(CENTRE)

    answer = decide(client, pledge, "confirm")

    assert answer.status_code == 303
    page = words(client.get(answer.location))
    assert "The pledge is confirmed." in page
    assert "Confirmed." in page
    assert ledger.pledge(pledge.token).status == PledgeStatus.OPEN


def test_what_will_not_come_is_withdrawn_or_written_off_and_opened_again(ledger: Ledger) -> None:
    pledge = ledger.promise()
    client = ledger.office.sign_in(CENTRE)

    assert "The fund's number falls by €115.00" in html.unescape(words(client.get(address(pledge))))
    assert decide(client, pledge, "write_off", reason="moved away").status_code == 303
    assert whole(ledger.parts, ledger.fund_id).pledged == 0
    page = words(client.get(address(pledge)))
    for told in ("written off", "Written off: £100.00", "Reason:", "moved away", "Member"):
        assert told in page, told

    assert decide(client, pledge, "reopen").status_code == 303
    assert decide(client, pledge, "cancel").status_code == 303
    told = words(client.get(address(pledge)))
    assert "Opened again: £100.00 is expected." in told
    assert "Withdrawn. Nothing more is expected; £100.00 had been open." in told
    assert verify(ledger.parts).broken == ()


def test_writing_off_asks_for_a_reason_and_keeps_what_was_typed(ledger: Ledger) -> None:
    pledge = ledger.promise()

    answer = decide(ledger.office.sign_in(CENTRE), pledge, "write_off", reason=" ")

    assert answer.status_code == 422
    assert 'href="#reason"' in words(answer)
    assert ledger.pledge(pledge.token).status == PledgeStatus.OPEN


def test_the_second_of_two_sees_what_the_first_has_changed_and_chooses(ledger: Ledger) -> None:
    pledge = ledger.promise()
    first, second = ledger.office.sign_in(CENTRE), ledger.office.sign_in(CENTRE)
    stale = seen(second, pledge)
    decide(first, pledge, "cancel", reason="asked to")

    late = second.post(address(pledge, "/write_off"), data=stale | {"reason": "no answer"})

    assert late.status_code == 409
    page = words(late)
    for told in ("Somebody else has changed this", "<s>overdue</s> <b>withdrawn</b>"):
        assert told in page, told
    assert ledger.pledge(pledge.token).status == PledgeStatus.CANCELLED
    assert second.post(address(pledge, "/reopen"), data={"version": "x"}).status_code == 409
    # Seen as it is now, it can be done.
    assert decide(second, pledge, "reopen").status_code == 303


def test_a_name_and_a_section_are_corrected(ledger: Ledger) -> None:
    pledge = ledger.promise()
    client = ledger.office.sign_in(CENTRE)

    assert decide(client, pledge, "name", name="Rosa Parks").status_code == 303
    assert decide(client, pledge, "move", section="CH").status_code == 303
    moved = ledger.pledge(pledge.token)
    assert (moved.section_id, moved.name_key is None) == (ledger.swiss, False)
    page = words(client.get(address(pledge)))
    assert "Came here from another section" in page
    assert "Rosa" not in page
    wrong = decide(client, pledge, "move", section="SE")
    assert wrong.status_code == 422
    assert 'href="#section"' in words(wrong)
    assert verify(ledger.parts).broken == ()


def test_a_section_treasurer_cannot_give_a_pledge_away(ledger: Ledger) -> None:
    pledge = ledger.promise()
    client = ledger.office.sign_in(ledger.of_britain())

    assert "another section" not in words(client.get(address(pledge)))
    assert decide(client, pledge, "move", section="CH").status_code == 422
    assert ledger.pledge(pledge.token).section_id == ledger.britain


def test_another_sum_on_other_days(ledger: Ledger) -> None:
    pledge = ledger.promise()
    client = ledger.office.sign_in(ledger.of_britain())
    form = client.get(address(pledge, "/edit"))
    assert 'value="100.00"' in words(form)

    typed = seen(client, pledge) | {
        "due": ["2026-09-01", "2026-08-01", ""],
        "amount": ["70", "1,030.50", ""],
    }
    answer = client.post(address(pledge, "/edit"), data=typed)

    assert answer.status_code == 303
    changed = ledger.pledge(pledge.token)
    assert (changed.amount, changed.base, changed.open_due) == (110_050, 126_558, date(2026, 8, 1))
    assert whole(ledger.parts, ledger.fund_id).pledged == 126_558
    assert verify(ledger.parts).broken == ()


@pytest.mark.parametrize(
    ("due", "amount", "told"),
    [
        (["2026-08-01"], [""], "both a day and an amount"),
        ([""], ["5"], "both a day and an amount"),
        ([""], [""], "at least one part"),
        (["2026-08-01"], ["-5"], "There is a problem"),
        (["tomorrow"], ["5"], "year, month and day"),
    ],
)
def test_a_part_that_says_half_is_asked_about(
    ledger: Ledger, due: list[str], amount: list[str], told: str
) -> None:
    pledge = ledger.promise()
    client = ledger.office.sign_in(CENTRE)

    typed = seen(client, pledge) | {"due": due, "amount": amount}
    answer = client.post(address(pledge, "/edit"), data=typed)

    assert answer.status_code == 422
    assert told in words(answer)
    assert ledger.pledge(pledge.token).version == pledge.version


def test_days_typed_over_somebody_elses_are_shown_beside_them(ledger: Ledger) -> None:
    pledge = ledger.promise()
    client = ledger.office.sign_in(CENTRE)
    stale = seen(client, pledge)
    decide(client, pledge, "name", name="Rosa")

    late = client.post(
        address(pledge, "/edit"), data=stale | {"due": ["2026-08-01"], "amount": ["55"]}
    )

    assert late.status_code == 409
    page = words(late)
    assert "As it is now:" in page
    assert "<b>£100.00</b>" in page
    assert 'value="55"' in page
