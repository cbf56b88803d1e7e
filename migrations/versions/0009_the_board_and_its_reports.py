"""the board and its reports

Revision: 0009, after 0008. 2026-11-27
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


REFUSED = "report_versions is append-only"
VIEWS = {
    "board_figures": """
        SELECT measure, span, ends_on, version, numerator, denominator, value, worked_out_at FROM public.board_figures
    """,
    "targets": """
        SELECT measure, value, due_on, agreed_by, agreed_on, recorded_at FROM public.kpi_targets
    """,
    "entered_figures": """
        SELECT measure, as_at, value, numerator, denominator, source, note, entered_at FROM public.entered_figures
    """,
    "reported_figures": """
        SELECT measure, version, span, starts_on, ends_on, known_on, numerator, denominator, value, frozen_at
        FROM public.frozen_figures
    """,
    "published_figures": """
        SELECT DISTINCT ON (f.measure, f.year, f.area_code)
            f.measure, f.year, f.area_code, a.name AS area, a.level, f.value, f.numerator, f.denominator, f.mark,
            p.release
        FROM public.published_figures f
        JOIN public.published_files p ON p.id = f.file_id
        JOIN public.published_areas a ON a.code = f.area_code
        ORDER BY f.measure, f.year, f.area_code, p.release DESC, p.id DESC
    """,
    "cases": """
        SELECT c.id AS case_id, t.name AS team, c.primary_need, c.request_source, c.stage, c.is_open, c.received_on,
            c.agreed_to_assess_on, c.refused_to_assess_on, c.plan_agreed_on, c.plan_refused_on, c.draft_sent_on,
            c.final_due_on, c.final_plan_on, c.days_to_plan, c.exceptions_apply, c.counts_for_timeliness, c.ended_on
        FROM public.cases c LEFT JOIN public.teams t ON t.id = c.team_id
    """,
}
"""What a reporting role may read, in a schema of its own: no name, reference or birthday of a child is in it."""


def upgrade() -> None:
    op.create_table(
        "board_figures",
        sa.Column("measure", sa.String(length=60), nullable=False),
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
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("value", sa.Numeric(precision=12, scale=1), nullable=True),
        sa.Column("worked_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("measure", "span", "ends_on", name=op.f("pk_board_figures")),
    )
    op.create_table(
        "highlight_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "draft", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["begun_by_id"], ["users.id"], name=op.f("fk_highlight_reports_begun_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_highlight_reports")),
        sa.UniqueConstraint("number", name=op.f("uq_highlight_reports_number")),
    )
    op.create_table(
        "kpi_baselines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("of_what", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_kpi_baselines_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_baselines")),
    )
    with op.batch_alter_table("kpi_baselines", schema=None) as batch_op:
        batch_op.create_index("ix_kpi_baselines_measure_id", ["measure", "id"], unique=False)

    op.create_table(
        "kpi_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_kpi_notes_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_notes")),
    )
    with op.batch_alter_table("kpi_notes", schema=None) as batch_op:
        batch_op.create_index("ix_kpi_notes_measure_id", ["measure", "id"], unique=False)

    op.create_table(
        "kpi_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("agreed_by", sa.String(length=200), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_kpi_targets_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_targets")),
    )
    with op.batch_alter_table("kpi_targets", schema=None) as batch_op:
        batch_op.create_index("ix_kpi_targets_measure_id", ["measure", "id"], unique=False)

    op.create_table(
        "reading_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("last_day_on", sa.Date(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_reading_tokens_made_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_reading_tokens_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_reading_tokens_name")),
    )
    op.create_table(
        "report_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "contents", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("version = 1 OR reason <> ''", name=op.f("ck_report_versions_a_new_version_says_why")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_report_versions_issued_by_id_users")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["highlight_reports.id"], name=op.f("fk_report_versions_report_id_highlight_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_versions")),
        sa.UniqueConstraint("report_id", "version", name=op.f("uq_report_versions_report_id_version")),
    )
    _refuse_changes()
    _make_views()


def downgrade() -> None:
    _drop_views()
    _allow_changes()
    op.drop_table("report_versions")
    op.drop_table("reading_tokens")
    with op.batch_alter_table("kpi_targets", schema=None) as batch_op:
        batch_op.drop_index("ix_kpi_targets_measure_id")

    op.drop_table("kpi_targets")
    with op.batch_alter_table("kpi_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_kpi_notes_measure_id")

    op.drop_table("kpi_notes")
    with op.batch_alter_table("kpi_baselines", schema=None) as batch_op:
        batch_op.drop_index("ix_kpi_baselines_measure_id")

    op.drop_table("kpi_baselines")
    op.drop_table("highlight_reports")
    op.drop_table("board_figures")


def _make_views() -> None:
    """Roles that may read some tables and not others are PostgreSQL's; SQLite has none to grant anything to."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SCHEMA reporting")
        for name, query in VIEWS.items():
            op.execute(f"CREATE VIEW reporting.{name} AS {query}")


def _drop_views() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA reporting CASCADE")


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION report_versions_are_kept() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON report_versions
            FOR EACH ROW EXECUTE FUNCTION report_versions_are_kept()
            """
        )
        op.execute(
            """
            CREATE TRIGGER kept_whole BEFORE TRUNCATE ON report_versions
            FOR EACH STATEMENT EXECUTE FUNCTION report_versions_are_kept()
            """
        )
        return
    for action in ("update", "delete"):
        op.execute(
            f"""
            CREATE TRIGGER report_versions_refuse_{action} BEFORE {action.upper()} ON report_versions
            BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
            """
        )


def _allow_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER kept ON report_versions")
        op.execute("DROP TRIGGER kept_whole ON report_versions")
        op.execute("DROP FUNCTION report_versions_are_kept()")
        return
    for action in ("update", "delete"):
        op.execute(f"DROP TRIGGER report_versions_refuse_{action}")
