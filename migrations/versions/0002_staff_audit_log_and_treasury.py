"""staff, audit log and treasury."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from fundtracker.store import triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The ledger pages are narrowed by these, newest first.
_LISTS = (
    ("ix_donation_fund", "donation", ["fund_id", "id"]),
    ("ix_donation_section", "donation", ["section_id", "id", "method", "status", "account"]),
    ("ix_donation_method", "donation", ["method", "id"]),
    ("ix_donation_stage", "donation", ["status", "id"]),
    ("ix_donation_account", "donation", ["account", "id"]),
    ("ix_donation_given", "donation", ["succeeded_at", "id"]),
    ("ix_donation_booked", "donation", ["booked_at", "id"]),
    ("ix_journal_fund", "journal", ["fund_id", "id"]),
    ("ix_journal_kind", "journal", ["kind", "id"]),
    ("ix_journal_booked", "journal", ["booked_at", "id"]),
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=True),
        sa.Column("section_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_audit_positive")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_action", "audit", ["action", "number"], unique=False)
    op.create_index("ix_audit_actor", "audit", ["actor", "number"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["subject", "number"], unique=False)

    op.create_table(
        "day",
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("stripe_method", sa.String(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("donations", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_day_fund_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_day_section_id")),
        sa.PrimaryKeyConstraint(
            "fund_id",
            "section_id",
            "given_on",
            "booked_on",
            "method",
            "stripe_method",
            name=op.f("pk_day"),
        ),
    )
    _count_days()

    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(
        "ix_sign_in_attempt_subject", "sign_in_attempt", ["subject", "at"], unique=False
    )

    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email_key", name=op.f("uq_staff_email_key")),
        sa.UniqueConstraint("token", name=op.f("uq_staff_token")),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("query", sa.LargeBinary(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("names", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_export_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sa.UniqueConstraint("token", name=op.f("uq_export_token")),
    )
    op.create_index(op.f("ix_export_staff_id"), "export", ["staff_id"], unique=False)

    op.create_table(
        "passkey",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_staff_id"), "recovery_code", ["staff_id"], unique=False)

    op.create_table(
        "staff_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("sees_names", sa.Boolean(), nullable=False),
        sa.Column("sees_emails", sa.Boolean(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_staff_grant_fund_id")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_staff_grant_section_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_grant_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grant")),
    )
    op.create_index(op.f("ix_staff_grant_staff_id"), "staff_grant", ["staff_id"], unique=False)

    op.create_table(
        "staff_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_link_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_link")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_link_key")),
    )
    op.create_index(op.f("ix_staff_link_staff_id"), "staff_link", ["staff_id"], unique=False)

    op.create_table(
        "spent_challenge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_challenge")),
        sa.UniqueConstraint("key", name=op.f("uq_spent_challenge_key")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_secret", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_session_key")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)

    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_table(
        "target_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_target_change_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_change")),
    )
    op.create_index(op.f("ix_target_change_fund_id"), "target_change", ["fund_id"], unique=False)

    op.create_table(
        "refund_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refund_id", sa.String(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_order_amount")),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_refund_order_donation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_order")),
        sa.UniqueConstraint("key", name=op.f("uq_refund_order_key")),
    )
    op.create_index(
        op.f("ix_refund_order_donation_id"), "refund_order", ["donation_id"], unique=False
    )
    op.create_index(op.f("ix_refund_order_refund_id"), "refund_order", ["refund_id"], unique=False)

    op.add_column("donation", sa.Column("reference", sa.LargeBinary(), nullable=True))
    op.add_column("donation", sa.Column("reference_key", sa.String(), nullable=True))
    op.create_index(
        "ix_donation_reference_key",
        "donation",
        ["reference_key"],
        sqlite_where=sa.text("reference_key IS NOT NULL"),
        postgresql_where=sa.text("reference_key IS NOT NULL"),
    )
    waits = sa.text("rate_mantissa IS NULL")
    op.create_index(
        "ix_donation_without_rate",
        "donation",
        ["fund_id", "currency"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.add_column("donation", sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """UPDATE donation SET booked_at = (SELECT booked_at FROM journal
            WHERE journal.donation_id = donation.id AND journal.kind = 'gift')""",
    )
    for index, table, columns in _LISTS:
        op.create_index(index, table, columns, unique=False)
    op.drop_index("ix_journal_fund_id", "journal")
    _tell_sections_of_journals()

    op.add_column("charge", sa.Column("method", sa.String(), nullable=True))
    op.add_column("refund", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """UPDATE refund SET heard_at = coalesce(
            (SELECT booked_at FROM journal WHERE journal.account = refund.account
                AND journal.source = refund.id AND journal.kind = 'refund'),
            (SELECT created_at FROM donation WHERE donation.id = refund.donation_id))""",
    )
    with op.batch_alter_table("refund") as refund:
        refund.alter_column("heard_at", nullable=False)
    op.create_index("ix_refund_heard", "refund", ["heard_at", "id"], unique=False)

    op.add_column("rate_table", sa.Column("locked_by", sa.String(), nullable=True))
    op.add_column("rate_table", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))


def _tell_sections_of_journals() -> None:
    """A journal is of the section of its donation; the seal comes back at the end of all."""
    connection = op.get_bind()
    triggers.drop(connection)
    # In one statement, for SQLite adds no constraint to a table that is there.
    number = "INTEGER" if connection.dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"""ALTER TABLE journal ADD COLUMN section_id {number}
            CONSTRAINT fk_journal_section_id REFERENCES section (id)""",
    )
    op.execute(
        """UPDATE journal SET section_id = (SELECT section_id FROM donation
            WHERE donation.id = journal.donation_id) WHERE donation_id IS NOT NULL""",
    )
    op.create_index("ix_journal_section", "journal", ["section_id", "id"], unique=False)


def _count_days() -> None:
    """What was booked before days were kept, each in its fund's timezone."""
    connection = op.get_bind()
    query = sa.text(
        """SELECT entry.fund_id, entry.section_id, fund.timezone, donation.method,
            donation.succeeded_at, min(journal.booked_at) AS booked_at,
            -sum(entry.base) AS received, -sum(entry.amount) AS kept
        FROM entry JOIN journal ON journal.id = entry.journal_id
            JOIN donation ON donation.id = journal.donation_id JOIN fund ON fund.id = entry.fund_id
        WHERE entry.account IN ('gifts', 'gifts_returned')
        GROUP BY donation.id, entry.fund_id, entry.section_id, fund.timezone""",
    ).columns(
        succeeded_at=sa.DateTime(timezone=True),
        booked_at=sa.DateTime(timezone=True),
    )
    days: dict[tuple[object, ...], list[int]] = {}
    for row in connection.execute(query):
        given_on, booked_on = (
            moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(ZoneInfo(row.timezone)).date()
            for moment in (row.succeeded_at or row.booked_at, row.booked_at)
        )
        sums = days.setdefault(
            (row.fund_id, row.section_id, given_on, booked_on, row.method), [0, 0]
        )
        sums[0] += int(row.received)
        sums[1] += int(row.kept > 0)
    names = ("fund_id", "section_id", "given_on", "booked_on", "method", "received", "donations")
    dates = (sa.column("given_on", sa.Date()), sa.column("booked_on", sa.Date()))
    others = ("fund_id", "section_id", "method", "stripe_method", "received", "donations")
    table = sa.table("day", *dates, *map(sa.column, others))
    rows = [dict(zip(names, (*key, *sums), strict=True)) for key, sums in days.items()]
    if rows:
        connection.execute(table.insert().values(stripe_method=""), rows)


def downgrade() -> None:
    op.drop_index("ix_donation_without_rate", "donation")
    op.drop_index("ix_donation_reference_key", "donation")
    op.drop_index("ix_refund_heard", "refund")
    op.drop_index("ix_journal_section", "journal")
    for index, table, _ in _LISTS:
        op.drop_index(index, table)
    op.create_index("ix_journal_fund_id", "journal", ["fund_id"], unique=False)
    # In place, and not as a batch: that would rebuild tables that others refer to.
    for table, column in (
        ("journal", "section_id"),
        ("charge", "method"),
        ("refund", "heard_at"),
        ("donation", "booked_at"),
        ("rate_table", "locked_at"),
        ("rate_table", "locked_by"),
        ("donation", "reference_key"),
        ("donation", "reference"),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in (
        "refund_order",
        "target_change",
        "mail",
        "staff_session",
        "spent_challenge",
        "staff_link",
        "staff_grant",
        "recovery_code",
        "passkey",
        "export",
        "staff",
        "sign_in_attempt",
        "day",
        "audit",
    ):
        op.drop_table(table)
