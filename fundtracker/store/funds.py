"""Funds and their milestones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.funds import CountingRule, Fund, FundStatus, ScreenMode
from fundtracker.store.base import Base, Key
from fundtracker.store.donations import DonationRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


class FundRow(Base):
    """One collection; its row is locked last, and its version rises with every visible change."""

    __tablename__ = "fund"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    currency: Mapped[str]
    first_target: Mapped[int]
    target: Mapped[int]
    status: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    timezone: Mapped[str]
    counting_rule: Mapped[str]
    rehearsal: Mapped[bool]
    ceiling: Mapped[int]
    presets: Mapped[list[int]] = mapped_column(JSON)
    mode: Mapped[str]
    # The published snapshot while the hall's number is held; NULL while it is live.
    held: Mapped[str | None] = mapped_column(Text)
    held_version: Mapped[int | None]
    # When what the hall sees was held or let go last.
    mode_since: Mapped[datetime | None]
    # No foreign key: rate tables refer to their fund, and a circle cannot be made on SQLite.
    rate_table_id: Mapped[int | None]
    version: Mapped[int]
    as_of: Mapped[datetime]

    __table_args__ = (CheckConstraint("target >= 0 AND first_target >= 0", name="target"),)


class TargetChangeRow(Base):
    """A target that was changed while the collection ran, in minor units of the fund's currency."""

    __tablename__ = "target_change"

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    before: Mapped[int]
    after: Mapped[int]
    actor: Mapped[str]
    at: Mapped[datetime]


class MilestoneRow(Base):
    """An amount worth marking; once reached it stays so, whatever goes back later."""

    __tablename__ = "milestone"

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    amount: Mapped[int]
    reached_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("fund_id", "amount"),)


# Asked with every page and every line: to put a statement together takes longer than to ask it.
_BY_SLUG = select(FundRow).where(FundRow.slug == bindparam("slug"))
_VERSION = select(func.coalesce(FundRow.held_version, FundRow.version)).where(
    FundRow.slug == bindparam("slug"), FundRow.status != FundStatus.DRAFT
)
_VERSIONS = select(FundRow.slug, FundRow.version)


def by_slug(session: Session, slug: str) -> Fund:
    """The fund at an address, drafts included; raises UnknownFund."""
    return _fund(row_of(session, slug))


def row_of(session: Session, slug: str) -> FundRow:
    """The row of a fund, to be changed; raises UnknownFund."""
    row = session.scalar(_BY_SLUG, {"slug": slug})
    if row is None:
        raise UnknownFund
    return row


def locked(session: Session, slug: str) -> FundRow:
    """The row of a fund, locked until the end of the unit of work; raises UnknownFund."""
    query = select(FundRow).where(FundRow.slug == slug).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise UnknownFund
    return row


def by_ids(session: Session, ids: Collection[int]) -> dict[int, Fund]:
    """Funds by id."""
    query = select(FundRow).where(FundRow.id.in_(ids))
    return {row.id: _fund(row) for row in session.scalars(query)}


def all_funds(session: Session) -> list[Fund]:
    """Every fund, by its address."""
    return [_fund(row) for row in session.scalars(select(FundRow).order_by(FundRow.slug))]


def open_funds(session: Session, now: datetime) -> list[Fund]:
    """The funds that take gifts now, the one that closes first before the others."""
    query = (
        select(FundRow)
        .where(
            FundRow.status == FundStatus.OPEN,
            FundRow.opens_at <= now,
            or_(FundRow.closes_at.is_(None), FundRow.closes_at > now),
        )
        .order_by(FundRow.closes_at.nulls_last(), FundRow.slug)
    )
    return [_fund(row) for row in session.scalars(query)]


def version(session: Session, slug: str) -> int:
    """The version that the world sees of a fund; raises UnknownFund."""
    found = session.scalar(_VERSION, {"slug": slug})
    if found is None:
        raise UnknownFund
    return found


def versions(session: Session) -> dict[str, int]:
    """The true version of every fund: while one is held, tellers see what the world does not."""
    return {slug: version for slug, version in session.execute(_VERSIONS)}  # noqa: C416 - of pairs


_FOLLOWING = FundRow.version + 1
_MILLISECONDS = bindparam("milliseconds", type_=BigInteger)
_BUMP = (
    update(FundRow)
    .where(FundRow.id == bindparam("fund"))
    .values(
        version=case((_FOLLOWING > _MILLISECONDS, _FOLLOWING), else_=_MILLISECONDS),
        as_of=bindparam("now"),
    )
    .returning(FundRow.slug, FundRow.version)
    .execution_options(synchronize_session=False)
)


def bump(session: Session, ids: Collection[int], now: datetime) -> dict[str, int]:
    """Give funds their next version, last in the lock order; return it by slug.

    The row lock makes the order of versions the order of commits. Unix milliseconds let the
    version survive a database that was restored from a backup.
    """
    at = {"milliseconds": int(now.timestamp() * 1000), "now": now}
    bumped = {}
    for fund_id in sorted(ids):
        slug, version = session.execute(_BUMP, {"fund": fund_id, **at}).one()
        bumped[slug] = version
    return bumped


def milestones(session: Session, fund_id: int) -> list[MilestoneRow]:
    """The amounts worth marking, the smallest first."""
    query = select(MilestoneRow).where(MilestoneRow.fund_id == fund_id)
    return list(session.scalars(query.order_by(MilestoneRow.amount)))


def has_donations(session: Session, fund_id: int) -> bool:
    """Whether anybody has begun to give to a fund."""
    query = select(DonationRow.id).where(DonationRow.fund_id == fund_id)
    return session.scalar(query.limit(1)) is not None


def target_changes(session: Session, fund_id: int) -> list[TargetChangeRow]:
    """How the target was changed, the last time first."""
    query = select(TargetChangeRow).where(TargetChangeRow.fund_id == fund_id)
    return list(session.scalars(query.order_by(TargetChangeRow.id.desc())))


def _fund(row: FundRow) -> Fund:
    return Fund(
        id=row.id,
        slug=row.slug,
        name=row.name,
        currency=row.currency,
        first_target=row.first_target,
        target=row.target,
        status=FundStatus(row.status),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        timezone=row.timezone,
        counting_rule=CountingRule(row.counting_rule),
        rehearsal=row.rehearsal,
        ceiling=row.ceiling,
        presets=tuple(row.presets),
        mode=ScreenMode(row.mode),
        version=row.version,
        as_of=row.as_of,
        rate_table_id=row.rate_table_id,
        mode_since=row.mode_since,
    )
