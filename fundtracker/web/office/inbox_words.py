"""The words for states of messages and kinds of jobs."""

from __future__ import annotations

from fundtracker.domain.errors import N_
from fundtracker.store.inbox import InboxState

STATES = {
    InboxState.RECEIVED: N_("received"),
    InboxState.APPLIED: N_("applied"),
    InboxState.IGNORED: N_("ignored"),
    InboxState.PARKED: N_("parked"),
    InboxState.QUARANTINED: N_("quarantined"),
    InboxState.FAILED: N_("failed"),
}

MEANINGS = {
    InboxState.RECEIVED: N_("kept, and about to be settled"),
    InboxState.APPLIED: N_("settled: what it says is in the books"),
    InboxState.IGNORED: N_("nothing of ours, or set aside by somebody"),
    InboxState.PARKED: N_("about something that we do not know yet; applied by itself once we do"),
    InboxState.QUARANTINED: N_("contradicts what we know; the totals stay as they are"),
    InboxState.FAILED: N_("could not be settled, eight times"),
}

KINDS = {
    "ask_session": N_("ask Stripe about a payment page"),
    "read_transactions": N_("read Stripe's ledger"),
    "read_events": N_("read Stripe's list of messages"),
    "ask_open": N_("ask Stripe about open gifts"),
    "forget": N_("empty old messages and mails"),
    "mail": N_("send a mail"),
    "link": N_("mail a link for a new password"),
    "export": N_("write an export"),
    "refund": N_("ask Stripe for a refund"),
    "refunds": N_("ask Stripe for refunds that it has not answered"),
    "analyze": N_("count what the tables hold"),
}
