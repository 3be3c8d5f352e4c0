"""On what terms a fund takes promises; a fund without a row has the usual ones."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.pledge_terms import PledgeTerms, default_terms
from fundtracker.store.base import KEY, Base, kind_of, save_all

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund


class PledgeTermsRow(Base):
    """The terms of a fund; `automatic_limit` is minor units of its currency."""

    __tablename__ = "pledge_terms"

    fund_id: Mapped[int] = mapped_column(KEY, ForeignKey("fund.id"), primary_key=True)
    automatic_limit: Mapped[int]
    holder: Mapped[str]
    iban: Mapped[str]
    bic: Mapped[str]
    details: Mapped[str]
    booked_until: Mapped[date | None]

    __table_args__ = (CheckConstraint("automatic_limit >= 0", name="limit"),)


def of_fund(session: Session, fund: Fund) -> PledgeTerms:
    """The terms that hold in a fund."""
    return decided(session, fund.id) or default_terms(fund)


def decided(session: Session, fund_id: int) -> PledgeTerms | None:
    """The terms that somebody has decided for a fund, None where it has the usual ones."""
    row = session.get(PledgeTermsRow, fund_id)
    if row is None:
        return None
    return PledgeTerms(
        automatic_limit=row.automatic_limit,
        holder=row.holder,
        iban=row.iban,
        bic=row.bic,
        details=row.details,
        booked_until=row.booked_until,
    )


def lock(session: Session, fund_id: int) -> None:
    """Be the only one who lets promises of a fund count by themselves until the unit of work ends.

    Otherwise a hundred that are confirmed at the same moment all find that nothing has counted.
    """
    if kind_of(session) != "postgresql":
        return  # SQLite's writer is alone anyway
    session.execute(text("SELECT pg_advisory_xact_lock(:fund, 2)"), {"fund": fund_id})


def save(session: Session, fund_id: int, terms: PledgeTerms) -> None:
    """Let these terms hold in a fund; a reader of this unit of work has to ask anew."""
    values = {
        "fund_id": fund_id,
        "automatic_limit": terms.automatic_limit,
        "holder": terms.holder,
        "iban": terms.iban,
        "bic": terms.bic,
        "details": terms.details,
        "booked_until": terms.booked_until,
    }
    save_all(session, PledgeTermsRow, [values])
    session.expire_all()
