"""What the simulator is told at start-up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Where it keeps its things, what it accepts, whom it calls.

    `storage` is one SQLite file that several processes may share. `webhook_url` is where events are
    sent. `public_url` is the browser's address of the simulator, without a slash at its end, such
    as http://127.0.0.1:8000/simulator: hosted pages lie below it.
    """

    storage: Path
    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    webhook_url: str
    public_url: str
    template_folder: Path = _PROJECT / "templates" / "simulator"
    static_folder: Path = _PROJECT / "static" / "simulator"
