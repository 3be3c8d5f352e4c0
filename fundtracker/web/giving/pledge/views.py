"""The pages of promises; importing a module is what adds its routes."""

from __future__ import annotations

from fundtracker.web.giving.pledge import answer, claim, own, pay, promise
from fundtracker.web.giving.pledge.blueprint import bp

__all__ = ["answer", "bp", "claim", "own", "pay", "promise"]
