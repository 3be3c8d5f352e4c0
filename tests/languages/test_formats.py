from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from babel import Locale

from fundtracker.domain.money import Money
from fundtracker.languages import formats

DAY = date(2026, 6, 12)
EVENING = datetime(2026, 6, 12, 18, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "short", "calendar"),
    [
        ("en", "12 June", "12 Jun", "12 June 2026"),
        ("de", "12. Juni", "12. Juni", "12. Juni 2026"),
        ("es", "12 de junio", "12 jun", "12 de junio de 2026"),
        ("hu", "június 12.", "jún. 12.", "2026. június 12."),
        ("ja", "6月12日", "6月12日", "2026年6月12日"),
    ],
)
def test_a_day_is_written_as_each_language_writes_it(
    language: str, day: str, short: str, calendar: str
) -> None:
    own = Locale(language)

    assert formats.day(own, DAY) == day
    assert formats.short_day(own, DAY) == short
    assert formats.calendar_day(own, DAY) == calendar


@pytest.mark.parametrize(
    ("language", "moment", "long"),
    [
        ("en", "12 Jun 2026, 20:04 +0200", "12 June 2026, 18:04 UTC"),
        ("de", "12. Juni 2026, 20:04 MESZ", "12. Juni 2026, 18:04 UTC"),
    ],
)
def test_a_moment_says_its_zone(language: str, moment: str, long: str) -> None:
    own = Locale(language)

    assert formats.moment(own, EVENING, "Europe/Zurich") == moment
    assert formats.long_moment(own, EVENING) == long


def test_a_moment_of_a_list_leaves_its_zone_to_the_head() -> None:
    assert formats.moment(Locale("en"), EVENING, zoned=False) == "12 Jun 2026, 18:04"


@pytest.mark.parametrize(
    ("language", "round_sum", "sum_"),
    [
        ("en", "€50", "CHF\xa01,234.50"),
        ("de", "50\xa0€", "1.234,50\xa0CHF"),
        ("sv", "50\xa0€", "1\xa0234,50\xa0CHF"),
    ],
)
def test_an_amount_is_written_as_one_speaks_of_it(language: str, round_sum: str, sum_: str) -> None:
    own = Locale(language)

    assert formats.short(own, Money(5_000, "EUR")) == round_sum
    assert formats.short(own, Money(123_450, "CHF")) == sum_
