"""lines say what is left of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep with a line what the treasury has left of its pledges."""
    op.add_column("call", sa.Column("left_people", sa.BigInteger(), nullable=True))
    op.add_column("call", sa.Column("left_amount", sa.BigInteger(), nullable=True))
    op.add_column("call", sa.Column("left_base", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("call") as table:
        table.drop_column("left_base")
        table.drop_column("left_amount")
        table.drop_column("left_people")
