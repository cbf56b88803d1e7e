"""panels

Revision: 0012, after 0011. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "panels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(called_off_at IS NULL) = (called_off_by_id IS NULL)", name=op.f("ck_panels_called_off_by_somebody")
        ),
        sa.ForeignKeyConstraint(["called_off_by_id"], ["users.id"], name=op.f("fk_panels_called_off_by_id_users")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_panels_made_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panels")),
    )
    op.create_index(
        "uq_panels_held_on",
        "panels",
        ["held_on"],
        unique=True,
        postgresql_where=sa.text("called_off_at IS NULL"),
        sqlite_where=sa.text("called_off_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("panels")
