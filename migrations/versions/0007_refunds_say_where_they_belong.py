"""refunds say of which fund and section they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fundtracker.store import policies

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLACES = ("fund", "section")


def upgrade() -> None:
    for place in PLACES:
        op.add_column("refund", sa.Column(f"{place}_id", KEY, nullable=True))
    op.execute(
        """UPDATE refund SET
            fund_id = (SELECT fund_id FROM donation WHERE id = refund.donation_id),
            section_id = (SELECT section_id FROM donation WHERE id = refund.donation_id)""",
    )
    with op.batch_alter_table("refund") as refund:
        for place in PLACES:
            refund.alter_column(f"{place}_id", nullable=False)
            refund.create_foreign_key(f"fk_refund_{place}_id", place, [f"{place}_id"], ["id"])
    for place in PLACES:
        op.create_index(f"ix_refund_{place}", "refund", [f"{place}_id", "heard_at", "id"])


def downgrade() -> None:
    policies.drop(op.get_bind())
    for place in PLACES:
        op.drop_index(f"ix_refund_{place}", "refund")
    with op.batch_alter_table("refund") as refund:
        for place in PLACES:
            refund.drop_constraint(f"fk_refund_{place}_id", type_="foreignkey")
            refund.drop_column(f"{place}_id")
