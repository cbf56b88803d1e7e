"""looking ahead

Revision: 0006, after 0005. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_cones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("span", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("issued_in_time", sa.Integer(), nullable=False),
        sa.Column("issued_late", sa.Integer(), nullable=False),
        sa.Column("expected_in_time", sa.Double(), nullable=False),
        sa.Column("expected_late", sa.Double(), nullable=False),
        sa.Column("from_backlog", sa.Double(), nullable=False),
        sa.Column("from_newcomers", sa.Double(), nullable=False),
        sa.Column("best_in_time", sa.Double(), nullable=False),
        sa.Column("best_late", sa.Double(), nullable=False),
        sa.Column("worst_in_time", sa.Double(), nullable=False),
        sa.Column("worst_late", sa.Double(), nullable=False),
        sa.Column("percent", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("on_priors", sa.Boolean(), nullable=False),
        sa.Column("definition", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("day <= ends_on", name=op.f("ck_kpi_cones_foreseen_before_its_end")),
        sa.CheckConstraint("low <= percent AND percent <= high", name=op.f("ck_kpi_cones_interval_holds_its_middle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_cones")),
        sa.UniqueConstraint("day", "span", "starts_on", name=op.f("uq_kpi_cones_day_span_starts_on")),
    )
    with op.batch_alter_table("kpi_cones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kpi_cones_ends_on"), ["ends_on"], unique=False)

    op.create_table(
        "outlook_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("backlog", sa.Integer(), nullable=False),
        sa.Column(
            "sums", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlook_parts")),
        sa.UniqueConstraint("day", "first_id", name=op.f("uq_outlook_parts_day_first_id")),
    )
    op.create_table(
        "outlooks",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("open_cases", sa.Integer(), nullable=False),
        sa.Column("on_priors", sa.Boolean(), nullable=False),
        sa.Column(
            "backlog", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "requests", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "days_to_plan",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_outlooks")),
    )
    op.create_table(
        "backlog_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "taken_first",
            sa.Enum("oldest", "readiest", name="order", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "figures", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("submission", sa.String(length=36), nullable=False),
        sa.CheckConstraint("made_on <= ends_on", name=op.f("ck_backlog_plans_made_before_its_end")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_backlog_plans_number_is_a_count")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_backlog_plans_made_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backlog_plans")),
        sa.UniqueConstraint("submission", name=op.f("uq_backlog_plans_submission")),
    )
    with op.batch_alter_table("backlog_plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backlog_plans_ends_on"), ["ends_on"], unique=False)

    op.create_table(
        "staff_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "figures", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["users.id"], name=op.f("fk_staff_figures_saved_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_figures")),
    )


def downgrade() -> None:
    op.drop_table("staff_figures")
    with op.batch_alter_table("backlog_plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_backlog_plans_ends_on"))

    op.drop_table("backlog_plans")
    op.drop_table("outlooks")
    op.drop_table("outlook_parts")
    with op.batch_alter_table("kpi_cones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kpi_cones_ends_on"))

    op.drop_table("kpi_cones")
