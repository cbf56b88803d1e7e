"""The fold: entries in, facts out. Which step was lawful, which clock it belongs to, the day each was done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from casetracker.statute import advice as advice_on
from casetracker.statute import exceptions as exceptions_to
from casetracker.statute.advice import AdviceState
from casetracker.statute.details import DAYS
from casetracker.statute.entries import Entry, day_in
from casetracker.statute.happenings import ADVICE_HAPPENINGS
from casetracker.statute.happenings import Happening as H
from casetracker.statute.openings import Opening, is_not_necessary, opening
from casetracker.statute.reviews import Plan, audit_of, review_of
from casetracker.statute.stages import DECISIONS, OPEN_STAGES, UNDER_A_PLAN, MoveNotAllowed, Stage, advance
from casetracker.statute.standing import Objection
from casetracker.statute.timetable import Basis, Duty, Route

_ENDS_A_PLAN = frozenset({H.MOVED_OUT, H.DIED, H.CASE_CLOSED})
_COME_WITH_A_PLAN = frozenset({Stage.ISSUED, Stage.AMENDING, Stage.TRANSFERRED})
"""The stages at which a history that is brought forward begins with a plan."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """A setting asked whether it could be named, and when it answered."""

    setting: str
    consulted_on: date
    episode: int
    replied_on: date | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """An entry that ends an exception: the day, and the ground it names, if any."""

    seq: int
    on: date
    ground: exceptions_to.Ground | None


@dataclass(slots=True)
class Run:
    """One run of the clock as it is being folded: how it opened, what was done in it, how it ended."""

    number: int
    opened: Opening
    done: dict[Duty, date] = field(default_factory=dict)
    details: dict[str, date] = field(default_factory=dict)
    draft_sent_on: date | None = None
    representations_on: date | None = None
    ended_on: date | None = None
    ended_as: Stage | None = None
    decided_plan: bool | None = None
    """True once a plan is to be made, False once there will be none, None until that is decided."""
    plan_decided_on: date | None = None
    not_necessary: bool = False
    """Whether an assessment was refused at the first question (reg 4(1)), that none is necessary."""


@dataclass(slots=True)
class Facts:
    """Everything the entries amount to, before any date is compared with any limit."""

    stage: Stage = Stage.NOT_OPEN
    stage_since: date | None = None
    received_on: date | None = None
    runs: list[Run] = field(default_factory=list)
    advice: list[AdviceState] = field(default_factory=list)
    claims: list[exceptions_to.Claim] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    consultations: list[Consultation] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    """The plans there have been, one after the end of the other."""
    objections: list[Objection] = field(default_factory=list)
    first: dict[H, date] = field(default_factory=dict)
    """The first day each kind of thing happened."""
    last: dict[H, Entry] = field(default_factory=dict)
    final_plan_basis: Basis | None = None
    disputed: bool = False
    last_dispute: Entry | None = None
    closed_on: date | None = None
    worker: str = ""

    @property
    def run(self) -> Run | None:
        return self.runs[-1] if self.runs else None

    @property
    def plan(self) -> Plan | None:
        """The plan that is in force, or the last there was."""
        return self.plans[-1] if self.plans else None

    @property
    def plan_in_force(self) -> bool:
        """Whether there is a plan to be reviewed."""
        return self.plan is not None and self.plan.ended_on is None

    @property
    def may_dispute(self) -> bool:
        """Whether anything has been decided that the family could dispute."""
        return not DECISIONS.isdisjoint(self.first)


def fold(entries: Iterable[Entry], *, onto: Facts | None = None) -> Facts:
    """
    Return what `entries`, in the order in which they happened, amount to.

    An entry that cannot have happened when it is said to is set aside with its objection, and the rest stand. Given
    `onto`, what earlier entries amount to, the new ones are added to it.
    """
    facts = onto or Facts()
    for entry in entries:
        try:
            _take(facts, entry)
        except (MoveNotAllowed, ValueError) as wrong:
            facts.objections.append(Objection(entry.seq, entry.happening, str(wrong)))
    return facts


def _take(facts: Facts, entry: Entry) -> None:
    """Take one entry in, whole or not at all: everything that can refuse it comes before anything is changed."""
    _refuse_what_is_no_day(entry)
    opened = opening(entry, stage=facts.stage, last_dispute=facts.last_dispute)
    stage = _stage_after(facts, entry, opened)
    handler = _HANDLERS.get(entry.happening)
    if opened is not None:
        _open(facts, opened, entry.occurred_on)
    if handler is not None:
        handler(facts, entry)
    if opened is not None:
        facts.last_dispute = None
    if entry.detail.get("disputed") == "yes":  # a return flags it and does not keep the day
        facts.disputed = True
    facts.first.setdefault(entry.happening, entry.occurred_on)
    facts.last[entry.happening] = entry
    if facts.plan is not None and (entry.happening in _ENDS_A_PLAN or stage not in UNDER_A_PLAN):
        facts.plan.ended_on = facts.plan.ended_on or entry.occurred_on
    if stage is not facts.stage or opened is not None:
        _move(facts, stage, entry.occurred_on)


def _refuse_what_is_no_day(entry: Entry) -> None:
    for word in entry.detail:
        if word in DAYS:
            day_in(entry, word)


def _stage_after(facts: Facts, entry: Entry, opened: Opening | None) -> Stage:
    if entry.happening is H.BROUGHT_FORWARD and facts.stage is Stage.NOT_OPEN:
        stage = Stage(entry.detail.get("stage", Stage.ISSUED))
        if stage is Stage.NOT_OPEN:
            raise MoveNotAllowed(stage, entry.happening)
        return stage
    if opened is None:
        return advance(facts.stage, entry.happening)
    if entry.happening is H.ASSESSMENT_AGREED:
        return advance(opened.stage, entry.happening)
    return opened.stage


def _open(facts: Facts, opened: Opening, on: date) -> None:
    if facts.run is not None and facts.run.ended_on is None:
        facts.run.ended_on, facts.run.ended_as = on, Stage.MOVED_OUT
    facts.runs.append(Run(len(facts.runs) + 1, opened))


def _move(facts: Facts, stage: Stage, on: date) -> None:
    facts.stage, facts.stage_since = stage, on
    if facts.run is not None and stage not in OPEN_STAGES:
        facts.run.ended_on, facts.run.ended_as = on, stage


def _done(facts: Facts, on: date, *duties: Duty) -> None:
    if facts.run is not None:
        for duty in duties:
            facts.run.done.setdefault(duty, on)


def _received(facts: Facts, entry: Entry) -> None:
    facts.received_on = entry.occurred_on


def _brought_forward(facts: Facts, entry: Entry) -> None:
    facts.runs.append(Run(1, Opening(Basis.NOT_KNOWN, Route.NONE, None)))
    if Stage(entry.detail.get("stage", Stage.ISSUED)) in _COME_WITH_A_PLAN:
        made_on = None if entry.detail.get("day_not_known") == "yes" else entry.occurred_on
        facts.plans.append(Plan(made_on, last_review_on=day_in(entry, "last_review_on"), is_whole=False))


def _decided_to_assess(facts: Facts, entry: Entry) -> None:
    _done(facts, entry.occurred_on, Duty.DECIDE_WHETHER_TO_ASSESS, Duty.NOTIFY_WILL_ASSESS, Duty.RECONSIDER)


def _refused_to_assess(facts: Facts, entry: Entry) -> None:
    if facts.run is not None:
        facts.run.not_necessary = is_not_necessary(entry)
    _done(facts, entry.occurred_on, Duty.DECIDE_WHETHER_TO_ASSESS, Duty.RECONSIDER)


def _plan_to_be_made(facts: Facts, entry: Entry) -> None:
    _done(facts, entry.occurred_on, Duty.RECONSIDER)
    if facts.run is not None:
        facts.run.decided_plan = True
        facts.run.plan_decided_on = facts.run.plan_decided_on or entry.occurred_on


def _no_plan(facts: Facts, entry: Entry) -> None:
    _done(facts, entry.occurred_on, Duty.RECONSIDER, Duty.NOTIFY_NO_PLAN)
    if facts.run is not None:
        facts.run.decided_plan = False
        facts.run.plan_decided_on = facts.run.plan_decided_on or entry.occurred_on


def _draft_sent(facts: Facts, entry: Entry) -> None:
    served_on = day_in(entry, "served_on")
    if served_on is not None and served_on < entry.occurred_on:
        raise ValueError("the draft cannot have been served before it was sent")
    _plan_to_be_made(facts, entry)
    _done(facts, entry.occurred_on, Duty.SEND_DRAFT_PLAN)
    if facts.run is not None:
        facts.run.draft_sent_on = served_on or entry.occurred_on
        facts.run.representations_on = None


def _representations(facts: Facts, entry: Entry) -> None:
    if facts.run is not None and facts.run.draft_sent_on is not None:
        facts.run.representations_on = facts.run.representations_on or entry.occurred_on


def _final_plan(facts: Facts, entry: Entry) -> None:
    _plan_to_be_made(facts, entry)
    _done(facts, entry.occurred_on, Duty.ISSUE_FINAL_PLAN, Duty.ISSUE_AMENDED_PLAN, Duty.CARRY_OUT_AGREEMENT)
    if facts.final_plan_basis is None and facts.run is not None:
        facts.final_plan_basis = facts.run.opened.basis
    if not facts.plan_in_force:
        facts.plans.append(Plan(entry.occurred_on))


def _consulted(facts: Facts, entry: Entry) -> None:
    number = facts.run.number if facts.run else 1
    facts.consultations.append(Consultation(_named(entry), entry.occurred_on, number))


def _setting_replied(facts: Facts, entry: Entry) -> None:
    name = _named(entry)
    for place, consultation in enumerate(facts.consultations):
        same = not name or consultation.setting.casefold() in ("", name.casefold())
        if consultation.replied_on is None and same:
            facts.consultations[place] = replace(consultation, replied_on=entry.occurred_on)
            return
    raise ValueError(f"no consultation of “{name or 'a setting'}” is waiting for a reply")


def _exception(facts: Facts, entry: Entry) -> None:
    from_on = day_in(entry, "from_on") or entry.occurred_on
    claimed = exceptions_to.ground(entry.detail.get("paragraph") or entry.detail.get("reason", ""), on=from_on)
    facts.claims.append(
        exceptions_to.Claim(
            ground=claimed,
            from_on=from_on,
            until_on=day_in(entry, "until"),
            subject=entry.detail.get("advice_kind", ""),
            piece=entry.detail.get("advice_ref", ""),
            evidence=entry.detail.get("evidence", ""),
            approved_by=entry.detail.get("approved_by", ""),
            family_told_on=day_in(entry, "family_told_on"),
            recorded_on=entry.recorded_on,
            seq=entry.seq,
            episode=facts.run.number if facts.run else 1,
        )
    )


def _exception_ended(facts: Facts, entry: Entry) -> None:
    paragraph = entry.detail.get("paragraph") or entry.detail.get("reason", "")
    named = exceptions_to.ground(paragraph) if paragraph else None
    facts.stops.append(Stop(entry.seq, entry.occurred_on, named))


def _disputed(facts: Facts, entry: Entry) -> None:
    """A dispute about the request or the assessment takes a plan out of timeliness; one about a plan does not."""
    if not facts.may_dispute:
        raise ValueError("nothing has been decided yet that could be disputed (CFA 2014 s.51(2))")
    certificate_on = day_in(entry, "certificate_on")
    if facts.run is not None and certificate_on is not None:
        facts.run.details["certificate_on"] = certificate_on
    if facts.stage in (Stage.REFUSED, Stage.NO_PLAN):
        facts.disputed = True
        facts.last_dispute = entry


def _closed(facts: Facts, entry: Entry) -> None:
    facts.closed_on = entry.occurred_on


def _assigned(facts: Facts, entry: Entry) -> None:
    facts.worker = entry.detail.get("worker", "")


def _told(facts: Facts, entry: Entry) -> None:
    about = entry.detail.get("reason", "")
    if about == "transfer":
        _done(facts, entry.occurred_on, Duty.TELL_FAMILY_OF_TRANSFER)
    elif about == "agreement":
        _done(facts, entry.occurred_on, Duty.CARRY_OUT_AGREEMENT)


def _met(facts: Facts, entry: Entry) -> None:
    if entry.detail.get("reason") == "review":
        _done(facts, entry.occurred_on, Duty.REVIEW_TRANSFERRED_PLAN)


def _moved_in(facts: Facts, entry: Entry) -> None:
    if facts.run is None:
        return
    if facts.run.opened.route is Route.REQUEST and facts.received_on is None:
        facts.received_on = entry.occurred_on
    for word in ("plan_made_on", "last_review_on"):
        day = day_in(entry, word)
        if day is not None:
            facts.run.details[word] = day
    if facts.run.opened.route is Route.TRANSFER:
        made_on, last_review_on = day_in(entry, "plan_made_on"), day_in(entry, "last_review_on")
        facts.plans.append(Plan(made_on, moved_in_on=entry.occurred_on, last_review_on=last_review_on))


def _reviewed(facts: Facts, entry: Entry) -> None:
    if facts.plan is None:
        raise ValueError("there is no plan yet that could be reviewed (CFA 2014 s.44(1))")
    facts.plan.add(review_of(entry))
    _done(facts, entry.occurred_on, Duty.REVIEW_TRANSFERRED_PLAN)


def _audited(facts: Facts, entry: Entry) -> None:
    if facts.plan is None:
        raise ValueError("there is no plan yet that could be audited")
    facts.plan.audits.append(audit_of(entry))


def _about_advice(facts: Facts, entry: Entry) -> None:
    reached_on = day_in(entry, "received_by_giver_on")
    episode = facts.run.number if facts.run else 1
    facts.advice = advice_on.after(facts.advice, entry, episode=episode, reached_giver_on=reached_on)


def _named(entry: Entry) -> str:
    return entry.detail.get("setting") or entry.detail.get("advice_giver") or entry.detail.get("note", "")


_HANDLERS: dict[H, Callable[[Facts, Entry], None]] = {
    H.BROUGHT_FORWARD: _brought_forward,
    H.REQUEST_RECEIVED: _received,
    H.MOVED_IN: _moved_in,
    H.ASSESSMENT_AGREED: _decided_to_assess,
    H.ASSESSMENT_REFUSED: _refused_to_assess,
    H.PLAN_AGREED: _plan_to_be_made,
    H.PLAN_REFUSED: _no_plan,
    H.DRAFT_PLAN_SENT: _draft_sent,
    H.REPRESENTATIONS_RECEIVED: _representations,
    H.FINAL_PLAN_ISSUED: _final_plan,
    H.SETTING_CONSULTED: _consulted,
    H.SETTING_REPLIED: _setting_replied,
    H.EXCEPTION_RECORDED: _exception,
    H.EXCEPTION_ENDED: _exception_ended,
    H.MEDIATION_ASKED: _disputed,
    H.APPEAL_REGISTERED: _disputed,
    H.MEDIATION_HELD: _disputed,
    H.APPEAL_DECIDED: _disputed,
    H.CONCEDED: _disputed,
    H.CASE_CLOSED: _closed,
    H.WORKER_ASSIGNED: _assigned,
    H.NOTIFICATION_SENT: _told,
    H.MEETING_HELD: _met,
    H.ANNUAL_REVIEW_FINISHED: _reviewed,
    H.PLAN_AUDITED: _audited,
    **dict.fromkeys(ADVICE_HAPPENINGS, _about_advice),
}
