"""the backlog as it stands: the dial reads the overdue cases, and no night keeps them

Revision: 0013, after 0012. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("outlooks", "backlog")


def downgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.add_column("outlooks", sa.Column("backlog", json, nullable=False, server_default="[]"))
    with op.batch_alter_table("outlooks") as batch_op:
        batch_op.alter_column("backlog", server_default=None)
