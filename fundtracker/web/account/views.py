"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.account import home as home
from fundtracker.web.account import own as own
from fundtracker.web.account import second_factor as second_factor
from fundtracker.web.account import sign_in as sign_in
from fundtracker.web.account.blueprint import bp

__all__ = ["bp"]
