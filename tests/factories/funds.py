"""Funds and sections with honest defaults; a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fundtracker.domain.funds import CountingRule, Fund, FundStatus, ScreenMode
from fundtracker.domain.sections import FundSection, Section, Visibility

_FUND = Fund(
    id=1,
    slug="founding-conference",
    name="Founding conference",
    currency="EUR",
    first_target=40_000_000,
    target=40_000_000,
    status=FundStatus.OPEN,
    opens_at=datetime(2026, 6, 1, 8, tzinfo=UTC),
    closes_at=datetime(2026, 6, 30, 22, tzinfo=UTC),
    timezone="Europe/Zurich",
    counting_rule=CountingRule.EVERYTHING_ANNOUNCED,
    rehearsal=False,
    ceiling=2_500_000,
    presets=(),
    mode=ScreenMode.LIVE,
    version=7,
    as_of=datetime(2026, 6, 12, 18, 4, 31, tzinfo=UTC),
    rate_table_id=1,
)


def a_fund(**changes: Any) -> Fund:  # noqa: ANN401 - whatever fields a fund has
    """Return an open fund in euros, with what the test is about changed."""
    return replace(_FUND, **changes)


def a_section(
    id: int = 1,
    code: str = "GB",
    *,
    currency: str = "GBP",
    target: int | None = None,
    visibility: Visibility = Visibility.SHOWN,
) -> FundSection:
    """Return a section of a fund, named after its code."""
    section = Section(id, code, f"The section {code}", f"Sec {code}", currency)
    return FundSection(section, target, None, visibility)
