"""`replay`: a case's whole standing, as it was known on any day, from its history alone."""

from collections.abc import Iterable
from datetime import date

from casetracker.statute.counting import ORDINARY_READING, Reading, day_number, week_number
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.fold import Facts, fold
from casetracker.statute.happenings import Happening as H
from casetracker.statute.milestones import milestones_of, with_its_limit
from casetracker.statute.stages import DISPUTES, MOVES, OPEN_STAGES, REOPENS, STAYS, Stage
from casetracker.statute.standing import CaseStanding, Episode, Milestone, Party
from casetracker.statute.timetable import Duty

__all__ = ["Entry", "can_happen_next", "replay"]


def replay(history: Iterable[Entry], *, on: date, reading: Reading = ORDINARY_READING) -> CaseStanding:
    """
    Return how the case stood at the close of the day `on`, from what was known on that day and nothing later.

    Entries that the law does not allow where they stand are left out of account and listed in `objections`; a
    service refuses to record one, so a history in the database has none.
    """
    facts = fold(known_by(history, on))
    milestones, upheld, objections = milestones_of(facts, on=on, reading=reading)
    run = facts.run
    started_on = run.opened.started_on if run else None
    counted_to = min(on, run.ended_on) if run and run.ended_on else on
    return CaseStanding(
        on=on,
        stage=facts.stage,
        stage_since=facts.stage_since,
        received_on=facts.received_on,
        episodes=tuple(
            Episode(r.number, r.opened.basis, r.opened.route, r.opened.started_on, r.ended_on) for r in facts.runs
        ),
        milestones=milestones,
        advice=tuple(with_its_limit(piece, facts, upheld, reading=reading) for piece in facts.advice),
        exceptions=upheld,
        day=day_number(started_on, counted_to, reading) if started_on else 0,
        week=week_number(started_on, counted_to, reading) if started_on else 0,
        whose_move=_whose_move(facts, milestones),
        awaits_information=facts.stage in OPEN_STAGES and _information_is_awaited(facts),
        agreed_to_assess_on=facts.first.get(H.ASSESSMENT_AGREED),
        refused_to_assess_on=facts.first.get(H.ASSESSMENT_REFUSED),
        plan_agreed_on=facts.first.get(H.PLAN_AGREED),
        plan_refused_on=facts.first.get(H.PLAN_REFUSED),
        draft_sent_on=run.draft_sent_on if run else None,
        final_plan_on=facts.first.get(H.FINAL_PLAN_ISSUED),
        final_plan_basis=facts.final_plan_basis,
        ended_on=run.ended_on if run else None,
        closed_on=facts.closed_on,
        disputed=facts.disputed,
        may_give_way=facts.last_dispute is not None,
        may_dispute=facts.may_dispute,
        has_plan=facts.plan is not None,
        plan_in_force=facts.plan_in_force,
        worker=facts.worker,
        objections=tuple(facts.objections) + objections,
    )


def _whose_move(facts: Facts, milestones: tuple[Milestone, ...]) -> Party:
    if facts.stage not in OPEN_STAGES:
        return Party.TRIBUNAL if _appeal_is_waiting(facts) else Party.NOBODY
    if _information_is_awaited(facts):
        return Party.FAMILY
    if facts.stage is Stage.ASSESSING and any(advice.is_outstanding for advice in facts.advice):
        return Party.ADVICE_GIVER
    if facts.stage is Stage.CONSULTING:
        return _whose_move_in_consultation(milestones)
    return Party.AUTHORITY


def _whose_move_in_consultation(milestones: tuple[Milestone, ...]) -> Party:
    waiting = {m.duty for m in milestones if m.is_open}
    if Duty.REPRESENTATIONS_WINDOW in waiting:
        return Party.FAMILY
    return Party.SETTING if Duty.SETTING_REPLY in waiting else Party.AUTHORITY


def _appeal_is_waiting(facts: Facts) -> bool:
    registered = facts.last.get(H.APPEAL_REGISTERED)
    ends = [facts.last[end] for end in (H.APPEAL_DECIDED, H.CONCEDED) if end in facts.last]
    return registered is not None and all(end.occurred_on < registered.occurred_on for end in ends)


def _information_is_awaited(facts: Facts) -> bool:
    asked = facts.last.get(H.FURTHER_INFORMATION_ASKED)
    received = facts.last.get(H.FURTHER_INFORMATION_RECEIVED)
    return asked is not None and (received is None or received.occurred_on < asked.occurred_on)


def can_happen_next(standing: CaseStanding) -> frozenset[H]:
    """Return what the law lets happen next to a case that stands like this."""
    stage = standing.stage
    allowed = {h for (at, h) in (*MOVES, *STAYS, *REOPENS) if at is stage}
    if standing.may_give_way:
        gives_way = {Stage.REFUSED: H.ASSESSMENT_AGREED, Stage.NO_PLAN: H.PLAN_AGREED}
        allowed |= {gives_way[stage]} if stage in gives_way else set()
    needs = {H.ANNUAL_REVIEW_FINISHED: standing.plan_in_force, H.PLAN_AUDITED: standing.has_plan}
    needs |= dict.fromkeys(DISPUTES, standing.may_dispute)
    return frozenset(allowed - {h for h, there in needs.items() if not there})
