from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from fundtracker.domain.errors import Invalid
from fundtracker.domain.local_times import (
    AmbiguousTime,
    fold_of,
    local_time,
    timezones,
    written,
    zone_of,
)

ZURICH = ZoneInfo("Europe/Zurich")
# The clocks of Zürich go back from three to two o'clock.
FIRST, SECOND = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def read(text: str, which: str = "") -> datetime:
    return local_time(text, ZURICH, field="opens", which=which)


def test_a_time_is_read_where_it_is_meant() -> None:
    assert (
        read("2026-06-14T18:00")
        == read("2026-06-14 18:00")
        == datetime(2026, 6, 14, 16, tzinfo=UTC)
    )
    assert read("2026-12-14T18:00") == datetime(2026, 12, 14, 17, tzinfo=UTC)
    assert read("2026-06-14T18:00").tzinfo is UTC


def test_a_time_that_the_clocks_show_twice_is_asked_about() -> None:
    with pytest.raises(AmbiguousTime, match="show 02:30 twice") as question:
        read("2026-10-25T02:30")

    assert question.value.field == "opens"
    assert (read("2026-10-25T02:30", "first"), read("2026-10-25T02:30", "second")) == (
        FIRST,
        SECOND,
    )


def test_a_time_that_the_clocks_leave_out_is_refused() -> None:
    with pytest.raises(Invalid, match="leave out 02:30") as refusal:
        read("2026-03-29T02:30", "first")

    assert refusal.value.field == "opens"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-06-14",
        "2026-06-31T18:00",
        "2026-06-14T25:00",
        "2026-06-14T18:00Z",
        "2026-06-14T18:00+02:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
    ],
)
def test_what_is_no_local_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="Enter a day and a time"):
        read(text)


def test_a_form_shows_what_it_reads() -> None:
    for moment in (FIRST, SECOND, datetime(2026, 6, 14, 16, tzinfo=UTC)):
        shown = written(moment, "Europe/Zurich")
        assert read(shown, fold_of(moment, "Europe/Zurich")) == moment
    assert [fold_of(moment, "Europe/Zurich") for moment in (FIRST, SECOND)] == ["first", "second"]
    assert written(None, "Europe/Zurich") == fold_of(None, "Europe/Zurich") == ""


def test_timezones_have_names_of_places() -> None:
    names = timezones()

    assert names[0] == "UTC"
    assert {"Europe/Brussels", "America/Argentina/Buenos_Aires"} <= set(names)
    assert all(zone_of(name).key == name for name in names[:20])


def test_a_timezone_has_to_be_there() -> None:
    with pytest.raises(Invalid, match="Europe/Brussels") as refusal:
        zone_of("Europe/Nowhere")

    assert refusal.value.field == "timezone"
