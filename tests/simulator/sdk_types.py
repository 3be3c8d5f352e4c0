"""What Stripe's SDK declares about its objects, read from its source, held against JSON.

The annotations cannot be evaluated (their imports stand under TYPE_CHECKING), so names are looked
up in the syntax trees. An enum is declared as `Literal[…] | str`: the `str` is left out here, or
every word would fit. Statuses that the SDK declares as plain text are listed by hand.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json: TypeAlias = dict[str, Any]

MODULES = {
    "checkout.session": ("stripe.checkout._session", "Session"),
    "payment_intent": ("stripe._payment_intent", "PaymentIntent"),
    "charge": ("stripe._charge", "Charge"),
    "balance_transaction": ("stripe._balance_transaction", "BalanceTransaction"),
    "refund": ("stripe._refund", "Refund"),
    "event": ("stripe._event", "Event"),
    "item": ("stripe._line_item", "LineItem"),
}
WORDS = {
    ("Refund", "status"): {"pending", "requires_action", "succeeded", "failed", "canceled"},
    ("Refund", "failure_reason"): {
        "charge_for_pending_refund_disputed",
        "declined",
        "expired_or_canceled_card",
        "insufficient_funds",
        "lost_or_stolen_card",
        "merchant_request",
        "unknown",
    },
    ("BalanceTransaction", "status"): {"available", "pending"},
    ("Outcome", "type"): {"authorized", "manual_review", "issuer_declined", "blocked", "invalid"},
    ("Outcome", "network_status"): {
        "approved_by_network",
        "declined_by_network",
        "not_sent_to_network",
        "reversed_after_approval",
    },
}
SCALARS: dict[str, Callable[[object], bool]] = {
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Decimal": lambda value: isinstance(value, str) and _is_decimal(value),
    "Any": lambda value: True,
}


@dataclass(frozen=True)
class Scope:
    """A class of the SDK, with what names mean inside it."""

    module: str
    path: tuple[ast.ClassDef, ...]

    @property
    def name(self) -> str:
        return self.path[-1].name

    def fields(self) -> dict[str, ast.expr]:
        return {
            node.target.id: node.annotation
            for node in self.path[-1].body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and not ast.unparse(node.annotation).startswith("ClassVar")
        }

    def find(self, name: str) -> Scope:
        """Return the class that a name means here: an inner one, or an imported one."""
        for depth in range(len(self.path), 0, -1):
            for node in self.path[depth - 1].body:
                if isinstance(node, ast.ClassDef) and node.name == name:
                    return Scope(self.module, (*self.path[:depth], node))
        return top_level(self.module, name)

    def object_name(self) -> str | None:
        for node in self.path[-1].body:
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "OBJECT_NAME":
                assert isinstance(node.value, ast.Constant)
                return str(node.value.value)
        return None


@cache
def tree(module: str) -> ast.Module:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


@cache
def top_level(module: str, name: str) -> Scope:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    return top_level(node.module, alias.name)
    for node in tree(module).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return Scope(module, (node,))
    raise LookupError(f"{module}.{name}")


def violations(thing: Json) -> list[str]:
    """Return what is wrong with an answer, each with the path of the field at fault."""
    if thing.get("object") == "list":
        return list(_list(thing, None, "list"))
    return list(_object(thing, top_level(*MODULES[thing["object"]]), thing["object"]))


def _object(value: object, scope: Scope, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is not an object: {value!r}"
        return
    fields = scope.fields()
    for name in value.keys() - fields.keys() - {"object"}:
        yield f"{path}.{name} is not declared"
    for name, annotation in fields.items():
        yield from _field(value, name, annotation, scope, f"{path}.{name}")
    if scope.name == "Event":
        yield from _event(value, path)


def _field(value: Json, name: str, annotation: ast.expr, scope: Scope, path: str) -> Iterator[str]:
    optional = ast.unparse(annotation).startswith("Optional[")
    if value.get(name) is None:
        if not optional:
            yield f"{path} is missing"
        return
    words = WORDS.get((scope.name, name))
    if words is not None and value[name] not in words:
        yield f"{path} has an unknown word: {value[name]!r}"
    yield from _value(value[name], annotation, scope, path)


def _value(value: object, annotation: ast.expr, scope: Scope, path: str) -> Iterator[str]:
    if isinstance(annotation, ast.Constant):
        annotation = ast.parse(str(annotation.value), mode="eval").body
    if isinstance(annotation, ast.Name):
        yield from _named(value, annotation.id, scope, path)
        return
    assert isinstance(annotation, ast.Subscript), ast.dump(annotation)
    kind, inner = ast.unparse(annotation.value), annotation.slice
    yield from GENERICS[kind](value, inner, scope, path)


def _named(value: object, name: str, scope: Scope, path: str) -> Iterator[str]:
    if name not in SCALARS:
        yield from _object(value, scope.find(name), path)
    elif not SCALARS[name](value):
        yield f"{path} is no {name}: {value!r}"


def _literal(value: object, inner: ast.expr, _scope: Scope, path: str) -> Iterator[str]:
    words = ast.literal_eval(inner)
    if value not in (words if isinstance(words, tuple) else (words,)):
        yield f"{path} has an unknown word: {value!r}"


def _union(value: object, inner: ast.expr, scope: Scope, path: str) -> Iterator[str]:
    assert isinstance(inner, ast.Tuple)
    branches = inner.elts
    if any(ast.unparse(each).startswith("Literal[") for each in branches):
        branches = [each for each in branches if ast.unparse(each) != "str"]
    if isinstance(value, dict) and "object" in value:
        branches = [each for each in branches if _is_class(each, value["object"], scope)]
    found = [list(_value(value, each, scope, path)) for each in branches]
    if not found:
        yield f"{path} cannot be {value!r}"
    elif all(found):
        yield from found[0]


def _is_class(annotation: ast.expr, name: str, scope: Scope) -> bool:
    if not isinstance(annotation, ast.Constant):
        return False
    return scope.find(str(annotation.value)).object_name() == name


def _expandable(value: object, inner: ast.expr, scope: Scope, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield from _value(value, inner, scope, path)


def _array(value: object, inner: ast.expr, scope: Scope, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} is no array: {value!r}"
        return
    for number, each in enumerate(value):
        yield from _value(each, inner, scope, f"{path}[{number}]")


def _mapping(value: object, inner: ast.expr, scope: Scope, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is no hash: {value!r}"
        return
    for name, each in value.items():
        yield from _value(each, inner, scope, f"{path}.{name}")


def _list_object(value: object, _inner: ast.expr, scope: Scope, path: str) -> Iterator[str]:
    yield from _list(value, scope, path)


def _list(value: object, _scope: Scope | None, path: str) -> Iterator[str]:
    if not isinstance(value, dict) or value.keys() != {"object", "data", "has_more", "url"}:
        yield f"{path} is no list: {value!r}"
        return
    if not isinstance(value["has_more"], bool) or not str(value["url"]).startswith("/v1/"):
        yield f"{path} has no has_more or url"
    for each in value["data"]:
        yield from violations(each)


def _event(event: Json, path: str) -> Iterator[str]:
    """Check the object in an event, and that what has changed are fields of it."""
    thing = event["data"]["object"]
    yield from (f"{path}: {each}" for each in violations(thing))
    scope = top_level(*MODULES[thing["object"]])
    for name, before in (event["data"].get("previous_attributes") or {}).items():
        if name not in scope.fields():
            yield f"{path}.previous_attributes.{name} is not declared"
        elif thing[name] == before:
            yield f"{path}.previous_attributes.{name} has not changed"


def _is_decimal(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


GENERICS: dict[str, Callable[[object, ast.expr, Scope, str], Iterator[str]]] = {
    "Optional": _value,
    "Union": _union,
    "Literal": _literal,
    "ExpandableField": _expandable,
    "List": _array,
    "Dict": _mapping,
    "UntypedStripeObject": _mapping,
    "ListObject": _list_object,
}
