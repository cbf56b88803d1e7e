"""long lists: excused limits, and advice that is waited for, are read in their order

Revision: 0011, after 0010. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
INDEXES = {
    "ix_milestones_open_excused": ("milestones", ["due_on", "id"], "is_open", " AND excused_by <> ''"),
    "ix_advice_waited_for": ("advice", ["asked_on", "id"], "is_outstanding", ""),
    "ix_advice_waited_for_by_kind": ("advice", ["kind", "asked_on", "id"], "is_outstanding", ""),
}


def upgrade() -> None:
    for name, (table, columns, flag, more) in INDEXES.items():
        op.create_index(
            name,
            table,
            columns,
            postgresql_where=sa.text(f"{flag}{more}"),
            sqlite_where=sa.text(f"{flag} = 1{more}"),
        )


def downgrade() -> None:
    for name, (table, *_) in INDEXES.items():
        op.drop_index(name, table_name=table)
