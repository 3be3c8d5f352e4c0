"""From a list to a file: the filters go with it, and LibreOffice opens what comes of it."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from fundtracker.reports.csv import ENCODING
from tests.support.axe import findings
from tests.support.office_tools import opened_by_libreoffice, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.servers import LiveServer


def come_in_as(page: Page, house: LiveServer, role: str) -> None:
    """Sign in as one of the sample's staff, by one click."""
    page.goto(f"{house.url}/account/sign-in")
    page.get_by_role("button", name=f"Sign in as {role}").click()
    expect(page).to_have_url(f"{house.url}/account/")


def take_home(page: Page, folder: Path) -> Path:
    """Press the button and keep the file under the name that it comes with."""
    with page.expect_download() as caught:
        page.get_by_role("button", name="Export", exact=True).click()
    file = folder / caught.value.suggested_filename
    caught.value.save_as(file)
    return file


def test_a_filtered_list_is_taken_home_and_opened(
    page: Page, house: LiveServer, tmp_path: Path, picture: Callable[..., Path]
) -> None:
    come_in_as(page, house, "Central treasurer")
    page.goto(f"{house.url}/treasury/donations?fund=founding-conference&section=GB")
    page.get_by_role("link", name="Export this list").click()

    expect(page.get_by_label("What")).to_have_value("donations")
    expect(page.get_by_label("Section")).to_have_value("GB")
    assert findings(page) == []
    picture("exports-phone")
    listed = take_home(page, tmp_path)
    page.get_by_label("Form").select_option(label="Spreadsheet (XLSX)")
    sheet = take_home(page, tmp_path)

    assert re.fullmatch(r"donations-founding-conference-GB-[0-9-]{10}\.csv", listed.name)
    with listed.open(encoding=ENCODING, newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert {row["section"] for row in rows} == {"GB"}
    assert {row["filters"] for row in rows} == {"fund=founding-conference&section=GB"}
    shown = opened_by_libreoffice(sheet, tmp_path)["Donations"]
    # In the CSV, what begins with a hyphen has a mark in front.
    tokens = [row["donation"].removeprefix("'") for row in rows]
    assert [line[0] for line in shown[1 : len(rows) + 1]] == tokens


def test_the_report_of_a_fund_is_printed(page: Page, house: LiveServer, tmp_path: Path) -> None:
    come_in_as(page, house, "Central treasurer")
    page.goto(f"{house.url}/treasury/exports")
    page.get_by_label("What").select_option(label="Report of a fund")
    page.get_by_label("Form").select_option(label="PDF")
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the fund that it is about.")

    page.get_by_label("Fund").select_option("founding-conference")
    text = text_of(take_home(page, tmp_path))

    assert "Milestones" in text
    assert re.search(r"EUR [0-9,]+\.[0-9]{2} +[0-9]+ % of EUR 400,000\.00", text)


def test_a_swedish_treasurer_takes_home_sweden(
    page: Page, house: LiveServer, tmp_path: Path
) -> None:
    come_in_as(page, house, "Section treasurer")
    page.goto(f"{house.url}/treasury/exports?what=statement&fund=founding-conference")

    expect(page.get_by_label("Section").locator("option")).to_have_count(2)
    with take_home(page, tmp_path).open(encoding=ENCODING, newline="") as file:
        sections = {row["section"] for row in csv.DictReader(file)}
    assert sections == {"SE"}
