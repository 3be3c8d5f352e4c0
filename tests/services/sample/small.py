"""A sample of two dozen gifts and a dozen pledges: like the real one, but made in a moment."""

from __future__ import annotations

from dataclasses import replace

from fundtracker.domain.pledges import PledgeSource
from fundtracker.services.sample.tables import (
    DRAFT,
    FOUNDING,
    PREVIOUS,
    REHEARSAL,
    Fate,
    Kind,
    Part,
)

KINDS = (
    Kind(PledgeSource.ONLINE, Fate.PAID, 1),
    Kind(PledgeSource.ONLINE, Fate.CANCELLED, 1),
    Kind(PledgeSource.FLOOR, Fate.PAID, 1),
    Kind(PledgeSource.FLOOR, Fate.PART_PAID, 1),
    Kind(PledgeSource.FLOOR, Fate.OVERDUE, 2),
    Kind(PledgeSource.FLOOR, Fate.WRITTEN_OFF, 1),
    Kind(PledgeSource.FLOOR, Fate.OPEN, 2),
    Kind(PledgeSource.FLOOR, Fate.UNCONFIRMED, 2),
    Kind(PledgeSource.SECTION, Fate.PART_PAID, 1),
    Kind(PledgeSource.SECTION, Fate.OPEN, 1),
)

AUTUMN = replace(
    FOUNDING,
    slug="autumn",
    milestones=(1_000, 5_000),
    given=2_000,
    gifts=24,
    promised=1_500,
    checked=90,
    kinds=KINDS,
    unnamed=2,
    parts=(
        Part("ES", "España", "España", "EUR", 900, None, 600, 6, promised=300),
        Part("GB", "Britain", "Britain", "GBP", 1_000, None, 700, 8, promised=400, checked=23),
        Part("JP", "日本", "Nihon", "JPY", 1_000, None, 300, 4),
        # Without whom there would be no treasurer.
        Part("SE", "Sverige", "Sverige", "SEK", None, None),
    ),
)
SPRING = replace(
    PREVIOUS,
    slug="spring",
    given=1_500,
    gifts=9,
    small=8,
    promised=0,
    kinds=(),
    unnamed=0,
    parts=(),
)
SMALL = (SPRING, AUTUMN, REHEARSAL, DRAFT)
# Sections, to which nobody has given.
EMPTY = (replace(REHEARSAL, parts=AUTUMN.parts), DRAFT)
