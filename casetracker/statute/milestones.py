"""From facts to milestones: which limits apply given what has happened, and how each stands on a day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from casetracker.statute.advice import AdviceState
from casetracker.statute.claims import excuse, uphold
from casetracker.statute.counting import Reading
from casetracker.statute.exceptions import Claim
from casetracker.statute.fold import Facts, Run
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import CLOCK_STOPS, DISPUTABLE, Stage
from casetracker.statute.standing import Milestone, Objection, how_it_stands
from casetracker.statute.timetable import (
    APPEAL_AFTER_CERTIFICATE,
    Basis,
    Duty,
    Mark,
    Route,
    Start,
    TimeLimit,
    limit_of,
    limits_for,
)

_AFTER_REFUSAL = frozenset({Duty.GATHER_ADVICE, Duty.NOTIFY_NO_PLAN, Duty.SEND_DRAFT_PLAN, Duty.ISSUE_FINAL_PLAN})
_AFTER_NO_PLAN = frozenset({Duty.GATHER_ADVICE, Duty.SEND_DRAFT_PLAN, Duty.ISSUE_FINAL_PLAN})
_WINDOWS = ((Duty.MEDIATION_WINDOW, H.MEDIATION_ASKED), (Duty.APPEAL_WINDOW, H.APPEAL_REGISTERED))
_OTHER_TIMESCALE = {
    Basis.MEDIATION_AGREEMENT: "SEND Regs 2014, reg 42(5) (the timescale agreed in writing)",
    Basis.TRIBUNAL_ORDER: "SEND Regs 2014, reg 44(1) (the timescale directed)",
}

Found = tuple[tuple[Milestone, ...], tuple[Claim, ...], tuple[Objection, ...]]


def milestones_of(facts: Facts, *, on: date, reading: Reading) -> Found:
    """Return the milestones that apply, by due day; the exceptions that stand; an objection to each that does not."""
    upheld, objections = uphold(facts, on=on, reading=reading)
    found = [
        *_of_the_clocks(facts, upheld, on=on, reading=reading),
        *_of_advice(facts, upheld, on=on, reading=reading),
        *_of_consultation(facts, on=on, reading=reading),
        *_of_the_family(facts, on=on, reading=reading),
    ]
    found.sort(key=lambda m: (m.episode, m.due_on, m.duty, m.subject))
    return tuple(found), upheld, objections


def _of_the_clocks(facts: Facts, upheld: tuple[Claim, ...], *, on: date, reading: Reading) -> Iterator[Milestone]:
    for run in facts.runs:
        for row, due_on in _limits_of(run, reading):
            done_on = run.done.get(row.duty) if row.duty is not Duty.GATHER_ADVICE else _gathered_on(facts, run)
            if done_on is not None or _still_applies(row.duty, run, due_on):
                excused_by = excuse(upheld, run=run, duty=row.duty)
                yield _milestone(row, due_on, done_on, excused_by=excused_by, run=run, on=on)


def _limits_of(run: Run, reading: Reading) -> list[tuple[TimeLimit, date]]:
    """Return the limits that a run of the clock carries and their last days, one for each duty."""
    opened = run.opened
    if opened.started_on is None:
        return []
    binding: dict[Duty, tuple[TimeLimit, date]] = {}
    for row in limits_for(route=opened.route, basis=opened.basis, on=opened.started_on, reading=reading):
        start = opened.started_on if row.runs_from is Start.CLOCK else _plan_or_review(run)
        if start is not None:
            due_on = row.within.last_day(start, reading)
            if row.duty not in binding or due_on > binding[row.duty][1]:
                binding[row.duty] = row, due_on
    if run.not_necessary and opened.route is Route.REQUEST:
        first_question = limit_of(Duty.DECIDE_WHETHER_TO_ASSESS, on=opened.started_on, reading=reading)
        if first_question is not None:
            due_on = first_question.within.last_day(opened.started_on, reading)
            binding[Duty.DECIDE_WHETHER_TO_ASSESS] = first_question, due_on
    limits = list(binding.values())
    return limits if opened.agreed_due_on is None else _with_other_timescale(limits, run, opened.agreed_due_on)


def _plan_or_review(run: Run) -> date | None:
    known = [run.details[word] for word in ("plan_made_on", "last_review_on") if word in run.details]
    return max(known, default=None)


def _with_other_timescale(
    limits: list[tuple[TimeLimit, date]], run: Run, agreed_on: date
) -> list[tuple[TimeLimit, date]]:
    """Put the day agreed or directed in the place of the last limit: that is what a clock of this kind is about."""
    if not limits:
        return limits
    row, due_on = max(limits, key=lambda limit: limit[1])
    authority = _OTHER_TIMESCALE.get(run.opened.basis, row.authority)
    other = replace(
        row, authority=authority, mark=Mark.READ if run.opened.basis is Basis.MEDIATION_AGREEMENT else row.mark
    )
    return [(other, agreed_on) if limit == (row, due_on) else limit for limit in limits]


def _still_applies(duty: Duty, run: Run, due_on: date) -> bool:
    """Return whether a limit not met still binds, or had already been missed when the case ended."""
    if run.ended_as is Stage.ISSUED:
        return False
    if run.ended_as is Stage.REFUSED and duty in _AFTER_REFUSAL:
        return False
    if run.decided_plan is True and duty is Duty.NOTIFY_NO_PLAN:
        return False
    if run.decided_plan is False and duty in _AFTER_NO_PLAN:
        return False
    if run.ended_as in CLOCK_STOPS and run.ended_on is not None:
        return due_on < run.ended_on
    return True


def _gathered_on(facts: Facts, run: Run) -> date | None:
    """Return when the last advice asked for was in hand, or when the plan was decided on with what there was."""
    if Duty.DECIDE_WHETHER_TO_ASSESS not in run.done:
        return None
    asked = [a for a in facts.advice if a.episode == run.number and a.asked_on and a.not_needed_on is None]
    in_hand = [a.answered_on for a in asked if a.answered_on is not None]
    complete_on = max(in_hand) if asked and len(in_hand) == len(asked) else None
    return min((day for day in (complete_on, run.plan_decided_on) if day is not None), default=None)


def _milestone(
    row: TimeLimit,
    due_on: date,
    done_on: date | None,
    *,
    run: Run | None,
    on: date,
    subject: str = "",
    excused_by: str = "",
    lapsed_on: date | None = None,
) -> Milestone:
    if lapsed_on is None and done_on is None and run is not None:
        lapsed_on = run.ended_on
    as_at = min(on, lapsed_on) if lapsed_on else on
    return Milestone(
        duty=row.duty,
        due_on=due_on,
        done_on=done_on,
        standing=how_it_stands(due_on=due_on, done_on=done_on, excused=bool(excused_by), on=as_at),
        authority=row.authority,
        force=row.force,
        subject=subject,
        excused_by=excused_by,
        lapsed_on=lapsed_on,
        episode=run.number if run is not None else 1,
        mark=row.mark,
    )


def _of_advice(facts: Facts, upheld: tuple[Claim, ...], *, on: date, reading: Reading) -> Iterator[Milestone]:
    """Yield the limit of each piece of advice asked for; to say that one does not know the child is to answer."""
    for advice in facts.advice:
        start = advice.runs_from
        row = limit_of(Duty.RECEIVE_ADVICE, on=start, reading=reading) if start is not None else None
        if start is None or row is None:
            continue
        run = facts.runs[advice.episode - 1]
        done_on = advice.answered_on
        yield _milestone(
            row,
            row.within.last_day(start, reading),
            done_on,
            run=run,
            on=on,
            subject=advice.subject,
            excused_by=excuse(upheld, run=run, duty=Duty.RECEIVE_ADVICE, subject=advice.subject, piece=advice.ref),
            lapsed_on=advice.not_needed_on if done_on is None else None,
        )


def with_its_limit(advice: AdviceState, facts: Facts, upheld: tuple[Claim, ...], *, reading: Reading) -> AdviceState:
    """Return a piece of advice with the last day of its six weeks (reg 8(1)), and what excuses it (reg 8(2))."""
    due_on = advice_due_on(advice.runs_from, reading=reading)
    if due_on is None:
        return advice
    run = facts.runs[advice.episode - 1]
    excused_by = excuse(upheld, run=run, duty=Duty.RECEIVE_ADVICE, subject=advice.subject, piece=advice.ref)
    return replace(advice, due_on=due_on, excused_by=excused_by)


def advice_due_on(runs_from: date | None, *, reading: Reading) -> date | None:
    """Return the last day of an advice giver's six weeks (reg 8(1)) that run from a day; None where they do not run."""
    row = limit_of(Duty.RECEIVE_ADVICE, on=runs_from, reading=reading) if runs_from is not None else None
    return row.within.last_day(runs_from, reading) if runs_from is not None and row is not None else None


def final_plan_due_on(facts: Facts, *, reading: Reading) -> date | None:
    """Return the last day for the final plan on the clock that is running; None where none is, or none is owed."""
    run, duty = facts.run, Duty.ISSUE_FINAL_PLAN
    if run is None or run.ended_on is not None or duty in run.done:
        return None
    due = (due_on for row, due_on in _limits_of(run, reading) if row.duty is duty)
    return next((due_on for due_on in due if _still_applies(duty, run, due_on)), None)


def _of_consultation(facts: Facts, *, on: date, reading: Reading) -> Iterator[Milestone]:
    for run in facts.runs:
        if run.draft_sent_on is not None:
            yield from _of_representations(run, run.draft_sent_on, on=on, reading=reading)
    for consultation in facts.consultations:
        row = limit_of(Duty.SETTING_REPLY, on=consultation.consulted_on, reading=reading)
        if row is not None:
            due_on = row.within.last_day(consultation.consulted_on, reading)
            run = facts.runs[consultation.episode - 1]
            yield _milestone(row, due_on, consultation.replied_on, run=run, on=on, subject=consultation.setting)


def _of_representations(run: Run, served_on: date, *, on: date, reading: Reading) -> Iterator[Milestone]:
    """Yield the family's 15 days on the draft last served: used when they answer, and over when it ends."""
    row = limit_of(Duty.REPRESENTATIONS_WINDOW, on=served_on, reading=reading)
    if row is None:
        return
    due_on = row.within.last_day(served_on, reading)
    is_over = on > due_on and (run.ended_on is None or run.ended_on > due_on)
    done_on = run.representations_on or (due_on if is_over else None)
    yield _milestone(row, due_on, done_on, run=run, on=on)


def _of_the_family(facts: Facts, *, on: date, reading: Reading) -> Iterator[Milestone]:
    """Yield the windows for mediation and appeal against the decision that stands, while open or if used."""
    run = facts.run
    decided_on = facts.stage_since
    if run is None or decided_on is None or facts.stage not in DISPUTABLE or H.DIED in facts.first:
        return
    for duty, used in _WINDOWS:
        row = limit_of(duty, on=decided_on, reading=reading)
        if row is None:
            continue
        due_on = row.within.last_day(decided_on, reading)
        certificate_on = run.details.get("certificate_on")
        if duty is Duty.APPEAL_WINDOW and certificate_on is not None:
            due_on = max(due_on, APPEAL_AFTER_CERTIFICATE.last_day(certificate_on, reading))
        entry = facts.last.get(used)
        used_on = entry.occurred_on if entry and entry.occurred_on >= decided_on else None
        if used_on is not None or on <= due_on:
            yield replace(_milestone(row, due_on, used_on, run=None, on=on), episode=run.number)
