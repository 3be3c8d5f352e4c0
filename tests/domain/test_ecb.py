from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundtracker.domain.ecb import EuroRates, is_old, read_ecb
from fundtracker.domain.errors import Invalid
from fundtracker.domain.rates import Rate
from tests.factories.ecb import RATES, as_csv, as_xml

DAY = date(2026, 6, 12)
PARSED = {code: Rate.parse(number) for code, number in RATES.items()}
XML = as_xml("2026-06-12")
CSV = as_csv("12 June 2026")


@pytest.mark.parametrize(
    "content",
    [
        XML,
        CSV,
        b"\xef\xbb\xbf" + XML,
        b"\n" + XML.replace(b"\n", b"\r\n"),
        CSV.replace(b", ", b","),
        CSV.replace(b"\n", b"\r\n") + b"\r\n\r\n",
        as_csv("2026-06-12"),
        # As a spreadsheet saves it again: no comma at the end, but an end of the line.
        b"\n".join(line.rstrip(b", ") for line in CSV.split(b"\n")) + b"\n",
    ],
)
def test_both_files_of_the_bank_say_the_same(content: bytes) -> None:
    assert read_ecb(content) == EuroRates(DAY, PARSED)


def test_a_currency_that_the_bank_has_no_rate_of_is_left_out() -> None:
    found = read_ecb(as_csv("12 June 2026", rates={**RATES, "RUB": "N/A"}))

    assert "RUB" not in found.per_euro


def of(code: str, number: str) -> bytes:
    return as_xml("2026-06-12", rates={code: number})


HOSTILE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
OTHER_ROOT = "<rss xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'>"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b" \n", "This file is empty."),
        (XML + b" " * 70_000, "too large"),
        (XML.replace(b"European", b"Europ\xe4ische"), "not encoded as UTF-8"),
        (XML.decode().encode("utf-16"), "not encoded as UTF-8"),
        (HOSTILE + XML, "declares a document type"),
        (XML.replace(b"\n", b"\n" + HOSTILE, 1), "declares a document type"),
        (XML.replace(b"\n", b"\n<!doctype html>", 1), "declares a document type"),
        (XML.replace(b"1.0765", b"&a;"), "broken or cut off"),
        (XML[:-1], "broken or cut off"),
        (XML[: len(XML) // 2], "broken or cut off"),
        (XML + XML, "broken or cut off"),
        (b"<html><body>Not found</body></html>", "not one of the ECB's"),
        (f"{OTHER_ROOT}<Cube time='2026-06-12'/></rss>".encode(), "not one of the ECB's"),
        (as_xml(), "no day with exchange rates"),
        (as_xml("2026-06-11", "2026-06-12"), "the rates of 2 days"),
        (as_xml("12/06/2026"), "The date in this file cannot be read: 12/06/2026."),
        (as_xml("2026-02-30"), "The date in this file cannot be read: 2026-02-30."),
        (as_xml("2026-06-12", rates={}), "no exchange rate in this file"),
        (of("USD", "N/A"), "no exchange rate in this file"),
        (of("usd", "1.1"), "usd in this file is not a currency"),
        (of("", "1.1"), "“” in this file is not a currency"),
        (of("USDOLLARSOFAMERICA", "1.1"), "USDOLLAR in this file is not a currency"),
        (XML.replace(b"JPY", b"USD"), "USD stands in this file twice"),
        (of("USD", "0"), "The rate of USD in this file is not one: 0."),
        (of("USD", "0.000"), "The rate of USD in this file is not one: 0.000."),
        (of("USD", "-1.1"), "The rate of USD in this file is not one: -1.1."),
        (of("USD", "1,1"), "The rate of USD in this file is not one: 1,1."),
        (of("USD", "1e9"), "The rate of USD in this file is not one: 1e9."),
        (of("USD", "NaN"), "The rate of USD in this file is not one: NaN."),
        (of("USD", "١"), "The rate of USD in this file is not one"),
        (of("USD", ""), "The rate of USD in this file is not one: “”."),
        (of("USD", "1234567890"), "The rate of USD in this file is not one: 1234567890."),
        (of("USD", "1.123456789"), "The rate of USD in this file is not one: 1.123456789."),
        (b"code,name\nGB,Britain\n", "neither the XML nor the CSV file"),
        (b'Date, "USD\n', "This CSV file is broken"),
        (CSV.split(b"\n")[0], "no day with exchange rates"),
        (as_csv("11 June 2026", "12 June 2026"), "the rates of 2 days"),
        (as_csv("12 juin 2026"), "The date in this file cannot be read: 12 juin 2026."),
        (as_csv("31 June 2026"), "The date in this file cannot be read: 31 June 2026."),
        (CSV[:-4], "This CSV file is cut off"),
        (CSV[:-12], "This CSV file is cut off"),
        (b"Date,USD,GBP\n12 June 2026,1.0765,0.8", "This CSV file is cut off"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_ecb(content)

    assert sentence in str(refusal.value)
    assert (refusal.value.status, refusal.value.field) == (422, "file")


@settings(max_examples=60)
@given(cut=st.integers(0, len(XML) - 1), end=st.integers(0, len(CSV) - 3))
def test_a_file_that_is_cut_off_is_never_taken_for_whole(cut: int, end: int) -> None:
    for content in (XML[:cut], CSV[:end]):
        with pytest.raises(Invalid):
            read_ecb(content)


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(noise: bytes) -> None:
    for content in (noise, XML[:300] + noise, CSV + noise):
        with suppress(Invalid):
            assert read_ecb(content).per_euro


@pytest.mark.parametrize(("days", "old"), [(0, False), (1, False), (4, False), (5, True)])
def test_rates_of_the_last_working_day_are_not_old(days: int, old: bool) -> None:  # noqa: FBT001
    assert is_old(EuroRates(DAY, {}), DAY + timedelta(days=days)) is old


def test_rates_of_a_day_to_come_are_refused() -> None:
    with pytest.raises(Invalid, match="2026-06-12, which is still to come"):
        is_old(EuroRates(DAY, {}), DAY - timedelta(days=1))
