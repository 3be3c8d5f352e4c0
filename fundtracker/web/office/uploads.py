"""A file that somebody chose, or the text of it that a page has carried since it was looked at."""

from __future__ import annotations

from flask import request

from fundtracker.domain.errors import N_, Invalid

# Sixty KiB, for a form that carries it back has 64 with everything else in it.
LARGEST = 60 * 1024
FILE, CONTENT = "file", "content"


def uploaded() -> bytes:
    """Return what is in the file, as it was chosen or as the page carried it; raises Invalid."""
    file = request.files.get(FILE)
    content = file.read() if file is not None else b""
    content = content or request.form.get(CONTENT, "").encode()
    if not content:
        raise Invalid(N_("Please choose a file that is not empty."), field=FILE)
    if len(content) > LARGEST:
        raise Invalid(N_("This file is too large: at most 60 KiB are read."), field=FILE)
    return content
