"""Other words for sections, by which tellers call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.store.base import Base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class AliasRow(Base):
    """A word in capitals that calls a section, in every fund."""

    __tablename__ = "section_alias"

    alias: Mapped[str] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), index=True)


_ALL = select(AliasRow.alias, AliasRow.section_id)


def all_aliases(session: Session) -> dict[str, int]:
    """Every alias, and the id of the section that it calls."""
    return {alias: section for alias, section in session.execute(_ALL)}  # noqa: C416 - of pairs


def of_section(session: Session, section_id: int) -> tuple[str, ...]:
    """The aliases of a section, sorted."""
    query = select(AliasRow.alias).where(AliasRow.section_id == section_id)
    return tuple(sorted(session.scalars(query)))


def replace(session: Session, section_id: int, words: Iterable[str]) -> None:
    """Let a section be called by these words and no others."""
    session.execute(delete(AliasRow).where(AliasRow.section_id == section_id))
    session.add_all(AliasRow(alias=word, section_id=section_id) for word in words)
    session.flush()
