"""What can be taken home: of what, in which form, by which filter, and who may have it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlencode

from fundtracker.domain.errors import N_, Invalid, NotAllowed
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.pledge_filters import PledgeFilter
from fundtracker.domain.roles import Permission
from fundtracker.domain.roles import scope as scope_of
from fundtracker.domain.scope import Reach, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from fundtracker.domain.roles import Grant


class ExportKind(StrEnum):
    """Of what."""

    DONATIONS = "donations"
    REFUNDS = "refunds"
    PLEDGES = "pledges"
    # Each with its entries.
    JOURNALS = "journals"
    # What each section of a fund brought, promised and cost.
    STATEMENT = "statement"
    # Where a fund stands and how it came there, with its picture.
    FUND = "fund"

    @property
    def label(self) -> str:
        """The words for people, to be translated."""
        return _LABELS[self]


class ExportFormat(StrEnum):
    """In which form."""

    CSV = "csv"
    # For spreadsheets of countries whose decimal mark is a comma.
    CSV_SEMICOLON = "csv_semicolon"
    XLSX = "xlsx"
    PDF = "pdf"
    BEANCOUNT = "beancount"

    @property
    def label(self) -> str:
        """The words for people, to be translated."""
        return _LABELS[self]

    @property
    def suffix(self) -> str:
        """How a file of this form is called at the end."""
        return "csv" if self is ExportFormat.CSV_SEMICOLON else self.value


_LABELS: dict[StrEnum, str] = {
    ExportKind.DONATIONS: N_("Donations"),
    ExportKind.REFUNDS: N_("Refunds"),
    ExportKind.PLEDGES: N_("Pledges"),
    ExportKind.JOURNALS: N_("Journals"),
    ExportKind.STATEMENT: N_("Statement of sections"),
    ExportKind.FUND: N_("Report of a fund"),
    ExportFormat.CSV: N_("CSV, with commas"),
    ExportFormat.CSV_SEMICOLON: N_("CSV, with semicolons"),
    ExportFormat.XLSX: N_("Spreadsheet (XLSX)"),
    ExportFormat.PDF: N_("PDF"),
    ExportFormat.BEANCOUNT: N_("Beancount"),
}

_TABLES = (ExportFormat.CSV, ExportFormat.CSV_SEMICOLON, ExportFormat.XLSX)
FORMATS: dict[ExportKind, tuple[ExportFormat, ...]] = {
    ExportKind.DONATIONS: (*_TABLES, ExportFormat.PDF),
    ExportKind.REFUNDS: (*_TABLES, ExportFormat.PDF),
    ExportKind.PLEDGES: (*_TABLES, ExportFormat.PDF),
    ExportKind.JOURNALS: (*_TABLES, ExportFormat.BEANCOUNT),
    ExportKind.STATEMENT: (*_TABLES, ExportFormat.PDF),
    ExportKind.FUND: (ExportFormat.XLSX, ExportFormat.PDF),
}
# These are of one fund: without it there is no currency to write them in.
OF_ONE_FUND = frozenset({ExportKind.STATEMENT, ExportKind.FUND})
# Lists that may have names in them.
NAMED = frozenset({ExportKind.DONATIONS, ExportKind.PLEDGES})


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for; `personal` is with references and the names of donors."""

    kind: ExportKind
    format: ExportFormat
    wanted: LedgerFilter | PledgeFilter
    personal: bool = False

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """Read a form or an address; raises Invalid with the field at fault."""
        kind = ExportKind(_word(args, "what", frozenset(ExportKind)))
        filters = PledgeFilter if kind is ExportKind.PLEDGES else LedgerFilter
        wanted = filters.parse(args)
        form = ExportFormat(_word(args, "format", frozenset(ExportFormat)))
        order = cls(kind, form, wanted, personal=bool(args.get("names")))
        order.check()
        return order

    @classmethod
    def read(cls, text: str) -> Self:
        """Read it as it was written."""
        return cls.parse(dict(parse_qsl(text)))

    def check(self) -> None:
        """Raise Invalid, with the field at fault, for what does not go together."""
        if self.format not in FORMATS[self.kind]:
            raise Invalid(
                N_("That does not come in this form. Choose another one."), field="format"
            )
        if self.kind in OF_ONE_FUND and not self.wanted.fund:
            raise Invalid(N_("Choose the fund that it is about."), field="fund")
        if self.personal and self.kind not in NAMED:
            raise Invalid(
                N_("Only lists of donations and of pledges come with names."), field="names"
            )
        if self.personal and self.format is ExportFormat.PDF:
            raise Invalid(
                N_("No PDF holds names: paper is left lying about. Choose another form."),
                field="names",
            )

    @property
    def searched(self) -> bool:
        """Whether it looks for what may be a name."""
        return self.kind is ExportKind.PLEDGES and bool(self.wanted.text)

    def to_query(self) -> dict[str, str]:
        """Write it as an address carries it."""
        query = {"what": str(self.kind), "format": str(self.format), **self.wanted.to_query()}
        return query | ({"names": "1"} if self.personal else {})

    def __str__(self) -> str:
        """Write it as the address of its form goes on after the question mark."""
        return urlencode(self.to_query())

    def file_name(self, day: date) -> str:
        """How the file is called wherever it is saved: letters, digits, hyphens and points."""
        section = "no-section" if self.wanted.section == "-" else self.wanted.section
        words = [self.kind, self.wanted.fund, section, "with-names" if self.personal else "", day]
        name = "-".join(str(word) for word in words if word)
        return f"{re.sub(r'[^A-Za-z0-9-]', '-', name)}.{self.format.suffix}"


@dataclass(frozen=True, slots=True)
class Access:
    """Where somebody may read rows, and where names in them."""

    scope: Scope
    names: Scope

    @classmethod
    def of(cls, grants: Iterable[Grant], *, personal: bool, searched: bool = False) -> Self:
        """Return what these grants allow at this moment; raises NotAllowed.

        What is `searched` for may be a name, which is looked for where it may be seen.
        """
        grants = tuple(grants)
        scope = scope_of(grants, Permission.READ_LEDGER)
        named = personal or searched
        names = scope_of(grants, Permission.READ_NAMES) if named else Scope.nothing()
        if not scope.reaches or (personal and not names.reaches):
            raise NotAllowed
        return cls(scope, names)

    def covers(self, scope: str, names: str) -> bool:
        """Tell whether this still allows what a file was made with."""
        return covers(self.scope, read_scope(scope)) and covers(self.names, read_scope(names))


def covers(held: Scope, needed: Scope) -> bool:
    """Tell whether everything within one scope lies within another."""
    return all(
        any(
            mine.fund_id in {None, theirs.fund_id} and mine.section_id in {None, theirs.section_id}
            for mine in held.reaches
        )
        for theirs in needed.reaches
    )


def read_scope(text: str) -> Scope:
    """Read a scope as it was written."""
    return Scope(frozenset(_reach(part) for part in text.split(",") if part))


def _reach(text: str) -> Reach:
    fund, _, section = text.partition("/")
    return Reach(_id(fund), _id(section or "*"))


def _id(text: str) -> int | None:
    return None if text == "*" else int(text)


def _word(args: Mapping[str, str], field: str, known: frozenset[str]) -> str:
    word = args.get(field, "")
    if word in known:
        return word
    raise Invalid(N_("There is nothing of that name. Please choose from the list."), field=field)
