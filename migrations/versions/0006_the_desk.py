"""the desk."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
# What somebody has to look at still.
OPEN = sa.text(
    "(state = 'counted' AND checked_at IS NULL) OR state IN ('parked', 'second', 'blind')"
    " OR undo_asked_by IS NOT NULL OR double_open"
)


def upgrade() -> None:
    op.create_table(
        "desk",
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.Column("in_fund_currency", sa.Boolean(), nullable=False),
        sa.Column("two_keyers", sa.Boolean(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=True),
        sa.Column("level_currency", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_desk_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_desk")),
    )
    op.create_table(
        "call",
        sa.Column("id", KEY, nullable=False),
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("badge", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("instalments", sa.BigInteger(), nullable=True),
        sa.Column("announced", sa.BigInteger(), nullable=True),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("paid_by", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("teller", sa.String(), nullable=False),
        sa.Column("typed_at", TIME, nullable=False),
        sa.Column("entered_at", TIME, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("checked_at", TIME, nullable=True),
        sa.Column("doubted_by", sa.String(), nullable=True),
        sa.Column("undo_asked_by", sa.String(), nullable=True),
        sa.Column("double_of", sa.BigInteger(), nullable=True),
        sa.Column("double_open", sa.Boolean(), nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=True),
        sa.Column("replaced_by", sa.BigInteger(), nullable=True),
        sa.Column("matches", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "count > 0 AND (amount IS NULL OR amount > 0)", name=op.f("ck_call_amounts")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_call_fund_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_call_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("fund_id", "client_id", name=op.f("uq_call_fund_id_client_id")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_call_fund_id_number")),
    )
    op.create_index("ix_call_changed", "call", ["fund_id", "changed"], unique=False)
    op.create_index(
        "ix_call_like", "call", ["fund_id", "section_id", "amount", "typed_at"], unique=False
    )
    op.create_index("ix_call_section", "call", ["fund_id", "section_id", "state"], unique=False)
    op.create_index(
        "ix_call_open",
        "call",
        ["fund_id", "number"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "desk_command",
        sa.Column("id", KEY, nullable=False),
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("teller", sa.String(), nullable=False),
        sa.Column("entered_at", TIME, nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_desk_command_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_command")),
        sa.UniqueConstraint("fund_id", "client_id", name=op.f("uq_desk_command_fund_id_client_id")),
    )
    op.create_table(
        "desk_teller",
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("teller", sa.String(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_desk_teller_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "teller", name=op.f("pk_desk_teller")),
    )
    op.create_table(
        "teller_habit",
        sa.Column("teller", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("teller", "mark", name=op.f("pk_teller_habit")),
    )
    op.create_table(
        "section_alias",
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_section_alias_section_id")
        ),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_section_alias")),
    )
    op.create_index(
        op.f("ix_section_alias_section_id"), "section_alias", ["section_id"], unique=False
    )
    op.create_table(
        "prepared",
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("instalments", sa.BigInteger(), nullable=True),
        sa.Column("is_total", sa.Boolean(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount > 0 AND count > 0", name=op.f("ck_prepared_amount")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_prepared_fund_id")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_prepared_section_id")
        ),
        sa.PrimaryKeyConstraint("fund_id", "section_id", name=op.f("pk_prepared")),
    )
    op.create_table(
        "paper_sum",
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("section_id", KEY, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("typed_by", sa.String(), nullable=False),
        sa.Column("typed_at", TIME, nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_paper_sum_amount")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_paper_sum_fund_id")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_paper_sum_section_id")
        ),
        sa.PrimaryKeyConstraint("fund_id", "section_id", "currency", name=op.f("pk_paper_sum")),
    )
    op.add_column("fund", sa.Column("mode_since", TIME, nullable=True))
    _make_desks()


def _make_desks() -> None:
    """Give the funds that there are their desks."""
    connection = op.get_bind()
    fund = sa.table("fund", sa.column("id"))
    desk = sa.table(
        "desk",
        *(
            sa.column(name)
            for name in ("fund_id", "key", "next_number", "in_fund_currency", "two_keyers")
        ),
    )
    rows = [
        {
            "fund_id": id,
            "key": secrets.token_urlsafe(12),
            "next_number": 1,
            "in_fund_currency": False,
            "two_keyers": False,
        }
        for id in connection.scalars(sa.select(fund.c.id))
    ]
    if rows:
        connection.execute(desk.insert(), rows)


def downgrade() -> None:
    # In place, and not as a batch: that would rebuild a table that others refer to.
    op.execute("ALTER TABLE fund DROP COLUMN mode_since")
    for table in (
        "paper_sum",
        "prepared",
        "section_alias",
        "teller_habit",
        "desk_teller",
        "desk_command",
        "call",
        "desk",
    ):
        op.drop_table(table)
