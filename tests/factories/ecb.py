"""Daily files of the European Central Bank's, as it publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RATES = {"USD": "1.0765", "JPY": "168.97", "GBP": "0.84590", "CHF": "0.9652", "SEK": "11.2045"}
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
    ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">\n'
    "\t<gesmes:subject>Reference rates</gesmes:subject>\n\t<gesmes:Sender>\n"
    "\t\t<gesmes:name>European Central Bank</gesmes:name>\n\t</gesmes:Sender>\n"
)


def as_xml(*days: str, rates: Mapping[str, str] = RATES, head: str = _HEAD) -> bytes:
    """Return eurofxref-daily.xml of a day, or of several as in the file of ninety days."""
    cubes = "".join(f"\t\t\t<Cube currency='{code}' rate='{rates[code]}'/>\n" for code in rates)
    told = "".join(f"\t\t<Cube time='{day}'>\n{cubes}\t\t</Cube>\n" for day in days)
    return f"{head}\t<Cube>\n{told}\t</Cube>\n</gesmes:Envelope>".encode()


def as_csv(*days: str, rates: Mapping[str, str] = RATES) -> bytes:
    """Return eurofxref.csv, whose lines end with a comma; a day is such as "12 June 2026"."""
    lines = [["Date", *rates, ""], *([day, *rates.values(), ""] for day in days)]
    return "\n".join(", ".join(line) for line in lines).encode()
