"""Every table, for migrations: importing a module is what declares its tables."""

from __future__ import annotations

from fundtracker.store.aliases import AliasRow
from fundtracker.store.allocations import AllocationRow
from fundtracker.store.audit import AuditRow
from fundtracker.store.calls import CallRow
from fundtracker.store.days import DayRow
from fundtracker.store.desks import CommandRow, DeskRow, HabitRow
from fundtracker.store.donations import DonationRow, StripeRefRow
from fundtracker.store.exports import ExportRow
from fundtracker.store.funds import FundRow, MilestoneRow, TargetChangeRow
from fundtracker.store.inbox import InboxRow
from fundtracker.store.jobs import CursorRow, JobRow
from fundtracker.store.ledger import EntryRow, JournalRow
from fundtracker.store.outbox import MailRow
from fundtracker.store.paper import PaperRow
from fundtracker.store.payments import (
    BalanceTransactionRow,
    ChargeRow,
    DisputeRow,
    DisputeTransactionRow,
    RefundRow,
)
from fundtracker.store.pledge_contacts import PledgeContactRow, PledgeReminderRow
from fundtracker.store.pledge_terms import PledgeTermsRow
from fundtracker.store.pledges import InstalmentRow, PledgeRow
from fundtracker.store.prepared import PreparedRow
from fundtracker.store.rates import RateRow, RateTableRow
from fundtracker.store.refund_orders import RefundOrderRow
from fundtracker.store.sections import FundSectionRow, SectionRow
from fundtracker.store.staff import (
    AttemptRow,
    GrantRow,
    LinkRow,
    PasskeyRow,
    RecoveryCodeRow,
    SpentChallengeRow,
    StaffRow,
    StaffSessionRow,
)
from fundtracker.store.tellers import TellerRow
from fundtracker.store.totals import TotalRow

ALL = (
    FundRow,
    MilestoneRow,
    SectionRow,
    FundSectionRow,
    TotalRow,
    DayRow,
    RateTableRow,
    RateRow,
    DonationRow,
    StripeRefRow,
    ChargeRow,
    RefundRow,
    DisputeRow,
    DisputeTransactionRow,
    BalanceTransactionRow,
    JournalRow,
    EntryRow,
    InboxRow,
    JobRow,
    CursorRow,
    MailRow,
    TargetChangeRow,
    StaffRow,
    GrantRow,
    StaffSessionRow,
    PasskeyRow,
    RecoveryCodeRow,
    SpentChallengeRow,
    LinkRow,
    AttemptRow,
    AuditRow,
    RefundOrderRow,
    ExportRow,
    PledgeRow,
    InstalmentRow,
    AllocationRow,
    DeskRow,
    CallRow,
    CommandRow,
    HabitRow,
    TellerRow,
    AliasRow,
    PreparedRow,
    PaperRow,
    PledgeTermsRow,
    PledgeContactRow,
    PledgeReminderRow,
)
