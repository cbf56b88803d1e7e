"""
Escalation: an alert that nobody has acted on for so many days goes to somebody, by the rules of its team.

Each rule is followed once for as long as an alert waits: the ledger's key holds that, whatever runs twice. No rule
moves an alert that somebody escalated by hand. Somebody who is away is not left out: whoever covers them gets what is
theirs (queries/cover.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, literal, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.models import (
    Alert,
    AlertEntry,
    AlertEntryKind,
    AlertLevel,
    Case,
    EscalatesTo,
    EscalationRule,
    User,
)
from casetracker.plurals import counted
from casetracker.roles import Role
from casetracker.services.alerts import ledger
from casetracker.services.alerts.run import Run, changed

MOST_DUE = 1_000
"""How many alerts a dry run looks for."""


class NotPossible(ValueError):
    """What was entered cannot be so; the message is fit for the page."""


class MadeAlready(NotPossible):
    """There is a rule for the same alerts on the same day; the message names who it goes to."""


@dataclass(frozen=True, slots=True)
class Step:
    """A rule as it applies to some teams' cases, and who it goes to there; None where there is nobody."""

    rule: EscalationRule
    to_id: int | None
    team_id: int | None
    """The one team it is worked out for; None for all that the rule is for."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a dry run says of one alert."""

    alert_id: int
    case_id: int
    rule_id: int | None
    """None for a rule that is only proposed."""
    to_id: int | None
    """None where the rule has nobody to go to: no active manager of the team, no head of service."""


def propose_rule(
    *,
    team_id: int | None,
    level: AlertLevel,
    after_days: int,
    escalates_to: EscalatesTo,
    user_id: int | None = None,
    by: User,
    at: datetime,
) -> EscalationRule:
    """
    Return a rule that is not made yet: alerts of a level that nobody acts on for `after_days` go to somebody.

    `team_id` None is every team.

    :raises NotPossible: if the days are not from 0 to 365, or somebody is named and it does not go to them, or nobody
        is and it has to
    :raises MadeAlready: if a rule for the same cases, level and days stands, whoever it goes to
    """
    if not 0 <= after_days <= 365:
        raise NotPossible("Enter a number of days from 0 to 365")
    if escalates_to is EscalatesTo.USER and user_id is None:
        raise NotPossible("Choose who it goes to")
    if escalates_to is not EscalatesTo.USER and user_id is not None:
        raise NotPossible("Choose nobody here, or “Somebody named” for it to go to them")
    rule = EscalationRule(
        team_id=team_id,
        level=level,
        after_days=after_days,
        escalates_to=escalates_to,
        user_id=user_id,
        made_at=at,
        made_by_id=by.id,
    )
    _refuse_a_second(rule)
    return rule


def _refuse_a_second(rule: EscalationRule) -> None:
    when = {"team_id": rule.team_id, "level": rule.level, "after_days": rule.after_days}
    first = db.session.scalar(_that_stand().filter_by(**when).options(joinedload(EscalationRule.user)).limit(1))
    if first is not None:
        to = first.user.name if first.user else f"the {first.escalates_to.replace('_', ' ')}"
        raise MadeAlready(
            f"A rule for these cases, this level and as many days goes to {to} already: end it, or choose other days"
        )


def make_rule(rule: EscalationRule) -> EscalationRule:
    """
    Make a rule that was proposed: the next sweep follows it.

    :raises MadeAlready: if somebody else has made one like it since; nothing of the transaction is then left
    """
    db.session.add(rule)
    try:
        db.session.flush()  # so that the later of two made at once learns of it here, and not at the commit
    except IntegrityError:
        db.session.rollback()
        _refuse_a_second(rule)
        raise
    return rule


def end_rule(*, rule_id: int, by: User, at: datetime) -> EscalationRule:
    """
    Follow a rule no more; what it escalated stays so.

    :raises sqlalchemy.exc.NoResultFound: if there is none
    """
    rule = db.session.get_one(EscalationRule, rule_id)
    if rule.ended_at is None:
        rule.ended_at, rule.ended_by_id = at, by.id
    return rule


def due(*, on: date, rules: Iterable[EscalationRule] | None = None, most: int = MOST_DUE) -> Sequence[Due]:
    """
    Return what would be escalated on a day, and to whom: the dry run. It changes nothing.

    :param rules: the rules to try, made or only proposed; None for those that stand
    """
    found: list[Due] = []
    run = Run(on)
    for step in _steps(rules):
        query = (
            select(Alert.id, Alert.case_id)
            .where(_is_due(step, run), ~_done(step.rule))
            .order_by(Alert.id)
            .limit(most - len(found))
        )
        found += [Due(alert, case, step.rule.id, step.to_id) for alert, case in db.session.execute(query)]
    return found


def escalate_due(run: Run) -> int:
    """Escalate what the rules say is due on the day of a run, and return how many times; a second finds nothing."""
    return sum(_follow(step, run) for step in _steps() if step.to_id is not None)


def _follow(step: Step, run: Run) -> int:
    rule = step.rule
    waited = f"Nobody has acted for {counted(rule.after_days, 'day')}"
    escalated = ledger.entry(
        run.shape,
        AlertEntryKind.ESCALATED,
        run.shape.free(_is_due(step, run)),
        once=_once(rule),
        code="rule",
        words=waited if rule.after_days else "As soon as it is raised",
        to_id=step.to_id,
        detail={"rule": rule.id},
    )
    entered = changed(escalated, run.told)
    if entered:
        is_new = and_(_is_due(step, run), _done(rule, at=run.at))
        changed(update(Alert).where(is_new).values(escalated_at=run.at, escalated_to_id=step.to_id), run.told)
    return entered


def _that_stand() -> Select[EscalationRule]:
    return select(EscalationRule).where(EscalationRule.ended_at.is_(None))


def _steps(rules: Iterable[EscalationRule] | None = None) -> Iterator[Step]:
    """Yield the rules that stand with whom each goes to, the soonest first, so that the last has the last word."""
    if rules is None:
        in_order = _that_stand().order_by(EscalationRule.after_days, EscalationRule.id)
        rules = db.session.scalars(in_order).all()
    heads = db.session.scalars(select(User.id).where(User.head_of_service, User.active).order_by(User.id)).all()
    managers = _managers()
    for rule in rules:
        if rule.escalates_to is EscalatesTo.USER:
            yield Step(rule, rule.user_id, rule.team_id)
        elif rule.escalates_to is EscalatesTo.HEAD_OF_SERVICE:
            yield Step(rule, heads[0] if heads else None, rule.team_id)
        elif rule.team_id is not None:
            yield Step(rule, managers.get(rule.team_id), rule.team_id)
        else:
            yield from (Step(rule, manager, team) for team, manager in managers.items())


def _managers() -> dict[int, int]:
    """Return the manager of each team: the first of them, where it has several."""
    query = select(User.team_id, User.id).where(User.role == Role.MANAGER, User.active, User.team_id.is_not(None))
    found: dict[int, int] = {}
    for team_id, user_id in db.session.execute(query.order_by(User.id)):
        if team_id is not None:
            found.setdefault(team_id, user_id)
    return found


def _is_due(step: Step, run: Run) -> ColumnElement[bool]:
    of_the_team = exists().where(Case.id == Alert.case_id, Case.team_id == step.team_id)
    return and_(
        run.shape.holds(Alert.case_id),
        Alert.closed_on.is_(None),
        Alert.level == step.rule.level,
        or_(Alert.back_on.is_(None), Alert.back_on <= run.on),
        Alert.waits_since <= run.on - timedelta(days=step.rule.after_days),
        ~_by_hand(),
        of_the_team if step.team_id is not None else true(),
    )


def _by_hand() -> ColumnElement[bool]:
    """Return whether it was somebody, and no rule, who last escalated an alert, and it has not been taken back."""
    return exists().where(
        AlertEntry.alert_id == Alert.id,
        AlertEntry.kind == AlertEntryKind.ESCALATED,
        AlertEntry.by_id.is_not(None),
        AlertEntry.at == Alert.escalated_at,
    )


def _once(rule: EscalationRule) -> ColumnElement[str]:
    return literal(f"rule:{rule.id}:") + cast(Alert.waits_since, String)


def _done(rule: EscalationRule, *, at: datetime | None = None) -> ColumnElement[bool]:
    entered = exists().where(AlertEntry.alert_id == Alert.id, AlertEntry.once == _once(rule))
    return entered.where(AlertEntry.at == at) if at is not None else entered
