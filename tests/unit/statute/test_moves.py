"""Every pair of stage and happening moves the case, opens a new clock, leaves it where it is, or is refused."""

import itertools

import pytest

from casetracker.statute.happenings import ADVICE_HAPPENINGS
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import can_happen_next, replay
from casetracker.statute.stages import (
    CLOCK_STOPS,
    DISPUTABLE,
    DISPUTES,
    ENDED_STAGES,
    MOVES,
    OPEN_STAGES,
    REOPENS,
    STAYS,
    MoveNotAllowed,
    Stage,
    advance,
)
from tests.unit.statute.told import FAR, WAY_TO, after, history, stands

S = Stage
LAWFUL_MOVES = """
    not_open          request_received    requested
    not_open          brought_forward     issued
    requested         assessment_agreed   assessing
    requested         assessment_refused  refused
    ordered_to_assess assessment_agreed   assessing
    assessing         plan_agreed         planning
    assessing         plan_refused        no_plan
    assessing         draft_plan_sent     consulting
    planning          plan_refused        no_plan
    planning          draft_plan_sent     consulting
    planning          final_plan_issued   issued
    consulting        plan_refused        no_plan
    consulting        draft_plan_sent     consulting
    consulting        final_plan_issued   issued
    reconsidering     assessment_agreed   assessing
    reconsidering     assessment_refused  refused
    reconsidering     plan_agreed         planning
    reconsidering     plan_refused        no_plan
    amending          final_plan_issued   issued
"""
"""The moves the law knows, written out by hand from law.md and not from the table. Ends of any open case follow."""
ENDS = {
    "request_withdrawn": "withdrawn",
    "moved_out": "moved_out",
    "died": "died",
    "case_closed": "closed",
}
OPEN = "requested ordered_to_assess assessing planning consulting reconsidering amending transferred".split()
NEW_CLOCKS = """
    refused    conceded  ordered_to_assess
    no_plan    conceded  planning
    issued     conceded  amending
    not_open   moved_in  transferred
    requested  moved_in  requested
    assessing  moved_in  requested
    planning   moved_in  requested
    consulting moved_in  requested
    moved_out  moved_in  requested
"""
STAYING = """
    any: worker_assigned contact_recorded person_details_changed case_details_changed
    any but not_open: note_added notification_sent
    any but not_open died: mediation_asked mediation_held appeal_registered appeal_decided
    ended: case_closed
    refused no_plan issued: moved_out died exception_ended meeting_held
    open: further_information_asked further_information_received panel_considered meeting_held
    open but transferred: exception_recorded exception_ended
    requested ordered_to_assess reconsidering assessing planning consulting amending: advice_asked advice_chased
    requested ordered_to_assess reconsidering assessing planning consulting amending: advice_received advice_returned
    requested ordered_to_assess reconsidering assessing planning consulting amending: advice_accepted advice_not_needed
    requested ordered_to_assess reconsidering assessing planning consulting amending: advice_not_known_to_service
    requested ordered_to_assess reconsidering assessing planning consulting amending: advice_seen advice_drafted
    requested ordered_to_assess reconsidering assessing planning consulting amending: advice_delayed advice_passed_on
    requested ordered_to_assess reconsidering assessing planning consulting amending: advice_delay_accepted
    requested ordered_to_assess reconsidering assessing planning consulting amending: advice_taken_back advice_declined
    ended but died: advice_received advice_returned advice_accepted advice_not_needed advice_not_known_to_service
    ended but died: advice_taken_back
    ended but died: further_information_received
    planning consulting amending: setting_consulted setting_replied
    consulting amending issued: representations_received
    issued: setting_replied
    issued amending transferred ordered_to_assess reconsidering: annual_review_finished plan_audited
    assessing planning consulting: annual_review_finished plan_audited
"""


def rows(text):
    return [tuple(line.split()) for line in text.strip().splitlines()]


def staying():
    everything = {stage.value for stage in Stage}
    ended = everything - set(OPEN) - {"not_open"}
    for line in STAYING.strip().splitlines():
        where, _, happenings = line.strip().partition(": ")
        of, _, but = where.partition(" but ")
        stages = {"any": everything, "open": set(OPEN), "ended": ended}.get(of, set(of.split())) - set(but.split())
        yield from itertools.product(stages, happenings.split())


def test_the_table_of_moves_is_the_list_written_out_by_hand():
    by_hand = {(S(at), H(what)): S(to) for at, what, to in rows(LAWFUL_MOVES)}
    by_hand |= {(S(at), H(end)): S(to) for at in OPEN for end, to in ENDS.items()}
    assert dict(MOVES) == by_hand


def test_the_table_of_what_stays_is_the_list_written_out_by_hand():
    assert frozenset((S(at), H(what)) for at, what in staying()) == STAYS


def test_open_and_ended_stages_and_those_with_an_appeal_are_as_written_out_by_hand():
    assert {S(stage) for stage in OPEN} == OPEN_STAGES
    assert frozenset(Stage) - OPEN_STAGES - {S.NOT_OPEN} == ENDED_STAGES
    assert {S.REFUSED, S.NO_PLAN, S.ISSUED} == DISPUTABLE
    assert {S.WITHDRAWN, S.MOVED_OUT, S.DIED, S.CLOSED} == CLOCK_STOPS


@pytest.mark.parametrize(("at", "what", "to"), rows(NEW_CLOCKS))
def test_what_opens_a_new_clock_with_nothing_more_said(at, what, to):
    case = stands(*WAY_TO[S(at)], (H(what), after(400)))
    before = stands(*WAY_TO[S(at)])
    assert (S(at), H(what)) in REOPENS
    assert case.stage is S(to)
    assert len(case.episodes) == len(before.episodes) + 1
    assert case.clock is not None and case.clock.started_on == after(400)


def test_nothing_else_opens_one_with_nothing_more_said():
    assert {(at.value, what.value) for at, what in REOPENS} == {(at, what) for at, what, _ in rows(NEW_CLOCKS)}


def test_no_pair_both_moves_and_stays():
    assert not set(MOVES) & STAYS


@pytest.mark.parametrize("stage", list(Stage))
def test_each_stage_is_reached_by_its_way(stage):
    assert stands(*WAY_TO[stage]).stage is stage


ONLY_IF_ASKED = (
    H.ADVICE_CHASED,
    H.ADVICE_SEEN,
    H.ADVICE_DRAFTED,
    H.ADVICE_DELAYED,
    H.ADVICE_DELAY_ACCEPTED,
    H.ADVICE_PASSED_ON,
)
ONLY_IF_RECEIVED = (H.ADVICE_RETURNED, H.ADVICE_TAKEN_BACK)
NEEDS = {
    **dict.fromkeys(ONLY_IF_ASKED, (H.ADVICE_ASKED, {"advice_kind": "medical"})),
    **dict.fromkeys(ONLY_IF_RECEIVED, (H.ADVICE_RECEIVED, {"advice_kind": "medical"})),
    H.SETTING_REPLIED: (H.SETTING_CONSULTED, {"setting": "Hill School"}),
    H.EXCEPTION_ENDED: (H.EXCEPTION_RECORDED, {"reason": "13(3)"}),
}
"""What has to have happened first, besides the case being at its stage."""
SAID = {
    H.SETTING_CONSULTED: {"setting": "Hill School"},
    H.PLAN_AUDITED: {"grade": "good"},
    **{happening: {"advice_kind": "medical"} for happening in ADVICE_HAPPENINGS},
}
"""What an entry has to say to be taken at all."""


def said(before, happening):
    """Return the detail of the entry; an exception must lie within the time of the limit that it excuses."""
    if happening is H.EXCEPTION_RECORDED and before.clock is not None:
        return {"reason": "13(3)", "from_on": before.clock.started_on.isoformat()}
    return SAID.get(happening, {})


def way(stage, happening):
    """Return a lawful history up to a stage in which `happening` has what it needs."""
    steps = list(WAY_TO[stage])
    if happening not in NEEDS:
        return steps
    first, detail = NEEDS[happening]
    for n in range(len(steps), -1, -1):
        on = steps[n - 1][1] if n else after(0)
        tried = [*steps[:n], (first, on, detail), *steps[n:]]
        if not replay(history(*tried), on=FAR).objections:
            return tried
    return steps


PAIRS = list(itertools.product(Stage, sorted(set(H) - {H.ENTRY_WITHDRAWN})))


@pytest.mark.parametrize(("stage", "happening"), PAIRS)
def test_every_pair_moves_opens_stays_or_is_refused(stage, happening):
    steps = way(stage, happening)
    before = replay(history(*steps), on=FAR)
    standing = replay(history(*steps, (happening, after(500), said(before, happening))), on=FAR)
    refused = [objection for objection in standing.objections if objection.seq == len(steps) + 1]
    if (stage, happening) in MOVES:
        assert (refused, standing.stage) == ([], MOVES[stage, happening])
        assert len(standing.episodes) == max(1, len(before.episodes))
    elif (stage, happening) in REOPENS:
        assert (refused, len(standing.episodes)) == ([], len(before.episodes) + 1)
    elif (stage, happening) in STAYS:
        assert (standing.stage, standing.episodes) == (stage, before.episodes)
        assert [objection.rule for objection in refused] == [] or not has_what_it_needs(before, happening)
    else:
        assert [objection.rule for objection in refused] == [str(MoveNotAllowed(stage, happening))]
        assert standing.stage is stage


def has_what_it_needs(standing, happening):
    """Return whether what is to be answered, sent back or ended is there at all, by this way to the stage."""
    return {
        **dict.fromkeys(ONLY_IF_ASKED, bool(standing.advice)),
        **dict.fromkeys(ONLY_IF_RECEIVED, any(advice.received_on for advice in standing.advice)),
        H.SETTING_REPLIED: any(m.duty == "setting_reply" for m in standing.milestones),
        H.EXCEPTION_ENDED: bool(standing.exceptions),
        **dict.fromkeys(DISPUTES, standing.may_dispute),
        H.ANNUAL_REVIEW_FINISHED: standing.plan_in_force,
        H.PLAN_AUDITED: standing.has_plan,
    }.get(happening, True)


@pytest.mark.parametrize(("stage", "happening"), PAIRS)
def test_what_can_happen_next_is_what_is_not_refused(stage, happening):
    steps = way(stage, happening)
    before = replay(history(*steps), on=FAR)
    standing = replay(history(*steps, (happening, after(500), said(before, happening))), on=FAR)
    refused = any(objection.seq == len(steps) + 1 for objection in standing.objections)
    if has_what_it_needs(before, happening):
        assert (happening in can_happen_next(before)) is not refused


@pytest.mark.parametrize("stage", [S.REFUSED, S.NO_PLAN])
def test_giving_way_is_offered_only_while_a_dispute_is_on_record(stage):
    step = {S.REFUSED: H.ASSESSMENT_AGREED, S.NO_PLAN: H.PLAN_AGREED}[stage]
    assert step not in can_happen_next(stands(*WAY_TO[stage]))
    assert step in can_happen_next(stands(*WAY_TO[stage], (H.MEDIATION_ASKED, after(100))))


def test_an_entry_is_never_withdrawn_by_a_step_of_its_own():
    assert all(H.ENTRY_WITHDRAWN not in can_happen_next(stands(*steps)) for steps in WAY_TO.values())


@pytest.mark.parametrize(("stage", "happening"), list(itertools.product(Stage, H)))
def test_advancing_one_step_agrees_with_the_tables(stage, happening):
    if (stage, happening) in STAYS:
        assert advance(stage, happening) is stage
    elif (stage, happening) in MOVES:
        assert advance(stage, happening) is MOVES[stage, happening]
    else:
        with pytest.raises(MoveNotAllowed, match=f"^{happening} cannot happen to a case that is {stage}$"):
            advance(stage, happening)


@pytest.mark.parametrize("happening", sorted(DISPUTES))
def test_s_51_nothing_is_disputed_before_there_is_a_decision(happening):
    case = replay(history((H.REQUEST_RECEIVED, after(0)), (happening, after(9))), on=FAR)
    assert [o.rule for o in case.objections] == [
        "nothing has been decided yet that could be disputed (CFA 2014 s.51(2))"
    ]
    assert happening not in can_happen_next(stands((H.REQUEST_RECEIVED, after(0))))


def test_what_was_recorded_with_a_request_stands_when_its_day_is_put_right():
    steps = [
        (H.REQUEST_RECEIVED, after(9)),
        (H.WORKER_ASSIGNED, after(0), {"worker": "Bea"}),
        (H.CONTACT_RECORDED, after(0)),
    ]
    case = stands(*steps)
    assert (case.received_on, case.worker) == (after(9), "Bea")
