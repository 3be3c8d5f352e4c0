"""For whoever watches the machine: whether the process is up, and whether it can work."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.logs import describe

_log = structlog.get_logger(__name__)

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Say that the process answers, and touch nothing else."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> Response:
    """Say that the database answers, or 503."""
    try:
        with parts().database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        _log.error("not ready", error=describe(error))
        return Response("The database does not answer.\n", status=503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
