"""A fund's desk, what its tellers are used to, and the commands that they sent."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, bindparam, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.desk.values import Mark
from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.money import Money
from fundtracker.store.base import Base, Encrypted, Key, insert_into
from fundtracker.store.calls import CallRow
from fundtracker.store.funds import FundRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


class DeskRow(Base):
    """The desk of a fund, made with it; whoever writes a line locks it first, and waits here alone.

    `key` is random: a queue of lines says for which desk it was typed. With `in_fund_currency` a
    bare number is in the fund's currency. With `two_keyers` a second teller types the same calls
    blind. The level, in minor units of its currency, is what is being called up.
    """

    __tablename__ = "desk"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    key: Mapped[str]
    next_number: Mapped[int] = mapped_column(default=1)
    in_fund_currency: Mapped[bool] = mapped_column(default=False)
    two_keyers: Mapped[bool] = mapped_column(default=False)
    level: Mapped[int | None]
    level_currency: Mapped[str | None]


class CommandRow(Base):
    """A command that a teller sent: done once, whatever number of times it arrives.

    `digest` is that of what was sent; `numbers` are the lines that it changed.
    """

    __tablename__ = "desk_command"

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    client_id: Mapped[str]
    digest: Mapped[str]
    raw: Mapped[str] = mapped_column(Encrypted, deferred=True)
    teller: Mapped[str]
    entered_at: Mapped[datetime]
    numbers: Mapped[list[int]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("fund_id", "client_id"),)


class HabitRow(Base):
    """What a single mark before three digits means to a teller, who was asked once."""

    __tablename__ = "teller_habit"

    teller: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    meaning: Mapped[str]


# What is asked with every line, most of it while all others wait.
_LOCKED = (
    select(DeskRow)
    .join(FundRow, FundRow.id == DeskRow.fund_id)
    .where(FundRow.slug == bindparam("slug"))
    .with_for_update(of=DeskRow)
)
_KNOWN = select(
    or_(
        *(
            exists().where(row.fund_id == bindparam("fund"), row.client_id == bindparam("client"))
            for row in (CallRow, CommandRow)
        )
    )
)
_HABITS = select(HabitRow.mark, HabitRow.meaning).where(HabitRow.teller == bindparam("teller"))


def make(session: Session, fund_id: int) -> None:
    """Give a fund its desk."""
    session.add(DeskRow(fund_id=fund_id, key=secrets.token_urlsafe(12)))
    session.flush()


def locked(session: Session, slug: str) -> DeskRow:
    """The desk of a fund, on which nobody else writes until the end of the unit of work.

    Raises UnknownFund.
    """
    row = session.scalar(_LOCKED, {"slug": slug})
    if row is None:
        raise UnknownFund
    return row


def lock(session: Session, fund_id: int) -> None:
    """Let nobody else write at the desk of a fund until the end of the unit of work."""
    session.scalar(select(DeskRow.fund_id).where(DeskRow.fund_id == fund_id).with_for_update())


def of_fund(session: Session, fund_id: int) -> DeskRow:
    """The desk of a fund, to be read."""
    return session.get_one(DeskRow, fund_id)


def level_of(row: DeskRow) -> Money | None:
    """The amount that is being called up, if there is one."""
    if row.level is None or row.level_currency is None:
        return None
    return Money(row.level, row.level_currency)


def is_known(session: Session, fund_id: int, client_id: str) -> bool:
    """Whether a browser sent a line or a command under this id before."""
    return session.execute(_KNOWN, {"fund": fund_id, "client": client_id}).scalar_one()


def command(session: Session, fund_id: int, client_id: str) -> CommandRow:
    """The command that was sent before under this id."""
    query = select(CommandRow).where(
        CommandRow.fund_id == fund_id, CommandRow.client_id == client_id
    )
    return session.scalars(query).one()


def habits(session: Session, teller: str) -> dict[str, Mark]:
    """What marks mean to a teller."""
    found = session.execute(_HABITS, {"teller": teller})
    return {mark: Mark(meaning) for mark, meaning in found}


def learn(session: Session, teller: str, learned: Mapping[str, Mark]) -> None:
    """Remember what a teller said that marks mean."""
    for mark, meaning in learned.items():
        row = insert_into(session, HabitRow).values(teller=teller, mark=mark, meaning=meaning)
        session.execute(
            row.on_conflict_do_update(
                index_elements=[HabitRow.teller, HabitRow.mark], set_={"meaning": meaning}
            ),
        )
