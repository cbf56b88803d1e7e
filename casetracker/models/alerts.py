"""Breach alerts: one per case, milestone and level while it lasts; and the ledger of all that became of them."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from casetracker.extensions import JSON_OBJECT, Model, word
from casetracker.models.cases import Case
from casetracker.models.users import User
from casetracker.statute.timetable import Duty
from casetracker.statute.working_days import CalendarEnds, working_days_after

WORKING_DAYS_AHEAD = 10
"""How long before its last day a limit is said to be due soon."""
_AS_LONG_WITHOUT_HOLIDAYS = timedelta(weeks=2)


class AlertLevel(StrEnum):
    """How bad it is, worst first."""

    BREACHED = "breached"
    """A limit set by law that binds the authority was missed, with no exception on record."""
    WILL_BREACH = "will_breach"
    """The limit for the final plan is ahead and no slack is left: it will be missed unless something named happens."""
    LIKELY = "likely"
    """A limit is ahead, and the probability that it is missed is over what the team's manager set."""
    BEHIND = "behind"
    """Something the plan waits for is past its day, or the last safe day for the step that holds it up has passed."""


class RetiredLevel(StrEnum):
    """Levels that nothing is raised at any more; past alerts keep theirs, and pages can still say it."""

    DUE_SOON = "due_soon"
    """Until November 2026: a limit set by law that binds the authority ends within 10 working days."""


WORST_FIRST = tuple(AlertLevel)
Level = AlertLevel | RetiredLevel


class LevelWord(TypeDecorator[Level]):
    """A level kept as its word: one that is raised today, or one that past alerts have."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Level | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Level | None:
        if value is None:
            return None
        return RetiredLevel(value) if value in set(RetiredLevel) else AlertLevel(value)


class Remedy(StrEnum):
    """What is to be done about it: how the review queue is grouped."""

    ASSIGN = "assign"
    """Nobody holds the case."""
    DECIDE_AT_PANEL = "decide_at_panel"
    """Whether to assess."""
    ASK_FOR_ADVICE = "ask_for_advice"
    CHASE_ADVICE = "chase_advice"
    """With the kind of advice as its subject."""
    DECIDE_PLAN = "decide_plan"
    """Whether to make a plan."""
    DRAFT = "draft"
    CONSULT = "consult"
    """The family's 15 days, or a setting's reply."""
    ISSUE = "issue"
    OTHER = "other"


class AlertAction(StrEnum):
    """What somebody said they will do about an alert."""

    CHASE_ADVICE = "chase_advice"
    DECIDE_AT_PANEL = "decide_at_panel"
    DRAFT = "draft"
    CONSULT = "consult"
    ISSUE = "issue"
    ASSIGN = "assign"
    OTHER = "other"


class AlertOutcome(StrEnum):
    """What became of the limit at stake."""

    BREACHED = "breached"
    MET = "met"
    EXCUSED = "excused"
    NOT_NEEDED = "not_needed"
    """The case ended, or the duty fell away, with the limit not missed."""


class AlertEntryKind(StrEnum):
    """What happened to an alert."""

    RAISED = "raised"
    SEEN = "seen"
    """The first time that each person saw it."""
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ESCALATED = "escalated"
    COMMENTED = "commented"
    REOPENED = "reopened"
    """Taken back from being in hand or snoozed."""
    RETURNED = "returned"
    """The day it was set aside until has passed."""
    CLOSED = "closed"
    OUTCOME = "outcome"


def last_day_that_is_soon(on: date) -> date:
    """Return the day 10 working days after `on`; two weeks after it where the bank holidays are not known yet."""
    try:
        return working_days_after(on, WORKING_DAYS_AHEAD)
    except CalendarEnds:
        return on + _AS_LONG_WITHOUT_HOLIDAYS


def _open_index(name: str, *columns: str, unique: bool = False, also: str = "") -> Index:
    """An index of the alerts that stand."""
    where = text(f"closed_on IS NULL{also}")
    return Index(name, *columns, unique=unique, postgresql_where=where, sqlite_where=where)


class Alert(Model):
    """
    Something a manager should know of. It closes itself, with the reason, when the case moves.

    The row is what its ledger (`AlertEntry`) comes to, for speed; `probability`, `remedy` and `harm` are brought up to
    date by each sweep, so that the review queue can be put in order by an index.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        _open_index("uq_alerts_open", "case_id", "milestone_key", "level", unique=True),
        # Each with its order to the end, and with the day it is back on, by which most filters leave some out.
        _open_index("ix_alerts_open_by_level", "level", "due_on", "id", "back_on"),
        _open_index("ix_alerts_open_by_probability", "level", "probability", "id", "back_on"),
        _open_index("ix_alerts_open_by_harm", "level", "harm", "id", "back_on"),
        _open_index("ix_alerts_open_by_remedy", "remedy", "remedy_subject", "level", "due_on", "id", "back_on"),
        _open_index("ix_alerts_set_aside", "back_on", also=" AND back_on IS NOT NULL"),
        _open_index("ix_alerts_promised", "action_by_id", "action_due_on", also=" AND action_by_id IS NOT NULL"),
        Index("ix_alerts_to_describe", "id", postgresql_where=text("words = ''"), sqlite_where=text("words = ''")),
        Index(
            "ix_alerts_without_outcome",
            "case_id",
            "at_stake",
            postgresql_where=text("outcome IS NULL"),
            sqlite_where=text("outcome IS NULL"),
        ),
        Index("ix_alerts_case_id_milestone_key", "case_id", "milestone_key"),
        Index("ix_alerts_raised_on", "raised_on"),
        Index("ix_alerts_closed_on", "closed_on"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name="acknowledged_by_somebody"),
        CheckConstraint("(closed_on IS NULL) = (closed_because IS NULL)", name="closed_for_a_reason"),
        CheckConstraint("(outcome IS NULL) = (outcome_on IS NULL)", name="outcome_on_a_day"),
        CheckConstraint("(snoozed_at IS NULL) = (snooze_reason = '')", name="snoozed_for_a_reason"),
        CheckConstraint("(escalated_at IS NULL) = (escalated_to_id IS NULL)", name="escalated_to_somebody"),
        CheckConstraint(
            "level IN ('breached', 'will_breach', 'likely', 'behind') OR level = 'due_soon' AND closed_on IS NOT NULL",
            name="level_is_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    milestone_key: Mapped[str] = mapped_column(String(120))
    duty: Mapped[Duty] = mapped_column(word(Duty, checked=False))
    subject: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[AlertLevel | RetiredLevel] = mapped_column(LevelWord)
    due_on: Mapped[date]
    episode: Mapped[int] = mapped_column(default=1)
    """Which time it is that this milestone has an alert of this level."""
    at_stake: Mapped[str] = mapped_column(String(120))
    """The key of the limit that a breach would be of: its own, or that of the final plan where it only feeds one."""
    raised_on: Mapped[date]
    """The day whose sweep raised it."""
    code: Mapped[str] = mapped_column(String(40))
    """Why it was raised, a `services.alerts.calling.Code`."""
    words: Mapped[str] = mapped_column(String(500), default="")
    """Why it was raised, in a sentence."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT, default=dict)
    """The figures when it was raised (services/alerts/words.py); days as ISO dates."""
    probability: Mapped[float | None]
    """Of a breach of the limit at stake, as the last forecast has it."""
    remedy: Mapped[Remedy] = mapped_column(word(Remedy))
    remedy_subject: Mapped[str] = mapped_column(String(200), default="")
    harm: Mapped[int] = mapped_column(default=0)
    """For putting in order, the greater the worse: a child out of school first, then the youngest."""
    closed_on: Mapped[date | None]
    closed_because: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[AlertOutcome | None] = mapped_column(word(AlertOutcome))
    outcome_on: Mapped[date | None]
    """The day on which the limit at stake was missed, met, or fell away."""

    back_on: Mapped[date | None]
    """The day it is among those to act on again; None for one that nobody has acknowledged or snoozed."""
    waits_since: Mapped[date]
    """Since when nobody has acted on it, or will have: what the rules of escalation count from."""
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action_code: Mapped[AlertAction | None] = mapped_column(word(AlertAction))
    action: Mapped[str | None] = mapped_column(String(2000))
    action_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action_due_on: Mapped[date | None]
    snoozed_at: Mapped[datetime | None]
    snooze_reason: Mapped[str] = mapped_column(String(2000), default="")
    escalated_at: Mapped[datetime | None]
    escalated_to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)

    case: Mapped[Case] = relationship(lazy="raise")
    acknowledged_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[acknowledged_by_id])
    action_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[action_by_id])
    escalated_to: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[escalated_to_id])


class AlertEntry(Model):
    """
    One line of the alert ledger. Never updated and never deleted: triggers on both databases refuse it.

    `once` makes what can only happen once happen once, whatever runs twice: an alert is raised once, closed once, seen
    by each person once, escalated by each rule once while it waits. It is empty (None) for what may be repeated.
    """

    __tablename__ = "alert_entries"
    __table_args__ = (UniqueConstraint("alert_id", "once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    kind: Mapped[AlertEntryKind] = mapped_column(word(AlertEntryKind, checked=False))
    on_day: Mapped[date]
    """The day it is of: of the sweep, for what a sweep did."""
    at: Mapped[datetime]
    """When it was written."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Nobody, for what the tracker did itself."""
    code: Mapped[str] = mapped_column(String(40), default="")
    """The code of the reason, the action or the outcome."""
    words: Mapped[str] = mapped_column(String(2000), default="")
    to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Whom it was given or escalated to."""
    until: Mapped[date | None]
    """The day an action is due, or a snooze ends."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT, default=dict)
    once: Mapped[str | None] = mapped_column(String(60))

    by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[by_id])
    to: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[to_id])
