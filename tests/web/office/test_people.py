from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from fundtracker.domain.members import Member, MemberState
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.scope import Scope
from fundtracker.services.work import work
from fundtracker.store import people
from fundtracker.store.staff import StaffRow, StaffSessionRow
from fundtracker.web.context import context_of
from tests.factories.rows import a_fund, a_section
from tests.factories.staff import a_member
from tests.support.deeds import deeds
from tests.support.office import Office, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

ADMINISTRATOR = Grant(Role.ADMINISTRATOR)
BROWSER = {"Accept": "text/html"}
ANNA = {"name": "Anna Berg", "email": "anna@example.org", "role": "central_treasurer"}


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    with opened(sqlite_url, tmp_path) as office:
        yield office


@pytest.fixture
def administrator(office: Office) -> FlaskClient:
    """Return the browser of an administrator, who is not the only one."""
    with office.database.unit_of_work() as session:
        a_member(session, ADMINISTRATOR, password="a hash")
    return office.sign_in(ADMINISTRATOR)


def somebody(office: Office, *grants: Grant, **fields: object) -> StaffRow:
    with office.database.unit_of_work() as session:
        return a_member(session, *grants, **{"password": "a hash"} | fields)


def look_at(office: Office, token: str) -> Member:
    with office.database.reading() as session:
        return people.member(session, token, Scope.everything())


def by_email(office: Office, email: str) -> Member:
    with office.database.reading() as session:
        row = people.row_by_email(session, email)
    assert row is not None
    return look_at(office, row.token)


def post(client: FlaskClient, member: Member, act: str, **fields: str) -> TestResponse:
    """Send a form that was made from what somebody had."""
    form = {"seen": str(member.seen)} | fields
    return client.post(f"/office/people/{member.token}/{act}", data=form)


def is_out(client: FlaskClient) -> bool:
    """Tell whether the next click leads to the sign-in page."""
    answer = client.get("/account/", headers=BROWSER)
    return answer.status_code == 303 and answer.location.startswith("/account/sign-in")


def text(answer: TestResponse) -> str:
    """Return what a page says, without its markup and spaces that nobody sees."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


def test_people_are_listed_with_what_they_may_do(
    office: Office, administrator: FlaskClient
) -> None:
    with office.database.unit_of_work() as session:
        fund = a_fund(session, name="The hall")
        sweden = a_section(session, "SE", "SEK")
    treasurer = Grant(Role.SECTION_TREASURER, fund.id, sweden, sees_names=True, sees_emails=True)
    somebody(office, treasurer, name="Signe", totp_secret=None)
    somebody(office, name="Bo", password=None)

    said = text(administrator.get("/office/people"))

    assert (
        "Signe Section treasurer , The section SE , in The hall ; sees names of anonymous donors"
        " ; sees e-mail addresses active no never"
    ).replace(" ", "") in said.replace(" ", "")
    assert "Bo none invited yes never" in said
    assert said.index("Bo none") < said.index("Signe")


def test_addresses_are_for_those_who_invite(office: Office, administrator: FlaskClient) -> None:
    row = somebody(office)
    auditor = office.sign_in(Grant(Role.AUDITOR, sees_emails=True))

    for page in ("/office/people", f"/office/people/{row.token}"):
        assert row.email in administrator.get(page).text
        assert "@" not in text(auditor.get(page))
        assert "/office/people/new" not in auditor.get(page).text
        assert "/change" not in auditor.get(page).text


def test_an_auditor_of_one_fund_knows_those_who_work_on_it(office: Office) -> None:
    with office.database.unit_of_work() as session:
        ours, other = a_fund(session, name="Ours"), a_fund(session, name="Theirs")
    here = somebody(
        office, Grant(Role.TELLER, ours.id), Grant(Role.SCREEN_OPERATOR, other.id), name="Hanna"
    )
    everywhere = somebody(office, Grant(Role.TELLER), name="Eva")
    there = somebody(office, Grant(Role.TELLER, other.id), name="Theo")
    nowhere = somebody(office, name="Nora")
    auditor = office.sign_in(Grant(Role.AUDITOR, ours.id))

    listed = text(auditor.get("/office/people"))

    assert "Hanna" in listed
    assert "Eva" in listed
    assert "Theirs" not in listed
    assert "Theo" not in listed
    assert "Nora" not in listed
    found = [
        auditor.get(f"/office/people/{row.token}").status_code
        for row in (here, everywhere, there, nowhere)
    ]
    assert found == [200, 200, 404, 404]


@pytest.mark.parametrize("role", [Role.CENTRAL_TREASURER, Role.TELLER, Role.SCREEN_OPERATOR])
def test_people_are_no_page_of_other_roles(office: Office, role: Role) -> None:
    assert office.sign_in(Grant(role)).get("/office/people").status_code == 403


def test_an_auditor_changes_nothing(office: Office) -> None:
    row = somebody(office, Grant(Role.TELLER))
    auditor = office.sign_in(Grant(Role.AUDITOR))

    for act in ("grants", "disable", "enable", "sign-out", "link", "factor"):
        assert post(auditor, look_at(office, row.token), act).status_code == 403
    assert auditor.get(f"/office/people/{row.token}/change").status_code == 403
    assert auditor.post("/office/people/new", data=ANNA).status_code == 403


def test_forms_ask_for_a_second_factor_before_they_are_filled_in(
    office: Office, administrator: FlaskClient
) -> None:
    row = somebody(office)
    with office.database.unit_of_work() as session:
        hour_ago = context_of(office.app).parts.clock().replace(year=2026, month=1)
        session.execute(update(StaffSessionRow).values(proved_at=hour_ago))

    for page in ("new", f"{row.token}/change"):
        answer = administrator.get(f"/office/people/{page}", headers=BROWSER)
        assert answer.status_code == 303
        assert answer.location.startswith("/account/second-factor?next=")
    assert post(administrator, look_at(office, row.token), "disable").status_code == 401
    assert look_at(office, row.token).state is MemberState.ACTIVE


def test_without_a_mail_server_the_link_is_shown_once_to_be_handed_over(
    office: Office, administrator: FlaskClient, tmp_path: Path
) -> None:
    answer = administrator.post("/office/people/new", data=ANNA)

    assert answer.status_code == 200
    link = re.search(r'value="(http://127\.0\.0\.1:8000/account/[^"]+)"', answer.text)
    assert link is not None
    assert str(tmp_path / "mail") in answer.text
    assert by_email(office, ANNA["email"]).state is MemberState.INVITED
    parts = context_of(office.app).parts
    assert work(parts)
    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert link[1] in mail.read_text()
    assert link[1] not in administrator.get("/office/people").text


def test_with_a_mail_server_the_link_is_for_the_person_alone(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(sqlite_url, tmp_path, SMTP_URL="smtp://localhost?from=a@example.org") as office:
        answer = office.sign_in(ADMINISTRATOR).post(
            "/office/people/new", data=ANNA, follow_redirects=True
        )

    assert answer.request.path.startswith("/office/people/")
    assert "The link is on its way to anna@example.org." in text(answer)
    assert "/account/welcome" not in answer.text


def test_the_form_offers_what_there_is_to_be_given(
    office: Office, administrator: FlaskClient
) -> None:
    with office.database.unit_of_work() as session:
        a_fund(session, slug="hall", name="The hall", status="draft")

    form = administrator.get("/office/people/new").text

    for role in Role:
        assert f'<option value="{role}"' in form
    assert '<option value="hall" >The hall</option>' in form
    assert '<option value="GB" >The section GB</option>' in form


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Please enter a name."),
        ({"email": "anna"}, "email", "Please enter an e-mail address"),
        ({"role": ""}, "role", "Please choose a role from the list."),
        ({"role": "emperor"}, "role", "Please choose a role from the list."),
        ({"section": "XX"}, "section", "Please choose a section from the list."),
        ({"fund": "1 OR 1=1"}, "fund", "Please choose a fund from the list."),
        ({"role": "section_treasurer"}, "section", "A section treasurer needs a section."),
        ({"role": "teller", "sees_names": "yes"}, "sees_names", "Who cannot read donations"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_what_was_typed_is_kept(
    office: Office, administrator: FlaskClient, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = administrator.post("/office/people/new", data=ANNA | typed)

    assert answer.status_code == 422
    assert f'id="{field}-error">{sentence}' in answer.text
    assert f'aria-describedby="{field}-error"' in answer.text
    for name, value in (ANNA | typed).items():
        if name in {"name", "email"}:
            assert f'value="{value}"' in answer.text
    with office.database.reading() as session:
        assert len(session.scalars(select(StaffRow)).all()) == 2
    assert deeds(office.database)[-1].refused == "staff_invited"


def test_markup_in_a_name_is_a_name(office: Office, administrator: FlaskClient) -> None:
    administrator.post("/office/people/new", data=ANNA | {"name": "<script>=1+1"})

    assert "&lt;script&gt;=1+1" in administrator.get("/office/people").text


def test_a_role_is_given_and_taken_away(office: Office, administrator: FlaskClient) -> None:
    row, client = office.seat(Grant(Role.TELLER))
    page = f"/office/people/{row.token}/change"

    given = post(administrator, look_at(office, row.token), "grants", role="auditor")
    assert (given.status_code, given.location) == (303, page)
    assert "The role was given." in text(administrator.get(page))
    assert client.get("/account/").status_code == 200
    member = look_at(office, row.token)
    taken = post(administrator, member, f"grants/{member.held[0].grant.id}/end")
    assert taken.status_code == 303

    assert [held.grant.role for held in look_at(office, row.token).held] == [Role.AUDITOR]
    assert is_out(client)


def test_a_role_with_a_mistake_is_not_given(office: Office, administrator: FlaskClient) -> None:
    row = somebody(office)

    answer = post(
        administrator, look_at(office, row.token), "grants", role="teller", sees_emails="yes"
    )

    assert answer.status_code == 422
    assert 'id="sees_emails-error"' in answer.text
    assert '<option value="teller" selected>' in answer.text
    assert "checked" in answer.text
    assert look_at(office, row.token).held == ()


def test_whoever_comes_second_reads_what_the_first_one_did(
    office: Office, administrator: FlaskClient
) -> None:
    row = somebody(office, Grant(Role.TELLER), Grant(Role.AUDITOR))
    opened_at = look_at(office, row.token)
    teller, auditor = (held.grant.id for held in opened_at.held)
    other = office.sign_in(ADMINISTRATOR)
    post(other, opened_at, f"grants/{teller}/end")
    post(other, look_at(office, row.token), "grants", role="screen_operator")
    post(other, look_at(office, row.token), "disable")

    answer = post(administrator, opened_at, f"grants/{auditor}/end")

    assert answer.status_code == 409
    said = text(answer)
    assert "Somebody else changed this person while your page was open." in said
    assert "Given meanwhile: Screen operator" in said
    assert "Taken away meanwhile: Teller" in said
    assert "The status is another one now: disabled" in said
    now = look_at(office, row.token)
    assert f'name="seen" value="{now.seen}"' in answer.text
    assert auditor in now.seen.grants


def test_the_last_administrator_stays_one(office: Office) -> None:
    row, client = office.seat(ADMINISTRATOR)
    with office.database.unit_of_work() as session:
        session.execute(update(StaffRow).values(password="a hash"))
    member = look_at(office, row.token)

    for act in ("disable", f"grants/{member.held[0].grant.id}/end"):
        answer = post(client, member, act)
        assert answer.status_code == 409
        assert "This is the last administrator who can sign in." in text(answer)

    assert look_at(office, row.token) == member
    assert client.get("/office/people").status_code == 200


def test_somebody_is_put_out_and_let_in_again(office: Office, administrator: FlaskClient) -> None:
    row, client = office.seat(Grant(Role.TELLER))

    post(administrator, look_at(office, row.token), "disable")
    assert is_out(client)
    assert "Let this person sign in again" in text(
        administrator.get(f"/office/people/{row.token}/change")
    )
    post(administrator, look_at(office, row.token), "enable")

    assert look_at(office, row.token).state is not MemberState.DISABLED


def test_somebody_is_signed_out_everywhere(office: Office, administrator: FlaskClient) -> None:
    row, client = office.seat(Grant(Role.TELLER))

    assert post(administrator, look_at(office, row.token), "sign-out").status_code == 303

    assert is_out(client)


def test_a_lost_second_factor_is_taken_away(office: Office, administrator: FlaskClient) -> None:
    row, client = office.seat(Grant(Role.AUDITOR))
    words, page = "Take away the lost second factor", f"/office/people/{row.token}/change"

    assert words in text(administrator.get(page))
    assert post(administrator, look_at(office, row.token), "factor").status_code == 303

    assert is_out(client)
    assert words not in text(administrator.get(page))
    assert not look_at(office, row.token).has_factor


@pytest.mark.parametrize(
    ("password", "words", "address"),
    [
        (None, "Send the invitation again", "/account/welcome/"),
        ("a hash", "Send a link for a new password", "/account/reset/"),
    ],
)
def test_another_link_is_what_the_person_needs(
    office: Office, administrator: FlaskClient, password: str | None, words: str, address: str
) -> None:
    row = somebody(office, password=password)

    assert words in text(administrator.get(f"/office/people/{row.token}/change"))
    answer = post(administrator, look_at(office, row.token), "link")

    assert answer.status_code == 200
    assert address in answer.text


def test_a_link_is_not_sent_from_a_page_of_yesterday(
    office: Office, administrator: FlaskClient
) -> None:
    row = somebody(office)
    opened_at = look_at(office, row.token)
    post(administrator, opened_at, "disable")

    assert post(administrator, opened_at, "link").status_code == 409


@pytest.mark.parametrize(
    "act", ["grants", "grants/1/end", "disable", "enable", "link", "sign-out", "factor"]
)
def test_a_guessed_token_is_nobodys(administrator: FlaskClient, act: str) -> None:
    answer = administrator.post(f"/office/people/guess/{act}", data={"role": "teller"})

    assert answer.status_code == 404


def test_whoever_takes_the_own_role_is_asked_to_sign_in(office: Office) -> None:
    somebody(office, ADMINISTRATOR)
    row, client = office.seat(ADMINISTRATOR)
    member = look_at(office, row.token)

    answer = client.post(
        f"/office/people/{row.token}/grants/{member.held[0].grant.id}/end",
        data={"seen": str(member.seen)},
        headers=BROWSER,
        follow_redirects=True,
    )

    assert answer.request.path == "/account/sign-in"


def test_a_name_is_mended_and_of_two_who_mend_it_the_second_sees_what_it_is(
    office: Office, administrator: FlaskClient
) -> None:
    row = somebody(office, name="Anna Bergg")
    address = f"/office/people/{row.token}"
    page = administrator.get(f"{address}/change").text
    made_from = re.findall(r'name="made_from" value="([^"]+)"', page)[0]

    saved = administrator.post(
        f"{address}/name", data={"name": "Anna <Berg>", "made_from": made_from}
    )
    late = administrator.post(f"{address}/name", data={"name": "Anna B", "made_from": made_from})

    assert saved.status_code == 303
    assert look_at(office, row.token).name == "Anna <Berg>"
    assert late.status_code == 409
    assert "The name is now: Anna &lt;Berg&gt;" in text(late)
    assert 'value="Anna B"' in late.text
