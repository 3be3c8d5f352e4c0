"""What a treasurer looks for among pledges: on a page, in its address and in an export."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from fundtracker.domain.filters import (
    days_in,
    name_in,
    one_of,
    section_in,
    text_in,
    written,
)
from fundtracker.domain.pledge_stages import Age, Stage
from fundtracker.domain.pledge_tasks import PledgeTask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

# Everything of which something is still to come, whatever the word for it.
EXPECTED = "expected"
_SOURCES = frozenset({"floor", "online", "section"})
_STATUSES: frozenset[str] = frozenset(Stage) | {EXPECTED}
_YES = frozenset({"1"})


class PledgeDates(StrEnum):
    """Which of a pledge's dates is meant."""

    # When it was promised.
    EVENT = "event"
    # When the oldest part that is not paid is due.
    DUE = "due"


@dataclass(frozen=True, slots=True)
class PledgeFilter:
    """Which pledges are meant; every empty field leaves all of them.

    `fund` is a slug, `section` a code or "-" for none, `since` and `until` are days that belong to
    it. `status` is a stage, or "expected" for all that is open. `age` is how long the oldest open
    part is due, `task` what is to be done about it. `unnamed` is "1" for those of persons whose
    name nobody wrote down. `text` is a number, a reference or, where names may be seen, the name.
    """

    fund: str = ""
    section: str = ""
    source: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None
    dates: PledgeDates = PledgeDates.EVENT
    age: str = ""
    task: str = ""
    unnamed: str = ""
    text: str = ""

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """Read the fields of an address or a form; raises Invalid with the field at fault."""
        since, until = days_in(args)
        return cls(
            fund=name_in(args, "fund"),
            section=section_in(args),
            source=one_of(args, "source", _SOURCES),
            status=one_of(args, "status", _STATUSES),
            since=since,
            until=until,
            dates=PledgeDates(one_of(args, "dates", frozenset(PledgeDates)) or PledgeDates.EVENT),
            age=one_of(args, "age", frozenset(Age)),
            task=one_of(args, "task", frozenset(PledgeTask)),
            unnamed=one_of(args, "unnamed", _YES),
            text=text_in(args),
        )

    def to_query(self) -> dict[str, str]:
        """Write it as an address carries it, in one way, without what is as usual."""
        return written(self)
