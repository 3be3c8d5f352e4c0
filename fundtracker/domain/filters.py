"""What a treasurer looks for in the ledger: the same on a page, in its address and in an export."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.facts import RefundStatus
from fundtracker.domain.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from dataclasses import Field
    from typing import Any

# What stands for "no section" among the codes of sections, none of which has it.
WITHOUT_SECTION = "-"

_LONGEST = 200
_UNKNOWN = N_("There is nothing of that name. Please choose from the list.")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_METHODS = frozenset(Method)
_STATUSES: frozenset[str] = frozenset(DonationStatus) | frozenset(RefundStatus)


class Dates(StrEnum):
    """Which of the two dates of a gift is meant."""

    # When the money was given: what the headline's course and the donor know.
    EVENT = "event"
    # When it was booked: what a period that is closed goes by.
    BOOKING = "booking"


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which donations, refunds or journals are meant; every empty field leaves all of them.

    `fund` is a slug, `section` a code or "-" for none, `since` and `until` are days that belong to
    it, `status` that of a donation or of a refund, `account` the Stripe account, `kind` that of a
    journal. `text` is the token of a donation, an id of Stripe's or the reference of a transfer.
    """

    fund: str = ""
    section: str = ""
    since: date | None = None
    until: date | None = None
    dates: Dates = Dates.EVENT
    method: str = ""
    status: str = ""
    account: str = ""
    kind: str = ""
    text: str = ""

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """Read the fields of an address or a form; raises Invalid with the field at fault."""
        since, until = days_in(args)
        return cls(
            fund=name_in(args, "fund"),
            section=section_in(args),
            since=since,
            until=until,
            dates=Dates(one_of(args, "dates", frozenset(Dates)) or Dates.EVENT),
            method=one_of(args, "method", _METHODS),
            status=one_of(args, "status", _STATUSES),
            account=name_in(args, "account"),
            kind=name_in(args, "kind"),
            text=text_in(args),
        )

    def to_query(self) -> dict[str, str]:
        """Write it as an address carries it, in one way, without what is as usual."""
        return written(self)


def comparable(reference: str) -> str:
    """Return a reference as it is compared: banks change case and spaces on the way."""
    return "".join(reference.split()).casefold()


class Filter(Protocol):
    """A dataclass, of which each field has what is as usual for its default."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def written(wanted: Filter) -> dict[str, str]:
    """Write a filter's fields as an address carries them, without those that are as usual."""
    values = {item.name: (getattr(wanted, item.name), item.default) for item in fields(wanted)}
    return {name: str(value) for name, (value, usual) in values.items() if value != usual}


def days_in(args: Mapping[str, str]) -> tuple[date | None, date | None]:
    """Read the first and the last day; raises Invalid where they are in the wrong order."""
    since = parse_day(args.get("since", ""), "since")
    until = parse_day(args.get("until", ""), "until")
    if since is not None and until is not None and until < since:
        raise Invalid(N_("The last day lies before the first one."), field="until")
    return since, until


def section_in(args: Mapping[str, str]) -> str:
    """Read the code of a section, or what stands for none."""
    code = args.get("section", "").strip()
    return code if code == WITHOUT_SECTION else name_in(args, "section").upper()


def text_in(args: Mapping[str, str]) -> str:
    """Read what is looked for."""
    return clean_line(args.get("text", ""), field="text", limit=_LONGEST)


def name_in(args: Mapping[str, str], field: str) -> str:
    """Read a name that programs gave; raises Invalid at that field for what can be none."""
    text = args.get(field, "").strip()
    if text and not _NAME.fullmatch(text):
        raise Invalid(_UNKNOWN, field=field)
    return text


def one_of(args: Mapping[str, str], field: str, known: frozenset[str]) -> str:
    """Read one of the words that are known, "" for none; raises Invalid at that field."""
    word = args.get(field, "").strip()
    if word and word not in known:
        raise Invalid(_UNKNOWN, field=field)
    return word


def parse_day(text: str, field: str) -> date | None:
    """Read a day as browsers write it, None for nothing; raises Invalid at that field."""
    text = text.strip()
    if not text:
        return None
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups() if match else ()))
    except (TypeError, ValueError):
        raise Invalid(
            N_("Enter a day as year, month and day, for example 2026-06-12."), field=field
        ) from None
