from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from fundtracker.services.links import LinkKind, open_link
from fundtracker.services.work import work
from fundtracker.store.staff import StaffRow
from tests.factories.rows import a_fund
from tests.factories.staff import a_member
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.console import Console

ANNA = ("anna@example.org", "--name", "Anna Berg")
FIRST = ("user", "create", *ANNA, "--role", "administrator")


def owner(console: Console, kind: LinkKind, link: str) -> str:
    with console.parts.database.reading() as session:
        return open_link(session, console.parts, kind, link.rpartition("/")[2]).name


def accept(console: Console) -> None:
    """Let everybody have chosen a password."""
    with console.parts.database.unit_of_work() as session:
        session.execute(update(StaffRow).values(password="a hash"))


def test_the_first_administrator_gets_a_link_and_no_password(console: Console) -> None:
    link, explanation = console.says(*FIRST).splitlines()

    assert link.startswith("http://127.0.0.1:9/account/")
    assert explanation.startswith("It works once, until ")
    assert explanation.endswith(" UTC; whoever has it can sign in as Anna Berg.")
    assert owner(console, LinkKind.INVITATION, link) == "Anna Berg"
    invited, given = deeds(console.parts.database)
    assert invited.actor.startswith("command:")
    assert given.facts["after"]["role"] == "administrator"


def test_somebody_is_added_for_a_section_and_a_fund(console: Console) -> None:
    with console.parts.database.unit_of_work() as session:
        a_fund(session, slug="hall", name="The hall")

    console.says(
        *("user", "create", *ANNA, "--role", "section_treasurer"),
        *("--section", "GB", "--fund", "hall"),
    )

    assert console.says("user", "list") == (
        "anna@example.org  invited  Anna Berg: Section treasurer, The section GB, The hall\n"
    )


def test_whoever_is_invited_gets_a_mail(console: Console, instance: Path) -> None:
    said = console.says("user", "invite", *ANNA, "--role", "auditor")

    assert said.startswith("The invitation is on its way; it ends on 20")
    assert "/account/" not in said
    assert work(console.parts)
    (mail,) = (instance / "mail").glob("*.eml")
    assert "To: anna@example.org" in mail.read_text()


def test_where_nobody_is_the_list_says_how_to_begin(console: Console) -> None:
    assert "flask user create adds the first administrator" in console.says("user", "list")


def test_whoever_forgot_the_password_gets_another_link(console: Console) -> None:
    console.says(*FIRST)
    accept(console)

    link = console.says("user", "setup-link", "Anna@example.org").splitlines()[0]

    assert owner(console, LinkKind.RESET, link) == "Anna Berg"


def test_somebody_is_disabled_by_their_address(console: Console) -> None:
    console.says(*FIRST)
    console.says("user", "create", "bo@example.org", "--name", "Bo", "--role", "teller")

    assert console.says("user", "disable", "bo@example.org") == (
        "This person cannot sign in any more.\n"
    )

    assert console.says("user", "list").splitlines() == [
        "anna@example.org  invited  Anna Berg: Administrator",
        "bo@example.org  disabled  Bo: Teller",
    ]


def test_a_lost_second_factor_is_forgotten(console: Console) -> None:
    with console.parts.database.unit_of_work() as session:
        email = a_member(session).email

    assert console.says("user", "forget-factor", email) == (
        "The second factor is gone; the next sign-in asks for another one.\n"
    )

    refusal = console.refuses("user", "forget-factor", email)
    assert refusal.startswith("Error: Somebody else changed this person")


def test_the_last_administrator_stays(console: Console) -> None:
    console.says(*FIRST)
    accept(console)

    refusal = console.refuses("user", "disable", "anna@example.org")

    assert refusal.startswith("Error: This is the last administrator who can sign in.")


def test_somebody_without_a_role_is_listed_so(console: Console) -> None:
    with console.parts.database.unit_of_work() as session:
        session.add(
            StaffRow(
                token="bo",
                email="bo@example.org",
                email_key="key",
                name="Bo",
                created_at=console.parts.clock(),
            )
        )

    assert console.says("user", "list") == "bo@example.org  invited  Bo: no role\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "anna", "--name", "A", "--role", "auditor"), "Please enter an e-mail address"),
        (("create", "a@b.example", "--name", "A", "--role", "section_treasurer"), "A section"),
        (("invite", *ANNA, "--role", "teller", "--fund", "winter"), "Please choose a fund"),
        (("disable", "bo@example.org"), "There is nobody with that e-mail address."),
        (("setup-link", "bo"), "Please enter an e-mail address"),
    ],
)
def test_what_could_not_work_is_refused_in_a_sentence(
    console: Console, arguments: tuple[str, ...], sentence: str
) -> None:
    assert console.refuses("user", *arguments).startswith(f"Error: {sentence}")


def test_a_role_that_there_is_not_is_a_matter_of_usage(console: Console) -> None:
    refusal = console.refuses("user", "create", *ANNA, "--role", "emperor", code=2)

    assert "'emperor' is not one of 'administrator'" in refusal
