"""Which words of an address a page reads: one that it never reads cannot change its answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

# Where somebody who asks leaves a set for what is read.
READ = "matrix.read"
# More than single words: their text, or all of them one after the other.
ALL = "*"


class Words(ImmutableMultiDict[str, str]):
    """The words of an address, which note what is looked for among them, also in vain."""

    def __init__(self, words: list[tuple[str, str]], read: set[str]) -> None:
        super().__init__(words)
        self._read = read

    def __contains__(self, word: object) -> bool:
        self._read.add(str(word))  # whoever gets one asks first whether it is there
        return super().__contains__(word)

    def getlist(self, key: str, *rest: Any) -> list[Any]:  # noqa: ANN401 - as the real one
        self._read.add(key)
        return super().getlist(key, *rest)


def _noted(name: str) -> Any:  # noqa: ANN401 - one method like another
    def method(self: Words, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - the same
        self._read.add(ALL)
        return getattr(super(Words, self), name)(*given, **named)

    return method


for _name in ("__eq__", "__iter__", "__len__", "items", "keys", "lists", "values"):
    setattr(Words, _name, _noted(_name))


class Attentive(Request):
    """A request that tells what is read of its address."""

    _text: bytes

    @property
    def query_string(self) -> bytes:
        """The words as text, in which anything may be looked for."""
        self._read.add(ALL)
        return self._text

    @query_string.setter
    def query_string(self, text: bytes) -> None:
        self._text = text

    @cached_property
    def args(self) -> Words:
        """The words one by one."""
        return Words(parse_qsl(self._text.decode(), keep_blank_values=True), self._read)

    @property
    def _read(self) -> set[str]:
        read: set[str] = self.environ.get(READ, set())
        return read
