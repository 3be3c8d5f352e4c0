"""lists of pledges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INDEXES: tuple[tuple[str, list[str], str], ...] = (
    ("ix_pledge_source", ["source", "id"], ""),
    ("ix_pledge_made", ["made_at", "id"], ""),
    ("ix_pledge_open", ["open_due", "id"], ""),
    ("ix_pledge_part_paid", ["id"], "paid > 0 AND paid < amount"),
    ("ix_pledge_paid", ["id"], "paid >= amount"),
    ("ix_pledge_unnamed", ["id", "source"], "name IS NULL"),
    ("ix_pledge_name_key", ["name_key"], "name_key IS NOT NULL"),
)


def upgrade() -> None:
    """Keep on each pledge what lists are sorted, narrowed and summed by."""
    with op.batch_alter_table("pledge") as table:
        # The default is for rows from before this; those of a release there are none.
        table.add_column(sa.Column("base", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("open_due", sa.Date(), nullable=True))
        table.add_column(sa.Column("name_key", sa.String(), nullable=True))
    with op.batch_alter_table("pledge") as table:
        table.alter_column("base", server_default=None)
        for name, columns, rows in _INDEXES:
            only = {"sqlite_where": sa.text(rows), "postgresql_where": sa.text(rows)}
            table.create_index(name, columns, **(only if rows else {}))


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("pledge") as table:
        for name, _, _ in _INDEXES:
            table.drop_index(name)
        table.drop_column("name_key")
        table.drop_column("open_due")
        table.drop_column("base")
