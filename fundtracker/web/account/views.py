"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.account.blueprint import bp

__all__ = ["bp"]
