"""What a case must look like on a day, said by replay alone, for comparing with what sweeps have made of it."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Alert, Case, MilestoneRow
from casetracker.services import histories
from casetracker.services.histories import NewEntry
from casetracker.services.projection import project
from casetracker.statute.entries import Entry
from casetracker.statute.history import replay
from casetracker.statute.representations import leaves_time_for_representations
from casetracker.statute.standing import CaseStanding, Milestone, Standing
from casetracker.statute.timetable import Duty, Force

WINDOWS_NOT_STORED = (Duty.MEDIATION_WINDOW, Duty.APPEAL_WINDOW)


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def as_new(entry: Entry) -> NewEntry:
    """Return an entry of a pure history as one about to be recorded."""
    return NewEntry(entry.happening, entry.occurred_on, at_noon(entry.recorded_on), entry.detail, entry.corrects)


def level_of(milestone: Milestone, standing: CaseStanding) -> str | None:
    """Return the alert that a milestone calls for by the clock alone, from its standing on the day."""
    if not milestone.is_open or milestone.excused_by or milestone.force is Force.RIGHT:
        return None
    missed = milestone.standing is Standing.OVERDUE
    if milestone.force is Force.STATUTORY and milestone.duty is not Duty.RECEIVE_ADVICE:
        return "breached" if missed else ("will_breach" if has_no_slack(milestone, standing) else None)
    return "behind" if missed else None


def has_no_slack(milestone: Milestone, standing: CaseStanding) -> bool:
    """Return whether reg 13(1)(a) leaves too little time for the final plan to come in time."""
    if milestone.duty is not Duty.ISSUE_FINAL_PLAN or standing.clock is None:
        return False
    if milestone.episode != standing.clock.number:
        return False
    windows = [m for m in standing.milestones if m.duty is Duty.REPRESENTATIONS_WINDOW and m.is_open]
    if any(window.due_on >= milestone.due_on for window in windows):
        return True
    too_late = not leaves_time_for_representations(due_on=milestone.due_on, on=standing.on)
    return standing.draft_sent_on is None and too_late


def assert_case_is_as_replay_says(case_id: int, *, on: date) -> None:
    """Fail unless the row, its milestones, their marks and its open alerts are those of the history on the day."""
    case = db.session.get_one(Case, case_id, populate_existing=True)
    standing = replay(histories.entries_of(case_id), on=on)
    should = project(standing)
    assert {name: getattr(case, name) for name in should.case} == should.case
    rows = {
        row.key: row
        for row in db.session.scalars(
            select(MilestoneRow).where(MilestoneRow.case_id == case_id), execution_options={"populate_existing": True}
        )
    }
    stored = {key: {name: getattr(row, name) for name in should.milestones.get(key, {})} for key, row in rows.items()}
    assert set(stored) == set(should.milestones), set(stored) ^ set(should.milestones)
    wrong = {key: (row, should.milestones[key]) for key, row in stored.items() if row != should.milestones[key]}
    assert not wrong, f"stored, and as replay has it: {wrong}"
    kept = [milestone for milestone in standing.milestones if milestone.duty not in WINDOWS_NOT_STORED]
    by_key = dict(zip(should.milestones, kept, strict=True))
    overdue = {key for key, m in by_key.items() if m.is_open and m.standing is Standing.OVERDUE}
    assert {key for key, row in rows.items() if row.is_open and row.marked_overdue_on is not None} == overdue
    alerts = db.session.execute(
        select(Alert.milestone_key, Alert.level, Alert.due_on).where(
            Alert.case_id == case_id, Alert.closed_on.is_(None)
        )
    )
    called_for = {(key, level, m.due_on) for key, m in by_key.items() if (level := level_of(m, standing))}
    assert sorted((key, level.value, due_on) for key, level, due_on in alerts) == sorted(called_for)
