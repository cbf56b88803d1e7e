"""
what was promised: an index for the actions on alerts that somebody said they would do

Revision: 0018, after 0017. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("closed_on IS NULL AND action_by_id IS NOT NULL")
    op.create_index(
        "ix_alerts_promised", "alerts", ["action_by_id", "action_due_on"], postgresql_where=where, sqlite_where=where
    )


def downgrade() -> None:
    op.drop_index("ix_alerts_promised", "alerts")
