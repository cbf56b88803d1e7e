"""the first tables

Revision: 0001, after . 2026-11-24 01:30:53.914447
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def by_code_point(length):
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:

    op.create_table(
        "job_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("for_day", sa.Date(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index("ix_job_runs_job_started_at", ["job", "started_at"], unique=False)

    op.create_table(
        "kpi_snapshots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("period_starts_on", sa.Date(), nullable=False),
        sa.Column("period_ends_on", sa.Date(), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column("definition", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_snapshots")),
        sa.UniqueConstraint(
            "taken_on",
            "measure",
            "period",
            "period_starts_on",
            name=op.f("uq_kpi_snapshots_taken_on_measure_period_period_starts_on"),
        ),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.Column("forename", sa.String(length=200), nullable=False),
        sa.Column("surname", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("ethnicity", sa.String(length=4), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("upn", sa.String(length=13), nullable=True),
        sa.Column("uln", sa.String(length=10), nullable=True),
        sa.Column("nhs_number", sa.String(length=10), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sex IN ('M', 'F', 'U')", name=op.f("ck_people_sex_is_a_known_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("reference", name=op.f("uq_people_reference")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index("ix_people_born_on", ["born_on"], unique=False)
        batch_op.create_index("ix_people_name_key_born_on", ["name_key", "born_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_nhs_number"), ["nhs_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_uln"), ["uln"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_upn"), ["upn"], unique=False)

    op.create_table(
        "person_names",
        sa.Column("word", by_code_point(400), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_names_person_id_people")),
        sa.PrimaryKeyConstraint("word", "person_id", name=op.f("pk_person_names")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("person_names", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_names_person_id"), ["person_id"], unique=False)

    op.create_table(
        "settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("urn", sa.String(length=6), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
        sa.UniqueConstraint("urn", name=op.f("uq_settings_urn")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_email_at", ["email", "at"], unique=False)

    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "caseworker",
                "manager",
                "data_officer",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("session_key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_users_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_team_id"), ["team_id"], unique=False)

    op.create_table(
        "import_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("sen2_csv", "history", name="importkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("stored_at", sa.String(length=500), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
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
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_import_batches_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_views_user_id_name")),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_views_user_id"), ["user_id"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", by_code_point(60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=True),
        sa.Column("primary_need", sa.String(length=6), nullable=False),
        sa.Column("request_source", sa.String(length=2), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("named_worker_id", sa.Integer(), nullable=True),
        sa.Column("import_batch_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "not_open",
                "requested",
                "ordered_to_assess",
                "assessing",
                "planning",
                "consulting",
                "reconsidering",
                "amending",
                "transferred",
                "issued",
                "refused",
                "no_plan",
                "withdrawn",
                "moved_out",
                "died",
                "closed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("stage_since", sa.Date(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column(
            "whose_move",
            sa.Enum(
                "authority",
                "advice_giver",
                "family",
                "setting",
                "tribunal",
                "nobody",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("awaits_information", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column(
            "clock_basis",
            sa.Enum(
                "request",
                "s24",
                "mediation_agreement",
                "tribunal_order",
                "concession",
                "transfer",
                "not_known",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("clock_started_on", sa.Date(), nullable=True),
        sa.Column(
            "next_duty",
            sa.Enum(
                "decide_whether_to_assess",
                "receive_advice",
                "notify_no_plan",
                "representations_window",
                "setting_reply",
                "issue_final_plan",
                "notify_will_assess",
                "send_draft_plan",
                "reconsider",
                "issue_amended_plan",
                "carry_out_agreement",
                "tell_family_of_transfer",
                "review_transferred_plan",
                "gather_advice",
                "mediation_window",
                "appeal_window",
                name="duty",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("next_subject", sa.String(length=200), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("final_due_on", sa.Date(), nullable=True),
        sa.Column("agreed_to_assess_on", sa.Date(), nullable=True),
        sa.Column("refused_to_assess_on", sa.Date(), nullable=True),
        sa.Column("plan_agreed_on", sa.Date(), nullable=True),
        sa.Column("plan_refused_on", sa.Date(), nullable=True),
        sa.Column("draft_sent_on", sa.Date(), nullable=True),
        sa.Column("final_plan_on", sa.Date(), nullable=True),
        sa.Column("final_plan_month", sa.Integer(), nullable=True),
        sa.Column("days_to_plan", sa.Integer(), nullable=True),
        sa.Column("counts_for_timeliness", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("exceptions_apply", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "days_to_plan IS NULL OR final_plan_on IS NOT NULL", name=op.f("ck_cases_days_only_with_a_plan")
        ),
        sa.ForeignKeyConstraint(
            ["import_batch_id"], ["import_batches.id"], name=op.f("fk_cases_import_batch_id_import_batches")
        ),
        sa.ForeignKeyConstraint(["named_worker_id"], ["users.id"], name=op.f("fk_cases_named_worker_id_users")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cases_person_id_people")),
        sa.ForeignKeyConstraint(["setting_id"], ["settings.id"], name=op.f("fk_cases_setting_id_settings")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_cases_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("reference", name=op.f("uq_cases_reference")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_import_batch_id"), ["import_batch_id"], unique=False)
        batch_op.create_index("ix_cases_open_by_clock", ["is_open", "clock_started_on", "stage"], unique=False)
        batch_op.create_index(
            "ix_cases_open_by_urgency",
            ["next_due_on", "id"],
            unique=False,
            postgresql_where=sa.text("is_open"),
            sqlite_where=sa.text("is_open = 1"),
        )
        batch_op.create_index(batch_op.f("ix_cases_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_cases_plans_issued",
            ["final_plan_month", "days_to_plan", "exceptions_apply", "counts_for_timeliness", "final_plan_on"],
            unique=False,
        )
        batch_op.create_index(
            "ix_cases_setting_by_urgency", ["setting_id", "is_open", "next_due_on", "id"], unique=False
        )
        batch_op.create_index("ix_cases_stage_by_urgency", ["is_open", "stage", "next_due_on", "id"], unique=False)
        batch_op.create_index("ix_cases_team_by_urgency", ["team_id", "is_open", "next_due_on", "id"], unique=False)
        batch_op.create_index(
            "ix_cases_worker_by_urgency", ["named_worker_id", "is_open", "next_due_on", "id"], unique=False
        )

    op.create_table(
        "import_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.String(length=500), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_refusals_batch_id_import_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_refusals")),
    )
    with op.batch_alter_table("import_refusals", schema=None) as batch_op:
        batch_op.create_index("ix_import_refusals_batch_id_id", ["batch_id", "id"], unique=False)

    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("milestone_key", sa.String(length=120), nullable=False),
        sa.Column(
            "duty",
            sa.Enum(
                "decide_whether_to_assess",
                "receive_advice",
                "notify_no_plan",
                "representations_window",
                "setting_reply",
                "issue_final_plan",
                "notify_will_assess",
                "send_draft_plan",
                "reconsider",
                "issue_amended_plan",
                "carry_out_agreement",
                "tell_family_of_transfer",
                "review_transferred_plan",
                "gather_advice",
                "mediation_window",
                "appeal_window",
                name="duty",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "due_soon",
                "overdue",
                "breached",
                name="alertlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_because", sa.String(length=40), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=2000), nullable=True),
        sa.Column("action_by_id", sa.Integer(), nullable=True),
        sa.Column("action_due_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name=op.f("ck_alerts_acknowledged_by_somebody")
        ),
        sa.CheckConstraint(
            "(closed_on IS NULL) = (closed_because IS NULL)", name=op.f("ck_alerts_closed_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["users.id"], name=op.f("fk_alerts_acknowledged_by_id_users")),
        sa.ForeignKeyConstraint(["action_by_id"], ["users.id"], name=op.f("fk_alerts_action_by_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alerts_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_case_id_milestone_key", ["case_id", "milestone_key"], unique=False)
        batch_op.create_index(
            "ix_alerts_in_hand",
            ["level", "due_on"],
            unique=False,
            postgresql_where=sa.text("closed_on IS NULL AND acknowledged_at IS NOT NULL"),
            sqlite_where=sa.text("closed_on IS NULL AND acknowledged_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_alerts_open_by_level",
            ["level", "due_on"],
            unique=False,
            postgresql_where=sa.text("closed_on IS NULL"),
            sqlite_where=sa.text("closed_on IS NULL"),
        )
        batch_op.create_index(
            "uq_alerts_open",
            ["case_id", "milestone_key", "level"],
            unique=True,
            postgresql_where=sa.text("closed_on IS NULL"),
            sqlite_where=sa.text("closed_on IS NULL"),
        )

    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "happening",
            sa.Enum(
                "brought_forward",
                "request_received",
                "further_information_asked",
                "further_information_received",
                "panel_considered",
                "assessment_agreed",
                "assessment_refused",
                "request_withdrawn",
                "advice_asked",
                "advice_chased",
                "advice_received",
                "advice_returned",
                "advice_accepted",
                "advice_not_known_to_service",
                "advice_not_needed",
                "plan_agreed",
                "plan_refused",
                "draft_plan_sent",
                "representations_received",
                "meeting_held",
                "setting_consulted",
                "setting_replied",
                "final_plan_issued",
                "exception_recorded",
                "exception_ended",
                "mediation_asked",
                "mediation_held",
                "appeal_registered",
                "appeal_decided",
                "conceded",
                "moved_out",
                "moved_in",
                "died",
                "case_closed",
                "worker_assigned",
                "notification_sent",
                "note_added",
                "contact_recorded",
                "person_details_changed",
                "entry_withdrawn",
                name="happening",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("import_batch_id", sa.Integer(), nullable=True),
        sa.Column("submission", sa.String(length=36), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("corrects < seq", name=op.f("ck_case_events_corrects_an_earlier_entry")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["import_batch_id"], ["import_batches.id"], name=op.f("fk_case_events_import_batch_id_import_batches")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_case_events_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_events_case_id_seq")),
        sa.UniqueConstraint("submission", name=op.f("uq_case_events_submission")),
    )
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column(
            "duty",
            sa.Enum(
                "decide_whether_to_assess",
                "receive_advice",
                "notify_no_plan",
                "representations_window",
                "setting_reply",
                "issue_final_plan",
                "notify_will_assess",
                "send_draft_plan",
                "reconsider",
                "issue_amended_plan",
                "carry_out_agreement",
                "tell_family_of_transfer",
                "review_transferred_plan",
                "gather_advice",
                "mediation_window",
                "appeal_window",
                name="duty",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column(
            "force",
            sa.Enum(
                "statutory",
                "guidance",
                "internal",
                "right",
                name="force",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("lapsed_on", sa.Date(), nullable=True),
        sa.Column("excused_by", sa.String(length=20), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("marked_overdue_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_milestones_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("case_id", "key", name=op.f("uq_milestones_case_id_key")),
    )
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.create_index(
            "ix_milestones_open_by_due",
            ["due_on", "duty", "case_id"],
            unique=False,
            postgresql_where=sa.text("is_open"),
            sqlite_where=sa.text("is_open = 1"),
        )
        batch_op.create_index(
            "ix_milestones_open_by_subject",
            ["duty", "subject", "case_id"],
            unique=False,
            postgresql_where=sa.text("is_open"),
            sqlite_where=sa.text("is_open = 1"),
        )

    _make_append_only()


def downgrade() -> None:
    _allow_changes()

    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_milestones_open_by_subject", postgresql_where=sa.text("is_open"), sqlite_where=sa.text("is_open = 1")
        )
        batch_op.drop_index(
            "ix_milestones_open_by_due", postgresql_where=sa.text("is_open"), sqlite_where=sa.text("is_open = 1")
        )

    op.drop_table("milestones")
    op.drop_table("case_events")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_alerts_open", postgresql_where=sa.text("closed_on IS NULL"), sqlite_where=sa.text("closed_on IS NULL")
        )
        batch_op.drop_index(
            "ix_alerts_open_by_level",
            postgresql_where=sa.text("closed_on IS NULL"),
            sqlite_where=sa.text("closed_on IS NULL"),
        )
        batch_op.drop_index(
            "ix_alerts_in_hand",
            postgresql_where=sa.text("closed_on IS NULL AND acknowledged_at IS NOT NULL"),
            sqlite_where=sa.text("closed_on IS NULL AND acknowledged_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_alerts_case_id_milestone_key")

    op.drop_table("alerts")
    with op.batch_alter_table("import_refusals", schema=None) as batch_op:
        batch_op.drop_index("ix_import_refusals_batch_id_id")

    op.drop_table("import_refusals")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_worker_by_urgency")
        batch_op.drop_index("ix_cases_team_by_urgency")
        batch_op.drop_index("ix_cases_stage_by_urgency")
        batch_op.drop_index("ix_cases_setting_by_urgency")
        batch_op.drop_index("ix_cases_plans_issued")
        batch_op.drop_index(batch_op.f("ix_cases_person_id"))
        batch_op.drop_index(
            "ix_cases_open_by_urgency", postgresql_where=sa.text("is_open"), sqlite_where=sa.text("is_open = 1")
        )
        batch_op.drop_index("ix_cases_open_by_clock")
        batch_op.drop_index(batch_op.f("ix_cases_import_batch_id"))

    op.drop_table("cases")
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_views_user_id"))

    op.drop_table("saved_views")
    op.drop_table("import_batches")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_team_id"))

    op.drop_table("users")
    op.drop_table("teams")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_email_at")
        batch_op.drop_index("ix_sign_in_attempts_address_at")

    op.drop_table("sign_in_attempts")
    op.drop_table("settings")
    with op.batch_alter_table("person_names", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_names_person_id"))

    op.drop_table("person_names")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_upn"))
        batch_op.drop_index(batch_op.f("ix_people_uln"))
        batch_op.drop_index(batch_op.f("ix_people_nhs_number"))
        batch_op.drop_index("ix_people_name_key_born_on")
        batch_op.drop_index("ix_people_born_on")

    op.drop_table("people")
    op.drop_table("kpi_snapshots")
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_job_runs_job_started_at")

    op.drop_table("job_runs")


REFUSED = "a case history is append-only: correct an entry with a new one"


def _make_append_only() -> None:
    """Refuse to change or remove an entry of a case history, whoever asks (DESIGN: nothing is lost)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION case_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON case_events
            FOR EACH ROW EXECUTE FUNCTION case_events_are_append_only()
            """
        )
        op.execute(
            """
            CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON case_events
            FOR EACH STATEMENT EXECUTE FUNCTION case_events_are_append_only()
            """
        )
        return
    for action in ("update", "delete"):
        op.execute(
            f"""
            CREATE TRIGGER case_events_refuse_{action} BEFORE {action.upper()} ON case_events
            BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
            """
        )


def _allow_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER append_only ON case_events")
        op.execute("DROP TRIGGER append_only_whole ON case_events")
        op.execute("DROP FUNCTION case_events_are_append_only()")
        return
    for action in ("update", "delete"):
        op.execute(f"DROP TRIGGER case_events_refuse_{action}")
