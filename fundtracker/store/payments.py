"""What Stripe told of payments: charges, refunds, disputes and the lines of its own ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.donations import Payment
from fundtracker.domain.facts import (
    ChargeFact,
    ChargeState,
    DisputeFact,
    RefundFact,
    RefundStatus,
    SessionState,
    TransactionFact,
)
from fundtracker.store.base import Base, save_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import ScalarSelect
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from fundtracker.store.donations import DonationRow


F = TypeVar("F", ChargeFact, RefundFact, DisputeFact)
# A donation, what is known of its payment now, and what was known before.
Learnt = tuple["DonationRow", Payment, Payment]


class _Told(Base):
    """What Stripe told of money that is a donation's: `amount` in minor units of `currency`."""

    __abstract__ = True

    account: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    intent: Mapped[str | None]
    amount: Mapped[int]
    currency: Mapped[str]


class ChargeRow(_Told):
    """One attempt to take the money."""

    __tablename__ = "charge"

    state: Mapped[int]
    balance_transaction: Mapped[str | None]
    failure_transaction: Mapped[str | None]
    # How it was paid in Stripe's own word, such as card or sepa_debit.
    method: Mapped[str | None]


class RefundRow(_Told):
    """Money on its way back to a donor; fund and section are its donation's, for the lists."""

    __tablename__ = "refund"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    charge: Mapped[str | None]
    status: Mapped[str]
    balance_transaction: Mapped[str | None]
    failure_transaction: Mapped[str | None]
    # When we heard of it first, for the ledger pages.
    heard_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_refund_heard", "heard_at", "id"),
        Index("ix_refund_section", "section_id", "heard_at", "id"),
        Index("ix_refund_fund", "fund_id", "heard_at", "id"),
    )


class DisputeRow(_Told):
    """Money that a bank took back, or tries to; `status` is Stripe's word."""

    __tablename__ = "dispute"

    charge: Mapped[str | None]
    status: Mapped[str]


class DisputeTransactionRow(Base):
    """A balance transaction of a dispute: withdrawn, or reinstated. The set only grows."""

    __tablename__ = "dispute_transaction"

    account: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    dispute_id: Mapped[str] = mapped_column(index=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    reinstated: Mapped[bool]


class BalanceTransactionRow(Base):
    """A line of Stripe's own ledger, immutable, in the settlement currency."""

    __tablename__ = "balance_transaction"

    account: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    amount: Mapped[int]
    fee: Mapped[int]
    net: Mapped[int]
    currency: Mapped[str]
    source: Mapped[str | None] = mapped_column(index=True)
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)


def stripe_method_of(donation: InstrumentedAttribute[int]) -> ScalarSelect[str | None]:
    """Stripe's own word for how a donation came: that of the first charge that took the money."""
    query = select(ChargeRow.method).where(
        ChargeRow.donation_id == donation,
        ChargeRow.state == ChargeState.SUCCEEDED,
        ChargeRow.method.is_not(None),
    )
    return query.order_by(ChargeRow.id).limit(1).scalar_subquery()


def known(session: Session, donations: Iterable[DonationRow]) -> dict[int, Payment]:
    """Everything known of the payments of these donations, by donation."""
    rows = {row.id: row for row in donations}
    charges, refunds = _charges(session, rows), _refunds(session, rows)
    disputes = _disputes(session, rows)
    return {
        row.id: Payment(
            session=None if row.session_state is None else SessionState(row.session_state),
            paid=row.paid,
            async_failed=row.async_failed,
            cancelled=row.pi_cancelled,
            charges=charges[row.id],
            refunds=refunds[row.id],
            disputes=disputes[row.id],
        )
        for row in rows.values()
    }


def remember(session: Session, learnt: Iterable[Learnt], now: datetime) -> None:
    """Store what is newly known of the payments of donations, a statement for each table."""
    rows: defaultdict[type[Base], list[Mapping[str, object]]] = defaultdict(list)
    for row, payment, before in learnt:
        row.session_state = payment.session
        row.paid = payment.paid
        row.async_failed = payment.async_failed
        row.pi_cancelled = payment.cancelled
        row.status = payment.status
        rows[ChargeRow] += [_charge(row, c) for c in _changed(payment.charges, before.charges)]
        refunds = _changed(payment.refunds, before.refunds)
        rows[RefundRow] += [_refund(row, refund) | {"heard_at": now} for refund in refunds]
        for dispute in _changed(payment.disputes, before.disputes):
            rows[DisputeRow].append(_dispute(row, dispute))
            rows[DisputeTransactionRow] += _dispute_lines(row, dispute)
    for table, values in rows.items():
        save_all(session, table, values, once={"heard_at"})


def transactions(
    session: Session, account: str, ids: Collection[str]
) -> dict[str, TransactionFact]:
    """Those of these lines of Stripe's ledger that are known, by id."""
    query = select(BalanceTransactionRow).where(
        BalanceTransactionRow.account == account,
        BalanceTransactionRow.id.in_(ids),
    )
    return {
        row.id: TransactionFact(
            id=row.id,
            kind=row.kind,
            amount=row.amount,
            fee=row.fee,
            net=row.net,
            currency=row.currency,
            source=row.source,
        )
        for row in session.scalars(query)
    }


def _charges(session: Session, ids: Collection[int]) -> dict[int, dict[str, ChargeFact]]:
    found: defaultdict[int, dict[str, ChargeFact]] = defaultdict(dict)
    for row in session.scalars(select(ChargeRow).where(ChargeRow.donation_id.in_(ids))):
        found[row.donation_id][row.id] = ChargeFact(
            id=row.id,
            intent=row.intent,
            token=None,
            state=ChargeState(row.state),
            amount=row.amount,
            currency=row.currency,
            transaction=row.balance_transaction,
            failure_transaction=row.failure_transaction,
            livemode=False,
            method=row.method,
        )
    return found


def _refunds(session: Session, ids: Collection[int]) -> dict[int, dict[str, RefundFact]]:
    found: defaultdict[int, dict[str, RefundFact]] = defaultdict(dict)
    for row in session.scalars(select(RefundRow).where(RefundRow.donation_id.in_(ids))):
        found[row.donation_id][row.id] = RefundFact(
            id=row.id,
            charge=row.charge,
            intent=row.intent,
            amount=row.amount,
            currency=row.currency,
            status=RefundStatus(row.status),
            transaction=row.balance_transaction,
            failure_transaction=row.failure_transaction,
        )
    return found


def _disputes(session: Session, ids: Collection[int]) -> dict[int, dict[str, DisputeFact]]:
    lines: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
    of_these = DisputeTransactionRow.donation_id.in_(ids)
    for line in session.scalars(select(DisputeTransactionRow).where(of_these)):
        lines[line.dispute_id, line.reinstated].add(line.id)
    found: defaultdict[int, dict[str, DisputeFact]] = defaultdict(dict)
    for row in session.scalars(select(DisputeRow).where(DisputeRow.donation_id.in_(ids))):
        found[row.donation_id][row.id] = DisputeFact(
            id=row.id,
            charge=row.charge,
            intent=row.intent,
            amount=row.amount,
            currency=row.currency,
            status=row.status,
            withdrawn=frozenset(lines[row.id, False]),
            reinstated=frozenset(lines[row.id, True]),
        )
    return found


def _changed(now: Mapping[str, F], before: Mapping[str, F]) -> list[F]:
    return [fact for key, fact in now.items() if before.get(key) != fact]


def _charge(donation: DonationRow, fact: ChargeFact) -> Mapping[str, object]:
    return _common(donation, fact) | {
        "state": fact.state,
        "balance_transaction": fact.transaction,
        "failure_transaction": fact.failure_transaction,
        "method": fact.method,
    }


def _refund(donation: DonationRow, fact: RefundFact) -> dict[str, object]:
    return _common(donation, fact) | {
        "fund_id": donation.fund_id,
        "section_id": donation.section_id,
        "charge": fact.charge,
        "status": fact.status,
        "balance_transaction": fact.transaction,
        "failure_transaction": fact.failure_transaction,
    }


def _dispute(donation: DonationRow, fact: DisputeFact) -> Mapping[str, object]:
    return _common(donation, fact) | {"charge": fact.charge, "status": fact.status}


def _common(
    donation: DonationRow, fact: ChargeFact | RefundFact | DisputeFact
) -> dict[str, object]:
    return {
        "account": donation.account,
        "id": fact.id,
        "donation_id": donation.id,
        "intent": fact.intent,
        "amount": fact.amount,
        "currency": fact.currency,
    }


def _dispute_lines(donation: DonationRow, fact: DisputeFact) -> list[Mapping[str, object]]:
    return [
        {
            "account": donation.account,
            "id": transaction_id,
            "dispute_id": fact.id,
            "donation_id": donation.id,
            "reinstated": reinstated,
        }
        for ids, reinstated in ((fact.withdrawn, False), (fact.reinstated, True))
        for transaction_id in sorted(ids)
    ]
