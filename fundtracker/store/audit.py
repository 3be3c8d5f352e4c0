"""The audit log: who did what, chained by digests, sealed by triggers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.store.base import Base, Private


class AuditRow(Base):
    """One act. `facts` (JSON) holds no personal data; `private` does, and may be erased.

    `commitment` binds `private` with a salt inside it, so that erasing does not break the chain:
    `digest` covers the previous digest, the commitment and everything else in the row.
    """

    __tablename__ = "audit"

    # Gapless: the next number is taken under the log's own lock.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    fund_id: Mapped[int | None]
    section_id: Mapped[int | None]
    facts: Mapped[str]
    private: Mapped[Private]
    commitment: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]

    __table_args__ = (
        CheckConstraint("number > 0", name="positive"),
        Index("ix_audit_action", "action", "number"),
        Index("ix_audit_actor", "actor", "number"),
        Index("ix_audit_subject", "subject", "number"),
    )
