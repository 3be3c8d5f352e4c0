from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.store import days
from fundtracker.store.days import DayKey, Sum
from fundtracker.store.sections import FundSectionRow
from tests.factories.rows import a_fund, a_section
from tests.support.office import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.support.office import Office

CENTRE = Grant(Role.CENTRAL_TREASURER)
FIGURES = "/treasury/figures"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """Open the app over a fund with days in Britain, in Switzerland and of no section."""
    with opened(sqlite_url, tmp_path) as office:
        with office.database.unit_of_work() as session:
            fund = a_fund(session, slug="conference", milestones=[10_000_000, 40_000_000])
            britain, swiss = a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")
            session.get_one(FundSectionRow, (fund.id, britain)).target = 500_000
            first, second = date(2026, 6, 10), date(2026, 6, 12)
            days.add(
                session,
                {
                    DayKey(fund.id, britain, first, first, "online", "sepa_debit"): Sum(575_000, 2),
                    DayKey(fund.id, swiss, second, second, "bank", ""): Sum(105_000, 1),
                    DayKey(fund.id, 0, second, second, "cash", ""): Sum(20_000, 1),
                },
            )
            a_fund(session, slug="elsewhere", sections_in={"CL": "CLP"}, status="closed")
        yield office


@pytest.fixture
def centre(office: Office) -> FlaskClient:
    return office.sign_in(CENTRE)


@pytest.fixture
def of_britain(office: Office) -> FlaskClient:
    return office.sign_in(Grant(Role.SECTION_TREASURER, section_id=section_id(office, "GB")))


def section_id(office: Office, code: str) -> int:
    with office.database.unit_of_work() as session:
        return a_section(session, code, "EUR")


def text_of(client: FlaskClient, path: str = FIGURES, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def drawings(client: FlaskClient, path: str = FIGURES) -> dict[str, Any]:
    match = re.search(r'id="plates">(.*?)</script>', text_of(client, path))
    assert match
    drawn: dict[str, Any] = json.loads(match[1])
    return drawn


def rows(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_each_figure_is_said_in_words_and_stands_above_its_open_table(centre: FlaskClient) -> None:
    page = text_of(centre)

    assert "€7,000.00 came on 2 days, most of it on 10 June 2026: €5,750.00." in page
    assert "The section GB brought most, €5,750.00. Something came from 3 of 3; 1 have" in page
    assert "Most came online (sepa debit): €5,750.00, 82 % of €7,000.00." in page
    assert "By the end of 12 June 2026 €7,000.00 had come. That is 1 %" in page
    assert page.count("<details open") == 4
    assert page.count('role="img"') == 4
    assert "Together" in page


def test_the_course_has_every_day_and_the_lines_to_be_reached(centre: FlaskClient) -> None:
    course = drawings(centre)["course"]

    assert course["data"][0]["x"] == ["2026-06-09", "2026-06-10", "2026-06-11", "2026-06-12"]
    assert course["data"][0]["y"] == [0, 575_000, 575_000, 700_000]
    words = [note["text"] for note in course["layout"]["annotations"]]
    assert words == ["€100,000", "Target €400,000", "€7,000"]


def test_what_came_before_the_first_day_is_where_the_course_begins(centre: FlaskClient) -> None:
    course = drawings(centre, f"{FIGURES}?since=2026-06-11")["course"]

    assert course["data"][0]["y"] == [575_000, 700_000]


def test_sections_stand_in_their_order_with_their_targets(centre: FlaskClient) -> None:
    bars, targets, _ = drawings(centre)["section"]["data"]

    assert bars["y"] == ["GB", "CH", "-"]
    assert targets["x"] == [500_000, None, None]


def test_a_treasurer_sees_the_own_section_alone_and_in_its_own_currency_too(
    of_britain: FlaskClient,
) -> None:
    page = text_of(of_britain)

    assert "€5,750.00" in page
    assert "£5,000.00" in page
    assert "That is 115 % of the target of €5,000." in page
    for others in ("€1,050.00", "€200.00", "CHF", "section CH", "elsewhere", "€100,000", "no sect"):
        assert others not in page


@pytest.mark.parametrize("code", ["CH", "-", "NOWHERE"])
@pytest.mark.parametrize("form", [FIGURES, f"{FIGURES}/day.csv"])
def test_what_lies_outside_is_as_if_it_did_not_exist(
    of_britain: FlaskClient, code: str, form: str
) -> None:
    of_britain.get(f"{form}?section={code}")
    answers = {
        (answer.status_code, answer.data.replace(code.encode(), b""))
        for answer in (of_britain.get(f"{form}?section={each}") for each in (code, "NOWHERE"))
    }

    assert {status for status, _ in answers} == {404}
    assert of_britain.get(f"{form}?fund=elsewhere").status_code == 404
    assert of_britain.get(f"{form}?fund=nothing").status_code == 404


@pytest.mark.parametrize(
    ("query", "sum_of_days"),
    [
        ("", ["5750.00", "1250.00"]),
        ("?section=CH", ["1050.00"]),
        ("?section=-", ["200.00"]),
        ("?method=cash", ["200.00"]),
        ("?until=2026-06-11", ["5750.00"]),
        ("?dates=booking&since=2026-06-12", ["1250.00"]),
        ("?fund=elsewhere", []),
    ],
)
def test_an_export_is_narrowed_as_the_page_is(
    centre: FlaskClient, query: str, sum_of_days: list[str]
) -> None:
    assert [row["received"] for row in rows(centre, f"{FIGURES}/day.csv{query}")] == sum_of_days
    assert text_of(centre, f"{FIGURES}{query}")


def test_every_figure_is_exported_with_plain_words_and_its_filters(centre: FlaskClient) -> None:
    sections = rows(centre, f"{FIGURES}/section.csv?dates=booking")

    assert [(row["section"], row["received"], row["currency"]) for row in sections] == [
        ("GB", "5750.00", "EUR"),
        ("CH", "1050.00", "EUR"),
        ("", "200.00", "EUR"),
    ]
    assert sections[0]["local"] == "5000.00"
    assert sections[0]["local_currency"] == "GBP"
    assert sections[0]["filters"] == "fund=conference&dates=booking"
    assert [row["method"] for row in rows(centre, f"{FIGURES}/method.csv")] == [
        "online",
        "bank",
        "cash",
    ]
    assert rows(centre, f"{FIGURES}/course.csv")[-1]["received"] == "7000.00"
    assert centre.get(f"{FIGURES}/names.csv").status_code == 404


def test_a_mistake_is_told_and_what_was_typed_stays(centre: FlaskClient) -> None:
    page = text_of(centre, f"{FIGURES}?since=2026-06-12&until=2026-06-01&method=cash", 422)

    assert "There is a problem" in page
    assert "The last day lies before the first one." in page
    assert 'value="2026-06-12"' in page
    assert "plates" not in page
    assert text_of(centre, f"{FIGURES}?fund=<", 422)
    assert centre.get(f"{FIGURES}/day.csv?since=soon").status_code == 422


def test_a_fund_that_nobody_gave_to_says_so(centre: FlaskClient) -> None:
    page = text_of(centre, f"{FIGURES}?fund=elsewhere")

    assert "Nothing came on these days." in page
    assert "Nothing came from any section." in page
    assert "Nothing has come yet." in page


def test_without_any_fund_there_is_a_sentence(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url, tmp_path) as office:
        centre = office.sign_in(CENTRE)

        assert "There is no fund of which you could see anything." in text_of(centre)
        assert "There is no fund of which you could see anything." in text_of(centre, "/treasury/")
        assert centre.get(f"{FIGURES}/day.csv").status_code == 404


def test_figures_are_for_those_who_read_the_ledger(office: Office) -> None:
    assert office.sign_in(Grant(Role.TELLER)).get(FIGURES).status_code == 403
    assert office.client().get(FIGURES).status_code == 401


def test_the_library_is_kept_by_browsers_for_good(office: Office, centre: FlaskClient) -> None:
    match = re.search(r'src="(/treasury/plotly-[0-9a-f]+\.js)"', text_of(centre))
    assert match
    anybody = office.client()
    plain = anybody.get(match[1])
    packed = {
        encoding: anybody.get(match[1], headers={"Accept-Encoding": encoding})
        for encoding in ("br", "gzip")
    }
    again = anybody.get(match[1], headers={"If-None-Match": plain.headers["ETag"]})

    assert plain.mimetype == "text/javascript"
    assert "immutable" in plain.headers["Cache-Control"]
    assert "public" in plain.headers["Cache-Control"]
    assert b"plotly.js" in plain.data[:100]
    for encoding, answer in packed.items():
        assert answer.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert len(answer.data) * 2 < len(plain.data)
    assert again.status_code == 304
    assert anybody.get("/treasury/plotly-0.js").status_code == 404
