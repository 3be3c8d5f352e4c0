"""Whatever happens to pledges, every way of reading what is open says the same, to the cent."""

from __future__ import annotations

import csv
import io
import itertools
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.errors import NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_filters import PledgeFilter
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.reports import columns
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import cancel_pledge, write_off_pledge
from fundtracker.services.export import export
from fundtracker.store import pledge_sums, snapshots
from fundtracker.store.pledge_course import course
from tests.factories.pledges import a_pledge, read
from tests.services.test_export_totals import cents
from tests.support.effort import examples
from tests.support.treasure import Chest, a_chest, an_order

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.services.parts import Parts

EVERYTHING = Scope.everything()
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Promise:
    """A pledge, what came for it, and what became of it."""

    amount: int
    currency: str
    section: str
    gift: int
    end: str
    checked: bool
    counted: bool
    cash: bool


promises = st.builds(
    Promise,
    amount=st.integers(1, 9_999_999),
    currency=st.sampled_from(["EUR", "GBP", "CHF", "CLP"]),
    section=st.sampled_from(["GB", "CH", ""]),
    gift=st.sampled_from([0, 0, 100, 5000, 20_000_000]),
    end=st.sampled_from(["", "", "", "cancel", "write_off"]),
    checked=st.booleans(),
    counted=st.sampled_from([True, True, True, False]),
    cash=st.sampled_from([False, False, True]),
)


@pytest.fixture
def house(parts: Parts, tmp_path: Path) -> Parts:
    return replace(parts, exports=tmp_path / "exports")


@settings(
    max_examples=examples(12),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(what=st.lists(promises, min_size=1, max_size=6))
def test_every_surface_shows_the_same_that_is_open(house: Parts, what: list[Promise]) -> None:
    chest = a_chest(house, f"promising-fund-{next(_NUMBERS)}")
    for each in what:
        happen(chest, each)
    home = Home(chest)

    total = home.snapshot
    assert {name: read() for name, read in home.surfaces.items()} == dict.fromkeys(
        home.surfaces, total
    )


def happen(chest: Chest, it: Promise) -> None:
    """Let somebody promise, perhaps something come for it, and perhaps it end."""
    pledge = a_pledge(
        chest.parts,
        chest.fund.slug,
        Money(it.amount, it.currency),
        it.section,
        status=PledgeStatus.UNCONFIRMED if it.checked else PledgeStatus.OPEN,
        counted=it.counted,
        paid_by=PaidBy.CASH if it.cash else None,
    )
    if it.gift:
        gift = chest.gift(it.gift, "EUR", it.section)
        try:
            allocate(chest.parts, gift.token, [Wanted(pledge.token)], EVERYTHING)
        except NotNow:
            assert it.amount < 1000, "only what is worth nothing can be paid nothing"
    shown = Shown(pledge.token, read(chest.parts, pledge.token).version)
    if it.end == "cancel":
        cancel_pledge(chest.parts, shown, EVERYTHING)
    if it.end == "write_off":
        write_off_pledge(chest.parts, shown, EVERYTHING, "moved away")


class Home:
    """What is open of a fund in cents, as each surface tells it."""

    def __init__(self, chest: Chest) -> None:
        self.chest = chest
        self.visitor = chest.visitor()
        self._files: dict[tuple[str, str], bytes] = {}
        self.surfaces = {
            "page": self.page,
            "by section": self.by_section,
            "by age": self.by_age,
            "course": self.course,
            "CSV": self.csv,
            "spreadsheet": self.sheet,
            "PDF": self.pdf,
            "statement": self.statement,
            "report": self.report,
        }

    @property
    def snapshot(self) -> int:
        with self.chest.parts.database.reading() as session:
            told = snapshots.load_true(session, self.chest.fund.slug)
        return told.pledged + told.unconfirmed

    def page(self) -> int:
        wanted, now = PledgeFilter(fund=self.chest.fund.slug), self.chest.parts.clock()
        with self.chest.parts.database.reading() as session:
            return sum(each.counted for each in pledge_sums.sums(session, wanted, EVERYTHING, now))

    def by_section(self) -> int:
        return sum(each.open_base for each in self._owed())

    def by_age(self) -> int:
        """What is paid in its own currency leaves no age for the cents that rates left."""
        paid = sum(each.open_base for each in self._owed() if not each.open)
        return paid + sum(sum(each.base_ages.values()) for each in self._owed())

    def course(self) -> int:
        with self.chest.parts.database.reading() as session:
            known = course(session, self.chest.fund.id, None, EVERYTHING)
        gone = known.arrived + known.withdrawn + known.written_off - known.reopened + known.rounded
        assert known.announced - gone == known.checked + known.promised
        return known.checked + known.promised

    def csv(self) -> int:
        return self._column("pledges", "counted")

    def statement(self) -> int:
        return self._column("statement", "still_due")

    def sheet(self) -> int:
        book = openpyxl.load_workbook(io.BytesIO(self._taken("pledges", "xlsx")), data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))[1:]
        at = columns.PLEDGES.at("counted")
        return sum(cents(row[at]) for row in rows if not str(row[0]).startswith("Total"))

    def pdf(self) -> int:
        """The sums in euros below the columns of a PDF; the last of them is what is counted."""
        last = self._text("pledges").rpartition("Total EUR")[2]
        amounts = re.findall(r"EUR (-?[0-9,]+\.[0-9]{2})", last)
        return cents(Decimal(amounts[-1].replace(",", "")))

    def report(self) -> int:
        found = re.search(r"Still open EUR (-?[0-9,]+\.[0-9]{2})", self._text("fund"))
        assert found is not None
        return cents(Decimal(found[1].replace(",", "")))

    def _owed(self) -> list[pledge_sums.Owed]:
        today = self.chest.parts.clock().date()
        with self.chest.parts.database.reading() as session:
            return pledge_sums.owed(session, self.chest.fund.id, EVERYTHING, today)

    def _column(self, what: str, key: str) -> int:
        text = self._taken(what, "csv").decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return sum(cents(Decimal(row[key])) for row in rows if row[key])

    def _text(self, what: str) -> str:
        reader = PdfReader(io.BytesIO(self._taken(what, "pdf")))
        return " ".join(page.extract_text() for page in reader.pages).replace("\n", " ")

    def _taken(self, what: str, form: str) -> bytes:
        if (what, form) not in self._files:
            order = an_order(what, form, fund=self.chest.fund.slug)
            ready = export(self.chest.parts, self.visitor, order)
            assert ready is not None
            with ready.file:
                self._files[what, form] = ready.file.read()
        return self._files[what, form]
