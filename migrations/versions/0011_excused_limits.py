"""excused limits

Revision: 0011, after 0010. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_milestones_open_excused",
        "milestones",
        ["due_on", "id"],
        postgresql_where=sa.text("is_open AND excused_by <> ''"),
        sqlite_where=sa.text("is_open = 1 AND excused_by <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_milestones_open_excused", table_name="milestones")
