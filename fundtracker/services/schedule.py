"""The kinds of jobs, and those that come again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.store import jobs

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

# Ask Stripe once about a payment page that its donor came back from.
ASK_SESSION = "ask_session"
# Read Stripe's ledger, for fees and settlement amounts: a hundred lines a call.
READ_TRANSACTIONS = "read_transactions"
# Read Stripe's list of events, for webhooks that never came.
READ_EVENTS = "read_events"
# Ask about donations that have been open for long: their page may have ended unheard.
ASK_OPEN = "ask_open"
# Empty the payloads of old inbox rows and mails, and promises that nobody confirmed: they are
# personal data.
FORGET = "forget"
# Send one mail of the outbox.
MAIL = "mail"
# Make and mail the link for a new password that somebody, or nobody here, asked for.
LINK = "link"
# Send one refund that a treasurer ordered.
REFUND = "refund"
# Send the ordered refunds that Stripe has not answered.
REFUNDS = "refunds"
# Make a large export.
EXPORT = "export"
# Remove exports that nobody may fetch any more.
CLEAN_EXPORTS = "clean_exports"
# Let the database count what its tables hold.
ANALYZE = "analyze"
# Write to those whose promises are due.
REMIND = "remind"
# Let a line of the desk say what is left of its pledges.
FOLLOW_LINE = "follow_line"

# Seconds from one run to the next.
RECURRING = {
    READ_TRANSACTIONS: 30,
    READ_EVENTS: 300,
    ASK_OPEN: 900,
    REFUNDS: 900,
    FORGET: 86_400,
    ANALYZE: 86_400,
    CLEAN_EXPORTS: 3_600,
    REMIND: 600,
}


def schedule(parts: Parts) -> None:
    """See to it that everything that recurs does so."""
    account, now = parts.gateway.account, parts.clock()
    with parts.database.unit_of_work() as session:
        for kind, every in RECURRING.items():
            jobs.enqueue(session, f"{kind}:{account}", kind, account, now, every)
