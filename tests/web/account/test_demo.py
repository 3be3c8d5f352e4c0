from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.services.sample.staff import STAFF, seed_staff
from fundtracker.web.context import context_of
from tests.factories.rows import a_fund, a_section
from tests.support.deeds import deeds
from tests.support.office import Office, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TREASURER = {"token": "sample-treasurer-se"}
ELSEWHERE = [
    pytest.param({"REMOTE_ADDR": "192.0.2.7"}, id="another machine"),
    pytest.param({"REMOTE_ADDR": "::ffff:192.0.2.7"}, id="another machine, over IPv6"),
    pytest.param({"REMOTE_ADDR": ""}, id="a socket without an address"),
    pytest.param({"HTTP_HOST": "give.example.org"}, id="another name"),
    pytest.param({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, id="a proxy"),
    pytest.param({"HTTP_FORWARDED": "for=127.0.0.1"}, id="a proxy of another kind"),
    pytest.param({"HTTP_X_REAL_IP": "127.0.0.1"}, id="nginx"),
    pytest.param({"HTTP_VIA": "1.1 proxy"}, id="a cache"),
    pytest.param({"HTTP_CF_CONNECTING_IP": "127.0.0.1"}, id="a tunnel"),
]


def fill(office: Office) -> None:
    with office.database.unit_of_work() as session:
        a_fund(session)
        a_section(session, "SE", "SEK")
    seed_staff(context_of(office.app).parts)


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    # A name beside the loopback, so that it is not refused before the demo is asked.
    home = "http://127.0.0.1:8000"
    with opened(sqlite_url, tmp_path, HOST="give.example.org", PUBLIC_URL=home) as office:
        fill(office)
        yield office


def test_at_the_machine_itself_each_of_the_sample_is_one_click_away(office: Office) -> None:
    said = office.client().get("/account/sign-in").text

    for member in STAFF:
        assert f'value="{member.token}"' in said
        assert member.name in said
    assert "Sign in as Section treasurer (SE)" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_a_click_signs_in_with_everything_proved(office: Office, host: str) -> None:
    client = office.client()

    answer = client.post(
        "/account/demo", data=TREASURER, headers={"Host": host}, follow_redirects=True
    )

    assert (answer.status_code, answer.request.path) == (200, "/account/")
    assert "Signe Lindqvist" in answer.text
    deed = deeds(office.database)[-1]
    assert (deed.actor, deed.action) == ("staff:sample-treasurer-se", "signed_in")
    assert deed.private["place"] == "127.0.0.1"


def test_before_what_cannot_be_undone_a_click_is_asked_for_again(office: Office) -> None:
    client = office.client()
    client.post("/account/demo", data=TREASURER)

    asked = client.get("/account/second-factor?next=/office/people/new")
    answer = client.post(
        "/account/demo", data={"token": STAFF[0].token, "next": "/office/people/new"}
    )

    assert 'name="next" value="/office/people/new"' in asked.text
    assert STAFF[0].token in asked.text
    assert answer.location == "/office/people/new"


def test_a_click_leads_to_no_other_site(office: Office) -> None:
    answer = office.client().post("/account/demo", data=TREASURER | {"next": "//evil.example"})

    assert answer.location == "/account/"


@pytest.mark.parametrize("environ", ELSEWHERE)
def test_from_elsewhere_there_is_no_such_thing(office: Office, environ: dict[str, str]) -> None:
    client = office.client()
    before = deeds(office.database)

    assert "sample-" not in client.get("/account/sign-in", environ_overrides=environ).text
    assert (
        client.post("/account/demo", data=TREASURER, environ_overrides=environ).status_code == 404
    )

    assert client.get("/account/").status_code == 401
    assert deeds(office.database) == before


def test_where_the_demo_has_a_public_name_there_is_no_such_thing(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A proxy that passes nothing on but the request looks like somebody at the machine."""
    with opened(sqlite_url, tmp_path, PUBLIC_URL="http://give.example.org") as office:
        fill(office)
        client = office.client()
        here = {"Host": "127.0.0.1"}

        assert "sample-" not in client.get("/account/sign-in", headers=here).text
        assert client.post("/account/demo", data=TREASURER, headers=here).status_code == 404


@pytest.mark.parametrize("key", ["sk_test_4242", "rk_test_4242", "sk_live_4242"])
def test_with_a_key_of_stripes_there_is_no_such_thing(
    sqlite_url: str, tmp_path: Path, key: str
) -> None:
    environ = {
        "STRIPE_SECRET_KEY": key,
        "STRIPE_WEBHOOK_SECRET": "whsec_test",
        "PUBLIC_URL": "https://give.example.org",
        "SECRET_KEY": "q8Zt2LrV0xWm5NcK7bHs3JdF9gPyTe1u",
    }
    with opened(sqlite_url, tmp_path, csrf=False, **environ) as office:
        fill(office)
        client = office.client()

        assert "sample-" not in client.get("/account/sign-in").text
        assert client.post("/account/demo", data=TREASURER).status_code == 404


def test_real_staff_are_not_one_click_away(office: Office) -> None:
    member, _ = office.seat(Grant(Role.ADMINISTRATOR))

    for token in (member.token, "", "sample-nobody"):
        assert office.client().post("/account/demo", data={"token": token}).status_code == 404


def test_a_form_of_another_site_signs_nobody_in(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url, tmp_path, csrf=True) as office:
        fill(office)

        assert office.client().post("/account/demo", data=TREASURER).status_code == 400
