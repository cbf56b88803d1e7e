"""
one rule of a kind, odd UPNs: no two rules of escalation stand for the same, and whether a UPN is well made is kept
beside it; mails count days in words

Revision: 0017, after 0016. 2026-11-28
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
RULES = {
    "uq_escalation_rules_of_a_team": (["team_id", "level", "after_days"], "ended_at IS NULL"),
    "uq_escalation_rules_of_every_team": (["level", "after_days"], "ended_at IS NULL AND team_id IS NULL"),
}


def upgrade() -> None:
    op.add_column("people", sa.Column("upn_is_odd", sa.Boolean(), nullable=False, server_default=sa.false()))
    _mark_odd_upns()
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


def _mark_odd_upns() -> None:
    """Work out, once, what is worked out from now on when a UPN is written."""
    people = sa.table("people", sa.column("id", sa.Integer), sa.column("upn", sa.String), sa.column("upn_is_odd"))
    connection = op.get_bind()
    upns = connection.execute(sa.select(people.c.id, people.c.upn).where(people.c.upn.is_not(None)))
    odd = [{"person": person_id} for person_id, upn in upns if upn and not _is_well_made(upn.strip().upper())]
    if odd:
        mark = people.update().where(people.c.id == sa.bindparam("person")).values(upn_is_odd=sa.true())
        connection.execute(mark, odd)


def _is_well_made(upn: str) -> bool:
    """Return whether a UPN's 13 characters are in their places and its first letter agrees with the rest."""
    if not re.fullmatch(rf"[A-Z][0-9]{{11}}[0-9{LETTERS}]", upn):
        return False
    values = [int(c) if c.isdigit() else LETTERS.index(c) for c in upn[1:]]
    return upn[0] == LETTERS[sum(value * weight for weight, value in enumerate(values, start=2)) % len(LETTERS)]


def downgrade() -> None:
    op.drop_column("people", "upn_is_odd")
    whole = "replace(replace(body, '{{days}} days', '{{days}}'), '{{days}}', '{{days}} days')"
    op.execute(f"UPDATE mail_templates SET body = {whole}")  # noqa: S608  # no value in it
    for name in RULES:
        op.drop_index(name, table_name="escalation_rules")
