"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.office import audit, people, people_change, people_new
from fundtracker.web.office.blueprint import bp

__all__ = ["audit", "bp", "people", "people_change", "people_new"]
