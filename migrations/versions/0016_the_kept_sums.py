"""the kept sums: what pages over the whole caseload are made of, and the indexes of their long lists

Revision: 0016, after 0015. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
INDEXES = {
    "ix_cases_open_by_worker": ("cases", ["named_worker_id", "clock_started_on"], "is_open", "is_open = 1"),
    "ix_case_facts_plan_known_from": (
        "case_facts",
        ["known_from", "final_plan_on"],
        "final_plan_on IS NOT NULL",
        "final_plan_on IS NOT NULL",
    ),
}
ALERTS_IN_ORDER = {
    "ix_alerts_open_by_level": ("level", "due_on"),
    "ix_alerts_open_by_probability": ("level", "probability"),
    "ix_alerts_open_by_harm": ("level", "harm"),
    "ix_alerts_open_by_remedy": ("remedy", "remedy_subject"),
}
KINDS = ("plans", "stages", "loads", "overdue", "advice", "waiting")


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "of", sa.Enum(*KINDS, name="tallied", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("also", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=True),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("is_so", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies")),
    )
    op.create_index("ix_tallies_of_month", "tallies", ["of", "month"])
    for name, (table, columns, on_postgresql, on_sqlite) in INDEXES.items():
        op.create_index(name, table, columns, postgresql_where=sa.text(on_postgresql), sqlite_where=sa.text(on_sqlite))

    for name, columns in ALERTS_IN_ORDER.items():
        order = ("level", "due_on") if "remedy" in columns else ()
        _of_open_alerts(name, [*columns, *order, "id", "back_on"])


def _of_open_alerts(name: str, columns: list[str]) -> None:
    """Make an index of the alerts that stand anew, with these columns."""
    where = sa.text("closed_on IS NULL")
    op.drop_index(name, table_name="alerts")
    op.create_index(name, "alerts", columns, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name, columns in ALERTS_IN_ORDER.items():
        _of_open_alerts(name, list(columns))
    for name, (table, *_) in INDEXES.items():
        op.drop_index(name, table_name=table)
    op.drop_table("tallies")
