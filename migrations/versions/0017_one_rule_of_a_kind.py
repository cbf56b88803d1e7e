"""one rule of a kind: no two rules of escalation stand for the same cases, level and days; mails count days in words

Revision: 0017, after 0016. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
RULES = {
    "uq_escalation_rules_of_a_team": (["team_id", "level", "after_days"], "ended_at IS NULL"),
    "uq_escalation_rules_of_every_team": (["level", "after_days"], "ended_at IS NULL AND team_id IS NULL"),
}


def upgrade() -> None:
    # Of several that stand the first goes on; the others end as if they had not been made.
    op.execute(
        "UPDATE escalation_rules SET ended_at = made_at, ended_by_id = made_by_id WHERE ended_at IS NULL AND id NOT IN "
        "(SELECT min(id) FROM escalation_rules WHERE ended_at IS NULL GROUP BY team_id, level, after_days)"
    )
    # What stands for {{days}} has the word in it now, so that one day is "1 day".
    op.execute("UPDATE mail_templates SET body = replace(body, '{{days}} days', '{{days}}')")
    for name, (columns, where) in RULES.items():
        op.create_index(
            name, "escalation_rules", columns, unique=True, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )


def downgrade() -> None:
    op.execute("UPDATE mail_templates SET body = replace(body, '{{days}}', '{{days}} days')")
    for name in RULES:
        op.drop_index(name, table_name="escalation_rules")
