"""Who sits at a desk: seen when, with how many lines waiting, and how many typed."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.store.base import Base, insert_into, insert_of, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Insert
    from sqlalchemy.orm import Session


class TellerRow(Base):
    """A teller at a desk; `waiting` is how many lines their browser has not got rid of."""

    __tablename__ = "desk_teller"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    teller: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
    waiting: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)


def notice(session: Session, fund_id: int, teller: str, now: datetime, waiting: int) -> None:
    """Take note that a teller is there, and of what waits in their browser."""
    row = insert_into(session, TellerRow).values(
        fund_id=fund_id, teller=teller, seen_at=now, waiting=waiting, lines=0
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=[TellerRow.fund_id, TellerRow.teller],
            set_={"seen_at": now, "waiting": waiting},
        ),
    )


def add_line(session: Session, fund_id: int, teller: str, now: datetime) -> None:
    """Count one more line of a teller's."""
    session.execute(
        _one_more(kind_of(session)), {"fund_id": fund_id, "teller": teller, "seen_at": now}
    )


@cache
def _one_more(kind: str) -> Insert:
    row = insert_of(kind, TellerRow).values(waiting=0, lines=1)
    return row.on_conflict_do_update(
        index_elements=[TellerRow.fund_id, TellerRow.teller],
        set_={"seen_at": row.excluded.seen_at, "lines": TellerRow.lines + 1},
    )


def at(session: Session, fund_id: int) -> Sequence[TellerRow]:
    """Everybody who was ever at a desk, who was seen last first."""
    query = select(TellerRow).where(TellerRow.fund_id == fund_id)
    return session.scalars(query.order_by(TellerRow.seen_at.desc(), TellerRow.teller)).all()
