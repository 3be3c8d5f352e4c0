"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.treasury import exports, figures, overview
from fundtracker.web.treasury.blueprint import bp

__all__ = ["bp", "exports", "figures", "overview"]
