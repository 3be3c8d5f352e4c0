from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from fundtracker.cli.context import operator
from fundtracker.cli.sentences import sentences
from tests.cli.console import Console
from tests.support import databases
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import Postgres

UPGRADE = "Error: The database is not up to date. Run `flask db upgrade` first.\n"


@pytest.fixture
def empty_console(database_url: str, instance: Path) -> Iterator[Console]:
    """Return a console over a database whose tables have been taken away."""
    with databases.opened(database_url) as database:
        database.downgrade("base")
    console = Console.over(database_url, instance)
    yield console
    console.close()


def flask(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "command",
    [
        ("fund", "list"),
        ("fund", "create", "autumn", "--name", "Autumn", "--currency", "EUR", "--target", "1"),
        ("fund", "open", "autumn"),
        ("fund", "verify"),
        ("stripe", "resync"),
        ("worker",),
        ("demo", "seed"),
    ],
    ids=" ".join,
)
def test_without_tables_every_command_says_what_to_do(
    empty_console: Console, command: tuple[str, ...]
) -> None:
    assert empty_console.refuses(*command) == UPGRADE


def test_a_column_that_is_not_there_yet_is_the_same(console: Console) -> None:
    with console.parts.database.unit_of_work() as session:
        session.execute(text("ALTER TABLE fund RENAME COLUMN name TO title"))

    assert console.refuses("fund", "list") == UPGRADE


def test_a_database_that_cannot_be_reached_is_said(
    postgres_server: Postgres, instance: Path
) -> None:
    console = Console.over(postgres_server.url("missing"), instance)

    refusal = console.refuses("fund", "list")

    assert refusal.startswith("Error: The database cannot be used: ")
    assert refusal.count("\n") == 1
    console.close()


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    mistake = IntegrityError("INSERT", {}, Exception("duplicate key"))

    with pytest.raises(IntegrityError), sentences():
        raise mistake


def test_an_error_of_click_is_left_alone() -> None:
    with pytest.raises(click.UsageError), sentences():
        raise click.UsageError("no")


def test_a_bad_setting_stops_a_command_with_its_name(tmp_path: Path) -> None:
    done = flask("fund", "list", INSTANCE_DIR=str(tmp_path), PORT="many")

    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Fundtracker does not start: PORT has to be a whole number from 1 to 65535."
    )


@pytest.mark.parametrize("command", ["fund", "section", "stripe", "demo", "worker"])
def test_every_command_explains_itself(console: Console, command: str) -> None:
    said = console.says(command, "--help")

    assert said.startswith("Usage: ")
    group = console.app.cli.commands[command]
    for name in getattr(group, "commands", {}):
        assert name in said
        assert console.says(command, name, "--help").count("\n") > 4


def test_whoever_types_is_named_by_account_or_else_by_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert str(operator()).startswith("command:")

    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)

    assert str(operator()) == "command:4000000"
