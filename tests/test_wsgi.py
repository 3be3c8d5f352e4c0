from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from config import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


def test_nobody_else_on_the_machine_can_read_what_the_app_writes(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "INSTANCE_DIR": str(tmp_path)},
        umask=0o022,
        check=True,
    )

    files = {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}
    assert {"fundtracker.db", "simulator.db", "secret_key", "data_key"} <= files.keys()
    assert set(files.values()) == {0}
