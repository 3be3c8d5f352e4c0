"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.office import (
    audit,
    fund,
    fund_base,
    fund_desk,
    fund_real,
    fund_status,
    funds,
    inbox,
    inbox_act,
    people,
    people_change,
    people_new,
    promises,
    rates,
    rates_enter,
    rates_import,
    section,
    section_aliases,
    sections,
    sections_import,
)
from fundtracker.web.office.blueprint import bp

__all__ = [
    "audit",
    "bp",
    "fund",
    "fund_base",
    "fund_desk",
    "fund_real",
    "fund_status",
    "funds",
    "inbox",
    "inbox_act",
    "people",
    "people_change",
    "people_new",
    "promises",
    "rates",
    "rates_enter",
    "rates_import",
    "section",
    "section_aliases",
    "sections",
    "sections_import",
]
