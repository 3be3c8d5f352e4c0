"""The columns of each export: declared once, in order, the same in CSV, spreadsheet and PDF.

Keys are for good: a column that changes its key or its meaning raises the version of its table.
"""

from __future__ import annotations

from dataclasses import replace

from fundtracker.reports.tables import Column, Kind, Table

AMOUNT, COUNT, RATE, TIME, DAY = Kind.AMOUNT, Kind.COUNT, Kind.RATE, Kind.TIME, Kind.DAY

DONATIONS = Table(
    "donations",
    1,
    "Donations",
    (
        Column("donation", "Donation", attribute="token"),
        Column("given_at", "Given", TIME),
        Column("booked_at", "Booked", TIME, paper=False),
        Column("fund", "Fund"),
        Column("section", "Section"),
        Column("section_name", "Section's name", paper=False),
        Column("method", "Method"),
        Column("status", "Status"),
        Column("currency", "Currency", paper=False),
        Column("amount", "Gift", AMOUNT, currency="currency", total=True),
        Column("cover", "Fee cover", AMOUNT, currency="currency", total=True, paper=False),
        Column("refunded", "Refunded", AMOUNT, currency="currency", total=True, paper=False),
        Column("disputed", "Disputed", AMOUNT, currency="currency", total=True, paper=False),
        Column("kept", "Kept", AMOUNT, currency="currency", total=True),
        Column("rate", "Rate", RATE),
        Column("fund_currency", "Fund's currency", paper=False),
        Column("received", "Received", AMOUNT, "base", "fund_currency", total=True),
        Column("fee_currency", "Settled in", paper=False),
        Column("fee", "Stripe's fee", AMOUNT, currency="fee_currency", total=True),
        Column("account", "Account", paper=False),
        Column("created_at", "Begun", TIME, paper=False),
    ),
)

# For those who may see names, after a second factor; never in a PDF.
DONATIONS_WITH_NAMES = replace(
    DONATIONS,
    name="donations_with_names",
    columns=(
        *DONATIONS.columns,
        Column("reference", "Reference"),
        Column("public_name", "Name"),
    ),
)

REFUNDS = Table(
    "refunds",
    1,
    "Refunds",
    (
        Column("refund", "Refund", attribute="id"),
        Column("donation", "Donation"),
        Column("heard_at", "Heard of", TIME),
        Column("booked_at", "Booked", TIME),
        Column("fund", "Fund"),
        Column("section", "Section"),
        Column("section_name", "Section's name", paper=False),
        Column("status", "Status"),
        Column("currency", "Currency", paper=False),
        Column("amount", "Amount", AMOUNT, currency="currency", total=True),
        Column("fund_currency", "Fund's currency", paper=False),
        Column("returned", "Taken back", AMOUNT, "base", "fund_currency", total=True),
        Column("asked_by", "Asked by", paper=False),
        Column("account", "Account", paper=False),
    ),
)

PLEDGES = Table(
    "pledges",
    1,
    "Pledges",
    (
        Column("pledge", "Pledge", attribute="number"),
        Column("made_at", "Promised", TIME),
        Column("fund", "Fund"),
        Column("section", "Section"),
        Column("section_name", "Section's name", paper=False),
        Column("source", "Made", paper=False),
        Column("status", "Status", attribute="stage"),
        Column("currency", "Currency", paper=False),
        Column("amount", "Amount", AMOUNT, currency="currency", total=True),
        Column("paid", "Paid", AMOUNT, currency="currency", total=True),
        Column("open", "Open", AMOUNT, currency="currency", total=True),
        Column("overdue", "Overdue", AMOUNT, currency="currency", total=True, paper=False),
        Column("due", "Due", DAY),
        Column("instalments", "Instalments", COUNT, paper=False),
        Column("rate", "Rate", RATE),
        Column("fund_currency", "Fund's currency", paper=False),
        Column(
            "promised",
            "Promised",
            AMOUNT,
            "promised_base",
            "fund_currency",
            total=True,
            paper=False,
        ),
        Column("paid_base", "Arrived", AMOUNT, currency="fund_currency", total=True, paper=False),
        Column("counted", "Counted", AMOUNT, currency="fund_currency", total=True),
        Column("paid_by", "To be paid by", paper=False),
        Column("confirmed_at", "Confirmed", TIME, paper=False),
    ),
)

# For those who may see names, after a second factor; never in a PDF.
PLEDGES_WITH_NAMES = replace(
    PLEDGES,
    name="pledges_with_names",
    columns=(*PLEDGES.columns, Column("name", "Name")),
)

# A line is an entry, with its journal beside it.
JOURNALS = Table(
    "journals",
    1,
    "Journals",
    (
        Column("journal", "Journal", COUNT, "journal.id"),
        Column("booked_at", "Booked", TIME, "journal.booked_at"),
        Column("kind", "Kind", attribute="journal.kind"),
        Column("source", "Source", attribute="journal.source"),
        Column("fund", "Fund", attribute="journal.fund"),
        Column("section", "Section", attribute="entry.section"),
        Column("account", "Account", attribute="entry.account"),
        Column("holder", "Holder", attribute="entry.holder"),
        Column("currency", "Currency", attribute="entry.currency", paper=False),
        Column("amount", "Debit +, credit -", AMOUNT, "entry.amount", "currency", total=True),
        Column("fund_currency", "Fund's currency", attribute="journal.fund_currency", paper=False),
        Column("base", "Counted", AMOUNT, "entry.base", "fund_currency", total=True),
        Column("donation", "Donation", attribute="journal.donation"),
        Column("stripe_account", "Stripe account", attribute="journal.account"),
        Column("actor", "Booked by", attribute="journal.actor"),
        Column("pledge", "Pledge", attribute="journal.pledge"),
    ),
)

STATEMENT = Table(
    "statement",
    2,
    "Statement",
    (
        Column("fund", "Fund", paper=False),
        Column("section", "Section"),
        Column("section_name", "Section's name", instead="section"),
        Column("entry", "Entry"),
        Column("method", "Method"),
        Column("donations", "Gifts", COUNT, total=True),
        Column("currency", "Currency", paper=False),
        Column("given", "Given", AMOUNT, currency="currency", total=True),
        Column("returned", "Returned", AMOUNT, currency="currency", total=True),
        Column("kept", "Kept", AMOUNT, currency="currency", total=True),
        Column("rate", "Rate", RATE),
        Column("fund_currency", "Fund's currency", paper=False),
        Column("received", "Received", AMOUNT, currency="fund_currency", total=True),
        Column("promised", "Promised", AMOUNT, currency="fund_currency", total=True),
        Column("still_due", "Still due", AMOUNT, currency="fund_currency", total=True),
        Column("costs", "Costs", AMOUNT, currency="currency", total=True),
        Column("pledges", "Promises", COUNT, total=True),
        Column("pledged", "Promised there", AMOUNT, currency="currency", total=True),
        Column("due", "Due there", AMOUNT, currency="currency", total=True),
        Column("exchange", "Exchange difference", AMOUNT, currency="fund_currency", total=True),
    ),
)

FUND = Table(
    "fund",
    1,
    "Where it stands",
    (
        Column("what", "What"),
        Column("currency", "Currency", paper=False),
        Column("amount", "Amount", AMOUNT, currency="currency"),
        Column("number", "Number", COUNT),
    ),
)

FUND_PROMISES = Table(
    "fund_promises",
    1,
    "From the promise to the money",
    (
        Column("what", "What"),
        Column("currency", "Currency", paper=False),
        Column("amount", "Amount", AMOUNT, currency="currency"),
    ),
)

FUND_SECTIONS = Table(
    "fund_sections",
    1,
    "Sections",
    (
        Column("section", "Section", attribute="code"),
        Column("name", "Name", instead="section"),
        Column("currency", "Currency", paper=False),
        Column("received", "Received", AMOUNT, currency="currency", total=True),
        Column("pledged", "Promised", AMOUNT, currency="currency", total=True),
        Column("unconfirmed", "Being checked", AMOUNT, currency="currency", total=True),
        Column("counted", "Counted", AMOUNT, currency="currency", total=True),
        Column("target", "Target", AMOUNT, currency="currency"),
        Column("donations", "Gifts", COUNT, total=True),
    ),
)

FUND_METHODS = Table(
    "fund_methods",
    1,
    "Methods",
    (
        Column("method", "Method"),
        Column("stripe_method", "Stripe's method"),
        Column("currency", "Currency", paper=False),
        Column("received", "Received", AMOUNT, currency="currency", total=True),
        Column("donations", "Gifts", COUNT, total=True),
    ),
)

FUND_MILESTONES = Table(
    "fund_milestones",
    1,
    "Milestones",
    (
        Column("currency", "Currency", paper=False),
        Column("amount", "Milestone", AMOUNT, currency="currency"),
        Column("reached_at", "Reached", TIME),
    ),
)

FUND_TARGETS = Table(
    "fund_targets",
    1,
    "Targets",
    (
        Column("at", "Changed", TIME),
        Column("currency", "Currency", paper=False),
        Column("before", "Before", AMOUNT, currency="currency"),
        Column("after", "After", AMOUNT, currency="currency"),
    ),
)

FUND_RATES = Table(
    "fund_rates",
    1,
    "Rates",
    (
        Column("code", "One unit of"),
        Column("rate", "Is worth", RATE),
        Column("base", "Units of"),
        Column("as_of", "Rates of", DAY),
        Column("source", "Source"),
    ),
)
