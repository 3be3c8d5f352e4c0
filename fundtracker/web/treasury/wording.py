"""The ledger in plain words, to be translated where they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from fundtracker.domain.actors import ActorKind
from fundtracker.domain.allocations import AllocationStatus
from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.errors import N_
from fundtracker.domain.facts import RefundStatus
from fundtracker.domain.ledger import Account
from fundtracker.domain.pledge_stages import Stage
from fundtracker.web.i18n import format_money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.store.treasury_history import Happening

REFUND_STATUSES = {
    RefundStatus.PENDING: N_("on its way"),
    RefundStatus.REQUIRES_ACTION: N_("needs something from the donor"),
    RefundStatus.SUCCEEDED: N_("refunded"),
    RefundStatus.CANCELLED: N_("cancelled"),
    RefundStatus.FAILED: N_("failed"),
}
# How a status is marked: the word says it, the colour helps.
TAGS: Mapping[str, str] = {
    DonationStatus.SUCCEEDED: "tag-ok",
    DonationStatus.PROCESSING: "tag-warn",
    DonationStatus.FAILED: "tag-error",
    RefundStatus.PENDING: "tag-warn",
    RefundStatus.REQUIRES_ACTION: "tag-warn",
    Stage.PAID: "tag-ok",
    Stage.OVERDUE: "tag-error",
    Stage.UNCONFIRMED: "tag-warn",
    AllocationStatus.CONFIRMED: "tag-ok",
    AllocationStatus.PROPOSED: "tag-warn",
}
ALLOCATIONS: Mapping[str, str] = {status: status.label for status in AllocationStatus}
JOURNALS = {
    "gift": N_("gift"),
    "settlement": N_("settlement"),
    "refund": N_("refund"),
    "refund_failed": N_("refund failed"),
    "dispute_withdrawn": N_("dispute"),
    "dispute_reinstated": N_("dispute won"),
    "late_failure": N_("late failure"),
    "charged_again": N_("charged again"),
    "reversal": N_("reversal"),
    "pledge": N_("promise"),
    "pledge_confirmed": N_("promise confirmed"),
    "pledge_cancelled": N_("promise withdrawn"),
    "pledge_written_off": N_("promise written off"),
    "pledge_reopened": N_("promise opened again"),
    "pledge_restated": N_("promise changed"),
    "pledge_moved": N_("promise moved here"),
    "pledge_moved_away": N_("promise moved away"),
    "pledge_paid": N_("promise paid"),
    "pledge_allocated": N_("promise paid by a gift"),
    "pledge_payment_changed": N_("less of a promise paid"),
    "pledge_payment_taken_back": N_("payment of a promise taken back"),
}
ACCOUNTS = {
    Account.STRIPE_CLEARING: N_("Stripe, not settled"),
    Account.STRIPE: N_("Stripe"),
    Account.PAYOUT_TRANSIT: N_("payouts on their way"),
    Account.BANK: N_("bank"),
    Account.CASH: N_("cash and cheques in hand"),
    Account.REMITTANCE_TRANSIT: N_("remittances on their way"),
    Account.EXCHANGE: N_("exchange"),
    Account.GIFTS: N_("gifts"),
    Account.GIFTS_RETURNED: N_("gifts returned"),
    Account.FEE_COVER: N_("fees covered by donors"),
    Account.FEES: N_("fees"),
    Account.LOSS: N_("loss"),
    Account.SUSPENSE: N_("suspense"),
    Account.PLEDGED: N_("promised"),
    Account.UNCONFIRMED: N_("being checked"),
    Account.PROMISES: N_("promises"),
}
_HAPPENED = {
    "form": N_("The donor sent the form: %(amount)s."),
    "entered": N_("Entered by hand: %(amount)s."),
    "page": N_("Stripe's payment page was made."),
    "declined": N_("An attempt to pay was declined. (%(note)s)"),
    "gift": N_("Received: %(amount)s."),
    "settlement": N_("Settled by Stripe: %(amount)s net, fee %(fee)s."),
    "refund_asked": N_("A refund of %(amount)s was asked for."),
    "refund_refused": N_("The refund of %(amount)s was refused. %(note)s"),
    "refund_pending": N_("A refund of %(amount)s is on its way."),
    "refund_cancelled": N_("A refund of %(amount)s did not go through; the gift is still here."),
    "refund": N_("Refunded: %(amount)s."),
    "refund_failed": N_("A refund of %(amount)s came back: the donor's bank did not take it."),
    "dispute": N_("Dispute over %(amount)s; Stripe says: %(note)s."),
    "dispute_withdrawn": N_("The donor's bank took back %(amount)s."),
    "dispute_reinstated": N_("The donor's bank gave back %(amount)s."),
    "late_failure": N_("The payment failed after all: %(amount)s went back."),
    "charged_again": N_("Charged once more: %(amount)s."),
    "reversal": N_("Reversed: %(amount)s was taken out of the books again."),
    "expired": N_("The payment page ran out. Nothing was paid."),
    "failed": N_("The payment failed. Nothing was paid."),
    "cancelled": N_("The payment was cancelled. Nothing was paid."),
    "pledge_floor": N_("Promised in the hall: %(amount)s."),
    "pledge_online": N_("Promised online: %(amount)s."),
    "pledge_section": N_("Written down by a treasurer: %(amount)s."),
    "pledge_confirmed": N_("Confirmed."),
    "pledge_cancelled": N_("Withdrawn. Nothing more is expected; %(amount)s had been open."),
    "pledge_written_off": N_("Written off: %(amount)s is not expected any more."),
    "pledge_reopened": N_("Opened again: %(amount)s is expected."),
    "pledge_restated": N_("The sum was changed by %(amount)s."),
    "pledge_moved": N_("Came here from another section: %(amount)s open."),
    "pledge_moved_away": N_("Went to another section: %(amount)s open."),
    "pledge_paid": N_("Paid: %(amount)s."),
    "pledge_allocated": N_("A gift that was here already paid %(amount)s of it."),
    "pledge_payment_changed": N_("What paid it was refunded or came back: %(amount)s."),
    "pledge_payment_taken_back": N_("A gift pays it no more: %(amount)s is open again."),
}
_OTHER = N_("Booked: %(kind)s, %(amount)s.")
_ACTORS: Mapping[str, str] = {
    ActorKind.DONOR: N_("the donor"),
    ActorKind.STRIPE: N_("Stripe"),
    ActorKind.WORKER: N_("the program"),
}


def sentence(happening: Happening) -> str:
    """One thing that happened to a donation, as a sentence."""
    amount, fee = happening.money, happening.fee
    words = str(gettext(_HAPPENED.get(happening.kind, _OTHER)))
    return words % {
        "amount": "–" if amount is None else format_money(amount),
        "fee": gettext("none") if fee is None else format_money(fee),
        "note": gettext(happening.note) if happening.note else "–",
        "kind": happening.kind,
    }


def actor_words(actor: str, names: Mapping[str, str]) -> str:
    """Who did it; `names` are those of members of staff by their token."""
    kind, _, name = actor.partition(":")
    if kind == ActorKind.STAFF:
        return names.get(name) or gettext("a member of staff")
    if kind == ActorKind.COMMAND:
        return str(gettext("the command line (%(user)s)", user=name))
    return str(gettext(_ACTORS[kind])) if kind in _ACTORS else actor


def staff_tokens(actors: set[str]) -> set[str]:
    """The tokens of the members of staff among those who did something."""
    prefix = f"{ActorKind.STAFF}:"
    return {actor.removeprefix(prefix) for actor in actors if actor.startswith(prefix)}
