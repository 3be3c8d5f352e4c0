"""Secrets that are made at the first start, and kept in files of the instance folder."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def keep(path: Path, make: Callable[[], str]) -> str:
    """Return the secret of a file, made by whoever comes first; empty if the file is.

    Several processes may start at once: each writes a whole file of its own, and the link, which
    fails if the name is taken, decides whose it is. Nobody ever sees half a secret. Raises OSError
    or UnicodeDecodeError for what cannot be read or made.
    """
    if not path.exists():
        _offer(path, make())
    return path.read_text(encoding="ascii").strip()


def _offer(path: Path, secret: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # Another process was first; its secret is the one to use.
    finally:
        draft.unlink(missing_ok=True)
