"""returns

Revision: 0005, after 0004. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sen2_returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "header", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("queries", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column(
            "files", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("submission", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_by_id IS NULL)", name=op.f("ck_sen2_returns_signed_by_somebody")
        ),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (submission IS NULL)", name=op.f("ck_sen2_returns_signed_is_submitted")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_sen2_returns_asked_by_id_users")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["users.id"], name=op.f("fk_sen2_returns_signed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sen2_returns")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_sen2_returns_stored_as")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_sen2_returns_year_number")),
        sa.UniqueConstraint("year", "submission", name=op.f("uq_sen2_returns_year_submission")),
    )
    op.create_table(
        "placements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("named", "attended", name="placementpart", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("rank", sa.String(length=8), nullable=False),
        sa.Column("urn", sa.String(length=6), nullable=False),
        sa.Column("ukprn", sa.String(length=8), nullable=False),
        sa.Column("sen_setting", sa.String(length=8), nullable=False),
        sa.Column("sen_setting_other", sa.String(length=200), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("in_sen_unit", sa.Boolean(), nullable=True),
        sa.Column("in_resourced_provision", sa.Boolean(), nullable=True),
        sa.Column("res", sa.String(length=8), nullable=False),
        sa.Column("wbp", sa.String(length=8), nullable=False),
        sa.Column("attendance_pattern", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_placements_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
    )
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.create_index("ix_placements_case_id", ["case_id"], unique=False)

    op.create_table(
        "plan_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("rank", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_plan_needs_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_needs")),
    )
    with op.batch_alter_table("plan_needs", schema=None) as batch_op:
        batch_op.create_index("ix_plan_needs_case_id", ["case_id"], unique=False)

    op.create_table(
        "return_details",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("collection_year", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("historical", sa.Boolean(), nullable=False),
        sa.Column("assessed_elsewhere", sa.Boolean(), nullable=False),
        sa.Column("request_mediation", sa.Boolean(), nullable=True),
        sa.Column("request_tribunal", sa.Boolean(), nullable=True),
        sa.Column("assessment_mediation", sa.Boolean(), nullable=True),
        sa.Column("assessment_tribunal", sa.Boolean(), nullable=True),
        sa.Column("other_mediation", sa.Boolean(), nullable=True),
        sa.Column("other_tribunal", sa.Boolean(), nullable=True),
        sa.Column("rya", sa.Boolean(), nullable=True),
        sa.Column("exported", sa.String(length=40), nullable=False),
        sa.Column("plan_started_on", sa.Date(), nullable=True),
        sa.Column("plan_res", sa.String(length=8), nullable=False),
        sa.Column("plan_wbp", sa.String(length=8), nullable=False),
        sa.Column("personal_budget", sa.Boolean(), nullable=True),
        sa.Column("organised_arrangements", sa.Boolean(), nullable=True),
        sa.Column("direct_payments", sa.String(length=40), nullable=False),
        sa.Column("cease_reason", sa.String(length=8), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("transfer_la", sa.String(length=3), nullable=False),
        sa.Column("review_met_on", sa.Date(), nullable=True),
        sa.Column("review_outcome", sa.String(length=8), nullable=False),
        sa.Column("last_review_on", sa.Date(), nullable=True),
        sa.Column("review_draft_on", sa.Date(), nullable=True),
        sa.Column("phase_transfer_due_on", sa.Date(), nullable=True),
        sa.Column("phase_transfer_final_on", sa.Date(), nullable=True),
        sa.Column("res", sa.String(length=8), nullable=False),
        sa.Column("wbp", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_return_details_case_id_cases")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_return_details_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_return_details")),
    )
    op.create_table(
        "sen2_issues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("module", sa.String(length=20), nullable=False),
        sa.Column("fields", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("mend", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sen2_issues_case_id_cases")),
        sa.ForeignKeyConstraint(["return_id"], ["sen2_returns.id"], name=op.f("fk_sen2_issues_return_id_sen2_returns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sen2_issues")),
    )
    with op.batch_alter_table("sen2_issues", schema=None) as batch_op:
        batch_op.create_index("ix_sen2_issues_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_sen2_issues_return_id_kind_rule", ["return_id", "kind", "rule", "id"], unique=False)

    op.create_table(
        "sen2_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_sen2_notes_by_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sen2_notes_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sen2_notes")),
    )
    with op.batch_alter_table("sen2_notes", schema=None) as batch_op:
        batch_op.create_index("ix_sen2_notes_year_case_id_rule", ["year", "case_id", "rule"], unique=False)

    op.add_column("people", sa.Column("upn_unknown", sa.String(length=8), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("people", "upn_unknown")

    with op.batch_alter_table("sen2_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_sen2_notes_year_case_id_rule")

    op.drop_table("sen2_notes")
    with op.batch_alter_table("sen2_issues", schema=None) as batch_op:
        batch_op.drop_index("ix_sen2_issues_return_id_kind_rule")
        batch_op.drop_index("ix_sen2_issues_case_id")

    op.drop_table("sen2_issues")
    op.drop_table("return_details")
    with op.batch_alter_table("plan_needs", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_needs_case_id")

    op.drop_table("plan_needs")
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.drop_index("ix_placements_case_id")

    op.drop_table("placements")
    op.drop_table("sen2_returns")
