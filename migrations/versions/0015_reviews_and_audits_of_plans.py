"""annual reviews and audits of plans, as facts the figures count

Revision: 0015, after 0014. 2026-11-28

The rows are what each history says: `casetracker verify --mend` writes them for the cases there are. What was entered
by hand for the two measures that are counted from now on stays, as the measures of what was reported by hand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COUNTED_NOW = ("plans_good_or_outstanding", "annual_reviews_in_time")


def upgrade() -> None:
    op.create_table("review_facts", *_of_one_thing(), *_review(), *_keys("review_facts", "case_id", "key"))
    op.create_index("ix_review_facts_due_on", "review_facts", ["due_on", "finished_on"])
    op.create_index("ix_review_facts_finished_on", "review_facts", ["finished_on", "decide_by"])
    op.create_table("audit_facts", *_of_one_thing(), *_audit(), *_keys("audit_facts", "case_id", "key"))
    op.create_index("ix_audit_facts_audited_on", "audit_facts", ["audited_on", "grade"])
    for table, columns in (("review_facts_before", _review()), ("audit_facts_before", _audit())):
        op.create_table(
            table,
            *_of_one_thing(),
            sa.Column("known_until", sa.Date(), nullable=False),
            *columns,
            sa.CheckConstraint("known_from < known_until", name=op.f(f"ck_{table}_holds_for_a_day")),
            *_keys(table, "case_id", "key", "known_from"),
        )
        op.create_index(f"ix_{table}_known_until", table, ["known_until", "known_from"])
    for key in COUNTED_NOW:
        _rename(key, f"{key}_by_hand")


def downgrade() -> None:
    for key in COUNTED_NOW:
        _rename(f"{key}_by_hand", key)
    for table in ("audit_facts_before", "review_facts_before", "audit_facts", "review_facts"):
        op.drop_table(table)


def _rename(key: str, to: str) -> None:
    entered = sa.table("entered_figures", sa.column("measure", sa.String))
    op.execute(entered.update().where(entered.c.measure == key).values(measure=to))


def _of_one_thing() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
    )


def _keys(table: str, *columns: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_case_id_cases")),
        sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}")),
    )


def _review() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("days_to_tell", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
    )


def _audit() -> tuple[sa.Column[object], ...]:
    grades = ("outstanding", "good", "requires_improvement", "inadequate")
    return (
        sa.Column("audited_on", sa.Date(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(*grades, name="grade", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("audited_by", sa.String(length=40), nullable=False),
    )
