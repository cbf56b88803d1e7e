"""gathering advice

Revision: 0002, after 0001. 2026-11-24 09:47:27.369260
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "advice_kind",
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
        sa.Column("for_young_person", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
        sa.UniqueConstraint("key", name=op.f("uq_forms_key")),
    )
    op.create_table(
        "closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_closures_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["setting_id"], ["settings.id"], name=op.f("fk_closures_setting_id_settings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
        sa.UniqueConstraint(
            "setting_id", "starts_on", "ends_on", name=op.f("uq_closures_setting_id_starts_on_ends_on")
        ),
    )
    with op.batch_alter_table("closures", schema=None) as batch_op:
        batch_op.create_index("ix_closures_ends_on", ["ends_on", "setting_id"], unique=False)

    op.create_table(
        "services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "setting",
                "health",
                "psychology",
                "social_care",
                "sensory",
                "family",
                "other",
                name="servicetype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("setting_id", sa.Integer(), nullable=True),
        sa.Column("mailbox", sa.String(length=254), nullable=False),
        sa.Column("manager_name", sa.String(length=200), nullable=False),
        sa.Column("manager_email", sa.String(length=254), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("ladder", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("covers_authority", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["setting_id"], ["settings.id"], name=op.f("fk_services_setting_id_settings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("name", name=op.f("uq_services_name")),
    )
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.create_index("ix_services_setting_id", ["setting_id"], unique=False)

    op.create_table(
        "form_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "agreed",
                "live",
                "retired",
                name="formstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("definition", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("what_changed", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("live_from", sa.Date(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('live', 'retired')) = (live_from IS NOT NULL)", name=op.f("ck_form_versions_live_from_a_day")
        ),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_form_versions_form_id_forms")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_form_versions_made_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_versions")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_form_versions_form_id_number")),
    )
    with op.batch_alter_table("form_versions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_form_versions_live",
            ["form_id"],
            unique=True,
            postgresql_where=sa.text("state = 'live'"),
            sqlite_where=sa.text("state = 'live'"),
        )

    op.create_table(
        "mail_templates",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_mail_templates_changed_by_id_users")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mail_templates")),
    )
    op.create_table(
        "service_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_service_people_service_id_services")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_people")),
    )
    with op.batch_alter_table("service_people", schema=None) as batch_op:
        batch_op.create_index("ix_service_people_service_id", ["service_id"], unique=False)

    op.create_table(
        "form_agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("is_forum", sa.Boolean(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("spoken_for_by", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_form_agreements_recorded_by_id_users")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["form_versions.id"], name=op.f("fk_form_agreements_version_id_form_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_agreements")),
        sa.UniqueConstraint("version_id", "body", name=op.f("uq_form_agreements_version_id_body")),
    )
    op.create_table(
        "form_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_form_comments_answered_by_id_users")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["form_versions.id"], name=op.f("fk_form_comments_version_id_form_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_comments")),
    )
    with op.batch_alter_table("form_comments", schema=None) as batch_op:
        batch_op.create_index("ix_form_comments_version_id", ["version_id"], unique=False)

    op.create_table(
        "advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("form_id", sa.Integer(), nullable=True),
        sa.Column("form_version_id", sa.Integer(), nullable=True),
        sa.Column("mailbox", sa.String(length=254), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("held_because", sa.String(length=200), nullable=False),
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
        sa.Column("authority", sa.String(length=120), nullable=False),
        sa.Column("parent_requested", sa.Boolean(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked",
                "seen",
                "draft",
                "received",
                "accepted",
                "returned",
                "taken_back",
                "not_known",
                "not_needed",
                name="advicestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_outstanding", sa.Boolean(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("runs_from", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("excused_by", sa.String(length=20), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("drafted_on", sa.Date(), nullable=True),
        sa.Column("delayed_on", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("late_reason", sa.String(length=2000), nullable=False),
        sa.Column("first_received_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("times_returned", sa.Integer(), nullable=False),
        sa.Column("days_lost", sa.Integer(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("not_known_on", sa.Date(), nullable=True),
        sa.Column("not_needed_on", sa.Date(), nullable=True),
        sa.Column("times_chased", sa.Integer(), nullable=False),
        sa.Column("last_chased_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_advice_case_id_cases")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_advice_form_id_forms")),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_versions.id"], name=op.f("fk_advice_form_version_id_form_versions")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_advice_service_id_services")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice")),
        sa.UniqueConstraint("case_id", "key", name=op.f("uq_advice_case_id_key")),
    )
    with op.batch_alter_table("advice", schema=None) as batch_op:
        batch_op.create_index("ix_advice_asked_on", ["asked_on", "kind"], unique=False)
        batch_op.create_index(
            "ix_advice_outstanding",
            ["kind", "due_on", "case_id"],
            unique=False,
            postgresql_where=sa.text("is_outstanding"),
            sqlite_where=sa.text("is_outstanding = 1"),
        )
        batch_op.create_index("ix_advice_service_id", ["service_id", "is_outstanding", "due_on"], unique=False)

    op.create_table(
        "access_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "advice",
                "all_advice",
                "form_review",
                name="linkpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("mailbox", sa.String(length=254), nullable=False),
        sa.Column("advice_id", sa.Integer(), nullable=True),
        sa.Column("form_version_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("is_forum", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "purpose != 'advice' OR advice_id IS NOT NULL", name=op.f("ck_access_links_advice_has_a_piece")
        ),
        sa.CheckConstraint(
            "purpose != 'form_review' OR form_version_id IS NOT NULL", name=op.f("ck_access_links_review_has_a_version")
        ),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_access_links_advice_id_advice")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_access_links_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_versions.id"], name=op.f("fk_access_links_form_version_id_form_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_links")),
        sa.UniqueConstraint("nonce", name=op.f("uq_access_links_nonce")),
    )
    with op.batch_alter_table("access_links", schema=None) as batch_op:
        batch_op.create_index("ix_access_links_advice_id", ["advice_id"], unique=False)
        batch_op.create_index("ix_access_links_mailbox", ["mailbox"], unique=False)

    op.create_table(
        "advice_drafts",
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_advice_drafts_advice_id_advice")),
        sa.PrimaryKeyConstraint("advice_id", name=op.f("pk_advice_drafts")),
    )
    op.create_table(
        "advice_submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=200), nullable=False),
        sa.Column("given_role", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_because", sa.String(length=2000), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_advice_submissions_advice_id_advice")),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_versions.id"], name=op.f("fk_advice_submissions_form_version_id_form_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice_submissions")),
        sa.UniqueConstraint("advice_id", "number", name=op.f("uq_advice_submissions_advice_id_number")),
        sa.UniqueConstraint("key", name=op.f("uq_advice_submissions_key")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("advice_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sending",
                "sent",
                "dead",
                "unsure",
                "cancelled",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_reference", sa.String(length=200), nullable=False),
        sa.Column("last_error", sa.String(length=1000), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounce_reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("(state = 'sending') = (lease IS NOT NULL)", name=op.f("ck_outbox_leased_while_sending")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_sent_at_a_time")),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_outbox_advice_id_advice")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outbox_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_advice_id", ["advice_id"], unique=False)
        batch_op.create_index("ix_outbox_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_outbox_state", ["state", "created_at"], unique=False)
        batch_op.create_index(
            "ix_outbox_to_send",
            ["not_before", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'waiting'"),
            sqlite_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "access_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["access_links.id"], name=op.f("fk_access_codes_link_id_access_links")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_codes")),
    )
    with op.batch_alter_table("access_codes", schema=None) as batch_op:
        batch_op.create_index("ix_access_codes_link_id_sent_at", ["link_id", "sent_at"], unique=False)

    op.create_table(
        "access_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["access_links.id"], name=op.f("fk_access_sessions_link_id_access_links")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_sessions")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_access_sessions_key_hash")),
    )
    with op.batch_alter_table("access_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_access_sessions_link_id", ["link_id"], unique=False)

    op.create_table(
        "advice_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.String(length=64), nullable=False),
        sa.Column(
            "scan",
            sa.Enum(
                "waiting",
                "clean",
                "infected",
                "not_scanned",
                name="scanstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scan_says", sa.String(length=200), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_because", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_advice_files_advice_id_advice")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["advice_submissions.id"], name=op.f("fk_advice_files_submission_id_advice_submissions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice_files")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_advice_files_stored_as")),
    )
    with op.batch_alter_table("advice_files", schema=None) as batch_op:
        batch_op.create_index("ix_advice_files_advice_id", ["advice_id"], unique=False)

    op.create_table(
        "chases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_chases_advice_id_advice")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_chases_made_by_id_users")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox.id"], name=op.f("fk_chases_mail_id_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chases")),
        sa.UniqueConstraint("advice_id", "step", name=op.f("uq_chases_advice_id_step")),
    )
    with op.batch_alter_table("chases", schema=None) as batch_op:
        batch_op.create_index("ix_chases_made_at", ["made_at"], unique=False)

    with op.batch_alter_table("settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name_key", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("authority_code", sa.String(length=3), server_default="", nullable=False))
        batch_op.add_column(sa.Column("establishment_number", sa.String(length=4), server_default="", nullable=False))
        batch_op.add_column(sa.Column("type", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("phase", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("status", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("address", sa.String(length=400), server_default="", nullable=False))
        batch_op.add_column(sa.Column("postcode", sa.String(length=12), server_default="", nullable=False))
        batch_op.add_column(sa.Column("telephone", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("head", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("head_title", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("opened_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("registered_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_settings_name_key", ["name_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settings", schema=None) as batch_op:
        batch_op.drop_index("ix_settings_name_key")
        batch_op.drop_column("registered_on")
        batch_op.drop_column("closed_on")
        batch_op.drop_column("opened_on")
        batch_op.drop_column("head_title")
        batch_op.drop_column("head")
        batch_op.drop_column("telephone")
        batch_op.drop_column("postcode")
        batch_op.drop_column("address")
        batch_op.drop_column("status")
        batch_op.drop_column("phase")
        batch_op.drop_column("type")
        batch_op.drop_column("establishment_number")
        batch_op.drop_column("authority_code")
        batch_op.drop_column("name_key")

    with op.batch_alter_table("chases", schema=None) as batch_op:
        batch_op.drop_index("ix_chases_made_at")

    op.drop_table("chases")
    with op.batch_alter_table("advice_files", schema=None) as batch_op:
        batch_op.drop_index("ix_advice_files_advice_id")

    op.drop_table("advice_files")
    with op.batch_alter_table("access_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_access_sessions_link_id")

    op.drop_table("access_sessions")
    with op.batch_alter_table("access_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_access_codes_link_id_sent_at")

    op.drop_table("access_codes")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_to_send",
            postgresql_where=sa.text("state = 'waiting'"),
            sqlite_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_outbox_state")
        batch_op.drop_index("ix_outbox_case_id")
        batch_op.drop_index("ix_outbox_advice_id")

    op.drop_table("outbox")
    op.drop_table("advice_submissions")
    op.drop_table("advice_drafts")
    with op.batch_alter_table("access_links", schema=None) as batch_op:
        batch_op.drop_index("ix_access_links_mailbox")
        batch_op.drop_index("ix_access_links_advice_id")

    op.drop_table("access_links")
    with op.batch_alter_table("advice", schema=None) as batch_op:
        batch_op.drop_index("ix_advice_service_id")
        batch_op.drop_index(
            "ix_advice_outstanding",
            postgresql_where=sa.text("is_outstanding"),
            sqlite_where=sa.text("is_outstanding = 1"),
        )
        batch_op.drop_index("ix_advice_asked_on")

    op.drop_table("advice")
    with op.batch_alter_table("form_comments", schema=None) as batch_op:
        batch_op.drop_index("ix_form_comments_version_id")

    op.drop_table("form_comments")
    op.drop_table("form_agreements")
    with op.batch_alter_table("service_people", schema=None) as batch_op:
        batch_op.drop_index("ix_service_people_service_id")

    op.drop_table("service_people")
    op.drop_table("mail_templates")
    with op.batch_alter_table("form_versions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_form_versions_live", postgresql_where=sa.text("state = 'live'"), sqlite_where=sa.text("state = 'live'")
        )

    op.drop_table("form_versions")
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_index("ix_services_setting_id")

    op.drop_table("services")
    with op.batch_alter_table("closures", schema=None) as batch_op:
        batch_op.drop_index("ix_closures_ends_on")

    op.drop_table("closures")
    op.drop_table("forms")
