"""The European Central Bank's daily reference rates, from its XML or its CSV file.

The file comes through somebody's browser and may be anything: it is small or refused, XML that
declares a document type or an entity is refused before it is parsed, and of a file that is cut
off, doubtful or not the daily one nothing is taken at all.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

# What is dangerous in it is refused before.
from xml.etree import ElementTree as ET  # nosec B405

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.rates import Rate

if TYPE_CHECKING:
    from collections.abc import Iterable

# The Bank's files have 2 to 6 KiB.
LARGEST = 64 * 1024
# From the rates of a Thursday before Easter to those of the Tuesday after it.
FRESH = timedelta(days=4)

_ENVELOPE = "{http://www.gesmes.org/xml/2002-08-01}Envelope"
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
# 16 325.00 rupiah have five digits before the point; twelve are somebody's joke.
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,8})?", re.ASCII)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAY = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}})", re.ASCII)
# What the Bank writes where it has no rate.
_NONE = "N/A"
_FIELD = "file"


@dataclass(frozen=True, slots=True)
class EuroRates:
    """How much of each currency one euro bought on a day."""

    day: date
    per_euro: dict[str, Rate]


def read_ecb(content: bytes) -> EuroRates:
    """Read a daily file of the Bank's, XML or CSV; raises Invalid and takes all or nothing."""
    if len(content) > LARGEST:
        raise _refused(N_("This file is too large to be the daily file of the ECB."))
    try:
        text = content.decode("utf-8-sig").strip("\ufeff")
    except UnicodeDecodeError:
        raise _refused(N_("This file is not encoded as UTF-8; the files of the ECB are.")) from None
    if not text.strip():
        raise _refused(N_("This file is empty."))
    day, pairs = _from_xml(text.strip()) if text.lstrip().startswith("<") else _from_csv(text)
    return EuroRates(day, _rates(pairs))


def is_old(rates: EuroRates, today: date) -> bool:
    """Tell whether a file is older than the last working day's can be; raises Invalid for later."""
    if rates.day > today:
        raise _refused(N_("This file is of %(day)s, which is still to come."), day=rates.day)
    return rates.day < today - FRESH


def _refused(sentence: str, **values: object) -> Invalid:
    return Invalid(sentence, field=_FIELD, **values)


def _from_xml(text: str) -> tuple[date, list[tuple[str, str]]]:
    if re.search(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", text, re.IGNORECASE):
        raise _refused(
            N_("This file declares a document type or entities, which no file of the ECB does.")
        )
    try:
        # Of text, not bytes: whatever encoding the file claims, this is what was looked at.
        root = ET.fromstring(text)  # noqa: S314  # nosec B314
    except ET.ParseError:
        raise _refused(
            N_("This XML file is broken or cut off. Please download it from the ECB again.")
        ) from None
    if root.tag != _ENVELOPE:
        raise _refused(N_("This XML file is not one of the ECB's exchange rates."))
    days = [cube for cube in root.iter(_CUBE) if "time" in cube.attrib]
    if len(days) != 1:
        raise _not_daily(len(days))
    lines = [(cube.get("currency", ""), cube.get("rate", "")) for cube in days[0].iter(_CUBE)]
    return _day(days[0].get("time", "")), lines[1:]


def _from_csv(text: str) -> tuple[date, list[tuple[str, str]]]:
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
        ]
    except csv.Error:
        raise _refused(
            N_("This CSV file is broken. Please download it from the ECB again.")
        ) from None
    header, *lines = [row for row in rows if any(row)] or [[]]
    if header[:1] != ["Date"]:
        raise _refused(
            N_("This is neither the XML nor the CSV file of the ECB's daily exchange rates.")
        )
    if len(lines) != 1:
        raise _not_daily(len(lines))
    line = lines[0]
    # The Bank ends its lines with a comma: without one, only a line's end tells that it is whole.
    is_whole = header[-1] == line[-1] == "" or text.endswith(("\n", "\r"))
    if len(line) != len(header) or not is_whole:
        raise _refused(N_("This CSV file is cut off. Please download it from the ECB again."))
    pairs = zip(header[1:], line[1:], strict=True)
    return _day(line[0]), [pair for pair in pairs if pair != ("", "")]


def _not_daily(days: int) -> Invalid:
    if not days:
        return _refused(N_("There is no day with exchange rates in this file."))
    return _refused(
        N_("This file has the rates of %(count)s days. Please take the daily file."), count=days
    )


def _day(text: str) -> date:
    match = _DAY.fullmatch(text)
    try:
        if match is None:
            return date.fromisoformat(text)
        number, month, year = match.groups()
        return date(int(year), _MONTHS.index(month) + 1, int(number))
    except ValueError:
        raise _refused(
            N_("The date in this file cannot be read: %(day)s."), day=text[:20]
        ) from None


def _rates(pairs: Iterable[tuple[str, str]]) -> dict[str, Rate]:
    found: dict[str, Rate] = {}
    for code, number in pairs:
        if not _CODE.fullmatch(code):
            raise _refused(N_("%(code)s in this file is not a currency."), code=code[:8] or "“”")
        if code in found:
            raise _refused(N_("%(code)s stands in this file twice."), code=code)
        if number == _NONE:
            continue
        if not _NUMBER.fullmatch(number) or not number.strip("0."):
            raise _refused(
                N_("The rate of %(code)s in this file is not one: %(number)s."),
                code=code,
                number=number[:20] or "“”",
            )
        found[code] = Rate.parse(number)
    if not found:
        raise _refused(N_("There is no exchange rate in this file."))
    return found
