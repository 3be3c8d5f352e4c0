"""What the ledger pages and the exports show: one value for each line, nothing left to look up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class DonationLine:
    """A donation; amounts in minor units of `currency`, `base` in those of `fund_currency`.

    `section` is a code, empty for none. `stripe_method` is Stripe's own word, such as card, None
    while it is not known. `base` is what is kept, None without a rate. `fee` is None
    while it is not known, never 0. `reference` and `public_name` are None unless they were asked
    for, and where there is none.
    """

    id: int
    token: str
    fund: str
    fund_currency: str
    timezone: str
    section: str
    section_name: str
    method: str
    stripe_method: str | None
    status: str
    currency: str
    amount: int
    cover: int
    kept: int
    rate: str
    base: int | None
    fee: int | None
    fee_currency: str | None
    refunded: int
    disputed: int
    account: str
    created_at: datetime
    given_at: datetime | None
    booked_at: datetime | None
    reference: str | None = field(default=None, repr=False)
    public_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money on its way back; `base` is what it took from the headline, None until it is booked.

    `id` is Stripe's. `asked_by` is the member of staff's token, None where it was not asked here.
    """

    id: str
    donation: str
    fund: str
    fund_currency: str
    timezone: str
    section: str
    section_name: str
    status: str
    currency: str
    amount: int
    base: int | None
    account: str
    heard_at: datetime
    booked_at: datetime | None
    asked_by: str | None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A refund that was asked for here and that Stripe has not answered."""

    donation: str
    fund: str
    timezone: str
    section: str
    section_name: str
    currency: str
    amount: int
    asked_at: datetime
    asked_by: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One side of a journal; `base` in the fund's minor units, None where nothing is counted."""

    account: str
    holder: str
    section: str
    currency: str
    amount: int
    base: int | None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A journal with its entries; that of no donation and no pledge is the whole house's.

    Then `fund` is empty. `pledge` is a number.
    """

    id: int
    booked_at: datetime
    source: str
    kind: str
    account: str
    fund: str
    fund_currency: str
    timezone: str
    section: str
    section_name: str
    donation: str | None
    pledge: str | None
    actor: str
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """How many donations have something left, and what, in minor units of the fund's currency.

    `is_all` is False where there are more than were counted.
    """

    fund_currency: str
    count: int
    received: int
    is_all: bool = True
