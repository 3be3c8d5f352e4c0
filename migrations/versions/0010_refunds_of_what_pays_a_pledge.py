"""refunds of what pays a pledge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep with a refund whether the pledge that the gift paid is withdrawn with it."""
    with op.batch_alter_table("refund_order") as table:
        table.add_column(
            sa.Column("withdraws", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("refund_order") as table:
        table.alter_column("withdraws", server_default=None)


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("refund_order") as table:
        table.drop_column("withdrawn_at")
        table.drop_column("withdraws")
