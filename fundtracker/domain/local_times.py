"""Times as people type them: local ones, of which some come twice a year and some never."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from fundtracker.domain.errors import N_, Invalid

if TYPE_CHECKING:
    from typing import Final

_DATE: Final = len("2026-06-14")
# Beyond these a time cannot be told in every timezone, and nobody means it.
_YEARS: Final = range(2000, 2200)
FIRST, SECOND = "first", "second"


class AmbiguousTime(Invalid):
    """A local time that the clocks show twice, when they are put back."""

    message = N_(
        "On that day the clocks of %(timezone)s show %(time)s twice. Do you mean the first"
        " or the second?"
    )


def zone_of(name: str) -> ZoneInfo:
    """Return a timezone by its name; raises Invalid."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(
            N_("There is no timezone of that name; one is called Europe/Brussels."),
            field="timezone",
        ) from None


@cache
def timezones() -> tuple[str, ...]:
    """Every timezone that has a place's name, for people to choose from; they are files."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name[:-1]))


def local_time(text: str, zone: ZoneInfo, *, field: str, which: str = "") -> datetime:
    """Read a day and a time such as 2026-06-14 18:00 in a timezone, and return it in UTC.

    `which` says "first" or "second" where the clocks show it twice; raises AmbiguousTime where it
    does not, and Invalid for a time that the clocks leave out.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or len(text) <= _DATE or moment.tzinfo or moment.year not in _YEARS:
        raise Invalid(N_("Enter a day and a time, such as 2026-06-14 18:00."), field=field)
    early, late = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    values = {"timezone": zone.key, "time": f"{moment:%H:%M}"}
    if early > late:
        raise Invalid(
            N_("On that day the clocks of %(timezone)s leave out %(time)s. Enter another time."),
            field=field,
            **values,
        )
    if early < late and which not in {FIRST, SECOND}:
        raise AmbiguousTime(field=field, **values)
    return late if which == SECOND else early


def written(moment: datetime | None, timezone: str) -> str:
    """Write a time as a form takes it, in a fund's timezone; nothing for no time."""
    if moment is None:
        return ""
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M}"


def fold_of(moment: datetime | None, timezone: str) -> str:
    """Say which of two it is where the clocks show a time twice, else nothing."""
    if moment is None:
        return ""
    there = moment.astimezone(ZoneInfo(timezone))
    twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    return (SECOND if there.fold else FIRST) if twice else ""
