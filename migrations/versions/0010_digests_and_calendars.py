"""digests and calendars

Revision: 0010, after 0009. 2026-11-27 10:58:00.328726
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_misses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_misses")),
    )
    with op.batch_alter_table("calendar_misses", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_misses_address_at", ["address", "at"], unique=False)

    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feeds_user_id")),
    )
    op.create_table(
        "digest_choices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("daily", sa.Boolean(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column(
            "lowest",
            sa.String(length=40),
            nullable=True,
        ),
        sa.Column("when_nothing_is_new", sa.Boolean(), nullable=False),
        sa.CheckConstraint("hour BETWEEN 6 AND 11", name=op.f("ck_digest_choices_hour_is_of_the_morning")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_digest_choices_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_choices")),
    )
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("daily", "weekly", name="digestkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("for_day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox.id"], name=op.f("fk_digests_mail_id_outbox")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_digests_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("user_id", "kind", "for_day", name=op.f("uq_digests_user_id_kind_for_day")),
    )
    op.create_table(
        "digest_alerts",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("in_hand", sa.Boolean(), nullable=False),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "none",
                "new",
                "worse",
                "returned",
                "escalated",
                "now_theirs",
                name="digestchange",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_digest_alerts_alert_id_alerts")),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name=op.f("fk_digest_alerts_digest_id_digests")),
        sa.ForeignKeyConstraint(["for_id"], ["users.id"], name=op.f("fk_digest_alerts_for_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_digest_alerts_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "alert_id", name=op.f("pk_digest_alerts")),
    )
    with op.batch_alter_table("digest_alerts", schema=None) as batch_op:
        batch_op.create_index("ix_digest_alerts_alert_id", ["alert_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("digest_alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_digest_alerts_alert_id")

    op.drop_table("digest_alerts")
    op.drop_table("digests")
    op.drop_table("digest_choices")
    op.drop_table("calendar_feeds")
    with op.batch_alter_table("calendar_misses", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_misses_address_at")

    op.drop_table("calendar_misses")
