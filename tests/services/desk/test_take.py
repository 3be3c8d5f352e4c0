from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.totals import Totals
from fundtracker.services.verify import Report, verify

if TYPE_CHECKING:
    from tests.support.tellers import Hall


def test_a_line_is_numbered_counted_and_announced(hall: Hall) -> None:
    before = hall.version

    number = hall.type('GB 500 #217 "Leeds branch" ; in the third row')

    row = hall.line(number)
    assert (number, row.state, row.version, row.teller) == (1, "counted", 1, "anna")
    assert (row.label, row.note, row.badge) == ("Leeds branch", "in the third row", "217")
    assert (row.currency, row.amount, row.base) == ("GBP", 50_000, 57_500)
    assert row.changed == hall.version > before
    assert hall.totals() == Totals(unconfirmed=57_500, pledges=1)
    assert hall.parts.broker.newer("hall", before, timeout=0) == hall.version
    assert verify(hall.parts) == Report((), ())


def test_each_person_of_a_line_makes_a_pledge(hall: Hall) -> None:
    number = hall.type("bank GB 3@20/m6")

    rows = hall.pledges(number)
    assert [(row.amount, row.status, row.source) for row in rows] == [
        (12_000, "unconfirmed", "floor")
    ] * 3
    assert {row.paid_by for row in rows} == {"bank"}
    assert hall.totals() == Totals(unconfirmed=3 * 13_800, pledges=3)
