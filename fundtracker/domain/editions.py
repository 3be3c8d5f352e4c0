"""Which edition of something a form was made from: two who edit the same thing shall notice."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from fundtracker.domain.errors import Changed

if TYPE_CHECKING:
    from dataclasses import Field
    from typing import Any, ClassVar


class _Values(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def edition(values: object) -> str:
    """Return a mark that differs where the values do: dataclasses, tuples, numbers, texts."""
    return sha256(repr(values).encode()).hexdigest()[:16]


def refuse_stale(made_from: str | None, values: object) -> None:
    """Raise Changed unless the values are still those; None asks for nothing, as commands do."""
    if made_from is not None and made_from != edition(values):
        raise Changed


def differences(before: _Values, after: _Values) -> tuple[dict[str, object], dict[str, object]]:
    """Return what differs between two values of a dataclass, plainly, as it was and as it is."""
    names = [
        field.name
        for field in fields(before)
        if getattr(before, field.name) != getattr(after, field.name)
    ]
    return (
        {name: _plain(getattr(before, name)) for name in names},
        {name: _plain(getattr(after, name)) for name in names},
    )


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, str) else value
