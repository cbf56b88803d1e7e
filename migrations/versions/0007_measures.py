"""measures

Revision: 0007, after 0006. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
REFUSED = "a figure that was reported is never changed"


def upgrade() -> None:
    op.create_table(
        "quality_counts",
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("taken_on", "rule", name=op.f("pk_quality_counts")),
    )
    op.create_table(
        "entered_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("numerator <= denominator", name=op.f("ck_entered_figures_part_of_its_whole")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_entered_figures_entered_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entered_figures")),
    )
    with op.batch_alter_table("entered_figures", schema=None) as batch_op:
        batch_op.create_index("ix_entered_figures_measure_as_at", ["measure", "as_at", "id"], unique=False)

    op.create_table(
        "frozen_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column(
            "span",
            sa.Enum(
                "month",
                "calendar",
                "academic",
                "financial",
                "rolling",
                name="span",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("counts_reopened", sa.Boolean(), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("value", sa.Numeric(precision=12, scale=1), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_frozen_figures_period_runs_forward")),
        sa.ForeignKeyConstraint(["frozen_by_id"], ["users.id"], name=op.f("fk_frozen_figures_frozen_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_figures")),
        sa.UniqueConstraint(
            "measure", "version", "span", "starts_on", "known_on", "counts_reopened", name="uq_frozen_figures_reported"
        ),
    )
    op.create_table(
        "advice_facts",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "parental",
                "educational",
                "medical",
                "psychological",
                "social_care",
                "vision",
                "hearing",
                "multi_sensory",
                "preparing_for_adulthood",
                "speech_language",
                "occupational_therapy",
                "physiotherapy",
                "early_years",
                "other",
                name="advicekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("giver", sa.String(length=200), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("first_received_on", sa.Date(), nullable=True),
        sa.Column("not_known_on", sa.Date(), nullable=True),
        sa.Column("not_needed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_advice_facts_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "key", name=op.f("pk_advice_facts")),
    )
    with op.batch_alter_table("advice_facts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_advice_facts_asked_on",
            ["asked_on", "due_on", "first_received_on", "not_needed_on", "not_known_on"],
            unique=False,
        )

    op.create_table(
        "advice_facts_before",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("known_until", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "parental",
                "educational",
                "medical",
                "psychological",
                "social_care",
                "vision",
                "hearing",
                "multi_sensory",
                "preparing_for_adulthood",
                "speech_language",
                "occupational_therapy",
                "physiotherapy",
                "early_years",
                "other",
                name="advicekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("giver", sa.String(length=200), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("first_received_on", sa.Date(), nullable=True),
        sa.Column("not_known_on", sa.Date(), nullable=True),
        sa.Column("not_needed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("known_from < known_until", name=op.f("ck_advice_facts_before_holds_for_a_day")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_advice_facts_before_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "key", "known_from", name=op.f("pk_advice_facts_before")),
    )
    with op.batch_alter_table("advice_facts_before", schema=None) as batch_op:
        batch_op.create_index("ix_advice_facts_before_known_until", ["known_until", "known_from"], unique=False)

    op.create_table(
        "case_facts",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_to_assess", sa.Boolean(), nullable=True),
        sa.Column("days_to_decision", sa.Integer(), nullable=True),
        sa.Column("assessed_from", sa.Date(), nullable=True),
        sa.Column("no_plan_on", sa.Date(), nullable=True),
        sa.Column("days_to_no_plan", sa.Integer(), nullable=True),
        sa.Column("final_plan_on", sa.Date(), nullable=True),
        sa.Column("days_to_plan", sa.Integer(), nullable=True),
        sa.Column("counts_for_timeliness", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("exceptions_apply", sa.Boolean(), nullable=False),
        sa.Column("exceptions", sa.String(length=200), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("clock_started_on", sa.Date(), nullable=True),
        sa.Column("final_due_on", sa.Date(), nullable=True),
        sa.Column("psychology_awaited", sa.Boolean(), nullable=False),
        sa.Column("psychology_ready", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_facts_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_facts")),
    )
    with op.batch_alter_table("case_facts", schema=None) as batch_op:
        batch_op.create_index("ix_case_facts_assessed_from", ["assessed_from"], unique=False)
        batch_op.create_index(
            "ix_case_facts_decided_on", ["decided_on", "days_to_decision", "decided_to_assess"], unique=False
        )
        batch_op.create_index(
            "ix_case_facts_final_plan_on",
            ["final_plan_on", "counts_for_timeliness", "exceptions_apply", "days_to_plan", "reopened"],
            unique=False,
        )
        batch_op.create_index("ix_case_facts_no_plan_on", ["no_plan_on", "days_to_no_plan"], unique=False)
        batch_op.create_index(
            "ix_case_facts_open",
            ["clock_started_on", "final_due_on"],
            unique=False,
            postgresql_where=sa.text("is_open"),
            sqlite_where=sa.text("is_open = 1"),
        )
        batch_op.create_index("ix_case_facts_received_on", ["received_on"], unique=False)

    op.create_table(
        "case_facts_before",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("known_until", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_to_assess", sa.Boolean(), nullable=True),
        sa.Column("days_to_decision", sa.Integer(), nullable=True),
        sa.Column("assessed_from", sa.Date(), nullable=True),
        sa.Column("no_plan_on", sa.Date(), nullable=True),
        sa.Column("days_to_no_plan", sa.Integer(), nullable=True),
        sa.Column("final_plan_on", sa.Date(), nullable=True),
        sa.Column("days_to_plan", sa.Integer(), nullable=True),
        sa.Column("counts_for_timeliness", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("exceptions_apply", sa.Boolean(), nullable=False),
        sa.Column("exceptions", sa.String(length=200), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("clock_started_on", sa.Date(), nullable=True),
        sa.Column("final_due_on", sa.Date(), nullable=True),
        sa.Column("psychology_awaited", sa.Boolean(), nullable=False),
        sa.Column("psychology_ready", sa.Boolean(), nullable=False),
        sa.CheckConstraint("known_from < known_until", name=op.f("ck_case_facts_before_holds_for_a_day")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_facts_before_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "known_from", name=op.f("pk_case_facts_before")),
    )
    with op.batch_alter_table("case_facts_before", schema=None) as batch_op:
        batch_op.create_index("ix_case_facts_before_known_until", ["known_until", "known_from"], unique=False)
        batch_op.create_index(
            "ix_case_facts_before_final_plan_on", ["final_plan_on", "known_until", "known_from"], unique=False
        )
        batch_op.create_index(
            "ix_case_facts_before_open",
            ["known_until", "known_from"],
            unique=False,
            postgresql_where=sa.text("is_open"),
            sqlite_where=sa.text("is_open = 1"),
        )

    op.create_table(
        "dispute_facts",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("mediation", "appeal", name="disputekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dispute_facts_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "key", name=op.f("pk_dispute_facts")),
    )
    with op.batch_alter_table("dispute_facts", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_facts_began_on", ["kind", "began_on"], unique=False)

    op.create_table(
        "dispute_facts_before",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("known_until", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("mediation", "appeal", name="disputekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint("known_from < known_until", name=op.f("ck_dispute_facts_before_holds_for_a_day")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dispute_facts_before_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "key", "known_from", name=op.f("pk_dispute_facts_before")),
    )
    with op.batch_alter_table("dispute_facts_before", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_facts_before_known_until", ["known_until", "known_from"], unique=False)

    _refuse_changes()


def downgrade() -> None:
    _allow_changes()
    with op.batch_alter_table("dispute_facts_before", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_facts_before_known_until")

    op.drop_table("dispute_facts_before")
    with op.batch_alter_table("dispute_facts", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_facts_began_on")

    op.drop_table("dispute_facts")
    with op.batch_alter_table("case_facts_before", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_facts_before_open", postgresql_where=sa.text("is_open"), sqlite_where=sa.text("is_open = 1")
        )
        batch_op.drop_index("ix_case_facts_before_final_plan_on")
        batch_op.drop_index("ix_case_facts_before_known_until")

    op.drop_table("case_facts_before")
    with op.batch_alter_table("case_facts", schema=None) as batch_op:
        batch_op.drop_index("ix_case_facts_received_on")
        batch_op.drop_index(
            "ix_case_facts_open", postgresql_where=sa.text("is_open"), sqlite_where=sa.text("is_open = 1")
        )
        batch_op.drop_index("ix_case_facts_no_plan_on")
        batch_op.drop_index("ix_case_facts_final_plan_on")
        batch_op.drop_index("ix_case_facts_decided_on")
        batch_op.drop_index("ix_case_facts_assessed_from")

    op.drop_table("case_facts")
    with op.batch_alter_table("advice_facts_before", schema=None) as batch_op:
        batch_op.drop_index("ix_advice_facts_before_known_until")

    op.drop_table("advice_facts_before")
    with op.batch_alter_table("advice_facts", schema=None) as batch_op:
        batch_op.drop_index("ix_advice_facts_asked_on")

    op.drop_table("advice_facts")
    op.drop_table("frozen_figures")
    with op.batch_alter_table("entered_figures", schema=None) as batch_op:
        batch_op.drop_index("ix_entered_figures_measure_as_at")

    op.drop_table("entered_figures")
    op.drop_table("quality_counts")


def _refuse_changes() -> None:
    """Make the database itself refuse to change or lose a figure that was reported."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION frozen_figures_are_kept() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON frozen_figures
            FOR EACH ROW EXECUTE FUNCTION frozen_figures_are_kept()
            """
        )
        op.execute(
            """
            CREATE TRIGGER kept_whole BEFORE TRUNCATE ON frozen_figures
            FOR EACH STATEMENT EXECUTE FUNCTION frozen_figures_are_kept()
            """
        )
        return
    for action in ("update", "delete"):
        op.execute(
            f"""
            CREATE TRIGGER frozen_figures_refuse_{action} BEFORE {action.upper()} ON frozen_figures
            BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
            """
        )


def _allow_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER kept ON frozen_figures")
        op.execute("DROP TRIGGER kept_whole ON frozen_figures")
        op.execute("DROP FUNCTION frozen_figures_are_kept()")
        return
    for action in ("update", "delete"):
        op.execute(f"DROP TRIGGER frozen_figures_refuse_{action}")
