"""The statement of a fund's sections: what each brought, promised and cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from fundtracker.domain.filters import WITHOUT_SECTION
from fundtracker.domain.ledger import Account
from fundtracker.domain.money import Money
from fundtracker.domain.sections import NO_SECTION, Section
from fundtracker.store import sections, statement_pledges, statements, totals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from sqlalchemy.orm import Session

    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope
    from fundtracker.store.statement_pledges import Promises
    from fundtracker.store.statements import Group

NOTES = (
    "received: what was given in its own currency; Received is what is kept of it in the fund's.",
    "fees, fee_cover, losses: Stripe's fees, what donors added for them, what banks took beyond.",
    "promised, being_checked: promises that count now; Still due: what of them has not arrived.",
    "Their exchange difference: what gifts were worth at their own rates, less at the promise's.",
    "Exchange difference: what Stripe settled, less the same at the rates frozen on the gifts.",
    "Costs and exchange differences are never in Received; they are of what is settled so far.",
)
# What is a cost of gifts, by the word for it.
_COSTS = {
    Account.FEES: "fees",
    Account.FEE_COVER: "fee_cover",
    Account.LOSS: "losses",
}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line, in minor units; None where it says nothing of something.

    `given`, `returned`, `kept`, `costs`, `pledged` (what was promised) and `due` of it are in
    `currency`, the others in `fund_currency`.
    """

    fund: str
    fund_currency: str
    section: str
    section_name: str
    entry: str
    currency: str
    method: str = ""
    donations: int | None = None
    pledges: int | None = None
    pledged: int | None = None
    due: int | None = None
    given: int | None = None
    returned: int | None = None
    kept: int | None = None
    rate: str = ""
    received: int | None = None
    promised: int | None = None
    still_due: int | None = None
    costs: int | None = None
    exchange: int | None = None


def statement(
    session: Session, fund: Fund, wanted: LedgerFilter, scope: Scope
) -> list[StatementLine]:
    """The lines of every section within a filter and a scope, by the section's name."""
    found: defaultdict[int, list[Group]] = defaultdict(list)
    for group in statements.groups(session, wanted, scope):
        found[group.section_id].append(group)
    promises: defaultdict[int, list[Promises]] = defaultdict(list)
    for each in statement_pledges.promises(session, fund, scope):
        promises[each.section_id].append(each)
    lines: list[StatementLine] = []
    for section in _sections(session, {*found, *totals.of_fund(session, fund.id, scope)}):
        if wanted.section and wanted.section != (section.code or WITHOUT_SECTION):
            continue
        write = partial(_line, fund, section)
        lines += _received(write, fund.currency, found[section.id])
        lines += _costs(write, found[section.id])
        lines += _promised(write, promises[section.id])
    return lines


def _sections(session: Session, ids: Collection[int]) -> list[Section]:
    """These sections by name, "no section" last."""
    known = [part for part in sections.by_code(session).values() if part.id in ids]
    known.sort(key=lambda section: (normalize("NFKD", section.name).casefold(), section.code))
    nobody = Section(NO_SECTION, "", "No section", "No section", "")
    return [*known, *([nobody] if NO_SECTION in ids else [])]


def _line(
    fund: Fund,
    section: Section,
    entry: str,
    currency: str,
    **values: Any,  # noqa: ANN401 - whatever else the line says
) -> StatementLine:
    return StatementLine(
        fund=fund.slug,
        fund_currency=fund.currency,
        section=section.code,
        section_name=section.name,
        entry=entry,
        currency=currency,
        **values,
    )


def _received(
    write: Callable[..., StatementLine], base: str, groups: Iterable[Group]
) -> Iterator[StatementLine]:
    for group in sorted(groups, key=lambda each: (each.method, each.currency, str(each.rate))):
        given = -group.amounts[Account.GIFTS, group.currency]
        returned = group.amounts[Account.GIFTS_RETURNED, group.currency]
        if given or returned:
            yield write(
                "received",
                group.currency,
                method=group.method,
                donations=group.donations,
                given=given,
                returned=returned,
                kept=given - returned,
                rate=str(group.rate),
                received=-group.base,
                exchange=_exchange(group, base),
            )


def _promised(
    write: Callable[..., StatementLine], promises: Iterable[Promises]
) -> Iterator[StatementLine]:
    for each in promises:
        yield write(
            each.layer,
            each.currency,
            pledges=each.pledges,
            pledged=each.promised,
            due=each.open,
            rate=str(each.rate),
            promised=each.promised_base,
            still_due=each.open_base,
            exchange=each.exchange or None,
        )


def _exchange(group: Group, base: str) -> int | None:
    """What Stripe's rate made of the gifts more, or less, than ours; None where nothing tells."""
    settled = -group.amounts[Account.EXCHANGE, base]
    if group.rate is None or group.currency == base or not settled:
        return None
    original = Money(group.amounts[Account.EXCHANGE, group.currency], group.currency)
    return settled - group.rate.to_base(original, base).minor


def _costs(write: Callable[..., StatementLine], groups: Iterable[Group]) -> Iterator[StatementLine]:
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for group in groups:
        for (account, currency), amount in group.amounts.items():
            if account in _COSTS:
                sums[_COSTS[Account(account)], group.method, currency] += amount
    for (entry, method, currency), amount in sorted(sums.items()):
        if amount:
            yield write(entry, currency, method=method, costs=amount)
