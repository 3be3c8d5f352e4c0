"""the tables of the spine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cursor",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name", name=op.f("pk_cursor")),
    )
    op.create_table(
        "fund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("first_target", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("counting_rule", sa.String(), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("presets", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("held_version", sa.BigInteger(), nullable=True),
        sa.Column("rate_table_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("target >= 0 AND first_target >= 0", name=op.f("ck_fund_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("slug", name=op.f("uq_fund_slug")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits_for", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("account", "event_id", name=op.f("uq_inbox_account_event_id")),
    )
    op.create_index("ix_inbox_due", "inbox", ["state", "due_at", "id"], unique=False)
    op.create_index("ix_inbox_waiting", "inbox", ["account", "waits_for"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("every", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_due", "job", ["done_at", "failed_at", "due_at"], unique=False)

    op.create_table(
        "section",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("code", name=op.f("uq_section_code")),
    )
    op.create_table(
        "donation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("attempt", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cover", sa.BigInteger(), nullable=False),
        sa.Column("rate_mantissa", sa.BigInteger(), nullable=True),
        sa.Column("rate_scale", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("checkout_url", sa.String(), nullable=True),
        sa.Column("checkout_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("session_state", sa.BigInteger(), nullable=True),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("async_failed", sa.Boolean(), nullable=False),
        sa.Column("pi_cancelled", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_name", sa.LargeBinary(), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "amount > 0 AND cover >= 0 AND kept >= 0", name=op.f("ck_donation_amounts")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_donation_fund_id")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_donation_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sa.UniqueConstraint("attempt", name=op.f("uq_donation_attempt")),
        sa.UniqueConstraint("token", name=op.f("uq_donation_token")),
    )
    op.create_index(
        "ix_donation_recent", "donation", ["fund_id", "succeeded_at", "id"], unique=False
    )
    op.create_index("ix_donation_status", "donation", ["status", "created_at"], unique=False)

    op.create_table(
        "fund_section",
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("members", sa.BigInteger(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_section_fund_id")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_fund_section_section_id")
        ),
        sa.PrimaryKeyConstraint("fund_id", "section_id", name=op.f("pk_fund_section")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_milestone_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("fund_id", "amount", name=op.f("uq_milestone_fund_id_amount")),
    )
    op.create_table(
        "rate_table",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_rate_table_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_table")),
    )
    op.create_index(op.f("ix_rate_table_fund_id"), "rate_table", ["fund_id"], unique=False)

    op.create_table(
        "total",
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.Column("unconfirmed", sa.BigInteger(), nullable=False),
        sa.Column("donations", sa.BigInteger(), nullable=False),
        sa.Column("pledges", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_total_fund_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_total_section_id")),
        sa.PrimaryKeyConstraint("fund_id", "section_id", name=op.f("pk_total")),
    )
    op.create_table(
        "balance_transaction",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column(
            "donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_balance_transaction_donation_id")
        ),
        sa.PrimaryKeyConstraint("account", "id", name=op.f("pk_balance_transaction")),
    )
    op.create_index(
        op.f("ix_balance_transaction_donation_id"),
        "balance_transaction",
        ["donation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_balance_transaction_source"), "balance_transaction", ["source"], unique=False
    )

    op.create_table(
        "charge",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("state", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("balance_transaction", sa.String(), nullable=True),
        sa.Column("failure_transaction", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_charge_donation_id")
        ),
        sa.PrimaryKeyConstraint("account", "id", name=op.f("pk_charge")),
    )
    op.create_index(op.f("ix_charge_donation_id"), "charge", ["donation_id"], unique=False)

    op.create_table(
        "dispute",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("charge", sa.String(), nullable=True),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_dispute_donation_id")
        ),
        sa.PrimaryKeyConstraint("account", "id", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_donation_id"), "dispute", ["donation_id"], unique=False)

    op.create_table(
        "dispute_transaction",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dispute_id", sa.String(), nullable=False),
        sa.Column(
            "donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("reinstated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_dispute_transaction_donation_id")
        ),
        sa.PrimaryKeyConstraint("account", "id", name=op.f("pk_dispute_transaction")),
    )
    op.create_index(
        op.f("ix_dispute_transaction_dispute_id"),
        "dispute_transaction",
        ["dispute_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dispute_transaction_donation_id"),
        "dispute_transaction",
        ["donation_id"],
        unique=False,
    )

    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_journal_donation_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_journal_fund_id")),
        sa.CheckConstraint("id > 0", name=op.f("ck_journal_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint(
            "account", "source", "kind", name=op.f("uq_journal_account_source_kind")
        ),
    )
    op.create_index(op.f("ix_journal_donation_id"), "journal", ["donation_id"], unique=False)
    op.create_index(op.f("ix_journal_fund_id"), "journal", ["fund_id"], unique=False)
    op.create_index(
        "uq_journal_gift",
        "journal",
        ["donation_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'gift'"),
        postgresql_where=sa.text("kind = 'gift'"),
    )

    op.create_table(
        "rate",
        sa.Column(
            "rate_table_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("mantissa", sa.BigInteger(), nullable=False),
        sa.Column("scale", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("mantissa > 0 AND scale >= 0", name=op.f("ck_rate_positive")),
        sa.ForeignKeyConstraint(
            ["rate_table_id"], ["rate_table.id"], name=op.f("fk_rate_rate_table_id")
        ),
        sa.PrimaryKeyConstraint("rate_table_id", "currency", name=op.f("pk_rate")),
    )
    op.create_table(
        "refund",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("charge", sa.String(), nullable=True),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("balance_transaction", sa.String(), nullable=True),
        sa.Column("failure_transaction", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_refund_donation_id")
        ),
        sa.PrimaryKeyConstraint("account", "id", name=op.f("pk_refund")),
    )
    op.create_index(op.f("ix_refund_donation_id"), "refund", ["donation_id"], unique=False)

    op.create_table(
        "stripe_ref",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_stripe_ref_donation_id")
        ),
        sa.PrimaryKeyConstraint("account", "id", name=op.f("pk_stripe_ref")),
    )
    op.create_index(op.f("ix_stripe_ref_donation_id"), "stripe_ref", ["donation_id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "journal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_entry_fund_id")),
        sa.ForeignKeyConstraint(
            ["journal_id"],
            ["journal.id"],
            name=op.f("fk_entry_journal_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_entry_section_id")),
        sa.CheckConstraint("id > 0", name=op.f("ck_entry_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_index(op.f("ix_entry_journal_id"), "entry", ["journal_id"], unique=False)
    op.create_index("ix_entry_totals", "entry", ["fund_id", "section_id", "account"], unique=False)
    # "No section" is a row like any other, so that no key of a section is ever NULL.
    op.execute(
        "INSERT INTO section (id, code, name, short_name, currency) VALUES (0, '', '', '', '')",
    )


def downgrade() -> None:
    for table in (
        "entry",
        "stripe_ref",
        "refund",
        "rate",
        "journal",
        "dispute_transaction",
        "dispute",
        "charge",
        "balance_transaction",
        "total",
        "rate_table",
        "milestone",
        "fund_section",
        "donation",
        "section",
        "job",
        "inbox",
        "fund",
        "cursor",
    ):
        op.drop_table(table)
