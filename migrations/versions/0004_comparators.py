"""comparators

Revision: 0004, after 0003. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_areas",
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "national", "regional", "authority", name="level", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_published_areas")),
    )
    with op.batch_alter_table("published_areas", schema=None) as batch_op:
        batch_op.create_index("ix_published_areas_level_name", ["level", "name"], unique=False)

    op.create_table(
        "neighbour_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "codes", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_neighbour_choices_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_neighbour_choices")),
    )
    op.create_table(
        "published_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table", sa.String(length=40), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.Column("figures", sa.Integer(), nullable=False),
        sa.Column(
            "remarks", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["imported_by_id"], ["users.id"], name=op.f("fk_published_files_imported_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_published_files_sha256")),
    )
    op.create_table(
        "published_footnotes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=9), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("table", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_code"], ["published_areas.code"], name=op.f("fk_published_footnotes_area_code_published_areas")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_published_footnotes_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_footnotes")),
    )
    op.create_table(
        "published_figures",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area_code", sa.String(length=9), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("numerator", sa.Double(), nullable=True),
        sa.Column("denominator", sa.Double(), nullable=True),
        sa.Column("mark", sa.String(length=5), nullable=False),
        sa.CheckConstraint(
            "(value IS NULL) = (mark <> '')", name=op.f("ck_published_figures_either_a_value_or_a_mark")
        ),
        sa.ForeignKeyConstraint(
            ["area_code"], ["published_areas.code"], name=op.f("fk_published_figures_area_code_published_areas")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["published_files.id"], name=op.f("fk_published_figures_file_id_published_files")
        ),
        sa.PrimaryKeyConstraint("measure", "year", "area_code", "file_id", name=op.f("pk_published_figures")),
    )
    with op.batch_alter_table("published_figures", schema=None) as batch_op:
        batch_op.create_index("ix_published_figures_area_code", ["area_code", "measure", "year"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("published_figures", schema=None) as batch_op:
        batch_op.drop_index("ix_published_figures_area_code")

    op.drop_table("published_figures")
    op.drop_table("published_footnotes")
    op.drop_table("published_files")
    op.drop_table("neighbour_choices")
    with op.batch_alter_table("published_areas", schema=None) as batch_op:
        batch_op.drop_index("ix_published_areas_level_name")

    op.drop_table("published_areas")
