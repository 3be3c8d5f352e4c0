"""Read a file of sections: every line becomes a part of the fund, or a sentence about it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import N_, FundtrackerError, Invalid, InvalidAmount
from fundtracker.domain.sections import NO_SECTION, Section, Visibility, check_section

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("code", "name", "short_name", "currency", "target", "members", "visibility")
_MEMBERS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Line:
    """A section as a line tells of it; `target` is minor units of the fund's currency.

    `visibility` is None where the line leaves it open. `number` is where it stands in the file.
    """

    section: Section
    target: int | None
    members: int | None
    visibility: Visibility | None
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line, counted from 1."""

    line: int
    error: FundtrackerError

    def __str__(self) -> str:
        column = f", {self.error.field}" if self.error.field else ""
        return f"line {self.line}{column}: {self.error}"


class BadLines(Invalid):
    """A file with lines that cannot be taken, so that none of it is."""

    message = N_("Nothing was imported, because of %(count)s of the file's lines.")

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


def read_sections(content: bytes, fund_currency: str) -> list[Line]:
    """Read a CSV file, UTF-8 with comma or semicolon; raises BadLines, or Invalid for no CSV."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(N_("This file is not encoded as UTF-8.")) from None
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, cells in _rows(text):
        try:
            line = _line(cells, fund_currency)
            if any(line.section.code == other.section.code for other in lines):
                raise Invalid(N_("This code was in the file before."), field="code")
        except FundtrackerError as error:
            problems.append(Problem(number, error))
        else:
            lines.append(replace(line, number=number))
    if problems:
        raise BadLines(tuple(problems))
    return lines


def _rows(text: str) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Yield the number and the cells of each line that is not empty; None for a broken one."""
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        _check_header(header)
        number = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                whole = len(cells) == len(header)
                yield number, dict(zip(header, cells, strict=True)) if whole else None
            number = reader.line_num + 1
    except csv.Error:
        raise BadLines((Problem(number, Invalid(N_("The quotes do not match."))),)) from None


def _check_header(header: list[str]) -> None:
    if sorted(header) != sorted(COLUMNS):
        raise Invalid(
            N_("The first line has to name these columns and no others: %(columns)s."),
            columns=", ".join(COLUMNS),
        )


def _line(cells: dict[str, str] | None, fund_currency: str) -> Line:
    if cells is None:
        raise Invalid(N_("This line has more or fewer cells than the first one."))
    cell = {name: unicodedata.normalize("NFC", text.strip()) for name, text in cells.items()}
    code, name, short_name = cell["code"], cell["name"], cell["short_name"]
    section = Section(NO_SECTION, code, name, short_name, cell["currency"].upper())
    check_section(code, name, short_name, section.currency)
    return Line(
        section,
        _target(cell["target"], fund_currency),
        _members(cell["members"]),
        _visibility(cell["visibility"]),
    )


def _target(text: str, fund_currency: str) -> int | None:
    if not text:
        return None
    try:
        return parse_amount(text, fund_currency).minor
    except InvalidAmount as error:
        raise InvalidAmount(error.message, field="target", **error.values) from None


def _members(text: str) -> int | None:
    if not text:
        return None
    if not _MEMBERS.fullmatch(text):
        raise Invalid(N_("Enter a whole number without a point or comma."), field="members")
    return int(text)


def _visibility(text: str) -> Visibility | None:
    if not text:
        return None
    try:
        return Visibility(text.lower())
    except ValueError:
        raise Invalid(N_("Enter shown, others or hidden."), field="visibility") from None
