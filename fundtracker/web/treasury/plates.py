"""Each figure as its page shows it: drawn, said in a sentence, and as a table with sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext

from fundtracker.domain.donations import Method
from fundtracker.domain.money import Money
from fundtracker.domain.totals import permille
from fundtracker.reports import figure_tables as tables
from fundtracker.reports import figures
from fundtracker.reports.figures import Level, Mark
from fundtracker.web.i18n import (
    format_calendar_day,
    format_count,
    format_money,
    format_per_cent,
    format_short_day,
    format_whole,
)
from fundtracker.web.treasury.tables import WAYS, Written, write
from fundtracker.web.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.reports.figure_tables import DayLine, MethodLine, SectionLine
    from fundtracker.reports.figures import Figure
    from fundtracker.reports.tables import Table
    from fundtracker.web.treasury.selection import Selection


@dataclass(frozen=True, slots=True)
class Plate:
    """A figure with what belongs to it; `sentence` says in words what is drawn."""

    key: str
    table: Table
    written: Written
    sentence: str
    drawing: Figure


class Plates:
    """Makes the figures of a selection, in the reader's language."""

    def __init__(self, chosen: Selection) -> None:
        self._chosen = chosen
        self._currency = chosen.fund.currency

    def day(self, lines: Sequence[DayLine]) -> Plate:
        """By day."""
        marks = [self._of_day(line) for line in lines]
        sentence = gettext("Nothing came on these days.")
        if lines:
            best = max(lines, key=lambda line: line.received)
            sentence = gettext(
                "%(amount)s came on %(days)s days, most of it on %(day)s: %(best)s.",
                amount=self._money(sum(line.received for line in lines)),
                days=format_count(len(lines)),
                day=format_calendar_day(best.day),
                best=self._money(best.received),
            )
        drawing = figures.columns(marks, self._whole)
        return Plate("day", tables.BY_DAY, write(tables.BY_DAY, lines), sentence, drawing)

    def section(self, lines: Sequence[SectionLine]) -> Plate:
        """By section, the target of each as a tick."""
        marks = [self._of_section(line) for line in lines]
        giving = [line for line in lines if line.received]
        sentence = gettext("Nothing came from any section.")
        if giving:
            reached = sum(1 for line in lines if line.target and line.received >= line.target)
            sentence = gettext(
                "%(name)s brought most, %(amount)s. Something came from %(count)s of %(all)s;"
                " %(reached)s have reached their target, the heavy tick.",
                name=_name(giving[0]),
                amount=self._money(giving[0].received),
                count=format_count(len(giving)),
                all=format_count(len(lines)),
                reached=format_count(reached),
            )
        drawing = figures.bars(marks, self._whole)
        return Plate(
            "section", tables.BY_SECTION, write(tables.BY_SECTION, lines), sentence, drawing
        )

    def method(self, lines: Sequence[MethodLine]) -> Plate:
        """By way of paying."""
        whole = sum(line.received for line in lines)
        marks = [self._of_method(line, whole) for line in lines]
        sentence = gettext("Nothing came.")
        if whole > 0:
            sentence = gettext(
                "Most came %(way)s: %(amount)s, %(share)s of %(all)s.",
                way=_way(lines[0]),
                amount=self._money(lines[0].received),
                share=format_per_cent(permille(lines[0].received, whole)),
                all=self._money(whole),
            )
        drawing = figures.bars(marks, self._whole)
        return Plate("method", tables.BY_METHOD, write(tables.BY_METHOD, lines), sentence, drawing)

    def course(self, lines: Sequence[DayLine], milestones: Sequence[int]) -> Plate:
        """How the sum rose, below the target and the milestones of a whole fund."""
        target = self._chosen.target
        goals = set(milestones) if self._chosen.whole else set()
        levels = [Level(goal, self._whole(goal)) for goal in sorted(goals - {target})]
        if target:
            levels.append(Level(target, word("target", target=self._whole(target)), heavy=True))
        marks = [self._of_day(line) for line in lines]
        sentence = gettext("Nothing has come yet.")
        if lines:
            sentence = gettext(
                "By the end of %(day)s %(amount)s had come.",
                day=format_calendar_day(lines[-1].day),
                amount=self._money(lines[-1].received),
            )
            if target:
                sentence += " " + gettext(
                    "That is %(share)s of the target of %(target)s.",
                    share=format_per_cent(permille(lines[-1].received, target)),
                    target=self._whole(target),
                )
        drawing = figures.course(marks, levels, self._whole)
        return Plate("course", tables.COURSE, write(tables.COURSE, lines), sentence, drawing)

    def _of_day(self, line: DayLine) -> Mark:
        day = format_calendar_day(line.day)
        amount = self._money(line.received)
        return Mark(
            at=f"{line.day}",
            label=format_short_day(line.day),
            amount=line.received,
            words=self._whole(line.received),
            said=f"{day}: {amount}",
        )

    def _of_section(self, line: SectionLine) -> Mark:
        name = _name(line)
        said = f"{name}: {self._money(line.received)}"
        if line.target:
            said += f", {word('target', target=self._whole(line.target))}"
        return Mark(
            at=line.section or "-",
            label=line.short_name or name,
            amount=line.received,
            words=self._whole(line.received),
            said=said,
            target=line.target,
        )

    def _of_method(self, line: MethodLine, whole: int) -> Mark:
        way = _way(line)
        share = format_per_cent(permille(line.received, whole)) if whole > 0 else ""
        return Mark(
            at=f"{line.method} {line.stripe_method}",
            label=way,
            amount=line.received,
            words=f"{self._whole(line.received)} · {share}",
            said=f"{way}: {self._money(line.received)}",
        )

    def _money(self, minor: int) -> str:
        return format_money(Money(minor, self._currency))

    def _whole(self, minor: int) -> str:
        return format_whole(Money(minor, self._currency))


def _name(line: SectionLine) -> str:
    return line.name or gettext("no section")


def _way(line: MethodLine) -> str:
    """Write a way of paying, Stripe's word with it: online (sepa debit)."""
    way = gettext(WAYS[Method(line.method)])
    return f"{way} ({line.stripe_method.replace('_', ' ')})" if line.stripe_method else way
