"""online pledges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pledge_terms",
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("automatic_limit", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("bic", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("booked_until", sa.Date(), nullable=True),
        sa.CheckConstraint("automatic_limit >= 0", name=op.f("ck_pledge_terms_limit")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_terms_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_pledge_terms")),
    )
    op.create_table(
        "pledge_contact",
        sa.Column("pledge_id", KEY, nullable=False),
        sa.Column("link_key", sa.String(), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_contact_pledge_id")
        ),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_pledge_contact")),
        sa.UniqueConstraint("link_key", name=op.f("uq_pledge_contact_link_key")),
    )
    op.create_table(
        "pledge_reminder",
        sa.Column("pledge_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_reminder_pledge_id")
        ),
        sa.PrimaryKeyConstraint("pledge_id", "due_on", "stage", name=op.f("pk_pledge_reminder")),
    )


def downgrade() -> None:
    for table in ("pledge_reminder", "pledge_contact", "pledge_terms"):
        op.drop_table(table)
