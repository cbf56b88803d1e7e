"""alerts: four levels, episodes, the ledger, escalation, cover

Revision: 0008, after 0007. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
REFUSED = "the alert ledger is append-only: add an entry instead"
STANDS, SET_ASIDE = sa.text("closed_on IS NULL"), sa.text("closed_on IS NULL AND back_on IS NOT NULL")
IN_HAND = sa.text("closed_on IS NULL AND acknowledged_at IS NOT NULL")
TO_DESCRIBE, NO_OUTCOME = sa.text("words = ''"), sa.text("outcome IS NULL")
INDEXES: tuple[tuple[str, list[str], bool, sa.TextClause | None], ...] = (
    ("uq_alerts_open", ["case_id", "milestone_key", "level"], True, STANDS),
    ("ix_alerts_open_by_level", ["level", "due_on"], False, STANDS),
    ("ix_alerts_open_by_probability", ["level", "probability"], False, STANDS),
    ("ix_alerts_open_by_harm", ["level", "harm"], False, STANDS),
    ("ix_alerts_open_by_remedy", ["remedy", "remedy_subject"], False, STANDS),
    ("ix_alerts_set_aside", ["back_on"], False, SET_ASIDE),
    ("ix_alerts_to_describe", ["id"], False, TO_DESCRIBE),
    ("ix_alerts_without_outcome", ["case_id", "at_stake"], False, NO_OUTCOME),
    ("ix_alerts_case_id_milestone_key", ["case_id", "milestone_key"], False, None),
    ("ix_alerts_raised_on", ["raised_on"], False, None),
    ("ix_alerts_closed_on", ["closed_on"], False, None),
    ("ix_alerts_escalated_to_id", ["escalated_to_id"], False, None),
)
EARLIER_INDEXES = (
    ("uq_alerts_open", ["case_id", "milestone_key", "level"], True, STANDS),
    ("ix_alerts_open_by_level", ["level", "due_on"], False, STANDS),
    ("ix_alerts_in_hand", ["level", "due_on"], False, IN_HAND),
    ("ix_alerts_case_id_milestone_key", ["case_id", "milestone_key"], False, None),
)


def upgrade() -> None:
    op.add_column("users", sa.Column("head_of_service", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cases", sa.Column("out_of_school", sa.Boolean(), server_default=sa.false(), nullable=False))
    _alerts_anew()
    _ledger()
    _rules()


def downgrade() -> None:
    _allow_changes()
    for table in ("alert_entries", "escalation_rules", "covers", "alert_thresholds"):
        op.drop_table(table)
    _alerts_as_before()
    op.drop_column("cases", "out_of_school")
    op.drop_column("users", "head_of_service")


def _is_postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def _object() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _shared_columns() -> tuple[sa.Column[object], ...]:
    """Return the columns that both shapes of the table have."""
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("milestone_key", sa.String(length=120), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_because", sa.String(length=40), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=2000), nullable=True),
        sa.Column("action_by_id", sa.Integer(), nullable=True),
        sa.Column("action_due_on", sa.Date(), nullable=True),
    )


def _shared_constraints() -> tuple[sa.Constraint, ...]:
    return (
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


def _put_aside() -> None:
    """Copy the alerts to a table of their own, and drop theirs."""
    op.execute("CREATE TABLE alerts_before AS SELECT * FROM alerts")
    op.drop_table("alerts")


def _bring_back(columns: str, values: str, where: str = "true") -> None:
    op.execute(f"INSERT INTO alerts ({columns}) SELECT {values} FROM alerts_before WHERE {where} ORDER BY id")  # noqa: S608
    op.drop_table("alerts_before")
    if _is_postgresql():
        op.execute("SELECT setval('alerts_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM alerts), false)")


def _make_indexes(indexes: tuple[tuple[str, list[str], bool, sa.TextClause | None], ...]) -> None:
    for name, columns, unique, where in indexes:
        op.create_index(name, "alerts", columns, unique=unique, postgresql_where=where, sqlite_where=where)


SHARED = (
    "id, case_id, milestone_key, duty, subject, due_on, raised_on, acknowledged_at, acknowledged_by_id, action,"
    " action_by_id, action_due_on"
)


def _alerts_anew() -> None:
    """
    Make the table anew with what there was: "overdue" is now "behind", and nothing is raised as due soon any more.

    Past alerts that said "due soon" keep it; those that stood are closed, for a reason of their own.
    """
    _put_aside()
    op.create_table(
        "alerts",
        *_shared_columns(),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("at_stake", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("figures", _object(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column(
            "remedy",
            _word("remedy", *REMEDIES),
            nullable=False,
        ),
        sa.Column("remedy_subject", sa.String(length=200), nullable=False),
        sa.Column("harm", sa.Integer(), nullable=False),
        sa.Column("outcome", _word("alertoutcome", "breached", "met", "excused", "not_needed"), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("back_on", sa.Date(), nullable=True),
        sa.Column("waits_since", sa.Date(), nullable=False),
        sa.Column("action_code", _word("alertaction", *ACTIONS), nullable=True),
        sa.Column("snoozed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snooze_reason", sa.String(length=2000), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_to_id", sa.Integer(), nullable=True),
        *_shared_constraints(),
        sa.ForeignKeyConstraint(["escalated_to_id"], ["users.id"], name=op.f("fk_alerts_escalated_to_id_users")),
        sa.CheckConstraint("(outcome IS NULL) = (outcome_on IS NULL)", name=op.f("ck_alerts_outcome_on_a_day")),
        sa.CheckConstraint("(snoozed_at IS NULL) = (snooze_reason = '')", name=op.f("ck_alerts_snoozed_for_a_reason")),
        sa.CheckConstraint(
            "(escalated_at IS NULL) = (escalated_to_id IS NULL)", name=op.f("ck_alerts_escalated_to_somebody")
        ),
        sa.CheckConstraint(
            "level IN ('breached', 'will_breach', 'likely', 'behind') OR level = 'due_soon' AND closed_on IS NOT NULL",
            name=op.f("ck_alerts_level_is_known"),
        ),
    )
    _bring_back(f"{SHARED}, {NEW_COLUMNS}", f"{SHARED}, {_new_values()}")
    _make_indexes(INDEXES)


REMEDIES = (
    "assign",
    "decide_at_panel",
    "ask_for_advice",
    "chase_advice",
    "decide_plan",
    "draft",
    "consult",
    "issue",
    "other",
)
ACTIONS = ("chase_advice", "decide_at_panel", "draft", "consult", "issue", "assign", "other")
NEW_COLUMNS = (
    "level, closed_on, closed_because, episode, at_stake, code, words, figures, remedy, remedy_subject, harm,"
    " back_on, waits_since, action_code, snooze_reason"
)


def _new_values() -> str:
    on_postgresql = _is_postgresql()
    first = (
        "split_part(milestone_key, ':', 1)"
        if on_postgresql
        else "substr(milestone_key, 1, instr(milestone_key, ':') - 1)"
    )
    later = "greatest(raised_on, CURRENT_DATE)" if on_postgresql else "max(raised_on, CURRENT_DATE)"
    next_day = "action_due_on + 1" if on_postgresql else "date(action_due_on, '+1 day')"
    retired = "level = 'due_soon' AND closed_on IS NULL"
    return f"""
        CASE level WHEN 'overdue' THEN 'behind' ELSE level END,
        CASE WHEN {retired} THEN {later} ELSE closed_on END,
        CASE WHEN {retired} THEN 'level_retired' ELSE closed_because END,
        row_number() OVER (PARTITION BY case_id, milestone_key, level ORDER BY raised_on, id),
        CASE level WHEN 'overdue' THEN {first} || ':issue_final_plan::1' ELSE milestone_key END,
        CASE level WHEN 'overdue' THEN 'stage_late' WHEN 'breached' THEN 'limit_missed' ELSE level END,
        CASE WHEN level = 'due_soon' THEN 'A limit set by law ends within 10 working days.'
             WHEN level = 'breached' THEN 'A limit set by law was missed and no exception is on record.'
             WHEN duty = 'receive_advice' THEN 'The advice was not received within its six weeks.'
             WHEN duty = 'setting_reply' THEN 'The setting has not replied within its 15 days.'
             ELSE 'Our own target has passed, and the final plan waits for it.' END,
        '{{}}'{"::jsonb" if on_postgresql else ""}, 'other', '', 0,
        CASE WHEN acknowledged_at IS NULL THEN NULL ELSE {next_day} END,
        CASE WHEN acknowledged_at IS NULL THEN raised_on ELSE {next_day} END,
        CASE WHEN acknowledged_at IS NULL THEN NULL ELSE 'other' END,
        ''
    """


def _ledger() -> None:
    op.create_table(
        "alert_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("detail", _object(), nullable=False),
        sa.Column("once", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_entries_alert_id_alerts")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_alert_entries_by_id_users")),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_alert_entries_to_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_entries")),
        sa.UniqueConstraint("alert_id", "once", name=op.f("uq_alert_entries_alert_id_once")),
    )
    _enter_the_past()
    _refuse_changes()


def _enter_the_past() -> None:
    """Begin the ledger with what the rows say: an entry of a past day is of its first instant."""
    midnight = "CAST({0} AS timestamp) AT TIME ZONE 'UTC'" if _is_postgresql() else "{0} || ' 00:00:00.000000'"
    empty = "'{}'::jsonb" if _is_postgresql() else "'{}'"
    raised, closed = midnight.format("raised_on"), midnight.format("closed_on")
    day = "CAST(acknowledged_at AS date)" if _is_postgresql() else "date(acknowledged_at)"
    columns = "alert_id, kind, on_day, at, by_id, code, words, to_id, until, detail, once"
    nothing = f"NULL, NULL, {empty}"
    for values, where in (
        (f"id, 'raised', raised_on, {raised}, NULL, code, words, {nothing}, 'raised'", "true"),
        (
            (
                f"id, 'acknowledged', {day}, acknowledged_at, acknowledged_by_id, action_code, action, action_by_id, "
                f"action_due_on, {empty}, NULL"
            ),
            "acknowledged_at IS NOT NULL",
        ),
        (
            f"id, 'closed', closed_on, {closed}, NULL, closed_because, '', {nothing}, 'closed'",
            "closed_on IS NOT NULL",
        ),
    ):
        op.execute(f"INSERT INTO alert_entries ({columns}) SELECT {values} FROM alerts WHERE {where} ORDER BY id")  # noqa: S608


def _refuse_changes() -> None:
    if _is_postgresql():
        op.execute(
            f"""
            CREATE FUNCTION alert_entries_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON alert_entries
            FOR EACH ROW EXECUTE FUNCTION alert_entries_are_append_only()
            """
        )
        op.execute(
            """
            CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON alert_entries
            FOR EACH STATEMENT EXECUTE FUNCTION alert_entries_are_append_only()
            """
        )
        return
    for action in ("update", "delete"):
        op.execute(
            f"""
            CREATE TRIGGER alert_entries_refuse_{action} BEFORE {action.upper()} ON alert_entries
            BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
            """
        )


def _allow_changes() -> None:
    if _is_postgresql():
        op.execute("DROP TRIGGER append_only ON alert_entries")
        op.execute("DROP TRIGGER append_only_whole ON alert_entries")
        op.execute("DROP FUNCTION alert_entries_are_append_only()")
        return
    for action in ("update", "delete"):
        op.execute(f"DROP TRIGGER alert_entries_refuse_{action}")


def _rules() -> None:
    op.create_table(
        "alert_thresholds",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "threshold > 0 AND threshold < 1", name=op.f("ck_alert_thresholds_threshold_is_a_probability")
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_alert_thresholds_changed_by_id_users")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_alert_thresholds_team_id_teams")),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_alert_thresholds")),
    )
    op.create_table(
        "escalation_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("level", _word("alertlevel", "breached", "will_breach", "likely", "behind"), nullable=False),
        sa.Column("after_days", sa.Integer(), nullable=False),
        sa.Column("escalates_to", _word("escalatesto", "team_manager", "user", "head_of_service"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(escalates_to = 'user') = (user_id IS NOT NULL)", name=op.f("ck_escalation_rules_user_where_named")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_escalation_rules_ended_by_somebody")
        ),
        sa.CheckConstraint("after_days BETWEEN 0 AND 365", name=op.f("ck_escalation_rules_after_days_within_a_year")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_escalation_rules_ended_by_id_users")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_escalation_rules_made_by_id_users")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_escalation_rules_team_id_teams")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_escalation_rules_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rules")),
    )
    op.create_index("ix_escalation_rules_team_id", "escalation_rules", ["team_id"])
    _cover()


def _cover() -> None:
    op.create_table(
        "covers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("covered_by_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_covers_ended_by_somebody")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_covers_runs_forward")),
        sa.CheckConstraint("user_id <> covered_by_id", name=op.f("ck_covers_by_another")),
        sa.ForeignKeyConstraint(["covered_by_id"], ["users.id"], name=op.f("fk_covers_covered_by_id_users")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_covers_ended_by_id_users")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_covers_made_by_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_covers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covers")),
    )
    op.create_index("ix_covers_covered_by_id", "covers", ["covered_by_id"])
    op.create_index("ix_covers_ends_on", "covers", ["ends_on", "starts_on"])
    op.create_index("ix_covers_user_id", "covers", ["user_id"])


def _alerts_as_before() -> None:
    """Make the table as it was: what was raised at levels that there were not then goes."""
    _put_aside()
    op.create_table(
        "alerts",
        *_shared_columns(),
        sa.Column("level", _word("alertlevel", "due_soon", "overdue", "breached"), nullable=False),
        *_shared_constraints(),
    )
    _bring_back(
        f"{SHARED}, level, closed_on, closed_because",
        f"{SHARED}, CASE level WHEN 'behind' THEN 'overdue' ELSE level END, closed_on, closed_because",
        "level NOT IN ('will_breach', 'likely')",
    )
    _make_indexes(EARLIER_INDEXES)
