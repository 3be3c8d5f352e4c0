"""What the sample's pledges are of: which section, how much, and which of the gifts pays it.

What is still expected of a section comes near what its table says, as gifts do; those who belong to
no section make up what is left of the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeSource
from fundtracker.services.sample.plan import RUN_UP, SPIKE, round_down
from fundtracker.services.sample.tables import Fate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from random import Random

    from fundtracker.domain.rates import Rate
    from fundtracker.services.sample.plan import PlannedGift
    from fundtracker.services.sample.tables import Part, Sample

CENTS = 100
# What people call out, in euros.
CALLED = (20, 50, 50, 100, 100, 200, 250, 500)
# Of what a section promises, at most this part is a single member's.
SHARE = 4
# A pledge that is paid in part is so many times what has come of it.
TIMES = (2, 3, 4, 5)
WEIGHTS = (1, 1, 2, 3, 5, 8)
# Of these more is expected, and it counts as promised.
EXPECTED = frozenset({Fate.OPEN, Fate.PART_PAID, Fate.OVERDUE})
# For whom money has come.
PAYING = frozenset({Fate.PAID, Fate.PART_PAID})


@dataclass(slots=True)
class Draft:
    """A pledge that is being thought of; `gift` is the number of the one that pays it.

    It is made just before `beside`, a gift that looks as if it paid it.
    """

    source: PledgeSource
    fate: Fate
    section: str = ""
    amount: Money | None = None
    gift: int | None = None
    beside: int | None = None

    @property
    def known(self) -> Money:
        """Its sum, once there is one."""
        if self.amount is None:
            raise LookupError
        return self.amount


@dataclass(slots=True)
class Purses:
    """What all who promise to a sample have in mind; `currency` is the fund's."""

    sample: Sample
    currency: str
    rates: Mapping[str, Rate]
    gifts: Sequence[PlannedGift]
    chance: Random

    def drafts(self) -> list[Draft]:
        """Return the pledges of a sample."""
        drafts = [
            Draft(kind.source, kind.fate) for kind in self.sample.kinds for _ in range(kind.pledges)
        ]
        by_section = [draft for draft in drafts if draft.source is PledgeSource.SECTION]
        others = [draft for draft in drafts if draft.source is not PledgeSource.SECTION]
        free = self._payers()
        self._sections_pay(by_section, free)
        self._share_a_transfer(by_section, others)
        self._others_pay([draft for draft in others if draft.gift is None], free)
        self._give_as_well(others)
        self._call_out([draft for draft in others if draft.amount is None])
        self._sections_promise(by_section, drafts)
        self._make_up(drafts)
        self._check(drafts)
        return drafts

    def _payers(self) -> list[int]:
        """The gifts of the run-up, each by its number: they came after all of the promises."""
        first = len(self.gifts) - len(self.gifts) * RUN_UP // 100
        found = list(range(first, len(self.gifts)))
        self.chance.shuffle(found)
        return found

    def _sections_pay(self, drafts: Sequence[Draft], free: list[int]) -> None:
        """Let the largest gifts of sections be their transfers, first of those that go on."""
        promising = {part.code for part in self.sample.parts if part.promised}
        for fate in (Fate.PART_PAID, Fate.PAID):
            for draft in drafts:
                if draft.fate is fate:
                    others = {other.section for other in drafts if other.fate is fate}
                    left = promising - others
                    large = sorted(free, key=lambda number: -self._base(self.gifts[number].amount))
                    fitting = (n for n in large if self.gifts[n].section in left)
                    self._pay(draft, next(fitting), free)

    def _share_a_transfer(self, by_section: Sequence[Draft], others: Sequence[Draft]) -> None:
        """Let the largest transfer pay what one of the section's members called out as well."""
        paid = [draft for draft in by_section if draft.fate is Fate.PAID]
        members = (
            draft
            for draft in others
            if draft.fate is Fate.PAID and draft.source is PledgeSource.FLOOR
        )
        whole = max(paid, key=lambda draft: self._base(draft.known), default=None)
        member = next(members, None)
        if whole is not None and member is not None:
            member.gift, member.section = whole.gift, whole.section
            member.amount = round_down(whole.known.split(SHARE)[0])
            whole.amount = whole.known - member.amount

    def _give_as_well(self, others: Sequence[Draft]) -> None:
        """Let one who promised online give as much by the code on the screen, minutes later."""
        most = {part.code: part.promised * CENTS // SHARE for part in self.sample.parts}
        # After those who gave at once, and before those whose gifts pay.
        quiet = range(len(self.gifts) * SPIKE // 100, len(self.gifts) // 2)
        fitting = (
            number
            for number in quiet
            if 0 < self._base(self.gifts[number].amount) <= most.get(self.gifts[number].section, 0)
            and self._is_round(self.gifts[number])
        )
        open_ones = (
            draft
            for draft in others
            if draft.fate is Fate.OPEN and draft.source is PledgeSource.ONLINE
        )
        for draft, number in zip(open_ones, fitting, strict=False):
            gift = self.gifts[number]
            draft.beside, draft.section, draft.amount = number, gift.section, gift.amount
            return

    def _others_pay(self, drafts: Sequence[Draft], free: list[int]) -> None:
        most = {part.code: part.promised * CENTS // SHARE for part in self.sample.parts}
        most[""] = self.sample.promised * CENTS // SHARE
        for draft in drafts:
            round_ones = [number for number in free if self._is_round(self.gifts[number])]
            if draft.fate is Fate.PAID:
                self._pay(draft, round_ones[0], free)
            elif draft.fate is Fate.PART_PAID:
                times = self.chance.choice(TIMES)
                fitting = (
                    number
                    for number in round_ones
                    if times * self._base(self.gifts[number].amount)
                    <= most[self.gifts[number].section]
                )
                self._pay(draft, next(fitting), free)
                draft.amount = Money(times * draft.known.minor, draft.known.currency)

    def _pay(self, draft: Draft, number: int, free: list[int]) -> None:
        free.remove(number)
        gift = self.gifts[number]
        draft.gift, draft.section, draft.amount = number, gift.section, gift.amount

    def _is_round(self, gift: PlannedGift) -> bool:
        """Whether somebody may have promised a gift: it is of two digits and zeros."""
        return gift.amount == round_down(gift.amount)

    def _call_out(self, drafts: Sequence[Draft]) -> None:
        """Let members of sections call out their sums, by turns with those who belong to none."""
        checked = [part for part in self.sample.parts if part.checked]
        unconfirmed = [draft for draft in drafts if draft.fate is Fate.UNCONFIRMED]
        for draft, part in zip(unconfirmed, checked, strict=False):
            draft.section, draft.amount = part.code, self._local(part, part.checked * CENTS)
        promising = [part for part in self.sample.parts if part.promised]
        waiting = [draft for draft in drafts if draft.fate is not Fate.UNCONFIRMED]
        for number, draft in enumerate(waiting):
            euros = self.chance.choice(CALLED)
            part = promising[number // 2 % len(promising)]
            if number % 2 and euros <= part.promised // SHARE:
                draft.section, draft.amount = part.code, self._local(part, euros * CENTS)
            elif draft.fate not in EXPECTED:
                draft.amount = Money(euros * CENTS, self.currency)

    def _sections_promise(self, by_section: Sequence[Draft], drafts: Sequence[Draft]) -> None:
        """What its members have not called out of a section's sum, its treasurer has promised."""
        going_on = [draft for draft in by_section if draft.fate is not Fate.PAID]
        parts = {part.code: part for part in self.sample.parts if part.promised}
        left = iter(sorted(parts.keys() - {draft.section for draft in going_on}))
        for draft in going_on:
            part = parts[draft.section or next(left)]
            draft.section = part.code
            known = [
                other for other in drafts if other.section == part.code and other.fate in EXPECTED
            ]
            rest = self._local(part, part.promised * CENTS - self._expected(known), digits=3)
            # Of what it has paid already nothing more is expected.
            draft.amount = rest if draft.amount is None else draft.amount + rest

    def _make_up(self, drafts: Sequence[Draft]) -> None:
        """Let those without a sum yet share what is left of the whole, in rounded parts."""
        ours = [draft for draft in drafts if draft.fate in EXPECTED]
        some = [draft for draft in ours if draft.amount is None]
        left = Money(self.sample.promised * CENTS - self._expected(ours), self.currency)
        for draft in some[:-1]:
            share = left.split_by([self.chance.choice(WEIGHTS), 2 * len(some)])[0]
            draft.amount = round_down(share)
            left -= draft.amount
        for draft in some[-1:]:
            draft.amount = left

    def _check(self, drafts: Sequence[Draft]) -> None:
        """Let what is left to be checked be the same sum each time: somebody heard it twice."""
        ours = [draft for draft in drafts if draft.fate is Fate.UNCONFIRMED]
        some = [draft for draft in ours if draft.amount is None]
        left = Money(self.sample.checked * CENTS - self._expected(ours), self.currency)
        for draft, share in zip(some, left.split(max(1, len(some))), strict=False):
            draft.amount = share

    def _expected(self, drafts: Iterable[Draft]) -> int:
        """What is expected still, in minor units of the fund's currency."""
        return sum(
            self._base(draft.amount)
            - (0 if draft.gift is None else self._base(self.gifts[draft.gift].amount))
            for draft in drafts
            if draft.amount is not None
        )

    def _local(self, part: Part, base: int, digits: int = 2) -> Money:
        """A sum of the fund's currency in a section's: exact in the same one, else a round one."""
        money = Money(base, self.currency)
        if part.currency == self.currency:
            return money
        return round_down(self.rates[part.currency].from_base(money, part.currency), digits)

    def _base(self, money: Money) -> int:
        return self.rates[money.currency].to_base(money, self.currency).minor
