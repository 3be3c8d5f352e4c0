"""Figures with their aims: printed as a table, kept as JSON, a missed aim said in words."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing; `met` is None where there is nothing to be met."""

    what: str
    value: str
    beside: str = ""
    aim: str = ""
    met: bool | None = None


def show(figures: list[Figure]) -> None:
    """Print the table and keep it beside those of other days."""
    rows = [("what", "measured", "beside", "aim", "")]
    rows += [(f.what, f.value, f.beside, f.aim, _verdict(f)) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        )
    missed = sum(figure.met is False for figure in figures)
    print(f"\n{missed} of {sum(f.met is not None for f in figures)} aims missed.")
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    file = RESULTS / f"{now:%Y%m%d-%H%M%S}.json"
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    kept = {"at": now.isoformat(), "machine": machine, "figures": [asdict(f) for f in figures]}
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    print(f"Kept as {file.relative_to(Path.cwd())}." if file.is_relative_to(Path.cwd()) else file)


def _verdict(figure: Figure) -> str:
    return "" if figure.met is None else "met" if figure.met else "MISSED"
