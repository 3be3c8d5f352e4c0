"""What the database is asked, to count it: a page must not ask more the more there is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

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
