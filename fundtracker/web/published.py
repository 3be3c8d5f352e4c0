"""What pages read of a fund: its row, and the JSON snapshot that everybody gets, typed."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict, cast

from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.funds import FundStatus
from fundtracker.store import funds
from fundtracker.web.context import parts, snapshots

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund


class Local(TypedDict):
    """A section's sums in its own currency, minor units."""

    target: int | None
    headline: int


class SectionLine(TypedDict):
    """One section; sums in the fund's currency. The last line may have no code: all others."""

    code: str
    name: str
    short_name: str
    target: int | None
    received: int
    pledged: int
    unconfirmed: int
    headline: int
    permille: int | None
    currency: str
    local: Local | None


class MilestoneMark(TypedDict):
    """An amount worth marking, and when it was reached."""

    amount: int
    reached_at: str | None


class Recent(TypedDict):
    """A gift or promise that may be shown, in its own currency."""

    id: str
    kind: str
    count: int
    section: str
    amount: int
    currency: str
    name: str | None
    at: str


class Snapshot(TypedDict):
    """What the world knows of a fund at a version; minor units of `currency`."""

    fund: str
    name: str
    version: int
    as_of: str
    mode: str
    rehearsal: bool
    currency: str
    first_target: int
    target: int
    next_milestone: int | None
    received: int
    pledged: int
    unconfirmed: int
    headline: int
    permille: int
    counting_rule: str
    donations: int
    pledges: int
    milestones: list[MilestoneMark]
    sections: list[SectionLine]
    recent: list[Recent]


def published(slug: str) -> Snapshot:
    """The newest published snapshot of a fund; raises UnknownFund."""
    return _read(snapshots().get(slug).body)


def fund_at(slug: str) -> Fund:
    """The fund at an address that the public may know of; raises UnknownFund."""
    with parts().database.reading() as session:
        return public_fund(session, slug)


def public_fund(session: Session, slug: str) -> Fund:
    """The same within a reading; a draft is unknown to the public."""
    fund = funds.by_slug(session, slug)
    if fund.status is FundStatus.DRAFT:
        raise UnknownFund
    return fund


def moment(text: str) -> datetime:
    """Read a time of a snapshot; aware, UTC."""
    return datetime.fromisoformat(text)


@lru_cache(maxsize=16)
def _read(body: bytes) -> Snapshot:
    """Read a snapshot's JSON once: a thousand readers share it, and none may change it."""
    return cast("Snapshot", json.loads(body))
