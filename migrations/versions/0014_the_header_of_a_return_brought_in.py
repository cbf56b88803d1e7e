"""the header of a return that was brought in, for the next one built here

Revision: 0014, after 0013. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.add_column("import_batches", sa.Column("header", json, nullable=False, server_default="{}"))
    with op.batch_alter_table("import_batches") as batch_op:
        batch_op.alter_column("header", server_default=None)


def downgrade() -> None:
    op.drop_column("import_batches", "header")
