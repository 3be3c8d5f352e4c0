"""Published snapshots as JSON, for tests of what is drawn and said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fundtracker.web.published import SectionLine, Snapshot

_SNAPSHOT: Snapshot = {
    "fund": "conference",
    "name": "Founding conference",
    "version": 7,
    "as_of": "2026-06-12T18:04:31Z",
    "mode": "live",
    "rehearsal": False,
    "currency": "EUR",
    "first_target": 40_000_000,
    "target": 40_000_000,
    "next_milestone": 50_000_000,
    "received": 17_120_000,
    "pledged": 13_130_000,
    "unconfirmed": 890_000,
    "headline": 31_140_000,
    "permille": 778,
    "counting_rule": "everything_announced",
    "donations": 443,
    "pledges": 118,
    "milestones": [
        {"amount": 10_000_000, "reached_at": "2026-06-12T16:20:00Z"},
        {"amount": 50_000_000, "reached_at": None},
    ],
    "sections": [],
    "recent": [
        {
            "id": "a",
            "kind": "pledge",
            "count": 12,
            "section": "GB",
            "amount": 24_000,
            "currency": "GBP",
            "name": None,
            "at": "2026-06-12T18:04:31Z",
        },
    ],
}

_LINE: SectionLine = {
    "code": "GB",
    "name": "Britain and friends",
    "short_name": "Britain",
    "target": 6_000_000,
    "received": 5_100_000,
    "pledged": 1_200_000,
    "unconfirmed": 0,
    "headline": 6_300_000,
    "permille": 1050,
    "currency": "GBP",
    "local": {"target": 5_200_000, "headline": 5_460_000},
}


def a_line(**changes: Any) -> SectionLine:  # noqa: ANN401 - whatever keys a line has
    """Return a section past its target, with what the test is about changed."""
    return {**_LINE, **changes}  # type: ignore[typeddict-item]


def a_snapshot(received: int | None = None, **changes: Any) -> Snapshot:  # noqa: ANN401 - the same
    """Return a fund on its way, or one with nothing but this much received."""
    sums: dict[str, Any] = {"sections": [a_line()]}
    if received is not None:
        target = changes.get("first_target", _SNAPSHOT["first_target"])
        sums |= {
            "received": received,
            "pledged": 0,
            "unconfirmed": 0,
            "headline": received,
            "permille": received * 1000 // max(1, target),
        }
    return {**_SNAPSHOT, **sums, **changes}  # type: ignore[typeddict-item]
