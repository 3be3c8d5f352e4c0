"""Coverage is asked of the tests that can add to it: its tracer doubles what a test costs.

It follows every line of every library as well, only to leave it out. Above the store it rests while
one of them works; what a library calls of ours is measured where the tests are about that.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import wraps
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from coverage import Coverage
from flask import Blueprint
from sqlalchemy import Connection, Select
from sqlalchemy.orm import Session
from werkzeug.routing import MapAdapter
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import ParamSpec

    Given = ParamSpec("Given")

Result = TypeVar("Result")

TESTS = Path(__file__).resolve().parents[1]
# What they are about happens in other processes, or thousands of times what others do once.
_FOLDERS = {"chaos", "journeys", "matrix"}
# Nothing there knows which database it is over; what differs is in the store, and measured.
_ABOVE_THE_STORE = {"cli", "services", "web"}
# Where most of a test's time goes.
_LIBRARIES: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Session, ("_execute_internal", "_flush", "get", "commit", "rollback", "close")),
    (Connection, ("execute", "exec_driver_sql")),
    (Select, ("where", "join", "order_by")),
    (MapAdapter, ("match", "build")),
    (HTMLParser, ("feed",)),
    (Blueprint, ("register",)),
    (WhiteNoise, ("__init__",)),
)


def adds_nothing(item: pytest.Item) -> bool:
    """Tell whether every branch that this test takes is taken by another one too."""
    if item.get_closest_marker("measured"):
        return False
    if item.get_closest_marker("unmeasured") or item.get_closest_marker("browser"):
        return True
    return _folder(item) in _FOLDERS or (is_above_the_store(item) and "postgres" in _choices(item))


def is_above_the_store(item: pytest.Item) -> bool:
    """Tell whether a test is about what uses databases and libraries, and not about these."""
    return _folder(item) in _ABOVE_THE_STORE


@contextmanager
def paused() -> Iterator[None]:
    """Measure nothing meanwhile, if anything is measured at all."""
    coverage = Coverage.current()
    if coverage is None:
        yield
        return
    coverage.stop()
    try:
        yield
    finally:
        coverage.start()


@contextmanager
def libraries_left_out() -> Iterator[None]:
    """Measure nothing that libraries do meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, names in _LIBRARIES:
            for name in names:
                patch.setattr(owner, name, _left_out(getattr(owner, name)))
        yield


def _left_out(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a function run without the tracer, if there is one."""

    @wraps(function)
    def call(*given: Given.args, **named: Given.kwargs) -> Result:
        tracer = sys.gettrace()
        if tracer is None:
            return function(*given, **named)
        sys.settrace(None)
        try:
            return function(*given, **named)
        finally:
            sys.settrace(tracer)

    return call


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]


def _choices(item: pytest.Item) -> list[object]:
    """Return what the test was parametrised with."""
    call = getattr(item, "callspec", None)
    return [] if call is None else list(call.params.values())
