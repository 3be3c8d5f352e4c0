"""Every place of the code that leaves out what lies beyond a scope, and the code without it."""

from __future__ import annotations

import ast
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from fundtracker.domain.scope import Scope
from fundtracker.store import scoping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
_METHODS = ("allows", "allows_fund")


@dataclass(frozen=True)
class Filter:
    """One call that filters; `name` is the function's that is called."""

    file: Path
    function: str
    name: str
    first: int
    last: int

    @property
    def key(self) -> str:
        """The function that filters."""
        return f"{self.file.relative_to(ROOT / 'fundtracker')}:{self.function}"

    @property
    def label(self) -> str:
        """What stands in the table."""
        return f"{self.file.relative_to(ROOT / 'fundtracker')}:{self.first} {self.function}"


@cache
def filters() -> tuple[Filter, ...]:
    """Find them all."""
    files = sorted(ROOT.glob("fundtracker/**/*.py"))
    outside = [file for file in files if not {"domain", "simulator"} & set(file.parts)]
    return tuple(found for file in outside for found in _filters_of(file))


def _filters_of(file: Path) -> Iterator[Filter]:
    calls: dict[ast.Call, tuple[str, str]] = {}
    # From the outside to the inside, so that a call belongs to the innermost function.
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                match node:
                    case ast.Call(func=ast.Name(id="within" as name)):
                        calls[node] = function.name, name
                    case ast.Call(func=ast.Attribute(attr=name)) if name in _METHODS:
                        calls[node] = function.name, name
    for node, (function_name, name) in calls.items():
        yield Filter(file, function_name, name, node.lineno, node.end_lineno or node.lineno)


@cache
def _places() -> dict[tuple[str, int, str], Filter]:
    return {
        (str(each.file), line, each.name): each
        for each in filters()
        for line in range(each.first, each.last + 1)
    }


@contextmanager
def watched(called: Callable[[Filter], bool]) -> Iterator[None]:
    """Ask before each filter whether it is to be left out."""

    def left_out(name: str) -> bool:
        frame = sys._getframe(2)  # noqa: SLF001 - who called the filter
        place = _places().get((frame.f_code.co_filename, frame.f_lineno, name))
        return place is not None and called(place)

    def within(query: Any, *rest: Any) -> Any:  # noqa: ANN401 - as the real one
        return query if left_out("within") else scoping_within(query, *rest)

    def allows(scope: Scope, *ids: int) -> bool:
        return left_out("allows") or scope_allows(scope, *ids)

    def allows_fund(scope: Scope, fund_id: int) -> bool:
        return left_out("allows_fund") or scope_allows_fund(scope, fund_id)

    scoping_within = scoping.within
    scope_allows, scope_allows_fund = Scope.allows, Scope.allows_fund
    with (
        patch.object(Scope, "allows", allows),
        patch.object(Scope, "allows_fund", allows_fund),
        _replaced(_users(len(sys.modules)), within),
    ):
        yield


@cache
def _users(_loaded: int) -> list[Any]:
    """Find the modules that filter by it, again where more have been loaded."""
    return [
        module
        for name, module in sys.modules.items()
        if name.startswith("fundtracker.") and hasattr(module, "within")
    ]


@contextmanager
def _replaced(modules: list[Any], within: Callable[..., Any]) -> Iterator[None]:
    originals = [(module, module.within) for module in modules]
    for module in modules:
        module.within = within
    try:
        yield
    finally:
        for module, original in originals:
            module.within = original
