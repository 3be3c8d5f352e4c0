"""Commands whose failures are one sentence on standard error and exit code 1, no traceback."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError, OperationalError

from fundtracker.domain.errors import FundtrackerError
from fundtracker.store.base import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# How PostgreSQL names a table or a column that is not there; SQLite says it in words.
UNDEFINED = {"42P01", "42703"}
UNDEFINED_WORDS = ("no such table", "no such column", "has no column")


class Command(click.Command):
    """A command of the app."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run it within the app."""
        with ctx.ensure_object(ScriptInfo).load_app().app_context(), sentences():
            return super().invoke(ctx)


@contextmanager
def sentences() -> Iterator[None]:
    """Say what is expected to go wrong in a sentence; a mistake of ours keeps its traceback."""
    try:
        yield
    except (FundtrackerError, UnreadableError) as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise click.ClickException(sentence) from None


def _sentence(error: DBAPIError) -> str | None:
    said = str(error.orig)
    undefined = getattr(error.orig, "sqlstate", None) in UNDEFINED
    if undefined or any(words in said for words in UNDEFINED_WORDS):
        return "The database is not up to date. Run `flask db upgrade` first."
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {said.splitlines()[0]}."
    return None
