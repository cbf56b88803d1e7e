"""How a case stands: what `replay` answers with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from casetracker.statute.advice import AdviceState
from casetracker.statute.exceptions import Claim
from casetracker.statute.happenings import Happening
from casetracker.statute.stages import OPEN_STAGES, Stage
from casetracker.statute.timetable import Basis, Duty, Force, Mark, Route


class Standing(StrEnum):
    """How a milestone stands on a day."""

    PENDING = "pending"
    MET = "met"
    MET_LATE = "met_late"
    OVERDUE = "overdue"
    EXCUSED = "excused"


class Party(StrEnum):
    """Whose move it is."""

    AUTHORITY = "authority"
    ADVICE_GIVER = "advice_giver"
    FAMILY = "family"
    SETTING = "setting"
    TRIBUNAL = "tribunal"
    NOBODY = "nobody"


def how_it_stands(*, due_on: date, done_on: date | None, excused: bool, on: date) -> Standing:
    """
    Return how a duty stands at the close of the day `on`.

    Knowledge is cut off at `on`: a duty met afterwards had not been met yet. A limit is met on or before its last
    day; one that was missed is excused only while an exception to it is on record.
    """
    if done_on is None or done_on > on:
        if on <= due_on:
            return Standing.PENDING
        return Standing.EXCUSED if excused else Standing.OVERDUE
    if done_on <= due_on:
        return Standing.MET
    return Standing.EXCUSED if excused else Standing.MET_LATE


@dataclass(frozen=True, slots=True)
class Milestone:
    """A thing with a last day, and how it stands."""

    duty: Duty
    due_on: date
    done_on: date | None
    standing: Standing
    authority: str
    force: Force
    subject: str = ""
    """The kind of advice, or the setting consulted; empty where there can be only one."""
    excused_by: str = ""
    """The paragraph of the exception on record against it, whether or not it has been needed."""
    lapsed_on: date | None = None
    """The day on which the case ended and nobody was bound by it any more."""
    episode: int = 1
    mark: Mark = Mark.READ
    """How sure the row of law is; `UNCONFIRMED` must be said wherever the milestone is shown."""

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.done_on is None and self.lapsed_on is None

    @property
    def is_breach(self) -> bool:
        """Whether a limit set by law was missed with no exception on record."""
        missed = self.standing in (Standing.OVERDUE, Standing.MET_LATE)
        return missed and self.force is Force.STATUTORY


@dataclass(frozen=True, slots=True)
class Episode:
    """One run of the clock: the first, or a new one after an order, an agreement, a concession or a move."""

    number: int
    basis: Basis
    route: Route
    started_on: date | None
    """None where the start is not known (a history brought forward from part way)."""
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """An entry that could not be taken as it stands, and the rule it breaks."""

    seq: int
    happening: Happening
    rule: str


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """The whole standing of a case as it was known on a day."""

    on: date
    stage: Stage
    stage_since: date | None
    received_on: date | None
    episodes: tuple[Episode, ...]
    milestones: tuple[Milestone, ...]
    advice: tuple[AdviceState, ...]
    exceptions: tuple[Claim, ...]
    day: int
    week: int
    """Of 20 (or of the limit of a re-opened clock); stops where the clock ends."""
    whose_move: Party
    awaits_information: bool
    """Whether information asked for has not come."""
    agreed_to_assess_on: date | None
    refused_to_assess_on: date | None
    plan_agreed_on: date | None
    plan_refused_on: date | None
    draft_sent_on: date | None
    final_plan_on: date | None
    """When the first final plan was issued: the day the published timeliness counts."""
    final_plan_basis: Basis | None
    ended_on: date | None
    closed_on: date | None
    disputed: bool
    """Whether mediation or an appeal has been recorded on the request or the assessment."""
    may_give_way: bool
    """Whether one is on record against the refusal that stands, so that the authority may yet decide otherwise."""
    may_dispute: bool
    """Whether anything has been decided that the family could dispute."""
    has_plan: bool
    """Whether a plan was made, here or elsewhere, whatever became of it."""
    plan_in_force: bool
    worker: str
    objections: tuple[Objection, ...]

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    @property
    def clock(self) -> Episode | None:
        """The run of the clock that is on now, or was last."""
        return self.episodes[-1] if self.episodes else None

    @property
    def exceptions_apply(self) -> bool:
        """Whether an exception was recorded in any phase: item 3.7, Week20, of the SEN2 return."""
        return bool(self.exceptions)

    def next_due(self) -> Milestone | None:
        """Return the open milestone that falls due first, whoever has to meet it."""
        return min(self.open_milestones(), key=lambda m: (m.due_on, m.duty), default=None)

    def open_milestones(self) -> Iterator[Milestone]:
        """Yield what is still to be done, leaving out the family's rights, which bind nobody to act."""
        return (m for m in self.milestones if m.is_open and m.force is not Force.RIGHT)

    def milestone(self, duty: Duty) -> Milestone | None:
        """Return the latest milestone of this duty, or None where it does not apply."""
        return next((m for m in reversed(self.milestones) if m.duty is duty), None)

    def slack(self, duty: Duty) -> timedelta | None:
        """Return how long is left for an open duty, negative once it is overdue; None where nothing is left to do."""
        milestone = self.milestone(duty)
        return milestone.due_on - self.on if milestone and milestone.is_open else None
