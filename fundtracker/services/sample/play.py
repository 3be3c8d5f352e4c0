"""Play an evening in three minutes: calls at the desk, gifts in the hall, until the target is met.

Each evening has a rehearsal of its own, a copy of the sample's fund: nothing real moves, nothing is
cleared, and it can be played as often as anybody likes. Those of earlier evenings go into the
archive.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid, UnknownFund
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import Visibility
from fundtracker.domain.totals import Totals, headline
from fundtracker.services.copy_fund import copy_settings, copy_things
from fundtracker.services.create_fund import add_fund, record_creation
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.sample.desk import SECOND, TELLER, confirm, to_check, type_line
from fundtracker.services.sample.script import END, Kind, cues, line, wanted
from fundtracker.services.set_status import set_status
from fundtracker.store import funds, rates, sections, totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.rates import Rate
    from fundtracker.domain.sections import Section
    from fundtracker.services.parts import Parts
    from fundtracker.services.sample.provider import Provider
    from fundtracker.services.sample.script import Cue

# What is copied, and by what evenings are known.
MODEL = "founding-conference"
EVENINGS = "evening-"
NAME = "An evening"
# What those in the hall give with their phones, in whole units.
GIVEN = (25, 50, 10, 25, 100, 25)
UNCLEAR = '~? 500 "If the others do"'
# Who calls is of a section that aims for a fiftieth of the whole, or of none: the others stay as
# they are, to be seen beside them.
LARGE = 50


def prepare_evening(parts: Parts) -> Fund:
    """Make a fund for an evening, open and empty; those of earlier evenings are put away.

    Raises Invalid where there is no sample to copy.
    """
    with parts.database.reading() as session:
        known = [fund for fund in funds.all_funds(session) if fund.slug.startswith(EVENINGS)]
    for fund in known:
        if fund.status is not FundStatus.ARCHIVED:
            set_status(parts, fund.slug, FundStatus.ARCHIVED)
    last = max((int(fund.slug.removeprefix(EVENINGS)) for fund in known), default=0)
    with parts.database.unit_of_work() as session:
        try:
            model = funds.by_slug(session, MODEL)
        except UnknownFund:
            raise Invalid(
                N_("There is no sample to play with: flask demo seed makes it.")
            ) from None
        settings = copy_settings(session, model, f"{EVENINGS}{last + 1}", NAME, rehearsal=True)
        settings = replace(settings, opens_at=parts.clock(), closes_at=None, status=FundStatus.OPEN)
        fund = add_fund(session, parts, settings)
        copy_things(session, parts, model, fund)
        record_creation(session, parts, fund, copied_from=MODEL)
        fund = funds.by_slug(session, fund.slug)
    parts.broker.announce(fund.slug, fund.version)
    return fund


def end_evening(parts: Parts, slug: str) -> None:
    """Close the fund of an evening, played to its end or not."""
    set_status(parts, slug, FundStatus.CLOSED)


def play(
    parts: Parts, provider: Provider, fund: Fund, until: Callable[[float], None]
) -> Iterator[str]:
    """Play an evening and yield a sentence for each thing that happens.

    `until` waits for so many seconds after the beginning. Raises what the desk and giving raise.
    """
    evening = _Evening(parts, provider, fund)
    for cue in cues():
        until(cue.at)
        yield evening.do(cue)
    until(END)


@dataclass(slots=True)
class _Evening:
    """An evening as it goes; `lines` are the numbers of what was typed, the newest last."""

    parts: Parts
    provider: Provider
    fund: Fund
    lines: list[int] = field(default_factory=list)
    typed: str = ""
    doubled: int = 0

    def do(self, cue: Cue) -> str:
        """Let one thing happen; return what is said of it."""
        match cue.kind:
            case Kind.CALL:
                said = self._call(cue.number)
            case Kind.UNDO:
                said = self._command(f"/undo #{self.lines[-1]}", TELLER)
            case Kind.DOUBLE:
                self.doubled = self._type("double", self.typed, SECOND)
                said = f"{self.typed}    (two tellers have heard it)"
            case Kind.NOT_TWICE:
                said = self._command(f"/undo #{self.doubled}", SECOND)
            case Kind.PARK:
                self._type("parked", UNCLEAR, TELLER)
                said = f"{UNCLEAR}    (parked: it does not count)"
            case Kind.GIFT:
                said = self._give(cue.number)
            case _:
                said = self._confirm(cue.at)
        return said

    def _call(self, number: int) -> str:
        callers, known, true = self._read()
        missing = self.fund.target * wanted(number) // 1000 - true
        self.typed = line(number, Money(missing, self.fund.currency), callers, known)
        self.lines.append(self._type(f"call {number}", self.typed, TELLER))
        return self.typed

    def _read(self) -> tuple[list[Section], dict[str, Rate], int]:
        """The sections that call, who is behind first; the rates; and the number of the hall."""
        everything, rule = Scope.everything(), self.fund.counting_rule
        with self.parts.database.reading() as session:
            sums = totals.of_fund(session, self.fund.id, everything)
            shown = {
                part.section: headline(rule, sums[part.section.id]) * 1000 // part.target
                for part in sections.of_fund(session, self.fund.id, everything)
                if part.visibility is Visibility.SHOWN
                and part.target
                and part.target * LARGE >= self.fund.target
            }
            known = rates.current(session, self.fund)
        whole = headline(rule, sum(sums.values(), Totals()))
        return sorted(shown, key=lambda section: (shown[section], section.code)), known, whole

    def _command(self, command: str, teller: str) -> str:
        self._type(command, command, teller)
        return command

    def _type(self, what: str, typed: str, teller: str) -> int:
        return type_line(self.parts, self.fund.slug, f"{self.fund.slug}:{what}", typed, teller)

    def _give(self, number: int) -> str:
        amount = Money(100 * GIVEN[number % len(GIVEN)], "EUR")
        form = f"{self.fund.slug}:gift:{number}"
        started = give(self.parts, self.fund.slug, GiftRequest(form, amount, ""))
        self.provider.pay(started.session_id)
        return f"given by phone: {amount}"

    def _confirm(self, at: float) -> str:
        waiting = to_check(self.parts, self.fund.slug, but=[self.doubled])
        theirs = [row.number for row in waiting if row.teller == TELLER]
        confirm(self.parts, self.fund.slug, f"{self.fund.slug}:confirm:{at}", theirs)
        return f"confirmed by a second person: {len(theirs)} lines"
