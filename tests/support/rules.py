"""Rules of the house that no linter knows, each a function from source text to what offends it."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_MODULE = 300
OURS = ("config", "fundtracker", "wsgi")
_TRANSACTIONS = {"commit", "begin", "begin_nested"}
# SQLAlchemy's names too: NUMERIC and DECIMAL columns are floats on SQLite.
_FLOATS = {"float", "Float", "Double", "Numeric", "REAL", "NUMERIC", "DECIMAL"}

_JINJA = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
_TAG = re.compile(r"<([a-z][a-z0-9-]*)\b([^>]*)>", re.IGNORECASE)
_INLINE = re.compile(r"\s(style|on[a-z]+)\s*=", re.IGNORECASE)
_STYLE_ARGUMENT = re.compile(r"[(,]\s*style\s*=")
_SCRIPT_WITHOUT_CODE = re.compile(r"\ssrc\s*=|\stype\s*=\s*[\"']application/json[\"']")
_SCRIPT_ADDRESS = re.compile(r"javascript:", re.IGNORECASE)


def too_long(source: str) -> Iterator[str]:
    """A module that passes 300 lines is two modules."""
    lines = source.count("\n")
    if lines > LONGEST_MODULE:
        yield f"{lines} lines"


def ends_transactions(source: str) -> Iterator[str]:
    """One boundary commits; nothing else opens or ends a transaction."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _TRANSACTIONS
        ):
            yield f"line {node.lineno}: .{node.func.attr}("


def uses_floats(source: str) -> Iterator[str]:
    """Money is whole minor units: no float by name, by literal or by division."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in _FLOATS:
                yield f"line {node.lineno}: {name}"
            case ast.Constant(value=float() as value):
                yield f"line {node.lineno}: {value}"
            case ast.BinOp(op=ast.Div(), right=right) if not _is_text(right):
                yield f"line {node.lineno}: division by /"


def _is_text(node: ast.expr) -> bool:
    """Tell whether `… / node` joins a path rather than divides."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def imports_ours_in_functions(source: str) -> Iterator[str]:
    """What a module needs of ours stands at its top, where cycles show."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for line, name in _imports(function):
                if name.startswith(".") or name.split(".")[0] in OURS:
                    yield f"line {line}: {name}"


def imports_beyond_standard_library(source: str) -> Iterator[str]:
    """The domain is calculation: the standard library and itself."""
    for line, name in _imports(ast.parse(source)):
        root = name.split(".")[0]
        if root not in sys.stdlib_module_names and not name.startswith("fundtracker.domain"):
            yield f"line {line}: {name}"


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, level=level):
                yield node.lineno, "." * level + (module or "")


def inlines_style_or_script(template: str) -> Iterator[str]:
    """The Content Security Policy blocks inline styles and scripts, so no template has any."""
    html = _JINJA.sub(_blank, template)
    for tag in _TAG.finditer(html):
        name, attributes = tag[1].lower(), tag[2]
        where = f"line {html.count(chr(10), 0, tag.start()) + 1}"
        if name == "style":
            yield f"{where}: <style>"
        if name == "script" and not _SCRIPT_WITHOUT_CODE.search(attributes):
            yield f"{where}: <script> without src"
        if inline := _INLINE.search(attributes):
            yield f"{where}: {inline[1]}="
        if _SCRIPT_ADDRESS.search(attributes):
            yield f"{where}: javascript:"
    for expression in _JINJA.finditer(template):
        if _STYLE_ARGUMENT.search(expression[0]):
            yield f"line {template.count(chr(10), 0, expression.start()) + 1}: style="


def _blank(jinja: re.Match[str]) -> str:
    """Return as many lines of nothing, so that the rest keeps its line numbers."""
    return "\n" * jinja[0].count("\n")
