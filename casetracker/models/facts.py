"""
What the figures count: the facts of each case, piece of advice, dispute, review and audit, as known now and before.

A row holds from the day it became known until the day something else did. What is known now stands in tables of its
own, one row a case, one a piece of advice and so on, so that a page reads those alone; what was known before stands
beside them, and any figure can be asked as it was known on a past day. Both are what the history says
(`services.facts.knowledge`), written through its one door; `casetracker verify` checks that they still are.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from casetracker.extensions import Model, word
from casetracker.statute.advice import AdviceKind
from casetracker.statute.reviews import Grade


class DisputeKind(StrEnum):
    """The two ways in which a family disputes a decision (CFA 2014 ss.51 to 55)."""

    MEDIATION = "mediation"
    APPEAL = "appeal"


class CaseFactColumns:
    """The facts of a case that a measure can count."""

    received_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    """When it was first decided whether to assess."""
    decided_to_assess: Mapped[bool | None]
    """What that first decision was."""
    days_to_decision: Mapped[int | None]
    """Days from receipt to that decision; None where either is not known."""
    assessed_from: Mapped[date | None]
    """When an assessment was first agreed to, whether at once or after a refusal."""
    no_plan_on: Mapped[date | None]
    """When it was decided on the first clock that there will be no plan."""
    days_to_no_plan: Mapped[int | None]
    final_plan_on: Mapped[date | None]
    days_to_plan: Mapped[int | None]
    counts_for_timeliness: Mapped[bool]
    reopened: Mapped[bool]
    """These two as on the case row."""
    exceptions_apply: Mapped[bool]
    exceptions: Mapped[str] = mapped_column(String(200))
    """The paragraphs of the exceptions on record, each between commas (`,5(4)(a),13(3)(c),`); empty for none."""
    is_open: Mapped[bool]
    clock_started_on: Mapped[date | None]
    final_due_on: Mapped[date | None]
    """The last day for the final plan while it is still to be met, None otherwise."""
    psychology_awaited: Mapped[bool]
    """Whether psychological advice has been asked for and has not come."""
    psychology_ready: Mapped[bool]
    """Whether some has come, and none is awaited."""


class CaseFacts(CaseFactColumns, Model):
    """What is known of a case now, since `known_from`."""

    __tablename__ = "case_facts"
    __table_args__ = (
        Index(
            "ix_case_facts_final_plan_on",
            "final_plan_on",
            "counts_for_timeliness",
            "exceptions_apply",
            "days_to_plan",
            "reopened",
        ),
        Index("ix_case_facts_decided_on", "decided_on", "days_to_decision", "decided_to_assess"),
        Index("ix_case_facts_received_on", "received_on"),
        Index(
            "ix_case_facts_plan_known_from",
            "known_from",
            "final_plan_on",
            postgresql_where=text("final_plan_on IS NOT NULL"),
            sqlite_where=text("final_plan_on IS NOT NULL"),
        ),
        Index("ix_case_facts_assessed_from", "assessed_from"),
        Index("ix_case_facts_no_plan_on", "no_plan_on", "days_to_no_plan"),
        Index(
            "ix_case_facts_open",
            "clock_started_on",
            "final_due_on",
            postgresql_where=text("is_open"),
            sqlite_where=text("is_open = 1"),
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    known_from: Mapped[date]


class CaseFactsBefore(CaseFactColumns, Model):
    """What was known of a case from one day, until the day something else became known."""

    __tablename__ = "case_facts_before"
    __table_args__ = (
        CheckConstraint("known_from < known_until", name="holds_for_a_day"),
        Index(
            "ix_case_facts_before_open",
            "known_until",
            "known_from",
            postgresql_where=text("is_open"),
            sqlite_where=text("is_open = 1"),
        ),
        Index("ix_case_facts_before_known_until", "known_until", "known_from"),
        Index("ix_case_facts_before_final_plan_on", "final_plan_on", "known_until", "known_from"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    known_from: Mapped[date] = mapped_column(primary_key=True)
    known_until: Mapped[date]
    """The day from which it no longer held."""


class AdviceFactColumns:
    """The facts of a piece of advice that a measure can count."""

    kind: Mapped[AdviceKind] = mapped_column(word(AdviceKind, checked=False))
    giver: Mapped[str] = mapped_column(String(200))
    asked_on: Mapped[date | None]
    due_on: Mapped[date | None]
    first_received_on: Mapped[date | None]
    not_known_on: Mapped[date | None]
    not_needed_on: Mapped[date | None]


class AdviceFacts(AdviceFactColumns, Model):
    """What is known of a piece of advice now, since `known_from`."""

    __tablename__ = "advice_facts"
    __table_args__ = (
        Index(
            "ix_advice_facts_asked_on",
            "asked_on",
            "due_on",
            "first_received_on",
            "not_needed_on",
            "not_known_on",
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    """As in `advice`."""
    known_from: Mapped[date]


class AdviceFactsBefore(AdviceFactColumns, Model):
    """What was known of a piece of advice from one day, until the day something else became known."""

    __tablename__ = "advice_facts_before"
    __table_args__ = (
        CheckConstraint("known_from < known_until", name="holds_for_a_day"),
        Index("ix_advice_facts_before_known_until", "known_until", "known_from"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    known_from: Mapped[date] = mapped_column(primary_key=True)
    known_until: Mapped[date]


class DisputeFactColumns:
    """The facts of a mediation or an appeal that a measure can count."""

    kind: Mapped[DisputeKind] = mapped_column(word(DisputeKind))
    began_on: Mapped[date]
    """When mediation was asked for or the appeal registered; the day it was held, where that is all that is known."""
    ended_on: Mapped[date | None]
    """When mediation was held, or the appeal was decided or the authority gave way."""
    outcome: Mapped[str] = mapped_column(String(40))
    """How it ended, in the word of the history; empty while it has not."""
    is_open: Mapped[bool]


class DisputeFacts(DisputeFactColumns, Model):
    """What is known of a mediation or an appeal now, since `known_from`."""

    __tablename__ = "dispute_facts"
    __table_args__ = (Index("ix_dispute_facts_began_on", "kind", "began_on"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Its kind and its place among the case's."""
    known_from: Mapped[date]


class DisputeFactsBefore(DisputeFactColumns, Model):
    """What was known of a mediation or an appeal from one day, until the day something else became known."""

    __tablename__ = "dispute_facts_before"
    __table_args__ = (
        CheckConstraint("known_from < known_until", name="holds_for_a_day"),
        Index("ix_dispute_facts_before_known_until", "known_until", "known_from"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    known_from: Mapped[date] = mapped_column(primary_key=True)
    known_until: Mapped[date]


class ReviewFactColumns:
    """The facts of a plan's annual review that a measure can count: one that is finished, or is the next to come."""

    due_on: Mapped[date | None]
    """Its last day (CFA 2014 s.44(1)); None where reviews before it may not be on record."""
    met_on: Mapped[date | None]
    decide_by: Mapped[date | None]
    """The last day to tell the family what was decided, once it has met (SEND Regs 2014, reg 20(10))."""
    finished_on: Mapped[date | None]
    """When the family was told."""
    days_to_tell: Mapped[int | None]
    """Days from the meeting to that."""
    outcome: Mapped[str] = mapped_column(String(40))
    """What was decided; empty while nothing was, and "not stated" where it is not known."""


class ReviewFacts(ReviewFactColumns, Model):
    """What is known of an annual review now, since `known_from`."""

    __tablename__ = "review_facts"
    __table_args__ = (
        Index("ix_review_facts_due_on", "due_on", "finished_on"),
        Index("ix_review_facts_finished_on", "finished_on", "decide_by"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    """The place of the plan among the case's, and of the review among the plan's."""
    known_from: Mapped[date]


class ReviewFactsBefore(ReviewFactColumns, Model):
    """What was known of an annual review from one day, until the day something else became known."""

    __tablename__ = "review_facts_before"
    __table_args__ = (
        CheckConstraint("known_from < known_until", name="holds_for_a_day"),
        Index("ix_review_facts_before_known_until", "known_until", "known_from"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    known_from: Mapped[date] = mapped_column(primary_key=True)
    known_until: Mapped[date]


class AuditFactColumns:
    """The facts of an audit of a plan that a measure can count."""

    audited_on: Mapped[date]
    grade: Mapped[Grade] = mapped_column(word(Grade))
    audited_by: Mapped[str] = mapped_column(String(40))
    """By whom, in the word of the history; empty where that is not known."""


class AuditFacts(AuditFactColumns, Model):
    """What is known of an audit now, since `known_from`."""

    __tablename__ = "audit_facts"
    __table_args__ = (Index("ix_audit_facts_audited_on", "audited_on", "grade"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    """As of a review."""
    known_from: Mapped[date]


class AuditFactsBefore(AuditFactColumns, Model):
    """What was known of an audit from one day, until the day something else became known."""

    __tablename__ = "audit_facts_before"
    __table_args__ = (
        CheckConstraint("known_from < known_until", name="holds_for_a_day"),
        Index("ix_audit_facts_before_known_until", "known_until", "known_from"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    known_from: Mapped[date] = mapped_column(primary_key=True)
    known_until: Mapped[date]
