"""What comes out the same in every test is made by the first one: statements, templates, routes.

An app and its engines live as long as one test. What they would compile anew each time, SQLAlchemy,
Jinja and Werkzeug compile once here, WhiteNoise looks at its files once, and in nothing else do
apps and databases share anything.
"""
# ruff: noqa: ANN401, SLF001 - methods of these libraries are wrapped, whatever they take

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from whitenoise import WhiteNoise

from fundtracker.store import base

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from jinja2.bccache import Bucket
    from sqlalchemy.engine import Dialect

    from fundtracker.store.keys import Keys


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let everything be compiled once in this process."""
    with pytest.MonkeyPatch.context() as patch:
        _statements(patch)
        _routes(patch)
        _files(patch)
        patch.setitem(Flask.jinja_options, "bytecode_cache", Templates())
        yield


class Templates(BytecodeCache):
    """Compiled templates in memory, by name and text."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._compiled[bucket.key, bucket.checksum] = bucket.code


def _statements(patch: pytest.MonkeyPatch) -> None:
    """Let engines of one kind, whose columns are encrypted with the same keys, share statements."""
    compile_one, hand_keys = ClauseElement._compile_w_cache, base.hand_keys
    shared: LRUCache[Any, Any] = LRUCache(5000)
    firsts: dict[object, Dialect] = {}
    marks: WeakKeyDictionary[Dialect, tuple[str, ...]] = WeakKeyDictionary()

    def note_keys(dialect: Dialect, keys: Keys) -> None:
        marks[dialect] = tuple(keys.fingerprints(""))
        hand_keys(dialect, keys)

    def compile_once(
        self: ClauseElement, dialect: Dialect, *, compiled_cache: Any, **rest: Any
    ) -> Any:
        if compiled_cache is not None:
            kind = (type(dialect), dialect.server_version_info, marks.get(dialect))
            compiled_cache, dialect = shared, firsts.setdefault(kind, dialect)
        return compile_one(self, dialect, compiled_cache=compiled_cache, **rest)

    patch.setattr("fundtracker.store.database.hand_keys", note_keys)
    patch.setattr(ClauseElement, "_compile_w_cache", compile_once)


def _routes(patch: pytest.MonkeyPatch) -> None:
    """Let rules that read the same share what they match, and what builds their addresses.

    All apps have the converters that Werkzeug brings.
    """
    parse_one, compile_one = Rule._parse_rule, Rule._compile_builder
    parsed: dict[str, Any] = {}
    made: dict[object, Any] = {}

    def parse_once(self: Rule, rule: str) -> Any:
        if rule not in parsed:
            before = len(self._trace)
            parsed[rule] = (*parse_one(self, rule),), self._trace[before:], dict(self._converters)
            return parsed[rule][0]
        parts, trace, converters = parsed[rule]
        self._trace += trace
        self._converters |= converters
        self.arguments |= converters.keys()
        return parts

    def compile_once(self: Rule, *append_unknown: bool) -> Any:
        key = (append_unknown, *self._trace, *sorted((self.defaults or {}).items()))
        if key not in made:
            made[key] = compile_one(self, *append_unknown)
        return made[key]

    patch.setattr(Rule, "_parse_rule", parse_once)
    patch.setattr(Rule, "_compile_builder", compile_once)


def _files(patch: pytest.MonkeyPatch) -> None:
    """Let all apps serve the files that the first one found in a folder."""
    look_once = WhiteNoise.update_files_dictionary
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def look(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in found:
            look_once(self, root, prefix)
            found[root, prefix] = dict(self.files)
        self.files.update(found[root, prefix])

    patch.setattr(WhiteNoise, "update_files_dictionary", look)
