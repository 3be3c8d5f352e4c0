"""row-level security."""

from __future__ import annotations

from alembic import op

from fundtracker.store import policies

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From here on `env.py` makes the policies anew at the end of every run."""


def downgrade() -> None:
    policies.drop(op.get_bind())
