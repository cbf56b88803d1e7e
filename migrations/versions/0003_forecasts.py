"""forecasts

Revision: 0003, after 0002. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecast_fits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("for_day", sa.Date(), nullable=False),
        sa.Column("data_from", sa.Date(), nullable=True),
        sa.Column("data_to", sa.Date(), nullable=True),
        sa.Column("closed_cases", sa.Integer(), nullable=False),
        sa.Column("open_cases", sa.Integer(), nullable=False),
        sa.Column("on_priors", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "in_use", "retired", "not_better", name="fitstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column(
            "scores", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("data_from <= data_to", name=op.f("ck_forecast_fits_window_runs_forward")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_forecast_fits_changed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_fits")),
    )
    with op.batch_alter_table("forecast_fits", schema=None) as batch_op:
        batch_op.create_index(
            "uq_forecast_fits_in_use",
            ["state"],
            unique=True,
            postgresql_where=sa.text("state = 'in_use'"),
            sqlite_where=sa.text("state = 'in_use'"),
        )

    op.create_table(
        "forecasts",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("fit_id", sa.Integer(), nullable=False),
        sa.Column("for_day", sa.Date(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("p_decision", sa.Double(), nullable=True),
        sa.Column("p_no_plan", sa.Double(), nullable=True),
        sa.Column("p_final", sa.Double(), nullable=True),
        sa.Column("p_ends_otherwise", sa.Double(), nullable=False),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column("limiting_step", sa.String(length=40), nullable=False),
        sa.Column("limiting_subject", sa.String(length=200), nullable=False),
        sa.Column("limiting_holder", sa.String(length=200), nullable=False),
        sa.Column("latest_safe_on", sa.Date(), nullable=True),
        sa.Column("slack_days", sa.Integer(), nullable=True),
        sa.Column(
            "days_by_step",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "reasons", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.CheckConstraint(
            "earliest_on <= expected_on AND expected_on <= latest_on",
            name=op.f("ck_forecasts_interval_holds_its_middle"),
        ),
        sa.CheckConstraint("p_decision BETWEEN 0 AND 1", name=op.f("ck_forecasts_p_decision_is_a_probability")),
        sa.CheckConstraint("p_final BETWEEN 0 AND 1", name=op.f("ck_forecasts_p_final_is_a_probability")),
        sa.CheckConstraint("p_no_plan BETWEEN 0 AND 1", name=op.f("ck_forecasts_p_no_plan_is_a_probability")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_forecasts_case_id_cases")),
        sa.ForeignKeyConstraint(["fit_id"], ["forecast_fits.id"], name=op.f("fk_forecasts_fit_id_forecast_fits")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_forecasts")),
    )
    with op.batch_alter_table("forecasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forecasts_fit_id"), ["fit_id"], unique=False)
        batch_op.create_index("ix_forecasts_p_final", ["p_final"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("forecasts", schema=None) as batch_op:
        batch_op.drop_index("ix_forecasts_p_final")
        batch_op.drop_index(batch_op.f("ix_forecasts_fit_id"))

    op.drop_table("forecasts")
    with op.batch_alter_table("forecast_fits", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_forecast_fits_in_use",
            postgresql_where=sa.text("state = 'in_use'"),
            sqlite_where=sa.text("state = 'in_use'"),
        )

    op.drop_table("forecast_fits")
