"""What a year's return is made of, read in batches of people by their numbers, so that memory stays flat."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, Person, Placement, PlanNeed, ReturnDetails
from casetracker.queries.entries import STORED, entry_of
from casetracker.sen2.book import Version
from casetracker.sen2.kept import COLUMNS, Kept, Need, Placed
from casetracker.sen2.making import CaseFacts, PersonFacts, Way
from casetracker.statute.entries import Entry, day_in, known_by
from casetracker.statute.happenings import Happening as H
from casetracker.statute.reviews import ReviewOutcome
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Basis

BATCH = 500
_WITH_A_PLAN = (Stage.ISSUED, Stage.AMENDING, Stage.TRANSFERRED)
_ENDED = {
    Stage.WITHDRAWN: Way.WITHDRAWN,
    Stage.CLOSED: Way.WITHDRAWN,
    Stage.DIED: Way.WITHDRAWN,
    Stage.MOVED_OUT: Way.MOVED_OUT,
}
_DISPUTES = {
    H.MEDIATION_ASKED: "mediation",
    H.MEDIATION_HELD: "mediation",
    H.APPEAL_REGISTERED: "tribunal",
    H.APPEAL_DECIDED: "tribunal",
}
_DAY_OF = {
    H.REQUEST_RECEIVED: "received_on",
    H.ASSESSMENT_AGREED: "agreed_on",
    H.ASSESSMENT_REFUSED: "refused_on",
    H.REQUEST_WITHDRAWN: "ended_on",
    H.PLAN_AGREED: "plan_agreed_on",
    H.PLAN_REFUSED: "plan_refused_on",
}
_READ = (*_DISPUTES, H.MOVED_OUT, H.DIED, H.CASE_CLOSED, H.MOVED_IN, H.ANNUAL_REVIEW_FINISHED)
"""What the case's row does not tell and the return asks for."""
OUTCOME_OF: Mapping[str, ReviewOutcome] = {
    "A": ReviewOutcome.AMEND,
    "C": ReviewOutcome.CEASE,
    "M": ReviewOutcome.MAINTAIN,
}
"""What was decided after a review, by the return's code for it."""
_CODE_OF = {outcome.value: code for code, outcome in OUTCOME_OF.items()}
_CASE = (
    Case.id,
    Case.person_id,
    Case.received_on,
    Case.request_source,
    Case.agreed_to_assess_on,
    Case.refused_to_assess_on,
    Case.plan_agreed_on,
    Case.plan_refused_on,
    Case.final_plan_on,
    Case.stage,
    Case.stage_since,
    Case.clock_basis,
    Case.ended_on,
    Case.exceptions_apply,
    Case.primary_need,
)
_PERSON = (
    Person.surname,
    Person.forename,
    Person.born_on,
    Person.sex,
    Person.ethnicity,
    Person.postcode,
    Person.upn,
    Person.uln,
    Person.upn_unknown,
)


def people_to_read(version: Version) -> int:
    """Return how many people have a case that a year's return may tell of."""
    query = select(func.count(Case.person_id.distinct())).outerjoin(ReturnDetails).where(_may_be_in(version))
    return db.session.scalar(query) or 0


def in_batches(version: Version, *, on: date, size: int = BATCH) -> Iterator[list[PersonFacts]]:
    """
    Yield people who may be in a year's return, by their number, as they are known on a day.

    Each batch is read when it is wanted, with nothing held open between two.
    """
    last = 0
    while ids := _next_people(version, last, size):
        yield _facts(version, last, ids[-1], on)
        last = ids[-1]


def kept_of_case(case_id: int) -> tuple[ReturnDetails | None, Sequence[Placement], Sequence[PlanNeed]]:
    """Return what is kept of one case for the return."""
    details = db.session.get(ReturnDetails, case_id)
    placements = db.session.scalars(select(Placement).where(Placement.case_id == case_id).order_by(Placement.id)).all()
    needs = db.session.scalars(select(PlanNeed).where(PlanNeed.case_id == case_id).order_by(PlanNeed.id)).all()
    return details, placements, needs


@dataclass(frozen=True, slots=True)
class Told:
    """What a case's history tells that its row does not."""

    entries: tuple[Entry, ...] = ()
    """As they are known, in the order in which they happened."""
    of_reviews: bool = False
    """Whether it tells, or ever told, of a finished review: then it alone says which was the last."""

    @property
    def last_review(self) -> Entry | None:
        """The last finished review."""
        return self.last_review_by(date.max)

    def last_review_by(self, day: date) -> Entry | None:
        """Return the last review that was finished by a day."""
        reviews = (e for e in reversed(self.entries) if e.happening is H.ANNUAL_REVIEW_FINISHED)
        return next((e for e in reviews if e.occurred_on <= day), None)


def told_of(history: Sequence[Entry], on: date) -> Told:
    """Return what entries, in the order of recording, tell as known on a day."""
    of_reviews = any(entry.happening is H.ANNUAL_REVIEW_FINISHED for entry in history)
    return Told(known_by(history, on), of_reviews)


def with_last_review(kept: Kept, told: Told, *, until: date = date.max) -> Kept:
    """
    Return what is kept of a case with the last review that its history tells of, up to a day.

    A meeting after that is of a review which is not decided yet, and stays as it was returned or entered; so does what
    the history does not tell of the same review.
    """
    if not told.of_reviews:
        return kept
    last = told.last_review_by(until)
    finished_on = last.occurred_on if last else None
    met_on, outcome = kept.review_met_on, kept.review_outcome
    if kept.last_review_on is not None and kept.last_review_on > until:  # what is kept is of a later review
        met_on, outcome = None, ""
    undecided = met_on is not None and (finished_on is None or met_on > finished_on)
    if last is not None and not undecided:
        same = kept.last_review_on == finished_on
        met_on = day_in(last, "met_on") or (met_on if same else None)
        outcome = _CODE_OF.get(last.detail.get("outcome", ""), outcome if same else "")
    return replace(kept, last_review_on=finished_on, review_met_on=met_on, review_outcome=outcome)


def has_plan(case: Case, kept: Kept) -> bool:
    """Return whether a case has, or had, a plan: issued here, made elsewhere, brought forward, or told by a return."""
    told = kept.historical or kept.plan_started_on is not None
    return told or case.final_plan_on is not None or case.stage in _WITH_A_PLAN or case.clock_basis is Basis.TRANSFER


def _next_people(version: Version, after: int, size: int) -> Sequence[int]:
    query = (
        select(Case.person_id)
        .outerjoin(ReturnDetails)
        .where(Case.person_id > after, _may_be_in(version))
        .group_by(Case.person_id)
        .order_by(Case.person_id)
        .limit(size)
    )
    return db.session.scalars(query).all()


def _may_be_in(version: Version) -> ColumnElement[bool]:
    """Leave out what ended before the year, or began after it; the rest is for `sen2.making` to say."""
    has_plan = or_(Case.final_plan_on.is_not(None), Case.stage.in_(_WITH_A_PLAN), ReturnDetails.historical.is_(True))
    not_over = or_(Case.is_open.is_(True), Case.ended_on.is_(None), Case.ended_on >= version.first_day)
    return and_(
        or_(Case.received_on.is_(None), Case.received_on <= version.last_day),
        or_(Case.closed_on.is_(None), Case.closed_on >= version.first_day),
        or_(has_plan, not_over),
    )


def _facts(version: Version, after: int, last: int, on: date) -> list[PersonFacts]:
    here = and_(Case.person_id > after, Case.person_id <= last)
    query = (
        select(*_CASE, *_PERSON)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(ReturnDetails)
        .where(here, _may_be_in(version))
        .order_by(Case.person_id, Case.received_on.nulls_first(), Case.id)
    )
    rows: Any = db.session.execute(query).all()
    kept, told = _kept(here), _told(here, on)
    cases: dict[int, list[CaseFacts]] = defaultdict(list)
    people: dict[int, Row[Any]] = {}
    for row in rows:
        people[row.person_id] = row
        cases[row.person_id].append(_case(row, kept.get(row.id, Kept()), told.get(row.id, Told()), version))
    return [_person(row, cases[person_id]) for person_id, row in people.items()]


def _person(row: Row[Any], cases: Sequence[CaseFacts]) -> PersonFacts:
    return PersonFacts(
        surname=row.surname,
        forename=row.forename,
        born_on=row.born_on,
        sex=row.sex,
        ethnicity=row.ethnicity,
        postcode=row.postcode,
        upn=row.upn or "",
        uln=row.uln or "",
        upn_unknown=row.upn_unknown,
        cases=cases,
    )


def _kept(here: ColumnElement[bool]) -> dict[int, Kept]:
    placements: dict[int, list[Placed]] = defaultdict(list)
    columns = list(Placed.__slots__)
    query = select(Placement.case_id, *(getattr(Placement, name) for name in columns)).join(Case).where(here)
    for row in db.session.execute(query.order_by(Placement.id)):
        placements[row.case_id].append(Placed(**{name: getattr(row, name) for name in columns}))
    needs: dict[int, list[Need]] = defaultdict(list)
    for row in db.session.execute(
        select(PlanNeed.case_id, PlanNeed.code, PlanNeed.rank).join(Case).where(here).order_by(PlanNeed.id)
    ):
        needs[row.case_id].append(Need(row.code, row.rank))
    details = select(ReturnDetails.case_id, *(getattr(ReturnDetails, name) for name in COLUMNS)).join(Case).where(here)
    found: dict[int, Kept] = {}
    for row in db.session.execute(details):
        values = {name: getattr(row, name) for name in COLUMNS}
        found[row.case_id] = Kept(**values, placements=tuple(placements[row.case_id]), needs=tuple(needs[row.case_id]))
    return found


def _told(here: ColumnElement[bool], on: date) -> dict[int, Told]:
    """Return by case what its history tells that its row does not, corrections taken into account."""
    not_known = CaseEvent.detail["day_not_known"].as_string() == "yes"
    query = (
        select(*STORED)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(here, or_(CaseEvent.happening.in_(_READ), CaseEvent.corrects.is_not(None), not_known))
    )
    entries: dict[int, list[Entry]] = defaultdict(list)
    for row in db.session.execute(query):
        entries[row.case_id].append(entry_of(row))
    return {case_id: told_of(those, on) for case_id, those in entries.items()}


def _case(row: Row[Any], kept: Kept, told: Told, version: Version) -> CaseFacts:
    entries = told.entries
    own = kept.last_review_on if kept.collection_year == version.year else None  # what it said of itself stands
    ceased_on, reason = _ceased(row, entries)
    moved_in_with = row.clock_basis is Basis.TRANSFER and row.final_plan_on is None
    brought_forward = row.received_on is None and row.final_plan_on is None and row.stage in _WITH_A_PLAN
    return CaseFacts(
        case_id=row.id,
        received_on=row.received_on,
        source=row.request_source,
        agreed_on=row.agreed_to_assess_on,
        refused_on=row.refused_to_assess_on,
        plan_agreed_on=row.plan_agreed_on,
        plan_refused_on=row.plan_refused_on,
        plan_on=row.final_plan_on,
        began_before=_began_before(row, entries) if moved_in_with or brought_forward else None,
        has_older_plan=moved_in_with or brought_forward,
        ended_on=row.ended_on,
        ended=_ENDED.get(row.stage) if row.final_plan_on is None else None,
        ceased_on=ceased_on,
        cease_reason=reason,
        exceptions_apply=row.exceptions_apply,
        disputes=tuple((e.occurred_on, _DISPUTES[e.happening]) for e in entries if e.happening in _DISPUTES),
        not_known=frozenset(
            _DAY_OF[e.happening] for e in entries if e.happening in _DAY_OF and e.detail.get("day_not_known") == "yes"
        ),
        primary_need=row.primary_need,
        kept=with_last_review(kept, told, until=max(version.census, own or version.census)),
    )


def _began_before(row: Row[Any], entries: Sequence[Entry]) -> date | None:
    """Return when a plan began that was made elsewhere (its day is with the move) or brought forward as issued."""
    for entry in entries:
        if entry.happening is H.MOVED_IN and entry.detail.get("plan_made_on"):
            return date.fromisoformat(entry.detail["plan_made_on"])
    since: date | None = row.stage_since if row.stage is Stage.ISSUED else None
    return since


def _ceased(row: Row[Any], entries: Sequence[Entry]) -> tuple[date | None, str]:
    """Return when a plan ceased, and the reason where the history has one; a plan never issued does not cease."""
    if row.final_plan_on is None and row.stage not in (*_WITH_A_PLAN, Stage.CLOSED, Stage.DIED, Stage.MOVED_OUT):
        return None, ""
    reasons: Mapping[H, str] = {H.DIED: "8"}
    for entry in entries:
        if entry.happening in (H.CASE_CLOSED, H.DIED, H.MOVED_OUT):
            reason = reasons.get(entry.happening) or entry.detail.get("reason", "")
            return entry.occurred_on, reason
    return None, ""
