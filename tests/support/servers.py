"""The real server, as ./run starts it: gunicorn, worker and simulator on a port of the loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.processes import dying_with_us, free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


class LiveServer:
    """A server over its own instance folder; it can be killed and started again in place."""

    def __init__(self, instance: Path, *, name: str = "127.0.0.1", **environ: str) -> None:
        """Take the folder that holds its database, and more environment if a test wants it.

        It is known to browsers by a name of the loopback, or by its number.
        """
        self.instance = instance
        self.port = free_port()
        self.url = f"http://{name}:{self.port}"
        self.log = instance / "server.log"
        self.database_url = environ.get("DATABASE_URL", f"sqlite:///{instance / 'fundtracker.db'}")
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(instance),
            "FLASK_APP": "wsgi.py",
            "INSTANCE_DIR": str(instance),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            **environ,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def flask(self, *arguments: str) -> str:
        """Run a command of the app over the same instance and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self._environ,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(arguments)} failed:\n{done.stdout}")
        return done.stdout

    def start(self) -> None:
        """Start the server and return once it is ready."""
        with self.log.open("ab") as log:
            command = [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "deploy/gunicorn.conf.py",
                "wsgi:app",
            ]
            self._process = subprocess.Popen(
                dying_with_us(command),
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self.is_ready, self._process, self.log)

    def kill(self) -> None:
        """End the server and its worker as a power cut would: at once, with nothing written."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the server as an operator does, and see that nothing of it stays."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def waits_for(self, happened: Callable[[], bool]) -> None:
        """Return once the running server has done something."""
        assert self._process is not None
        wait_until(happened, self._process, self.log)

    def is_ready(self) -> bool:
        """Tell whether the server takes requests."""
        connection = HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
