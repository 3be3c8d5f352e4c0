"""Set exchange rates: a new rate table for a fund; gifts that were made keep the rate they had.

Gifts that wait for a rate, because there was none in their currency, get it and are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Changed, Invalid
from fundtracker.domain.money import currency
from fundtracker.domain.rate_tables import compare
from fundtracker.domain.text import clean_text
from fundtracker.services.record import record
from fundtracker.services.release import release
from fundtracker.store import funds, rates
from fundtracker.store.database import lock_settler

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from fundtracker.domain.rates import Rate
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Terms:
    """How a table replaces another one.

    `as_of` is the day that the rates are of, else today. `made_from` is the id of the table that
    somebody looked at (0: there was none); None asks for nothing. A locked table asks for a reason.
    """

    as_of: date | None = None
    made_from: int | None = None
    reason: str = ""


_PLAIN = Terms()


def set_rates(
    parts: Parts,
    slug: str,
    given: Mapping[str, Rate],
    *,
    source: str,
    only: bool = False,
    terms: Terms = _PLAIN,
) -> dict[str, Rate]:
    """Supersede a fund's rates and return those that hold now, its own currency's among them.

    Currencies that are not named keep their rate, unless `only` those named are wanted. Raises
    UnknownFund, InvalidCurrency, Invalid or Changed.
    """
    now = parts.clock()
    wanted = {currency(code).code: rate for code, rate in given.items()}
    with parts.database.unit_of_work() as session:
        # The settler's lock makes two people at once wait for each other, and lets what waited be
        # booked in the order of locks: donations, totals, and the fund's row last.
        lock_settler(session)
        row = funds.row_of(session, slug)
        _check(session, row, wanted, terms)
        before = rates.current(session, funds.by_slug(session, slug))
        before.pop(row.currency)
        after = {**({} if only else before), **wanted}
        counted = release(parts, session, row, after, now)
        version = funds.bump(session, [row.id], now)[slug]
        session.refresh(row)
        row.rate_table_id = rates.supersede(
            session,
            row.id,
            after,
            source=source,
            as_of=terms.as_of or now.date(),
            made_by=str(parts.actor),
            made_at=now,
        )
        session.flush()
        current = rates.current(session, funds.by_slug(session, slug))
        _record(session, parts, row, (before, after), terms, counted)
    parts.broker.announce(slug, version)
    return current


def _check(session: Session, row: FundRow, wanted: Mapping[str, Rate], terms: Terms) -> None:
    if row.currency in wanted:
        raise Invalid(
            N_("%(code)s is the fund's own currency; its rate is always 1."),
            field="rate",
            code=row.currency,
        )
    if terms.made_from is not None and terms.made_from != (row.rate_table_id or 0):
        raise Changed
    reason = clean_text(terms.reason, field="reason", limit=LONGEST_REASON)
    if not reason and rates.locked_table(session, row.rate_table_id) is not None:
        raise Invalid(
            N_("These rates are locked. To replace them all the same, say why."), field="reason"
        )


def _record(
    session: Session,
    parts: Parts,
    row: FundRow,
    tables: tuple[Mapping[str, Rate], Mapping[str, Rate]],
    terms: Terms,
    counted: int,
) -> None:
    changes = [change for change in compare(*tables) if change.before != change.after]
    record(
        session,
        parts,
        Action.RATES_SET,
        f"fund:{row.slug}",
        fund_id=row.id,
        before={change.currency: _text(change.before) for change in changes},
        after={
            **{change.currency: _text(change.after) for change in changes},
            "table": row.rate_table_id,
            "released": counted,
        },
        private={"reason": terms.reason.strip()} if terms.reason.strip() else None,
    )


def _text(rate: Rate | None) -> str | None:
    return None if rate is None else str(rate)
