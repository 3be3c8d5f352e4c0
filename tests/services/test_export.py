from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from fundtracker.domain.errors import Invalid, NotAllowed
from fundtracker.domain.roles import Grant, Role
from fundtracker.services import export as exporting
from fundtracker.services.export import Ready, export
from fundtracker.services.work import work
from fundtracker.store.audit import AuditRow
from fundtracker.store.exports import ExportRow
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_fund
from tests.support.treasure import CENTRE, Chest, a_chest, an_order

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.domain.exports import Order
    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts


@pytest.fixture
def chest(parts: Parts, tmp_path: Path) -> Chest:
    return a_chest(replace(parts, exports=tmp_path / "exports"))


def taken(chest: Chest, visitor: Visitor, order: Order) -> bytes:
    ready = export(chest.parts, visitor, order)
    assert isinstance(ready, Ready)
    with ready.file:
        return ready.file.read()


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def acts(chest: Chest) -> list[AuditRow]:
    with chest.parts.database.reading() as session:
        found = list(session.scalars(select(AuditRow).order_by(AuditRow.number)))
        session.expunge_all()
        return found


def test_a_list_of_donations_has_a_row_for_each(chest: Chest) -> None:
    kept = chest.gift(5000, "GBP", "GB", refunded=2000, settled=5700, fee=137)
    chest.gift(2500, "EUR")

    rows = rows_of(taken(chest, chest.visitor(), an_order()))

    assert [(row["amount"], row["currency"], row["received"]) for row in rows] == [
        ("25.00", "EUR", "25.00"),
        ("50.00", "GBP", "34.50"),
    ]
    last = rows[1]
    assert last["donation"] == kept.token
    assert (last["section"], last["status"], last["rate"]) == ("GB", "succeeded", "1.15")
    assert (last["refunded"], last["kept"]) == ("20.00", "30.00")
    assert (last["fee"], last["fee_currency"]) == ("1.37", "EUR")
    assert (last["schema"], last["filters"]) == ("donations/1", "none")
    assert "public_name" not in last


def test_pages_are_joined_and_read_once_each(chest: Chest, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [chest.gift().token for _ in range(5)]
    monkeypatch.setattr("fundtracker.services.write_export.PAGE", 2)

    rows = rows_of(taken(chest, chest.visitor(), an_order()))

    assert [row["donation"] for row in rows] == tokens[::-1]


def test_the_filters_stand_in_the_file_and_in_its_name(chest: Chest) -> None:
    chest.gift(section="GB")
    chest.gift(section="CH")
    order = an_order(fund="conference", section="GB", form="csv_semicolon")

    ready = export(chest.parts, chest.visitor(), order)

    assert ready is not None
    assert ready.name == "donations-conference-GB-2026-06-12.csv"
    with ready.file:
        head, *rows = ready.file.read().decode("utf-8-sig").splitlines()
    assert head.split(";")[-3:] == ["schema", "exported_at", "filters"]
    assert [row.rpartition(";")[2] for row in rows] == ["fund=conference&section=GB"]


def test_what_is_of_a_rehearsal_says_so_in_every_file(chest: Chest) -> None:
    with chest.parts.database.unit_of_work() as session:
        session.execute(update(FundRow).values(rehearsal=True))
    chest.gift(section="GB")
    visitor = chest.visitor()

    (row,) = rows_of(taken(chest, visitor, an_order(fund="conference")))
    books = taken(chest, visitor, an_order("journals", "beancount", fund="conference")).decode()
    paper = taken(chest, visitor, an_order("fund", "pdf", fund="conference"))

    assert row["filters"] == "fund=conference&rehearsal=yes"
    assert "Rehearsal: nothing of this is real" in books
    assert "Rehearsal: " in PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    # Without a fund that is named, it is not among what is real.
    assert rows_of(taken(chest, visitor, an_order())) == []


def test_refunds_have_a_list_of_their_own(chest: Chest) -> None:
    gift = chest.gift(refunded=2000)

    (row,) = rows_of(taken(chest, chest.visitor(), an_order("refunds")))

    assert (row["donation"], row["amount"], row["returned"]) == (gift.token, "20.00", "23.00")


def test_journals_have_a_row_for_each_entry(chest: Chest) -> None:
    chest.gift()

    rows = rows_of(taken(chest, chest.visitor(), an_order("journals")))

    assert [(row["kind"], row["account"], row["amount"], row["base"]) for row in rows] == [
        ("gift", "stripe_clearing", "50.00", ""),
        ("gift", "gifts", "-50.00", "-57.50"),
    ]


def test_who_sees_a_section_takes_home_that_section(chest: Chest) -> None:
    mine = chest.gift(section="GB")
    chest.gift(section="CH")
    treasurer = chest.visitor(Grant(Role.SECTION_TREASURER, section_id=chest.sections["GB"]))

    rows = rows_of(taken(chest, treasurer, an_order()))
    foreign = rows_of(taken(chest, treasurer, an_order(section="CH")))
    nothing = rows_of(taken(chest, treasurer, an_order(section="XX")))

    assert [row["donation"] for row in rows] == [mine.token]
    assert foreign == nothing == []


def test_names_are_for_those_who_may_see_them(chest: Chest) -> None:
    chest.gift()
    order = an_order(names="1")
    may = chest.visitor(replace(CENTRE, sees_names=True))

    (row,) = rows_of(taken(chest, may, order))
    assert (row["public_name"], row["schema"]) == ("Rosa", "donations_with_names/1")

    with pytest.raises(NotAllowed):
        export(chest.parts, chest.visitor(), order)
    assert [act.action for act in acts(chest)] == ["exported", "refused"]


def test_who_sees_names_in_one_section_gets_those_alone(chest: Chest) -> None:
    chest.gift(section="GB")
    chest.gift(section="CH")
    auditor = chest.visitor(
        Grant(Role.AUDITOR),
        Grant(Role.SECTION_TREASURER, section_id=chest.sections["GB"], sees_names=True),
    )

    rows = rows_of(taken(chest, auditor, an_order(names="1")))

    assert [(row["section"], row["public_name"]) for row in rows] == [("CH", ""), ("GB", "Rosa")]


def test_the_report_of_a_fund_is_for_who_sees_all_of_it(chest: Chest) -> None:
    treasurer = chest.visitor(Grant(Role.SECTION_TREASURER, section_id=chest.sections["GB"]))

    with pytest.raises(NotAllowed):
        export(chest.parts, treasurer, an_order("fund", "pdf", fund="conference"))

    assert [act.action for act in acts(chest)] == ["refused"]


@pytest.mark.parametrize("slug", ["unknown", "other"])
def test_a_fund_out_of_reach_is_refused_as_one_that_is_not_there(chest: Chest, slug: str) -> None:
    other = a_chest_called(chest, "other")
    visitor = chest.visitor(Grant(Role.CENTRAL_TREASURER, fund_id=chest.fund.id))
    assert other != chest.fund.id

    with pytest.raises(Invalid, match="nothing of that name") as refused:
        export(chest.parts, visitor, an_order("statement", fund=slug))

    assert refused.value.field == "fund"


def a_chest_called(chest: Chest, slug: str) -> int:
    with chest.parts.database.unit_of_work() as session:
        return a_fund(session, slug=slug).id


def test_what_is_taken_home_is_in_the_log_but_not_what_was_looked_for(chest: Chest) -> None:
    chest.gift()

    taken(chest, chest.visitor(), an_order(text="REF Rosa", fund="conference"))

    (act,) = acts(chest)
    assert (act.action, act.subject) == ("exported", "export:donations")
    assert '"rows":0' in act.facts
    assert "Rosa" not in act.facts
    assert "Rosa" in (act.private or "")


def test_a_report_is_a_spreadsheet_or_a_pdf_of_the_same_figures(chest: Chest) -> None:
    chest.gift(5000, "GBP", "GB")
    visitor = chest.visitor()

    sheet = taken(chest, visitor, an_order("fund", "xlsx", fund="conference"))
    paper = taken(chest, visitor, an_order("fund", "pdf", fund="conference"))

    workbook = openpyxl.load_workbook(io.BytesIO(sheet), data_only=True)
    facts = {row[0].value: row[2].value for row in workbook["Where it stands"].iter_rows()}
    assert facts["Headline"] == facts["Received"] == 57.5
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert "EUR 57.50" in text
    assert "Rosa" not in text


def test_a_long_list_is_left_to_the_worker(chest: Chest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 2)
    for _ in range(3):
        chest.gift()
    visitor = chest.visitor()

    assert export(chest.parts, visitor, an_order()) is None
    while work(chest.parts):
        pass

    with chest.parts.database.reading() as session:
        (row,) = session.scalars(select(ExportRow))
    file = chest.parts.exports / row.token
    assert row.rows == len(rows_of(file.read_bytes())) == 3
    assert row.size == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    assert chest.parts.exports.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in chest.parts.exports.iterdir()] == [row.token]


def test_no_pdf_is_longer_than_anybody_reads(chest: Chest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 1)
    chest.gift()
    chest.gift()

    with pytest.raises(Invalid, match="A PDF holds") as refused:
        export(chest.parts, chest.visitor(), an_order(form="pdf"))

    assert refused.value.field == "format"


def test_nobody_has_more_than_a_few_made_at_a_time(
    chest: Chest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)
    chest.gift()
    visitor = chest.visitor()
    for _ in range(exporting.MOST_WAITING):
        export(chest.parts, visitor, an_order())

    with pytest.raises(Invalid, match="still being made"):
        export(chest.parts, visitor, an_order())

    assert export(chest.parts, chest.visitor(), an_order()) is None


def test_a_file_that_cannot_be_made_leaves_nothing(
    chest: Chest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.reports.xlsx.MOST_ROWS", 1)
    chest.gift()
    chest.gift()

    with pytest.raises(Invalid, match="A spreadsheet holds"):
        export(chest.parts, chest.visitor(), an_order(form="xlsx"))

    assert list(chest.parts.exports.iterdir()) == []
    assert acts(chest) == []
