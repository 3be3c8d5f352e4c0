"""Pledges as they stand in the tables, with honest defaults; nothing is booked for them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import Instalment
from fundtracker.domain.rates import Rate
from fundtracker.domain.references import ALPHABET, LENGTH
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store.pledges import PledgeRow, instalment_rows, name_key, oldest_open
from tests.factories.rows import NOW, RATES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from fundtracker.store.funds import FundRow

_NUMBERS = itertools.count(1)


def a_number() -> str:
    """Return a number that no other pledge of a test has."""
    number, left = "", next(_NUMBERS)
    for _ in range(LENGTH):
        left, digit = divmod(left, len(ALPHABET))
        number = ALPHABET[digit] + number
    return number


def a_pledge_row(
    session: Session,
    fund: FundRow,
    section_id: int = NO_SECTION,
    due: Sequence[tuple[date, int]] = ((NOW.date(), 5000),),
    *,
    name: str | None = None,
    **fields: Any,  # noqa: ANN401 - whatever columns a pledge has
) -> PledgeRow:
    """Add a pledge of £50 from the floor, due today."""
    values: dict[str, Any] = {
        "token": f"pledge-{next(_NUMBERS)}",
        "number": a_number(),
        "fund_id": fund.id,
        "section_id": section_id,
        "source": "floor",
        "currency": "GBP",
        "amount": sum(amount for _, amount in due),
        "status": "open",
        "counted": True,
        "paid": 0,
        "due_on": due[-1][0],
        "actor": "staff:teller",
        "made_at": NOW,
    } | fields
    rate = Rate.parse(RATES.get(values["currency"], "1"))
    money = Money(values["amount"], values["currency"])
    values["base"] = rate.to_base(money, fund.currency).minor
    paid = rate.to_base(Money(values["paid"], values["currency"]), fund.currency).minor
    row = PledgeRow(
        rate_mantissa=rate.mantissa,
        rate_scale=rate.scale,
        name=name,
        name_key=name_key(session, name or ""),
        **{"paid_base": paid} | values,
    )
    row.open_due = oldest_open(row, due)
    session.add(row)
    session.flush()
    parts = [Instalment(day, Money(amount, row.currency)) for day, amount in due]
    session.add_all(instalment_rows(row, parts))
    session.flush()
    return row
