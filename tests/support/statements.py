"""What the database is asked, to count it and to see how it finds the answer."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def asked() -> Iterator[list[str]]:
    """Collect the statements that any engine of this process sends meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with heard(note):
        yield statements


@contextmanager
def heard(listener: Callable[..., None]) -> Iterator[None]:
    """Call this before each statement: (connection, cursor, statement, …)."""
    event.listen(Engine, "before_cursor_execute", listener)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", listener)


@contextmanager
def read_whole() -> Iterator[list[str]]:
    """Collect the statements that read a table from end to end, for want of an index.

    Empty tables are read whole by PostgreSQL whatever there is: see `without_scans`.
    """
    found: list[str] = []

    def explain(
        connection: Any,  # noqa: ANN401 - the driver's own, as the values are
        _cursor: object,
        statement: str,
        values: Any,  # noqa: ANN401
        _context: object,
        many: bool,  # noqa: FBT001
    ) -> None:
        if not statement.startswith(("SELECT", "UPDATE")):
            return
        plan = connection.connection.cursor()
        head = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        plan.execute(f"{head} {statement}", values[0] if many else values)
        lines = _done("\n".join(str(row[-1]) for row in plan.fetchall()))
        # In the order of an index SQLite scans as far as the limit, and says USING.
        if re.search(r"Seq Scan|SCAN (?!CONSTANT ROW|\(|.* USING)", lines):
            found.append(f"{statement[:200]}\n{lines}")

    with heard(explain):
        yield found


def _done(plan: str) -> str:
    """Leave out what PostgreSQL plans and never does: the steps below a filter that is false."""
    return re.sub(r"^( *)One-Time Filter: false\n(?:\1.*\n?)*", "", plan, flags=re.MULTILINE)


def without_scans(url: str) -> str:
    """Return an address where PostgreSQL reads a table whole only if it cannot do otherwise."""
    return url if url.startswith("sqlite") else f"{url}&options=-c%20enable_seqscan%3Doff"
