"""The tables that the matrix leaves in test-results/, for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path("test-results")


def print_table(name: str, cells: Mapping[tuple[str, str], object]) -> None:
    """Write down and print a table of cells by (column, row); `pytest -s` shows it."""
    columns = list(dict.fromkeys(column for column, _ in cells))
    rows = list(dict.fromkeys(row for _, row in cells))
    first = max(map(len, rows), default=0)
    lines = [f"{number + 1:3} {column}" for number, column in enumerate(columns)]
    numbers = (f"{number + 1:>6}" for number in range(len(columns)))
    lines += ["", " " * first + "".join(numbers)]
    for row in rows:
        values = (f"{cells.get((column, row), ''):>6}" for column in columns)
        lines.append(f"{row:{first}}" + "".join(values))
    text = "\n".join(lines) + "\n"
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")
    print(f"\n{name}\n{text}")  # noqa: T201 - for whoever asks to see it
