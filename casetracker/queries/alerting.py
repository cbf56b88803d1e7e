"""How each team is alerted: its threshold and the rules of escalation for its cases."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import USUAL_THRESHOLD, AlertLevel, AlertThreshold, EscalatesTo, EscalationRule, Team, User


@dataclass(frozen=True, slots=True)
class TeamThreshold:
    """The probability over which a breach is called likely, for a team's cases."""

    team_id: int
    team: str
    threshold: float
    changed_at: datetime | None
    """None where nobody has set it, so that it is the usual one."""
    changed_by: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of escalation that is followed."""

    id: int
    team_id: int | None
    """None for every team."""
    team: str
    level: AlertLevel
    after_days: int
    escalates_to: EscalatesTo
    user: str
    """Who is named; empty where the rule names nobody."""


def thresholds() -> Sequence[TeamThreshold]:
    """Return every team's threshold, by the name of the team."""
    query = (
        select(
            Team.id,
            Team.name,
            func.coalesce(AlertThreshold.threshold, USUAL_THRESHOLD),
            AlertThreshold.changed_at,
            func.coalesce(User.name, ""),
        )
        .outerjoin(AlertThreshold, AlertThreshold.team_id == Team.id)
        .outerjoin(User, User.id == AlertThreshold.changed_by_id)
        .order_by(Team.name)
    )
    return [TeamThreshold(*row) for row in db.session.execute(query)]


def names(user_ids: Collection[int | None]) -> dict[int | None, str]:
    """Return people's names by their numbers; of None, which stands for nobody, there is none."""
    query = select(User.id, User.name).where(User.id.in_([number for number in user_ids if number is not None]))
    found: dict[int | None, str] = dict(iter(db.session.execute(query)))
    return found


def rules() -> Sequence[RuleRow]:
    """Return the rules of escalation that are followed: those of every team first, then by team, the soonest first."""
    query = (
        select(
            EscalationRule.id,
            EscalationRule.team_id,
            func.coalesce(Team.name, ""),
            EscalationRule.level,
            EscalationRule.after_days,
            EscalationRule.escalates_to,
            func.coalesce(User.name, ""),
        )
        .outerjoin(Team, Team.id == EscalationRule.team_id)
        .outerjoin(User, User.id == EscalationRule.user_id)
        .where(EscalationRule.ended_at.is_(None))
        .order_by(func.coalesce(Team.name, ""), EscalationRule.after_days, EscalationRule.id)
    )
    return [RuleRow(*row) for row in db.session.execute(query)]
