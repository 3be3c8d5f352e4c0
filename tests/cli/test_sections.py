from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.scope import Scope
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.read_sections import COLUMNS
from fundtracker.store import funds, sections

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.console import Console

GOOD = (
    ",".join(COLUMNS)
    + "\nGB,Britain,Britain,GBP,60000,1200,shown\nPK,پاکستان,Pakistan,PKR,,,hidden\n"
)


@pytest.fixture(autouse=True)
def _autumn(console: Console) -> None:
    create_fund(console.parts, NewFund("autumn", "Autumn appeal", "EUR", 2_000_000))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "sections.csv"
    file.write_text(GOOD, encoding="utf-8")
    return file


def codes(console: Console) -> list[str]:
    with console.parts.database.reading() as session:
        fund = funds.by_slug(session, "autumn")
        found = sections.of_fund(session, fund.id, Scope.everything())
    return sorted(part.section.code for part in found)


def test_a_file_is_imported_and_a_second_time_changes_nothing(console: Console, file: Path) -> None:
    command = ("section", "import", str(file), "--fund", "autumn")

    assert console.says(*command) == "2 new, 0 changed, 0 as before.\n"
    assert console.says(*command) == "0 new, 0 changed, 2 as before.\n"
    assert codes(console) == ["GB", "PK"]


def test_a_spreadsheet_with_semicolons_and_a_mark_at_its_head_is_imported(
    console: Console, file: Path
) -> None:
    file.write_bytes(codecs.BOM_UTF8 + GOOD.replace(",", ";").encode())

    assert console.says("section", "import", str(file), "--fund", "autumn").startswith("2 new")


def test_a_dry_run_only_tells(console: Console, file: Path) -> None:
    said = console.says("section", "import", str(file), "--fund", "autumn", "--dry-run")

    assert said == (
        "Nothing is imported in a dry run. It would be 2 new, 0 changed, 0 as before.\n"
    )
    assert codes(console) == []


def test_every_bad_line_is_named_and_nothing_is_imported(console: Console, file: Path) -> None:
    file.write_text(f"{GOOD}gb,Britain,Britain,GBP,,,\nFR,France,France,EUR,much,,\n")

    refusal = console.refuses("section", "import", str(file), "--fund", "autumn")

    first, second, last = refusal.splitlines()
    assert first.startswith("sections.csv, line 4, code: A code has 2 to 8 of the letters")
    assert second.startswith("sections.csv, line 5, target: Enter an amount in digits")
    assert last == "Error: Nothing was imported, because of 2 of the file's lines."
    assert codes(console) == []


def test_a_fund_has_to_be_there(console: Console, file: Path) -> None:
    refusal = console.refuses("section", "import", str(file), "--fund", "winter")

    assert refusal == "Error: There is no fund at this address.\n"


def test_a_file_has_to_be_there(console: Console, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.csv")

    refusal = console.refuses("section", "import", missing, "--fund", "autumn", code=2)

    assert "No such file or directory" in refusal


def test_a_fund_has_to_be_named(console: Console, file: Path) -> None:
    refusal = console.refuses("section", "import", str(file), code=2)

    assert "Missing option '--fund'" in refusal
