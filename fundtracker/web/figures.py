"""What a live page says of a fund: the number, the status line, what the number is made of.

`static/js/figures.js` says the same of the same snapshot, so that an update changes figures and
never their form. The number and per cents are floored, what is still missing is rounded up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money
from fundtracker.languages.formats import whole_units
from fundtracker.web import drawing
from fundtracker.web.i18n import currency_symbol, format_count, format_per_cent, format_whole
from fundtracker.web.numerals import Spelling, spell
from fundtracker.web.words import word

if TYPE_CHECKING:
    from fundtracker.web.drawing import Bar, TileEdge
    from fundtracker.web.published import SectionLine, Snapshot

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the number: `kind` is received, promised or checked."""

    kind: str
    label: str
    number: str
    amount: str


@dataclass(frozen=True, slots=True)
class Line:
    """One section as it is shown: `share` is its per cent, or what stands in its place."""

    code: str
    name: str
    short_name: str
    share: str
    per_cent: str
    sums: str
    row: str
    edge: TileEdge
    reached: bool
    ranked: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a live page says in numbers; `described` is the bar in words."""

    symbol: str
    number: str
    spelling: Spelling
    status: str
    target: str
    rule: str
    described: str
    zero: bool
    parts: tuple[Part, ...]
    lines: tuple[Line, ...]
    bar: Bar


def figures(snapshot: Snapshot) -> Figures:
    """The figures of a snapshot in the reader's language."""
    number = format_count(whole_units(_money(snapshot, snapshot["headline"])))
    parts = tuple(_parts(snapshot))
    return Figures(
        symbol=currency_symbol(snapshot["currency"]),
        number=number,
        spelling=spell(number),
        status=_status(snapshot),
        target=format_whole(_money(snapshot, snapshot["first_target"])),
        rule=word(f"rule_{snapshot['counting_rule']}"),
        described=_described(snapshot, parts),
        zero=snapshot["headline"] == 0,
        parts=parts,
        lines=tuple(_line(line, snapshot["currency"]) for line in listed(snapshot)),
        bar=drawing.bar(snapshot),
    )


def listed(snapshot: Snapshot) -> list[SectionLine]:
    """The lines that are shown: that of all others only if it counts anything."""
    return [line for line in snapshot["sections"] if line["code"] or line["headline"]]


def _money(snapshot: Snapshot, minor: int) -> Money:
    return Money(minor, snapshot["currency"])


def _status(snapshot: Snapshot) -> str:
    headline, target = snapshot["headline"], snapshot["first_target"]
    first = format_whole(_money(snapshot, target))
    if not headline:
        return word("first", target=first)
    per_cent = format_per_cent(snapshot["permille"])
    goal = drawing.next_goal(snapshot)
    if goal is None:
        return word("beyond", per_cent=per_cent, target=first)
    missing = format_whole(_money(snapshot, goal - headline), up=True)
    if goal == target:
        return word("to_go", per_cent=per_cent, amount=missing)
    stretch = format_whole(_money(snapshot, goal))
    return word("stretch", per_cent=per_cent, amount=missing, goal=stretch)


def _parts(snapshot: Snapshot) -> list[Part]:
    """What the number is made of; a rule that counts received money alone leaves nothing to say."""
    kinds = zip(("received", "promised", "checked"), drawing.counted(snapshot), strict=True)
    sums = [(kind, _money(snapshot, minor)) for kind, minor in kinds if minor]
    if snapshot["counting_rule"] == "received":
        return []
    return [
        Part(kind, word(kind), format_count(whole_units(money)), format_whole(money))
        for kind, money in sums
    ]


def _described(snapshot: Snapshot, parts: tuple[Part, ...]) -> str:
    total = word(
        "total",
        amount=format_whole(_money(snapshot, snapshot["headline"])),
        target=format_whole(_money(snapshot, snapshot["first_target"])),
        per_cent=format_per_cent(snapshot["permille"]),
    )
    made_of = [word("part", amount=part.amount, kind=part.label) for part in parts]
    return f"{total} {', '.join(made_of)}".strip()


def _line(line: SectionLine, base: str) -> Line:
    permille = line["permille"]
    share, per_cent = _share(line, base)
    return Line(
        code=line["code"],
        name=line["name"] or word("others"),
        short_name=line["short_name"] or word("others"),
        share=share,
        per_cent=per_cent,
        sums=_sums(line, base),
        row=drawing.row_share(permille or 0),
        edge=drawing.tile_edge(permille or 0),
        reached=line["target"] is not None and line["headline"] >= line["target"],
        ranked=permille is not None,
    )


def _share(line: SectionLine, base: str) -> tuple[str, str]:
    """A section's part of its own target: short for the hall, and as a per cent."""
    permille, headline = line["permille"], line["headline"]
    if permille is None:
        return (format_whole(Money(headline, base)) if headline else NOTHING), ""
    if not headline:
        return NOTHING, NOTHING
    return format_count(permille // 10), format_per_cent(permille)


def _sums(line: SectionLine, base: str) -> str:
    """A section's sum and target in its own currency where that is known, else in the fund's."""
    local = line["local"]
    code = line["currency"] if local else base
    headline = local["headline"] if local else line["headline"]
    target = local["target"] if local else line["target"]
    amount = format_whole(Money(headline, code))
    if target is None:
        return amount
    return word("local", amount=amount, target=format_whole(Money(target, code)))
