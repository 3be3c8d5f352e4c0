"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.desk import check, desks, lines, page, paper, prepared, read, state, stream
from fundtracker.web.desk.blueprint import bp

__all__ = [
    "bp",
    "check",
    "desks",
    "lines",
    "page",
    "paper",
    "prepared",
    "read",
    "state",
    "stream",
]
