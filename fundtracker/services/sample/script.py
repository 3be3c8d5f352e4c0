"""The script of an evening in three minutes: who calls when, and where the number has to be then.

The same each time. How much a call is for follows from where the number is and has to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money, currency
from fundtracker.services.sample.plan import round_down

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.domain.rates import Rate
    from fundtracker.domain.sections import Section

CALLS = 90
# Seconds from the beginning: the first call, the target crossed, the last call, the end.
FIRST, CROSSED, LAST, END = 4, 130, 172, 180
# The call that crosses the target; before it the hall waits for a moment.
CROSSING = 66
HUSH = 8
# Where the number is, in thousandths of the target: before the hush, when it is crossed, at last.
BEFORE, OVER, AT_LAST = 985, 1004, 1130
# What a call has besides its amount: {each} once or by so many people, a label, instalments.
SHAPES = (
    ("{code} {each}", 1),
    ("{code} 12@{each}", 12),
    ('{code} {each} "North branch"', 1),
    ("{code} {each}/m6", 6),
    ("{code} {each} x 4", 4),
    ("cash {code} {each}", 1),
    ('{code} {each} "The choir"', 1),
)
NO_SECTION = "?"
# Who calls next is one of so many that are behind.
BEHIND = 4


class Kind(Enum):
    """What happens at a moment of the evening."""

    CALL = auto()
    # The last line was wrong: it is taken back.
    UNDO = auto()
    # Two tellers heard the same person; then one of them takes it back.
    DOUBLE = auto()
    NOT_TWICE = auto()
    # Unclear, so it is not counted.
    PARK = auto()
    # Somebody in the hall gives with the phone.
    GIFT = auto()
    # A second person confirms everything so far.
    CONFIRM = auto()


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that happens so many seconds after the beginning; calls are numbered from 1."""

    at: float
    kind: Kind
    number: int = 0


def cues(gifts: int = 12) -> list[Cue]:
    """Return everything that happens, in its order."""
    found = [Cue(_moment(number), Kind.CALL, number) for number in range(1, CALLS + 1)]
    found += [
        Cue(36.5, Kind.PARK),
        Cue(48.5, Kind.UNDO),
        Cue(61.5, Kind.DOUBLE),
        Cue(72.5, Kind.NOT_TWICE),
    ]
    # A burst: somebody has held up the code.
    found += [Cue(88 + number / 2, Kind.GIFT, number) for number in range(1, gifts + 1)]
    # Not all at once: for a moment each call is still being checked.
    found += [Cue(float(at), Kind.CONFIRM) for at in range(18, CROSSED - 2, 11)]
    # Whoever celebrates wants to know that it is true.
    found += [Cue(CROSSED - 1.5, Kind.CONFIRM), Cue(CROSSED + 1.0, Kind.CONFIRM)]
    found += [Cue(float(at), Kind.CONFIRM) for at in range(CROSSED + 15, LAST + 6, 11)]
    return sorted(found, key=lambda cue: cue.at)


def _moment(number: int) -> float:
    """When a call comes: the first ones quickly, then a hush, one that crosses, and the rest."""
    if number < CROSSING:
        return FIRST + (CROSSED - HUSH - FIRST) * (number - 1) / (CROSSING - 2)
    return CROSSED + (LAST - CROSSED) * (number - CROSSING) / (CALLS - CROSSING)


def wanted(number: int) -> int:
    """Where the number has to be after a call, in thousandths of the target."""
    if number < CROSSING:
        return BEFORE * number // (CROSSING - 1)
    return OVER + (AT_LAST - OVER) * (number - CROSSING) // (CALLS - CROSSING)


def line(number: int, base: Money, sections: Sequence[Section], rates: dict[str, Rate]) -> str:
    """Return what is typed for a call that is to be worth so much in the fund's currency.

    Every second is of no section, and so is the one that crosses the target. `sections` stand in
    the order in which they are behind.
    """
    template, people = SHAPES[0] if number == CROSSING else SHAPES[number % len(SHAPES)]
    code, coin = NO_SECTION, base.currency
    if number != CROSSING and number % 2 and sections:
        # One of those that are behind the others.
        section = sections[number // 2 % min(len(sections), BEHIND)]
        code, coin = section.code, section.currency
    each = rates[coin].from_base(Money(max(base.minor, 0) // people, base.currency), coin)
    least = 10 * 10 ** currency(coin).exponent
    rounded = round_down(Money(max(each.minor, least), coin))
    if number == CROSSING:
        # Rounded up: short of the target nobody cheers.
        rounded = Money(rounded.minor + 10 ** (len(str(rounded.minor)) - 2), coin)
    each_typed = str(rounded).removeprefix(f"{coin} ").removesuffix(".00")
    return template.format(code=code, each=each_typed)
