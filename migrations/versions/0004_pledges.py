"""pledges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fundtracker.store import triggers

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pledge",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("attempt", sa.String(), nullable=True),
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("rate_mantissa", sa.BigInteger(), nullable=False),
        sa.Column("rate_scale", sa.BigInteger(), nullable=False),
        sa.Column("rate_table_id", KEY, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("paid_by", sa.String(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("paid_base", sa.BigInteger(), nullable=False),
        sa.Column("rounded", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("email_key", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.CheckConstraint(
            "amount > 0 AND paid >= 0 AND paid_base >= 0", name=op.f("ck_pledge_amounts")
        ),
        sa.CheckConstraint("rate_mantissa > 0 AND rate_scale >= 0", name=op.f("ck_pledge_rate")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_fund_id")),
        sa.ForeignKeyConstraint(
            ["rate_table_id"], ["rate_table.id"], name=op.f("fk_pledge_rate_table_id")
        ),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_pledge_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("attempt", name=op.f("uq_pledge_attempt")),
        sa.UniqueConstraint("number", name=op.f("uq_pledge_number")),
        sa.UniqueConstraint("token", name=op.f("uq_pledge_token")),
    )
    op.create_index("ix_pledge_call_id", "pledge", ["call_id"], unique=False)
    op.create_index("ix_pledge_due", "pledge", ["due_on", "id"], unique=False)
    op.create_index(
        "ix_pledge_email_key",
        "pledge",
        ["email_key"],
        unique=False,
        sqlite_where=sa.text("email_key IS NOT NULL"),
        postgresql_where=sa.text("email_key IS NOT NULL"),
    )
    op.create_index("ix_pledge_fund", "pledge", ["fund_id", "id"], unique=False)
    op.create_index("ix_pledge_recent", "pledge", ["fund_id", "made_at", "id"], unique=False)
    op.create_index("ix_pledge_section", "pledge", ["section_id", "id", "status"], unique=False)
    op.create_index("ix_pledge_status", "pledge", ["status", "id"], unique=False)

    op.create_table(
        "instalment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("pledge_id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_instalment_amount")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_instalment_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("pledge_id", "position", name=op.f("uq_instalment_pledge_id_position")),
    )
    op.create_table(
        "allocation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("donation_id", KEY, nullable=False),
        sa.Column("pledge_id", KEY, nullable=False),
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("kept_amount", sa.BigInteger(), nullable=False),
        sa.Column("kept_base", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "given > 0 AND amount > 0 AND base >= 0", name=op.f("ck_allocation_amounts")
        ),
        sa.CheckConstraint("kept_amount BETWEEN 0 AND amount", name=op.f("ck_allocation_kept")),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_allocation_donation_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_allocation_fund_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_allocation_pledge_id")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_allocation_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint("token", name=op.f("uq_allocation_token")),
    )
    op.create_index("ix_allocation_donation", "allocation", ["donation_id", "id"], unique=False)
    op.create_index(
        "ix_allocation_place", "allocation", ["fund_id", "section_id", "status"], unique=False
    )
    op.create_index("ix_allocation_pledge", "allocation", ["pledge_id", "id"], unique=False)

    # A column with its reference in one breath: SQLite need not make these large tables anew.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table in ("donation", "journal"):
        op.execute(
            f"""ALTER TABLE {table} ADD COLUMN pledge_id {number}
                CONSTRAINT fk_{table}_pledge_id REFERENCES pledge (id)"""
        )
        op.create_index(op.f(f"ix_{table}_pledge_id"), table, ["pledge_id"])


def downgrade() -> None:
    triggers.drop(op.get_bind())
    for table in ("journal", "donation"):
        op.drop_index(op.f(f"ix_{table}_pledge_id"), table_name=table)
        op.execute(f"ALTER TABLE {table} DROP COLUMN pledge_id")
    for table in ("allocation", "instalment", "pledge"):
        op.drop_table(table)
