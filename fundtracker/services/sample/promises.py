"""Plan the sample's pledges: who promises what and when, and which of the planned gifts pay them.

Like the gifts they are the same each time, and what is expected of them meets the sum to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.pledges import Instalment, PledgeSource, schedule
from fundtracker.services.sample.names import draw_names
from fundtracker.services.sample.plan import SEED
from fundtracker.services.sample.promised import Purses
from fundtracker.services.sample.tables import Fate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.money import Money
    from fundtracker.domain.rates import Rate
    from fundtracker.services.sample.plan import PlannedGift
    from fundtracker.services.sample.promised import Draft
    from fundtracker.services.sample.tables import Sample

# A section's pledge is due in so many months.
MONTHS = (2, 3, 4, 6)
# What is overdue was due so many days ago, before today or before the fund closed.
OVERDUE = (1, 3, 8, 12)
# The evening on which they are called out begins so long after the fund opens …
CALLING, BETWEEN = timedelta(hours=1), timedelta(seconds=40)
# … and everybody else promises in the days after it.
LATER, LATER_LASTS = timedelta(days=1), timedelta(days=4)

# So long before a gift that looks as if it paid it a promise is made.
BESIDE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PlannedPledge:
    """A pledge to be made; `form` is the same each time. Without a name it is a placeholder.

    Without instalments it is due on the usual day.
    """

    form: str
    source: PledgeSource
    fate: Fate
    section: str
    amount: Money
    at: datetime
    name: str
    instalments: tuple[Instalment, ...]


def plan_pledges(
    sample: Sample,
    fund: Fund,
    rates: Mapping[str, Rate],
    gifts: Sequence[PlannedGift],
    began: datetime,
) -> tuple[list[PlannedPledge], list[PlannedGift]]:
    """Return the pledges in the order in which they are made, and the gifts, some of which pay."""
    # No secret hangs on it, and it has to be the same chance each time.
    chance = Random(f"{SEED} {sample.slug} pledges")  # noqa: S311  # nosec B311
    drafts = Purses(sample, fund.currency, rates, gifts, chance).drafts()
    chance.shuffle(drafts)
    forms = [f"sample:{sample.slug}:pledge:{number}" for number in range(len(drafts))]
    found = zip(
        forms,
        drafts,
        _names(sample, drafts, chance),
        _due(drafts, _today(fund, began), chance),
        _moments(drafts, fund.opens_at, gifts, chance),
        strict=True,
    )
    pledges = [
        PlannedPledge(
            form, draft.source, draft.fate, draft.section, draft.known, at, name, instalments
        )
        for form, draft, name, instalments, at in found
    ]
    paying = list(gifts)
    for form, draft in zip(forms, drafts, strict=True):
        if draft.gift is not None:
            gift = paying[draft.gift]
            paying[draft.gift] = replace(
                gift,
                pledges=(*gift.pledges, form),
                by_bank=gift.by_bank or draft.source is PledgeSource.SECTION,
                own_page=draft.source is PledgeSource.ONLINE,
            )
    return sorted(pledges, key=lambda pledge: pledge.at), paying


def _today(fund: Fund, began: datetime) -> date:
    """The day from which all days are counted: today, or the last one of a fund that is over."""
    day = min(began, fund.closes_at or began)
    return day.astimezone(ZoneInfo(fund.timezone)).date()


def _names(sample: Sample, drafts: Sequence[Draft], chance: Random) -> list[str]:
    """A section promises under its own name, a person under theirs, and some have none."""
    called = {part.code: part.name for part in sample.parts}
    floor = [n for n, draft in enumerate(drafts) if draft.source is PledgeSource.FLOOR]
    unnamed = set(chance.sample(floor, sample.unnamed))
    return [
        called[draft.section]
        if draft.source is PledgeSource.SECTION
        else ("" if number in unnamed else name)
        for number, (draft, name) in enumerate(
            zip(drafts, draw_names(chance, len(drafts)), strict=True)
        )
    ]


def _due(drafts: Sequence[Draft], today: date, chance: Random) -> list[tuple[Instalment, ...]]:
    """When each is due: sections in parts, what is overdue before today, the rest as usual."""
    found: list[tuple[Instalment, ...]] = []
    for draft in drafts:
        overdue = today - timedelta(days=chance.choice(OVERDUE))
        months = chance.choice(MONTHS)
        if draft.source is PledgeSource.SECTION:
            # The first part is due with the others, or has been paid, or should have been.
            first = overdue if draft.fate is Fate.OVERDUE else today + timedelta(days=months)
            parts = schedule(draft.known, months, first)
            found.append(parts)
        elif draft.fate is Fate.OVERDUE:
            found.append((Instalment(overdue, draft.known),))
        else:
            found.append(())
    return found


def _moments(
    drafts: Sequence[Draft], opens: datetime, gifts: Sequence[PlannedGift], chance: Random
) -> list[datetime]:
    """When each is made: what is called out one after the other, the rest within some days."""
    seconds = int(LATER_LASTS.total_seconds())
    called, found = opens + CALLING, []
    for draft in drafts:
        later = opens + LATER + timedelta(seconds=chance.randrange(seconds))
        if draft.beside is not None:
            found.append(gifts[draft.beside].at - BESIDE)
        else:
            found.append(called if draft.source is PledgeSource.FLOOR else later)
        called += BETWEEN
    return found
