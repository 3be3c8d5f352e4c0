"""What a view may reach for, typed: one value that `create_app` puts on the app."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from flask import current_app

from fundtracker.live.kept import Kept
from fundtracker.services.desk.notice import Attendance
from fundtracker.services.receive import Intake

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings
    from fundtracker.live.snapshots import Snapshots
    from fundtracker.services.parts import Parts

_NAME = "fundtracker"


class Places:
    """Counts the event streams that are open in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken = 0
        self.closing = False

    @property
    def taken(self) -> int:
        """How many are open."""
        return self._taken

    def take(self, limit: int) -> bool:
        """Count one more, unless that many are open."""
        with self._lock:
            if self._taken >= limit:
                return False
            self._taken += 1
            return True

    def close(self) -> None:
        """Let every stream end at its next breath: the server is about to stop."""
        self.closing = True

    def free(self) -> None:
        """Count one less."""
        with self._lock:
            self._taken -= 1


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of the services, the operator's settings and the snapshots of this process."""

    parts: Parts
    settings: Settings
    snapshots: Snapshots
    streams: Places = field(default_factory=Places)
    # Of desks: who was noted when, and what is worked out once for all who ask.
    attendance: Attendance = field(default_factory=Attendance)
    desk_sums: Kept[Any] = field(default_factory=Kept)
    overlaps: Kept[int] = field(default_factory=Kept)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "intake", Intake(self.parts))


def put_context(app: Flask, context: Context) -> None:
    """Hand the context to the views of an app."""
    app.extensions[_NAME] = context


def context_of(app: Flask) -> Context:
    """Return the context of an app that answers no request at the moment."""
    return cast("Context", app.extensions[_NAME])


def context() -> Context:
    """Return the context of the app that answers; what outlives the request keeps it."""
    return cast("Context", current_app.extensions[_NAME])


def parts() -> Parts:
    """Return what services are handed."""
    return context().parts


def settings() -> Settings:
    """Return what the operator decided."""
    return context().settings


def snapshots() -> Snapshots:
    """Return the published snapshots."""
    return context().snapshots
