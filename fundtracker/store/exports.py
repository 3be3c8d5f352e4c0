"""Exports that were asked for: made as jobs, fetched by their owner, gone after a while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.store.base import Base, Key


class ExportRow(Base):
    """A file that somebody asked for; `query` holds its filters as they stand in the address.

    `ready_at` is when the file was there, `failed_at` when it was given up.
    """

    __tablename__ = "export"

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[str]
    format: Mapped[str]
    query: Mapped[dict[str, str]] = mapped_column(JSON)
    personal: Mapped[bool]
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    rows: Mapped[int | None]
    size: Mapped[int | None]
