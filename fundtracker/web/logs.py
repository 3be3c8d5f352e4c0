"""Logs as lines of JSON on standard error, for an operator who must never learn a donor's name.

No body, no query string, no address, and of an error only its kind and where it happened: its
message may quote what a person typed, and so may the statement that a database refused.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

# So deep a chain of causes tells everything; a longer one would be a loop.
DEEPEST = 5


def setup_logs() -> None:
    """Send structlog's lines and those of every library the same way; a repeat changes nothing."""
    shared = (
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_error,
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        ),
    )
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    if not any(isinstance(known, _StandardError) for known in root.handlers):
        root.addHandler(handler)
    for chatty in ("alembic", "flask-limiter", "stripe", "werkzeug"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _StandardError(logging.Handler):
    """Writes to what is standard error now, even if that has been exchanged."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        sys.stderr.write(self.format(record) + "\n")


def describe(error: BaseException) -> list[dict[str, object]]:
    """Say of an error and of its causes what kind they are and where they came from."""
    described: list[dict[str, object]] = []
    cause: BaseException | None = error
    while cause is not None and len(described) < DEEPEST:
        frames = traceback.extract_tb(cause.__traceback__)
        described.append(
            {
                "kind": f"{type(cause).__module__}.{type(cause).__qualname__}",
                "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            },
        )
        cause = cause.__cause__ or cause.__context__
    return described


def _name_error(
    _logger: object,
    _method: str,
    line: MutableMapping[str, object],
) -> MutableMapping[str, object]:
    given = line.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["error"] = describe(error)
    return line
