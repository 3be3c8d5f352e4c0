"""Programs that people open exports with, started for a test: LibreOffice, and a PDF's reader."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.support.legs import missing

if TYPE_CHECKING:
    from pathlib import Path

# Every sheet, as it is shown, in UTF-8 with commas: a file for each.
_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def opened_by_libreoffice(
    file: Path, folder: Path, delimiter: str = ""
) -> dict[str, list[list[str]]]:
    """Open a table with LibreOffice, and return what its sheets show, by their names.

    `delimiter` is what a person confirms in the window in which a CSV is opened, with UTF-8.
    """
    program = shutil.which("soffice")
    if program is None:
        missing("LibreOffice", apt="libreoffice-calc-nogui")
    out = folder / "opened"
    window = (
        [f"--infilter=Text - txt - csv (StarCalc):{ord(delimiter)},34,76,1"] if delimiter else []
    )
    subprocess.run(
        [program, "--headless", *window, "--convert-to", _FILTER, "--outdir", out, file],
        check=True,
        capture_output=True,
        timeout=240,
        # A profile of this test's own: two that share one wait for each other.
        env=os.environ | {"HOME": str(folder)},
    )
    return {
        sheet.stem.removeprefix(f"{file.stem}-"): list(
            csv.reader(io.StringIO(sheet.read_text(encoding="utf-8"), newline="")),
        )
        for sheet in out.iterdir()
    }


def text_of(file: Path) -> str:
    """Return the text of a PDF as its reader lays it out."""
    program = shutil.which("pdftotext")
    if program is None:
        missing("pdftotext", apt="poppler-utils")
    done = subprocess.run(
        [program, "-layout", file, "-"], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout
