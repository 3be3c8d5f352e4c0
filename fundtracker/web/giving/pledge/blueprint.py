"""The blueprint of the promises' pages."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("pledge", __name__)
