"""What the desk's scripts send: JSON of which every part is looked at before it is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flask import request

from fundtracker.domain.desk.values import Level, Mark
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.money import CURRENCIES, Money
from fundtracker.services.desk.check import Check, Verdict
from fundtracker.services.desk.take import Sent

if TYPE_CHECKING:
    from collections.abc import Mapping

# Longer than any line that means something: what is not understood can be parked all the same.
LONGEST = 4000
_ID = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)
_LINE = re.compile(r"[0-9]{1,9}", re.ASCII)
# A command names a hundred lines at most, and a choice repeats what it was shown of each.
MOST_SEEN = 1000
_MARKS = frozenset(".,")
# A browser's clock may be wrong by years; beyond these a time is none of a clock.
_YEARS = range(2000, 2200)
_BROKEN = N_("This cannot be read. Please load the page again: what waits here is kept.")


@dataclass(frozen=True, slots=True)
class Typed:
    """A line that is being typed."""

    line: str
    sure: bool = False
    habits: Mapping[str, Mark] = field(default_factory=dict)
    level: Level | None = None


def typed() -> Typed:
    """Return the line that a script asks about; raises Invalid."""
    body = _body()
    return Typed(_line(body), body.get("sure") is True, _habits(body), _level(body))


def sent() -> Sent:
    """Return the line that a script sends; raises Invalid."""
    body = _body()
    return Sent(
        client_id=_client_id(body),
        line=_line(body),
        key=_text(body, "fund_id_check"),
        typed_at=_moment(body),
        sure=body.get("sure") is True,
        habits=_habits(body),
        parked=body.get("parked") is True,
        blind=body.get("blind") is True,
        replaces=_number(body.get("replaces")),
        shown=_number(body.get("shown")),
        seen=_seen(body),
        chosen=body.get("chosen") is True,
        level=_level(body),
    )


def checked() -> Check:
    """Return what a second person sends; raises Invalid."""
    body = _body()
    lines = body.get("lines")
    if not isinstance(lines, list) or not all(isinstance(each, dict) for each in lines):
        raise Invalid(_BROKEN)
    pairs = [(_number(each.get("number")), _number(each.get("version"))) for each in lines]
    found = tuple((number, version) for number, version in pairs if number and version)
    verdict = _text(body, "verdict")
    if len(found) < len(pairs) or verdict not in list(Verdict):
        raise Invalid(_BROKEN)
    return Check(_client_id(body), found, Verdict(verdict))


def _body() -> dict[str, object]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid(_BROKEN)
    return body


def _text(body: Mapping[str, object], name: str) -> str:
    text = body.get(name)
    if not isinstance(text, str):
        raise Invalid(_BROKEN)
    return text


def _line(body: Mapping[str, object]) -> str:
    line = _text(body, "line")
    if len(line) > LONGEST:
        raise Invalid(N_("This line is too long: at most %(limit)s characters."), limit=LONGEST)
    # Half of a character, which no encoding takes, is written as what it is.
    return line.encode("utf-8", "backslashreplace").decode()


def _client_id(body: Mapping[str, object]) -> str:
    found = _text(body, "client_id")
    if not _ID.fullmatch(found):
        raise Invalid(_BROKEN)
    return found


def _moment(body: Mapping[str, object]) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(body, "typed_at"))
    except ValueError:
        raise Invalid(_BROKEN) from None
    if moment.tzinfo is None or moment.year not in _YEARS:
        raise Invalid(_BROKEN)
    return moment


def _number(value: object) -> int | None:
    """Return a number that a column can hold, None for anything else; true is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 62:
        return value
    return None


def _seen(body: Mapping[str, object]) -> dict[int, int]:
    """Return the versions that were on the screen, by the number of the line."""
    found = body.get("seen")
    if not isinstance(found, dict):
        return {}
    pairs = [(int(name), _number(value)) for name, value in found.items() if _LINE.fullmatch(name)]
    return {number: version for number, version in pairs[:MOST_SEEN] if version is not None}


def _level(body: Mapping[str, object]) -> Level | None:
    """Return what was called up on the screen; None where that is not told."""
    if "level" not in body:
        return None
    found = body["level"]
    if found is None:
        return Level(None)
    if not isinstance(found, dict):
        return None
    minor, code = _number(found.get("minor")), found.get("currency")
    if minor is None or not isinstance(code, str) or code not in CURRENCIES:
        return None
    return Level(Money(minor, code))


def _habits(body: Mapping[str, object]) -> dict[str, Mark]:
    found = body.get("habits")
    if not isinstance(found, dict):
        return {}
    return {
        mark: Mark(meaning)
        for mark, meaning in found.items()
        if mark in _MARKS and meaning in list(Mark)
    }
