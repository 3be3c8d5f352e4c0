"""The declarative base, and the column types that the databases do not get right by themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from weakref import WeakKeyDictionary

from cryptography.fernet import InvalidToken
from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, MetaData, String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.engine import Dialect
    from sqlalchemy.orm import Session

    from fundtracker.store.keys import Keys

# SQLite counts row ids only in a column of the very type INTEGER.
KEY = BigInteger().with_variant(Integer, "sqlite")

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware time, stored as UTC; SQLite would lose the zone, and a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; raise ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a time without a zone cannot be stored"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Encrypted(TypeDecorator[str]):
    """Text that stands in the database only as a Fernet token: names, messages, raw payloads.

    The keys belong to an engine, not to the process: `hand_keys` gives them to its dialect.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt with the first key."""
        return None if value is None else _keys[dialect].encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt with whichever key fits; raise UnreadableError where none does."""
        if value is None:
            return None
        try:
            return _keys[dialect].decrypt(value)
        except InvalidToken:
            raise UnreadableError from None


# What `Legible` gives for text that no key opens; nobody writes it.
UNREADABLE = "unreadable"


class Legible(Encrypted):
    """Encrypted text of which one value that cannot be read does not hide all others."""

    cache_ok = True

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt with whichever key fits, or say that none does."""
        try:
            return super().process_result_value(value, dialect)
        except (UnreadableError, TypeError):
            return UNREADABLE


class UnreadableError(Exception):
    """A row was encrypted with a key that DATA_KEYS no longer holds."""

    def __str__(self) -> str:
        """Say what the operator can do."""
        return "a stored value cannot be decrypted: put its key back into DATA_KEYS"


_keys: WeakKeyDictionary[Dialect, Keys] = WeakKeyDictionary()


def hand_keys(dialect: Dialect, keys: Keys) -> None:
    """Let columns of this engine's dialect be encrypted and read with `keys`."""
    _keys[dialect] = keys


def fingerprints(session: Session, text: str) -> list[str]:
    """By what an encrypted text is found in a column of its own, the newest key's first."""
    return _keys[session.get_bind().dialect].fingerprints(text)


class Base(DeclarativeBase):
    """What every table shares."""

    # In the registry, not on the class: Flask-SQLAlchemy derives a class of its own from this one.
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        # `Mapped[int]` would be 32 bits: 21 million rupiah overflow it.
        type_annotation_map={int: BigInteger, datetime: UTCDateTime, str: String},
    )


Key = Annotated[int, mapped_column(KEY, primary_key=True)]
Private = Annotated[str | None, mapped_column(Encrypted)]


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that knows ON CONFLICT, which both databases have in the same words."""
    return insert_of(kind_of(session), table)


def insert_of(kind: str, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return the same for a kind of database, to be put together once and kept."""
    return postgresql.insert(table) if kind == "postgresql" else sqlite.insert(table)


def kind_of(session: Session) -> str:
    """Return which kind of database this is: sqlite or postgresql."""
    return session.get_bind().dialect.name


def save_all(
    session: Session,
    table: type[Base],
    rows: Sequence[Mapping[str, object]],
    *,
    once: Collection[str] = (),
) -> None:
    """Insert rows, or overwrite what is there under their keys, without asking first.

    The columns in `once` keep what they were given first.
    """
    if not rows:
        return
    statement = insert_into(session, table)
    columns = table.__table__.columns
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=[column for column in columns if column.primary_key],
            set_={
                c.name: statement.excluded[c.name]
                for c in columns
                if not c.primary_key and c.name not in once
            },
        ),
        rows,
    )
