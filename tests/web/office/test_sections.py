from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.sections import Section, Visibility
from fundtracker.services.change_section import FundPart, part_of
from fundtracker.services.hold import hold
from fundtracker.services.read_sections import COLUMNS
from fundtracker.store import funds, sections, snapshots
from fundtracker.web.context import context_of
from tests.factories.rows import a_donation, a_fund
from tests.support.deeds import deeds
from tests.support.desk import Desk

if TYPE_CHECKING:
    from tests.support.desk import Sheet
    from tests.support.office import Office

HEAD = ",".join(COLUMNS)
GREAT = "GB,Great Britain,Britain,GBP,60000,1200,"
FRANCE = "FR,France,France,EUR,,,others"


@pytest.fixture(autouse=True)
def hall_id(office: Office) -> int:
    """Return a fund with Britain; Switzerland is in another one."""
    with office.database.unit_of_work() as session:
        a_fund(session, slug="draft", status="draft", sections_in={"CH": "CHF"})
        return a_fund(session, slug="hall", sections_in={"GB": "GBP"}).id


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office.sign_in(Grant(Role.ADMINISTRATOR)))


def section(office: Office, code: str = "GB") -> Section:
    with office.database.reading() as session:
        return sections.by_code(session)[code]


def codes(office: Office) -> set[str]:
    with office.database.reading() as session:
        return set(sections.by_code(session))


def part(office: Office, slug: str = "hall", code: str = "GB") -> FundPart | None:
    with office.database.reading() as session:
        fund = funds.by_slug(session, slug)
        return part_of(session, fund.id, sections.by_code(session)[code].id)


# ---- who sees what ------------------------------------------------------------------------------


def test_every_section_is_listed_with_where_it_takes_part(desk: Desk) -> None:
    page = desk.see("/office/sections")

    assert "The section GB GB GBP Founding conference" in page.words
    assert "/office/new-section" in page.html


def test_who_reads_for_one_fund_knows_of_its_sections_alone(office: Office, hall_id: int) -> None:
    desk = Desk(office.sign_in(Grant(Role.AUDITOR, fund_id=hall_id)))

    assert "The section CH" not in desk.see("/office/sections").words
    assert "The section GB" in desk.see("/office/sections").words
    other, nothing = desk.see("/office/sections/CH"), desk.see("/office/sections/XX")
    assert other.status == nothing.status == 404
    assert other.words == nothing.words


def test_who_may_only_read_changes_nothing(office: Office) -> None:
    desk = Desk(office.sign_in(Grant(Role.AUDITOR)))

    page = desk.see("/office/sections/GB")

    assert "Short name Sec GB Currency GBP" in page.words
    assert "Target none Members not known The public sees it shown" in page.words
    assert [address for address in page.forms if "/sections/" in address] == []
    for path in ("/sections/GB", "/sections/GB/funds/hall", "/new-section"):
        assert desk.client.post(f"/office{path}").status_code == 403
    assert desk.see("/office/funds/hall/sections/import").status == 403


def test_an_empty_house_says_how_to_begin(office: Office) -> None:
    with office.database.unit_of_work() as session:
        empty = a_fund(session, slug="empty", sections_in={})
    desk = Desk(office.sign_in(Grant(Role.AUDITOR, fund_id=empty.id)))

    assert "There is no section yet." in desk.see("/office/sections").words


# ---- what it is called --------------------------------------------------------------------------


def test_a_section_is_added_and_joins_a_fund(desk: Desk, office: Office) -> None:
    page = desk.send(
        "/office/new-section", code="fr", name="France", short_name="France", currency="EUR"
    )
    assert "The section is added." in page.words
    page = desk.send(page, "/office/sections/FR/funds/hall", target="5,000", members="120")

    assert "part in this fund is saved" in page.words
    assert part(office, "hall", "FR") == FundPart(500_000, 120, Visibility.SHOWN)
    assert part(office, "draft", "FR") is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": "GB"}, "There is a section GB already."),
        ({"code": "F"}, "A code has 2 to 8"),
        ({"code": "cash"}, "CASH means something else"),
        ({"short_name": "A rather long one"}, "at most 14 characters"),
        ({"name": ""}, "Please enter a name."),
        ({"currency": ""}, "Gifts in that currency are not possible."),
    ],
)
def test_what_it_may_not_be_called_is_said(
    desk: Desk, office: Office, change: dict[str, str], sentence: str
) -> None:
    france = {"code": "FR", "name": "France", "short_name": "France", "currency": "EUR"}

    page = desk.send("/office/new-section", **france | change)

    assert (page.status, sentence in page.words) == (422, True)
    assert page.forms["/office/new-section"]["short_name"] == (france | change)["short_name"]
    assert "FR" not in codes(office)


def test_a_name_of_markup_stays_a_name(desk: Desk, office: Office) -> None:
    name = '=HYPERLINK("http://x","<script>alert(1)</script>")'

    page = desk.send("/office/sections/GB", name=name)

    assert section(office).name == name
    assert "<script>alert" not in page.html
    assert "<script>alert" not in desk.see("/office/sections").html


def test_code_and_currency_are_fixed_once_it_was_given_to(desk: Desk, office: Office) -> None:
    with office.database.unit_of_work() as session:
        britain = sections.by_code(session)["GB"].id
        a_donation(session, funds.row_of(session, "hall"), section_id=britain)

    page = desk.send("/office/sections/GB", currency="EUR", name="Great Britain")

    assert "Code and currency are fixed" in page.words
    assert (page.status, "GB has donations" in page.words) == (422, True)
    assert section(office).currency == "GBP"
    assert desk.send("/office/sections/GB", name="Great Britain").status == 200


def test_two_who_edit_the_same_section_see_the_difference(desk: Desk, office: Office) -> None:
    mine = desk.see("/office/sections/GB")
    desk.send("/office/sections/GB", name="Hers")

    late = desk.send(mine, "/office/sections/GB", name="His")

    assert (late.status, "It is now: Hers" in late.words) == (409, True)
    assert deeds(office.database)[-1].action == "refused"
    desk.send(late, "/office/sections/GB")
    assert section(office).name == "His"


def test_who_changes_a_single_fund_changes_no_name(office: Office, hall_id: int) -> None:
    desk = Desk(office.sign_in(Grant(Role.ADMINISTRATOR, fund_id=hall_id)))

    assert "Save the section" not in desk.see("/office/sections/GB").words
    for path in ("/office/sections/GB", "/office/new-section"):
        assert desk.client.post(path, data={"code": "GB", "name": "Hers"}).status_code == 403
    assert section(office).name == "The section GB"
    assert desk.send("/office/sections/GB", PART, members="5").status == 200


# ---- its part in a fund -------------------------------------------------------------------------

PART = "/office/sections/GB/funds/hall"


def test_target_and_members_are_saved_at_once(desk: Desk, office: Office) -> None:
    desk.send("/office/sections/GB", PART, target="60000", members="1200")

    assert part(office) == FundPart(6_000_000, 1_200)
    assert desk.see("/office/sections/GB").forms[PART]["target"] == "60000"


def test_hiding_it_from_a_hall_is_asked_twice(desk: Desk, office: Office) -> None:
    told = desk.send("/office/sections/GB", PART, visibility="hidden")

    assert "its name appears nowhere outside" in told.words
    assert part(office) == FundPart()
    desk.send(told, PART)

    assert part(office) == FundPart(visibility=Visibility.HIDDEN)
    with office.database.reading() as session:
        assert [
            line["code"] for line in json.loads(snapshots.load(session, "hall"))["sections"]
        ] == [""]
    for visibility, words in (
        ("others", "what it gave is in the line of the others"),
        ("shown", "gets a line of its own"),
    ):
        assert words in desk.send("/office/sections/GB", PART, visibility=visibility).words


def test_while_the_count_is_held_it_says_that_hiding_does_not_wait(
    desk: Desk, office: Office
) -> None:
    hold(context_of(office.app).parts, "hall")

    told = desk.send("/office/sections/GB", PART, visibility="hidden")

    assert "The count is held: the line leaves the held picture at once" in told.words
    desk.send(told, PART)
    told = desk.send("/office/sections/GB", PART, visibility="shown")
    assert "The count is held: the line appears when it goes on." in told.words


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"target": "0"}, "Enter an amount of more than zero."),
        ({"target": "many"}, "Enter an amount in digits"),
        ({"members": "-1"}, "Enter a whole number"),
        ({"members": "1.5"}, "Enter a whole number"),
        ({"visibility": "secret"}, "Please choose what the public sees."),
    ],
)
def test_a_part_that_cannot_be_is_refused(
    desk: Desk, office: Office, change: dict[str, str], sentence: str
) -> None:
    page = desk.send("/office/sections/GB", PART, **change)

    assert (page.status, sentence in page.words) == (422, True)
    assert part(office) == FundPart()


def test_a_part_that_somebody_changed_meanwhile_is_compared(desk: Desk, office: Office) -> None:
    mine = desk.see("/office/sections/GB")
    desk.send("/office/sections/GB", PART, members="5")

    late = desk.send(mine, PART, members="6")

    assert (late.status, "It is now: 5" in late.words) == (409, True)
    assert part(office) == FundPart(members=5)


@pytest.mark.parametrize("path", ["XX/funds/hall", "GB/funds/nowhere"])
def test_section_and_fund_have_to_be_there(desk: Desk, path: str) -> None:
    sent = {"visibility": "hidden"}

    assert desk.client.post(f"/office/sections/{path}", data=sent).status_code == 404


def test_forms_of_one_page_have_fields_of_their_own(desk: Desk) -> None:
    ids = desk.see("/office/sections/GB").ids

    assert len(ids) == len(set(ids))


# ---- import -------------------------------------------------------------------------------------

IMPORT = "/office/funds/hall/sections/import"


def upload(desk: Desk, *lines: str, raw: bytes | None = None) -> Sheet:
    content = "\n".join([HEAD, *lines]).encode() if raw is None else raw
    return desk.send(IMPORT, file=(io.BytesIO(content), "sections.csv"))


def test_a_file_is_looked_at_before_it_is_imported(desk: Desk, office: Office) -> None:
    told = upload(desk, GREAT, FRANCE)

    assert "1 new, 1 changed, 0 as before." in told.words
    assert "GB Great Britain short name Britain target €60,000.00 members: 1,200" in told.words
    assert codes(office) == {"GB", "CH"}
    page = desk.send(confirming(told), IMPORT)

    assert "1 sections are new, 1 changed, 0 as before." in page.words
    assert part(office, "hall", "FR") == FundPart(visibility=Visibility.OTHERS)
    assert section(office).name == "Great Britain"


def confirming(told: Sheet) -> Sheet:
    """Return the page whose first form, with what was told, is not hidden by the second one."""
    content = told.html.split('name="content" value="')[1].split('"')[0]
    confirm = told.html.split('name="confirm" value="')[1].split('"')[0]
    told.forms[IMPORT] |= {"content": content, "confirm": confirm}
    return told


def test_what_has_changed_since_is_told_again(desk: Desk, office: Office) -> None:
    told = upload(desk, GREAT)
    desk.send("/office/sections/GB", name="Hers")

    again = desk.send(confirming(told), IMPORT)

    assert again.status == 409
    assert section(office).name == "Hers"
    desk.send(confirming(again), IMPORT)
    assert section(office).name == "Great Britain"


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        (["gb,Britain,Britain,GBP,,,", FRANCE], ["because of 1 of", "Line 2, code: A code has"]),
        ([GREAT, "FR,France"], ["Line 3: This line has more or fewer cells"]),
        ([GREAT, GREAT], ["Line 3, code: This code was in the file before."]),
        (["x"] * 60, ["because of 60 of", "And 10 more."]),
    ],
)
def test_each_line_that_is_wrong_is_named_and_nothing_is_imported(
    desk: Desk, office: Office, lines: list[str], sentences: list[str]
) -> None:
    page = upload(desk, *lines)

    assert page.status == 422
    assert [sentence for sentence in sentences if sentence not in page.words] == []
    assert codes(office) == {"GB", "CH"}
    assert deeds(office.database)[-1].action == "refused"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "Please choose a file"),
        (b"name\nBritain\n", "The first line has to name these columns"),
        (b"\xff\xfe\x00", "not encoded as UTF-8"),
        (b"x" * 61 * 1024, "at most 60 KiB"),
    ],
)
def test_what_is_no_such_file_is_refused(desk: Desk, raw: bytes, sentence: str) -> None:
    page = upload(desk, raw=raw)

    assert (page.status, sentence in page.words) == (422, True)


def test_what_is_larger_than_any_form_is_not_even_read(desk: Desk) -> None:
    assert upload(desk, raw=b"x" * 70 * 1024).status == 413
