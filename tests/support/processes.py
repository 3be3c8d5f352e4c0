"""Processes that tests start: they end with the test run, even when that is killed."""

from __future__ import annotations

import shutil
import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence
    from pathlib import Path

_PATIENCE = 120.0  # seconds; only a server that never starts takes so long


def dying_with_us(command: Sequence[str]) -> list[str]:
    """Return the command so that the kernel interrupts it when the test run is gone."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", *command] if setpriv else list(command)


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[Any], log: Path | None = None
) -> None:
    """Return once `ready` says so; show the log if the process ends before."""
    deadline = time.monotonic() + _PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace") if log else ""
            raise RuntimeError(f"the process did not get ready:\n{said}")
        time.sleep(0.02)


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
