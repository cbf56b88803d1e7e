"""Entering what the return asks of a case: kept for the return, and on record in the case's history."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Case, User
from casetracker.queries import directory, returns
from casetracker.sen2 import placing
from casetracker.sen2.kept import ATTENDED, COLUMNS, NAMED, Kept, Need, Placed
from casetracker.services import histories
from casetracker.services.histories import NewEntry
from casetracker.services.returns import keeping
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry
from casetracker.statute.fold import fold
from casetracker.statute.happenings import Happening

ENTERED = tuple(
    "plan_started_on plan_res plan_wbp personal_budget organised_arrangements direct_payments cease_reason transfer_la "
    "review_met_on review_outcome last_review_on review_draft_on phase_transfer_due_on phase_transfer_final_on".split()
)
"""What is entered by hand. The rest of what is kept comes from a return, or from the history."""
REVIEW = ("review_met_on", "review_outcome", "last_review_on")
"""What is told of the last annual review, of which the history has the last word."""
ENTERED_ANEW = "Entered anew on the page of the plan and its placements"
NOT_LOOKED_UP = "No URN was looked up: the DfE’s register of settings has not been brought in to the directory"


class ReviewOnRecord(Exception):
    """A later review is in the history: it is put right, or taken out, there."""

    def __init__(self, finished_on: date) -> None:
        super().__init__(
            f"The review of which the family was told on {finished_on:%-d %B %Y} is on record: correct it, or take it "
            "out, in the history of the case"
        )


def kept_of(case_id: int) -> Kept:
    """Return what is kept of a case, with the last review that its history tells of."""
    return returns.with_last_review(_kept_of(case_id), _told(case_id))


def _told(case_id: int) -> returns.Told:
    return returns.told_of(histories.entries_of(case_id), date.max)


def _kept_of(case_id: int) -> Kept:
    details, placements, needs = returns.kept_of_case(case_id)
    values = {name: getattr(details, name) for name in COLUMNS} if details is not None else {}
    return Kept(
        **values,
        placements=tuple(Placed(**{name: getattr(row, name) for name in Placed.__slots__}) for row in placements),
        needs=tuple(Need(row.code, row.rank) for row in needs),
    )


def faults_beside(case: Case, kept: Kept, placements: Sequence[Placed]) -> Iterator[tuple[int, placing.Fault]]:
    """
    Yield what of new placements does not agree with the case or the directory, with the place of the one to look at.

    A URN is looked up where the DfE's register was brought in, and one that is kept already is let be.
    """
    new = {placed.urn for placed in placements} - {placed.urn for placed in kept.placements}
    unknown = new - directory.names_by_urn(new).keys() if directory.has_register() else ()
    yield from placing.faults_beside(placements, has_plan=returns.has_plan(case, kept), unknown=unknown)


def enter(
    *,
    case_id: int,
    entered: Kept,
    by: User,
    today: date,
    at: datetime,
    seen_version: int | None = None,
    submission: str | None = None,
    reading: Reading = ORDINARY_READING,
) -> Case:
    """
    Keep what somebody entered in place of what was kept, and record in the history what was known before and after.

    Only `ENTERED`, the placements and the needs are taken from `entered`. Where nothing differs, nothing is recorded. A
    review whose decision was told is an entry of its own, as if it had been logged.

    :raises ReviewOnRecord: if a later review than the one entered is in the history
    :raises histories.NotAllowed: if the review cannot have been one of this plan
    :raises histories.SavedByAnother: if the case has moved on since `seen_version`
    :raises histories.AlreadyRecorded: if the same form has been posted before
    """
    before = kept_of(case_id)
    after = replace(
        before,
        **{name: getattr(entered, name) for name in ENTERED},
        placements=entered.placements,
        needs=entered.needs,
    )
    reviewed = _review(before, after, _told(case_id), at=at, by=by)
    detail = _changes(before, after, leaving_out=REVIEW if reviewed else ())
    entries = [
        *([NewEntry(Happening.CASE_DETAILS_CHANGED, today, at, detail, by_id=by.id)] if detail else ()),
        *reviewed,
    ]
    if not entries:
        histories.refuse_repeats([submission] if submission else [])
        return db.session.scalars(select(Case).where(Case.id == case_id)).one()
    entries[0] = replace(entries[0], submission=submission)
    case = histories.append(case_id=case_id, entries=entries, today=today, seen_version=seen_version, reading=reading)
    # As of today, and from nobody's return: no earlier return that is brought in takes its place.
    in_force = before.is_active or before.as_at is None  # unless a return said that it was not
    own = replace(after, as_at=today, collection_year=None, is_active=in_force)
    keeping.keep({case_id: own}, at=at, by_id=by.id)
    db.session.expire_all()
    return case


def _review(before: Kept, after: Kept, told: returns.Told, *, at: datetime, by: User) -> list[NewEntry]:
    """Return the entry that a review which was entered makes: a new one, or one that puts the last one right."""
    unchanged = all(getattr(before, name) == getattr(after, name) for name in REVIEW)
    if unchanged or not fold(told.entries).plans:
        return []
    on, last = after.last_review_on, told.last_review
    if on is None:
        if last is not None:
            raise ReviewOnRecord(last.occurred_on)
        return []
    entry = NewEntry(Happening.ANNUAL_REVIEW_FINISHED, on, at, _of_review(after, on), by_id=by.id)
    if last is None or (on > last.occurred_on and not _same_meeting(entry, last)):
        return [entry]
    if on < last.occurred_on and not _same_meeting(entry, last):
        raise ReviewOnRecord(last.occurred_on)
    if on == last.occurred_on and entry.detail.items() <= last.detail.items():
        return []
    return [replace(entry, detail={**last.detail, **entry.detail, "why_corrected": ENTERED_ANEW}, corrects=last.seq)]


def _same_meeting(entry: NewEntry, last: Entry) -> bool:
    """Return whether two reviews are of one meeting, and so are the same review, told on another day."""
    return bool(entry.detail.get("met_on")) and entry.detail["met_on"] == last.detail.get("met_on")


def _of_review(kept: Kept, finished_on: date) -> dict[str, str]:
    """Return what is told of the review of which the family was told on a day; a later meeting is of another."""
    if kept.review_met_on is not None and kept.review_met_on > finished_on:
        return {}
    outcome = returns.OUTCOME_OF.get(kept.review_outcome)
    told = {"met_on": _word(kept.review_met_on), "outcome": _word(outcome)}
    return {name: text for name, text in told.items() if text}


def _changes(before: Kept, after: Kept, *, leaving_out: Sequence[str]) -> dict[str, str]:
    names = [name for name in ENTERED if name not in leaving_out]
    pairs = {name: (_word(getattr(before, name)), _word(getattr(after, name))) for name in names}
    for part in (NAMED, ATTENDED):
        pairs[f"placements_{part}"] = _places(before.placements, part), _places(after.placements, part)
    pairs["needs"] = _needs(before.needs), _needs(after.needs)
    detail = {}
    for name, (was, now) in pairs.items():
        if was != now:
            detail[f"{name}_before"], detail[f"{name}_after"] = was, now
    return detail


def _word(value: object) -> str:
    if value is None or value == "":
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _needs(needs: Iterable[Need]) -> str:
    return ", ".join(f"{need.code} ({need.rank or 'no rank'})" for need in needs)


def _places(placements: Iterable[Placed], part: str) -> str:
    return "; ".join(_place(placed) for placed in placements if placed.part == part)


def _place(placed: Placed) -> str:
    where = placed.urn or placed.ukprn or placed.sen_setting
    ticks = {"in a SEN unit": placed.in_sen_unit, "in resourced provision": placed.in_resourced_provision}
    days = [f"{word} {day}" for word, day in (("from", placed.entered_on), ("to", placed.left_on)) if day]
    ticked = [words for words, is_so in ticks.items() if is_so]
    more = [placed.sen_setting_other, *days, *ticked, placed.res, placed.wbp]
    return ", ".join([f"{where} ({placed.rank or 'no rank'})", *filter(None, more)])


def case_ids(references: Iterable[str]) -> dict[str, int]:
    """Return the number of each case that has one of these references."""
    wanted = sorted(set(references))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 400):
        query = select(Case.reference, Case.id).where(Case.reference.in_(wanted[start : start + 400]))
        found.update(db.session.execute(query).all())
    return found
