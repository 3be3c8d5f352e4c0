"""The published snapshot as pages read it: the JSON that everybody gets, typed."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import TypedDict, cast

from fundtracker.web.context import snapshots


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


def moment(text: str) -> datetime:
    """Read a time of a snapshot; aware, UTC."""
    return datetime.fromisoformat(text)


@lru_cache(maxsize=16)
def _read(body: bytes) -> Snapshot:
    """Read a snapshot's JSON once per version: a thousand readers share it and must not change it."""
    return cast("Snapshot", json.loads(body))
