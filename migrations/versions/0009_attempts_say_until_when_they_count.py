"""attempts to sign in say until when they count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # None of them counted for longer than a day.
    op.execute("DELETE FROM sign_in_attempt")
    op.add_column(
        "sign_in_attempt", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True)
    )
    with op.batch_alter_table("sign_in_attempt") as attempt:
        attempt.alter_column("expires_at", nullable=False)
    op.create_index("ix_sign_in_attempt_expires_at", "sign_in_attempt", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_sign_in_attempt_expires_at", "sign_in_attempt")
    op.execute("ALTER TABLE sign_in_attempt DROP COLUMN expires_at")
