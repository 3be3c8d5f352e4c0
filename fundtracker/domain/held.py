"""A frozen snapshot while a count is held: it stays as it was, but for whom it must no longer name.

A section is hidden because its people are in danger, and danger does not wait for the count.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fundtracker.domain.sections import Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUMS = ("received", "pledged", "unconfirmed", "headline")


def concealed(frozen: str, visibility: Mapping[str, Visibility], version: int) -> str | None:
    """Return a frozen snapshot without the sections that are not shown any more, as this version.

    What they had moves into the last line, so that no sum changes otherwise; their recent gifts are
    left out, and once one is hidden, those of the last line in a foreign currency, which would hint
    at it. None where nothing of the picture has to change.
    """
    picture: dict[str, Any] = json.loads(frozen)
    shown = {code for code, seen in visibility.items() if seen is Visibility.SHOWN}
    *lines, others = picture["sections"]
    gone = [line for line in lines if line["code"] not in shown]
    hides = Visibility.HIDDEN in visibility.values()
    recent = [
        entry
        for entry in picture["recent"]
        if entry["section"] in shown
        or (not entry["section"] and not (hides and entry["currency"] != picture["currency"]))
    ]
    if not gone and recent == picture["recent"]:
        return None
    for name in _SUMS:
        others[name] += sum(line[name] for line in gone)
    picture["sections"] = [*(line for line in lines if line not in gone), others]
    picture["recent"], picture["version"] = recent, version
    return json.dumps(picture, ensure_ascii=False, separators=(",", ":"))
