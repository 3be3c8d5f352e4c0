"""Set exchange rates: a new rate table for a fund; gifts that were made keep the rate they had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.money import currency
from fundtracker.store import funds, rates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.domain.rates import Rate
    from fundtracker.services.parts import Parts


def set_rates(
    parts: Parts,
    slug: str,
    given: Mapping[str, Rate],
    *,
    source: str,
    only: bool = False,
) -> dict[str, Rate]:
    """Supersede a fund's rates and return those that hold now, its own currency's among them.

    Currencies that are not named keep their rate, unless `only` those named are wanted. Raises
    UnknownFund, InvalidCurrency or Invalid.
    """
    now = parts.clock()
    wanted = {currency(code).code: rate for code, rate in given.items()}
    with parts.database.unit_of_work() as session:
        row = funds.row_of(session, slug)
        if row.currency in wanted:
            raise Invalid(
                N_("%(code)s is the fund's own currency; its rate is always 1."),
                field="rate",
                code=row.currency,
            )
        # The row's lock comes first, or two people at once would each lose the other's rates.
        version = funds.bump(session, [row.id], now)[slug]
        session.refresh(row)
        known = {} if only else rates.current(session, funds.by_slug(session, slug))
        known.pop(row.currency, None)
        row.rate_table_id = rates.supersede(
            session,
            row.id,
            {**known, **wanted},
            source=source,
            as_of=now.date(),
            made_by=str(parts.actor),
            made_at=now,
        )
        session.flush()
        current = rates.current(session, funds.by_slug(session, slug))
    parts.broker.announce(slug, version)
    return current
