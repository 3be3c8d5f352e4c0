from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from fundtracker.domain.errors import Changed, InvalidText, NotNow, TooManyRequests
from fundtracker.domain.pledge_filters import PledgeFilter
from fundtracker.domain.pledges import PledgeSource
from fundtracker.domain.scope import Scope
from fundtracker.services.change_pledge import Shown
from fundtracker.services.name_pledge import name_pledge
from fundtracker.services.show_pledge import show_pledge
from fundtracker.store import treasury_pledges
from fundtracker.store.outbox import MailRow
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_fund
from tests.services.promising import FIFTY, contact, mails, pledges
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def called(parts: Parts) -> Shown:
    """A promise that was called out in the hall by nobody whom we know."""
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall")
    row = a_pledge(parts, "hall", FIFTY, "GB")
    return Shown(row.token, row.version)


def test_a_name_is_written_on_it_and_nobody_is_written_to(parts: Parts, called: Shown) -> None:
    assert show_pledge(parts, called.token).may_be_named

    name_pledge(parts, called, " Anna Canary ", "  ")

    (row,) = pledges(parts)
    assert (row.name, row.email, row.email_key) == ("Anna Canary", None, None)
    assert mails(parts) == []
    assert not show_pledge(parts, called.token).may_be_named


def test_it_is_found_by_its_name_from_then_on(parts: Parts, called: Shown) -> None:
    name_pledge(parts, called, "Anna Canary", "")

    with parts.database.reading() as session:
        wanted, everywhere = PledgeFilter(text="anna canary"), Scope.everything()
        (line,) = treasury_pledges.pledges(
            session, wanted, everywhere, now=parts.clock(), limit=9, names=everywhere
        )
    assert line.token == called.token


def test_an_address_is_asked_before_it_is_reminded(parts: Parts, called: Shown) -> None:
    name_pledge(parts, called, "Anna Canary", "Anna@Example.org", "sv")

    (mail,) = mails(parts)
    assert mail.to == "anna@example.org"
    assert "named this address" in mail.text
    assert "Anna" not in mail.text
    assert contact(parts).answered_at is None
    assert pledges(parts)[0].locale == "sv"
    assert show_pledge(parts, called.token).contact.waits_for_answer


def test_a_name_is_written_once(parts: Parts, called: Shown) -> None:
    name_pledge(parts, called, "Anna", "")

    with pytest.raises(NotNow):
        name_pledge(parts, Shown(called.token, called.version + 1), "Berta", "")
    with pytest.raises(Changed):
        name_pledge(parts, called, "Berta", "")
    assert pledges(parts)[0].name == "Anna"


def test_what_a_section_promised_is_named_by_its_treasurer(parts: Parts, called: Shown) -> None:
    row = a_pledge(parts, "hall", FIFTY, "GB", source=PledgeSource.SECTION)

    with pytest.raises(NotNow):
        name_pledge(parts, Shown(row.token, row.version), "Anna", "")


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [("", "", "name"), ("x" * 81, "", "name"), ("A\u202eB", "", "name"), ("Anna", "anna", "email")],
)
def test_a_mistake_writes_nothing(
    parts: Parts, called: Shown, name: str, email: str, field: str
) -> None:
    with pytest.raises(InvalidText) as refused:
        name_pledge(parts, called, name, email)

    assert refused.value.field == field
    assert read(parts, called.token).version == called.version


def test_an_address_is_not_flooded(parts: Parts, called: Shown) -> None:
    for _ in range(5):
        row = a_pledge(parts, "hall", FIFTY)
        name_pledge(parts, Shown(row.token, row.version), "Anna", "anna@example.org")

    with pytest.raises(TooManyRequests):
        name_pledge(parts, called, "Anna", "anna@example.org")
    with parts.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MailRow)) == 5


def test_the_log_tells_that_it_was_named_and_not_how(parts: Parts, called: Shown) -> None:
    name_pledge(parts, called, "Anna Canary", "anna@example.org")

    (deed,) = deeds(parts.database)
    assert deed.action == "pledge_changed"
    assert "canary" not in str(deed).lower()
    assert "anna" not in str(deed).lower()
