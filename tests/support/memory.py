"""A folder in memory for what tests write: nothing of it has to outlive the power."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path("/dev/shm")
# A container may be given a small one.
_NEEDED = 2 * 1024**3


def folder() -> Path:
    """Return a folder that is never written to a disk, or the usual one where there is none."""
    if _FOLDER.is_dir() and os.access(_FOLDER, os.W_OK):
        may_run = not os.statvfs(_FOLDER).f_flag & os.ST_NOEXEC
        if may_run and shutil.disk_usage(_FOLDER).free >= _NEEDED:
            return _FOLDER
    return Path(tempfile.gettempdir())
