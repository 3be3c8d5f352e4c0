"""Whatever happens to gifts, every way of reading the total says the same, to the cent."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from fundtracker.domain.donations import Method
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.reports import columns
from fundtracker.services.enter_gift import Entered, enter_gift
from fundtracker.services.export import export
from fundtracker.services.reverse_gift import reverse_gift
from fundtracker.store import snapshots, treasury
from fundtracker.web import drawing
from tests.support.effort import examples
from tests.support.treasure import Chest, a_chest, an_order

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.services.parts import Parts

EVERYTHING = Scope.everything()
EXAMPLES = examples(8)
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Happening:
    """A gift, and what became of it."""

    amount: int
    currency: str
    section: str
    back: int
    disputed: int
    method: Method


happenings = st.builds(
    Happening,
    amount=st.integers(100, 9_999_999),
    currency=st.sampled_from(["EUR", "GBP", "CHF", "CLP"]),
    section=st.sampled_from(["GB", "CH", ""]),
    back=st.sampled_from([0, 0, 1, 99, 10_000_000]),
    disputed=st.sampled_from([0, 0, 0, 77]),
    method=st.sampled_from([Method.ONLINE, Method.ONLINE, Method.BANK, Method.CASH]),
)


@pytest.fixture
def house(parts: Parts, tmp_path: Path) -> Parts:
    return replace(parts, exports=tmp_path / "exports")


@settings(
    max_examples=EXAMPLES,
    # Looking for fewer gifts over a real database takes longer than reading them.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(what=st.lists(happenings, min_size=1, max_size=6))
def test_every_surface_shows_the_same_total(house: Parts, what: list[Happening]) -> None:
    chest = a_chest(house, f"random-fund-{next(_NUMBERS)}")
    for happening in what:
        happen(chest, happening)
    home = Home(chest)

    total = home.snapshot
    assert {name: read() for name, read in home.surfaces.items()} == dict.fromkeys(
        home.surfaces, total
    )


def happen(chest: Chest, it: Happening) -> None:
    """Let a gift come, and perhaps go back."""
    if it.method is Method.ONLINE:
        chest.gift(
            it.amount, it.currency, it.section, refunded=it.back, disputed=it.disputed, settled=999
        )
        return
    entered = Entered(
        f"form-{next(_NUMBERS)}",
        it.method,
        it.section,
        Money(it.amount, it.currency),
        date(2026, 6, 11),
        "=HYPERLINK(bag)",
        another=True,
    )
    token = enter_gift(chest.parts, chest.fund.slug, entered, EVERYTHING)
    if it.back:
        reverse_gift(chest.parts, token, "counted twice", EVERYTHING)


class Home:
    """A fund's total in cents, as each surface tells it."""

    def __init__(self, chest: Chest) -> None:
        self.chest = chest
        self.visitor = chest.visitor()
        self._files: dict[tuple[str, str], bytes] = {}
        self.surfaces = {
            "page": self.page,
            "CSV": self.csv,
            "spreadsheet": self.sheet,
            "spreadsheet's sum": self.sum_of_sheet,
            "PDF": self.pdf,
            "statement": self.statement,
            "journals": self.journals,
            "report": self.report,
            "public snapshot": self.public,
        }

    @property
    def snapshot(self) -> int:
        with self.chest.parts.database.reading() as session:
            return snapshots.load_true(session, self.chest.fund.slug).received

    def public(self) -> int:
        """Return what the interface and the screens are given."""
        with self.chest.parts.database.reading() as session:
            body = json.loads(snapshots.load(session, self.chest.fund.slug))
        assert body["headline"] == sum(drawing.counted(body))
        assert sum(line["received"] for line in body["sections"]) == body["received"]
        return int(body["received"])

    def page(self) -> int:
        wanted = LedgerFilter(fund=self.chest.fund.slug)
        with self.chest.parts.database.reading() as session:
            return sum(each.received for each in treasury.sums(session, wanted, EVERYTHING))

    def csv(self) -> int:
        return self._column("donations", "received")

    def statement(self) -> int:
        return self._column("statement", "received")

    def journals(self) -> int:
        return -self._column("journals", "base")

    def sheet(self) -> int:
        rows = [row for row in self._cells() if not str(row[0]).startswith("Total")]
        return sum(cents(row[self._received()]) for row in rows[1:])

    def sum_of_sheet(self) -> int:
        sums = [row for row in self._cells() if row[0] == "Total EUR"]
        return sum(cents(row[self._received()]) for row in sums)

    def pdf(self) -> int:
        text = self._text("donations")
        amounts = re.findall(r"EUR (-?[0-9,]+\.[0-9]{2})", text.rpartition("Total EUR")[2])
        # Below the received column stands what was settled, without a fee as yet.
        at = 2 if self._has_euros() else 0
        return cents(Decimal(amounts[at].replace(",", "")))

    def report(self) -> int:
        found = re.search(r"Received EUR (-?[0-9,]+\.[0-9]{2})", self._text("fund"))
        assert found is not None
        return cents(Decimal(found[1].replace(",", "")))

    def _has_euros(self) -> bool:
        return any(row["currency"] == "EUR" for row in self._rows("donations"))

    def _column(self, what: str, key: str) -> int:
        return sum(cents(Decimal(row[key])) for row in self._rows(what) if row[key])

    def _rows(self, what: str) -> list[dict[str, str]]:
        text = self._taken(what, "csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def _cells(self) -> list[tuple[object, ...]]:
        book = openpyxl.load_workbook(io.BytesIO(self._taken("donations", "xlsx")), data_only=True)
        return list(book.worksheets[0].iter_rows(values_only=True))

    def _received(self) -> int:
        return columns.DONATIONS.at("received")

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


def cents(value: object) -> int:
    """Return an amount in euros as cents; a number of a spreadsheet comes back exactly."""
    if value is None:
        return 0
    return int((Decimal(str(value)) * 100).to_integral_exact())
