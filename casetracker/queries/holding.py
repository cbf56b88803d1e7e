"""Whose cases are whose: a person's own, those of the team they manage, and those of whoever they cover."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, case, func, select, true, union

from casetracker.models import Alert, Case, Cover, User
from casetracker.queries.cover import stands
from casetracker.roles import Role


def pairs(user_ids: Collection[int], *, on: date) -> CTE:
    """
    Return the pairs of a person (`user_id`) and each whose work is theirs on a day (`for_id`).

    That is themselves and all they cover, as `cover.acting_for` has it: many people at once, in one statement.
    """
    own = select(User.id.label("user_id"), User.id.label("for_id")).where(User.id.in_(user_ids))
    found = own.cte("pairs", recursive=True)
    covered = select(found.c.user_id, Cover.user_id).join(Cover, Cover.covered_by_id == found.c.for_id)
    return found.union(covered.where(stands(on)))


def cases(of: CTE) -> Subquery:
    """
    Return the cases of each pair (`user_id`, `for_id`, `case_id`), each once.

    A named worker has their own. A manager has their team's too; one who has no team has every case.
    """
    named = select(of.c.user_id, of.c.for_id, Case.id.label("case_id"))
    manages = named.join(User, User.id == of.c.for_id).where(User.role == Role.MANAGER)
    return union(
        named.join(Case, Case.named_worker_id == of.c.for_id),
        manages.join(Case, Case.team_id == User.team_id),
        manages.join(Case, true()).where(User.team_id.is_(None)),
    ).subquery("held")


def promised(of: CTE) -> Select[Any]:
    """Return the open alerts about which each pair is to do something (`user_id`, `for_id`, `alert_id`)."""
    return _alerts(of, Alert.action_by_id)


def escalated(of: CTE) -> Select[Any]:
    """Return the open alerts that were escalated to each pair (`user_id`, `for_id`, `alert_id`)."""
    return _alerts(of, Alert.escalated_to_id)


def _alerts(of: CTE, whose: Any) -> Select[Any]:
    theirs = select(of.c.user_id, of.c.for_id, Alert.id.label("alert_id"))
    return theirs.join(Alert, whose == of.c.for_id).where(Alert.closed_on.is_(None))


def whose(user_id: Any, for_id: Any) -> ColumnElement[int]:
    """Return whose it is, of all the pairs that something came by: their own first, else of somebody they cover."""
    return func.coalesce(func.nullif(func.min(case((for_id == user_id, 0), else_=for_id)), 0), func.min(user_id))
