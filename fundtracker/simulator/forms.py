"""Stripe's form encoding: `line_items[0][price_data][currency]=eur` is a tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fundtracker.simulator.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

# A form's value: text, a list of values, or values by name.
Value = str | list["Value"] | dict[str, "Value"]

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART = re.compile(r"\[([^\[\]]*)\]")

DEEPEST = 8


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """Build the tree of a form; raises Refused for keys that do not fit together."""
    root: dict[str, Value] = {}
    for key, text in pairs:
        _place(root, key, text)
    return {name: _listed(value) for name, value in root.items()}


def _place(root: dict[str, Value], key: str, text: str) -> None:
    match = KEY.fullmatch(key)
    parts = [match[1], *PART.findall(match[2])] if match else []
    if not parts or len(parts) > DEEPEST:
        raise Refused(f"Invalid parameter name: {key[:80]}", code="parameter_unknown")
    node = root
    for part in parts[:-1]:
        inner = node.setdefault(part or str(len(node)), {})
        if not isinstance(inner, dict):
            raise Refused(f"Invalid object: {key[:80]}", param=key[:80])
        node = inner
    last = parts[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise Refused(f"Invalid string: {key[:80]}", param=key[:80])
    node[last] = text


def _listed(value: Value) -> Value:
    """Turn values named 0, 1, 2, … into a list, all the way down."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    if inner and all(name.isascii() and name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
