"""A sample of two dozen gifts: like the real one, but made in a moment."""

from __future__ import annotations

from dataclasses import replace

from fundtracker.services.sample.tables import DRAFT, FOUNDING, PREVIOUS, REHEARSAL, Part

AUTUMN = replace(
    FOUNDING,
    slug="autumn",
    milestones=(1_000, 5_000),
    given=2_000,
    gifts=24,
    parts=(
        Part("ES", "España", "España", "EUR", 600, None, 600, 6),
        Part("GB", "Britain", "Britain", "GBP", 1_000, None, 700, 8),
        Part("JP", "日本", "Nihon", "JPY", 1_000, None, 300, 4),
        # Without whom there would be no treasurer.
        Part("SE", "Sverige", "Sverige", "SEK", None, None),
    ),
)
SPRING = replace(PREVIOUS, slug="spring", given=1_500, gifts=15, small=8, parts=())
SMALL = (SPRING, AUTUMN, REHEARSAL, DRAFT)
