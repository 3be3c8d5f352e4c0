"""Whether the migrations make the tables that the models describe, on both databases.

`python -m tests.support.migrations` exits with 77 where PostgreSQL is missing and not required.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import databases, postgres

SKIPPED = 77


def check(url: str, instance: Path) -> None:
    """Migrate an empty database and compare; CalledProcessError if a table differs."""
    environ = {**os.environ, "DATABASE_URL": url, "INSTANCE_DIR": str(instance)}
    for step in ("upgrade", "check"):
        subprocess.run([sys.executable, "-m", "flask", "db", step], check=True, env=environ)


def main() -> int:
    """Check SQLite, then PostgreSQL; return the exit code."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            check(databases.sqlite_url(Path(folder, "check.db")), Path(folder))
            binaries = postgres.find_binaries()
            if binaries is None:
                sys.stdout.write("PostgreSQL is missing here: apt install postgresql\n")
                return 1 if os.environ.get("REQUIRE_ALL") == "1" else SKIPPED
            with postgres.running(binaries) as server:
                check(server.url(server.create()), Path(folder))
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
