"""What there is to do next on a case, from how it stands. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casetracker import wording
from casetracker.statute.advice import Requirement, required_advice
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.standing import CaseStanding
from casetracker.statute.timetable import Duty


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next, and the form that records it."""

    text: str
    happening: H
    due_on: date | None = None
    advice_kind: str = ""
    setting: str = ""
    reason: str = ""
    endpoint: str = "cases.log"
    """The page it is done on."""


_STEPS: dict[Stage, tuple[tuple[H, str, Duty], ...]] = {
    Stage.REQUESTED: (
        (H.ASSESSMENT_AGREED, "Decide whether to assess, and tell the family", Duty.DECIDE_WHETHER_TO_ASSESS),
    ),
    Stage.ORDERED_TO_ASSESS: ((H.ASSESSMENT_AGREED, "Tell the family that we will assess", Duty.NOTIFY_WILL_ASSESS),),
    Stage.PLANNING: (
        (H.DRAFT_PLAN_SENT, "Write the draft plan and send it to the family", Duty.SEND_DRAFT_PLAN),
        (H.FINAL_PLAN_ISSUED, "Then consult on it and issue the final plan", Duty.ISSUE_FINAL_PLAN),
    ),
    Stage.RECONSIDERING: ((H.ASSESSMENT_AGREED, "Reconsider, and tell the family", Duty.RECONSIDER),),
    Stage.AMENDING: ((H.FINAL_PLAN_ISSUED, "Issue the amended plan", Duty.ISSUE_AMENDED_PLAN),),
    Stage.TRANSFERRED: (
        (H.NOTIFICATION_SENT, "Tell the family of the transfer", Duty.TELL_FAMILY_OF_TRANSFER),
        (H.MEETING_HELD, "Review the transferred plan", Duty.REVIEW_TRANSFERRED_PLAN),
    ),
}


def next_steps(
    standing: CaseStanding,
    *,
    born_on: date | None,
    vision: bool = False,
    hearing: bool = False,
    told_of_exception_on: Collection[date] = (),
    reading: Reading = ORDINARY_READING,
) -> list[Step]:
    """
    Return what there is to do on a case: what is overdue first, then what the case waits for.

    `told_of_exception_on` holds the days on which the family was sent word of an exception.
    """
    if not standing.is_open:
        return []
    steps = [*_information(standing), *_advice_to_chase(standing), *_of_the_stage(standing)]
    if standing.stage is Stage.ASSESSING:
        asked_for = {advice.kind for advice in standing.advice}
        needed = required_advice(
            born_on=born_on,
            on=standing.agreed_to_assess_on or standing.on,
            vision_impaired=vision,
            hearing_impaired=hearing,
            reading=reading,
        )
        steps += _to_ask([requirement for requirement in needed if requirement.kind not in asked_for])
        steps += _while_assessing(standing)
    elif standing.stage is Stage.CONSULTING:
        steps += _while_consulting(standing)
    return [*steps, *_family_to_tell(standing, told_of_exception_on)]


def _of_the_stage(standing: CaseStanding) -> Iterator[Step]:
    for happening, text, duty in _STEPS.get(standing.stage, ()):
        milestone = standing.milestone(duty)
        if milestone is None or milestone.is_open:
            yield Step(text, happening, milestone.due_on if milestone else None)


def _information(standing: CaseStanding) -> Iterator[Step]:
    if standing.awaits_information:
        yield Step("Record the further information when it comes", H.FURTHER_INFORMATION_RECEIVED)


def _advice_to_chase(standing: CaseStanding) -> Iterator[Step]:
    for milestone in standing.milestones:
        if milestone.duty is Duty.RECEIVE_ADVICE and milestone.is_open and milestone.due_on < standing.on:
            what = _lower(wording.of_duty(milestone.duty, milestone.subject))
            yield Step(f"Chase {what}, which is overdue", H.ADVICE_CHASED, milestone.due_on, milestone.subject)


def _to_ask(requirements: Sequence[Requirement]) -> Iterator[Step]:
    if requirements:
        named = (f"{_lower(wording.ADVICE[one.kind])} ({one.authority.rpartition(', ')[2]})" for one in requirements)
        yield Step(f"Ask for {', '.join(named)}", H.ADVICE_ASKED, endpoint="advice.ask")


def _while_assessing(standing: CaseStanding) -> Iterator[Step]:
    for advice in standing.advice:
        if advice.received_on and not advice.accepted_on and not advice.returned_on:
            text = f"Read {_lower(wording.ADVICE[advice.kind])}, and accept it or send it back"
            yield Step(text, H.ADVICE_ACCEPTED, advice_kind=advice.kind, endpoint="advice.index")
        elif advice.is_outstanding:
            limit = next((m for m in standing.milestones if m.subject == advice.subject and m.is_open), None)
            if limit is not None and limit.due_on >= standing.on:
                text = f"Record {_lower(wording.ADVICE[advice.kind])} when it comes"
                yield Step(text, H.ADVICE_RECEIVED, limit.due_on, advice.kind)
    waits = any(advice.is_outstanding for advice in standing.advice)
    limit = standing.milestone(Duty.NOTIFY_NO_PLAN)
    text = "Decide whether to make a plan" + (", once the advice is in" if waits else "")
    yield Step(text, H.PLAN_AGREED, limit.due_on if limit else None)


def _while_consulting(standing: CaseStanding) -> Iterator[Step]:
    final = standing.milestone(Duty.ISSUE_FINAL_PLAN)
    window = standing.milestone(Duty.REPRESENTATIONS_WINDOW)
    replies = [m for m in standing.milestones if m.duty is Duty.SETTING_REPLY]
    if not replies:
        yield Step("Consult the settings being considered", H.SETTING_CONSULTED)
    for reply in replies:
        if reply.is_open:
            text = f"Record the reply of {reply.subject or 'the setting consulted'} when it comes"
            yield Step(text, H.SETTING_REPLIED, reply.due_on, setting=reply.subject)
    if window is not None and window.is_open:
        yield Step("Record the family’s representations if they make any", H.REPRESENTATIONS_RECEIVED, window.due_on)
    yield Step("Finish and issue the plan", H.FINAL_PLAN_ISSUED, final.due_on if final else None)


def _family_to_tell(standing: CaseStanding, told_on: Collection[date]) -> Iterator[Step]:
    for claim in standing.exceptions:
        if claim.family_told_on is None and not any(day >= claim.from_on for day in told_on):
            text = f"Tell the family of the exception (reg {claim.ground.paragraph})"
            yield Step(text, H.NOTIFICATION_SENT, reason="exception")


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]
