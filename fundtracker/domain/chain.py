"""The chain of the audit log: each link holds the digest of the one before.

Whoever changes, removes or adds a link breaks every later one, unless they make all of those
anew; against that stands a head, the last number and digest, that somebody keeps elsewhere.

Personal data stands in `private` alone, with a salt, and is bound by `commitment`, its digest: it
can be erased without breaking the chain, and nobody finds it again by guessing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What stands before the first link.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to what, and when; `facts` holds no personal data, `private` nothing else."""

    at: datetime
    actor: str
    action: str
    subject: str
    fund_id: int | None
    section_id: int | None
    facts: str
    private: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: written 123:abcd…, to be kept where nobody can change it."""

    number: int
    digest: str

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read a head as it was written; raises Invalid."""
        number, _, digest = text.strip().replace(" ", ":").partition(":")
        is_digest = len(digest) == len(GENESIS) and set(digest) <= set("0123456789abcdef")
        if not (number.isascii() and number.isdigit() and is_digest):
            raise Invalid(N_("A head is a number, a colon and 64 characters from 0 to f."))
        return cls(int(number), digest)

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Link:
    """A deed in its place in the chain."""

    number: int
    deed: Deed
    commitment: str
    previous: str
    digest: str

    @property
    def head(self) -> Head:
        """The head of a chain that ends here."""
        return Head(self.number, self.digest)


# The head of a log in which nothing stands yet.
START = Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Finding:
    """How far a chain was followed: to its end, or to the link that `fault` is about."""

    head: Head
    erased: int
    fault: str | None


def canonical(value: Mapping[str, object]) -> str:
    """Write values as JSON in the one way in which the same values always read the same."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        default=_in_words,
    )


def commit_to(private: str | None) -> str:
    """Return what binds private details; nothing where there are none."""
    return "" if private is None else sha256(private.encode()).hexdigest()


def append(head: Head, deed: Deed) -> Link:
    """Chain a deed to the end."""
    number, commitment = head.number + 1, commit_to(deed.private)
    digest = _digest(head.digest, number, deed, commitment)
    return Link(number, deed, commitment, head.digest, digest)


def follow(links: Iterable[Link], kept: Head | None = None) -> Finding:
    """Follow a chain from its start, and stop at the first link that is not as it was made.

    Only against a head that was kept can it be told whether the end is missing, or everything was
    made anew. `links` may raise ValueError at one that cannot even be read.
    """
    at, erasures = START, _Erasures()
    fault = _departure(at, kept)
    try:
        for link in links:
            fault = fault or _fault(at, link) or _departure(link.head, kept)
            if fault is not None:
                return Finding(at, erasures.count, fault)
            erasures.note(link)
            at = link.head
    except ValueError:
        fault = f"From entry {at.number + 1} on there is one that cannot be read: it was changed."
    return Finding(at, erasures.count, fault or _shortfall(at, kept) or erasures.fault())


def erasure_subject(number: int) -> str:
    """How an entry says whose private details were erased."""
    return f"audit:{number}"


class _Erasures:
    """Private details that are gone, each of which a later entry must say."""

    def __init__(self) -> None:
        self.count = 0
        self._unexplained: dict[str, int] = {}

    def note(self, link: Link) -> None:
        if link.commitment and link.deed.private is None:
            self.count += 1
            self._unexplained[erasure_subject(link.number)] = link.number
        if link.deed.action == Action.DETAILS_ERASED:
            self._unexplained.pop(link.deed.subject, None)

    def fault(self) -> str | None:
        for number in self._unexplained.values():
            return f"Entry {number} lost its private details, and no entry says who erased them."
        return None


def _fault(before: Head, link: Link) -> str | None:
    """What is wrong with a link by itself and as the next one; None if it is as it was made."""
    expected, deed = before.number + 1, link.deed
    if link.number != expected:
        return f"Entry {expected} is not in its place: after {before.number} comes {link.number}."
    if link.previous != before.digest:
        return f"Entry {expected} does not follow the one before it: one of them was exchanged."
    if link.digest != _digest(before.digest, expected, deed, link.commitment):
        return f"Entry {expected} is not what was recorded: it was changed."
    if deed.private is not None and link.commitment != commit_to(deed.private):
        return (
            f"Entry {expected} has private details that were not recorded with it,"
            " or that none of the DATA_KEYS opens."
        )
    return None


def _departure(at: Head, kept: Head | None) -> str | None:
    if kept is None or at.number != kept.number or at.digest == kept.digest:
        return None
    return (
        f"Entry {at.number} is not the one whose digest was kept:"
        " this entry or an earlier one was changed, and the chain made anew."
    )


def _shortfall(at: Head, kept: Head | None) -> str | None:
    if kept is None or kept.number <= at.number:
        return None
    return (
        f"Entry {at.number + 1} is missing: the log ends after {at.number},"
        f" and the head that was kept is of {kept.number}."
    )


def _digest(previous: str, number: int, deed: Deed, commitment: str) -> str:
    """Digest a link. In a JSON list no text can pass for the end of another."""
    fields = [
        previous,
        number,
        _moment(deed.at),
        deed.actor,
        deed.action,
        deed.subject,
        deed.fund_id,
        deed.section_id,
        deed.facts,
        commitment,
    ]
    # Whatever a foreign hand put into a column is written somehow, and differs.
    return sha256(json.dumps(fields, default=repr).encode()).hexdigest()


def _in_words(value: object) -> object:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return str(value)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
