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
from casetracker.statute.happenings import Happening

ENTERED = tuple(
    "plan_started_on plan_res plan_wbp personal_budget organised_arrangements direct_payments cease_reason transfer_la "
    "review_met_on review_outcome last_review_on review_draft_on phase_transfer_due_on phase_transfer_final_on".split()
)
"""What is entered by hand. The rest of what is kept comes from a return, or from the history."""

NOT_LOOKED_UP = "No URN was looked up: the DfE’s register of settings has not been brought in to the directory"


def kept_of(case_id: int) -> Kept:
    """Return what is kept of a case."""
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

    Only `ENTERED`, the placements and the needs are taken from `entered`. Where nothing differs, nothing is recorded.

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
    detail = _changes(before, after)
    if not detail:
        histories.refuse_repeats([submission] if submission else [])
        return db.session.scalars(select(Case).where(Case.id == case_id)).one()
    entry = NewEntry(Happening.CASE_DETAILS_CHANGED, today, at, detail, by_id=by.id, submission=submission)
    case = histories.append(case_id=case_id, entries=[entry], today=today, seen_version=seen_version, reading=reading)
    # As of today, and from nobody's return: no earlier return that is brought in takes its place.
    in_force = before.is_active or before.as_at is None  # unless a return said that it was not
    own = replace(after, as_at=today, collection_year=None, is_active=in_force)
    keeping.keep({case_id: own}, at=at, by_id=by.id)
    db.session.expire_all()
    return case


def _changes(before: Kept, after: Kept) -> dict[str, str]:
    pairs = {name: (_word(getattr(before, name)), _word(getattr(after, name))) for name in ENTERED}
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
