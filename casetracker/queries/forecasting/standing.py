"""
Open cases as they stand, from the projected rows: by column, with no history replayed and no object made of a row.

The few cases that the rows do not tell enough of (a clock that was re-opened, advice that its giver took back) are
folded from their histories.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, select

from casetracker.extensions import db
from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.snapshots import AGAIN, Seen, age_at, last_days, name_of_table, seen, source_of
from casetracker.forecast.steps import Place
from casetracker.models import Advice, Case, MilestoneRow, Person, User
from casetracker.queries.forecasting.drawn import Drawn, Numbers
from casetracker.queries.forecasting.pasts import histories
from casetracker.statute.advice import AdviceStatus
from casetracker.statute.counting import Reading
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Basis, Duty, Route

STAGES = (Stage.REQUESTED, Stage.ORDERED_TO_ASSESS, Stage.ASSESSING, Stage.PLANNING, Stage.CONSULTING)
"""The stages at which a final plan is waited for."""
_PLACES = {Stage.REQUESTED: Place.DECIDING, Stage.PLANNING: Place.DRAFTING, Stage.CONSULTING: Place.FINISHING}
"""Where a case has got to; at the other stages it gathers advice, or has gathered it."""
_PLAIN = (Basis.REQUEST, Basis.BROUGHT_TO_ATTENTION)
"""What starts the clocks whose cases the rows tell all of."""
_DUTIES = (Duty.DECIDE_WHETHER_TO_ASSESS, Duty.NOTIFY_NO_PLAN, Duty.ISSUE_FINAL_PLAN)
_IN_HAND = 500
Columns = Mapping[str, Sequence[Any]]


def standing(wanted: ColumnElement[bool], *, on: date, reading: Reading) -> Drawn:
    """Return the open cases that are wanted, as they stand."""
    of_cases, of_advice = input_queries(wanted)
    db.session.flush()  # for the connection, which is asked in place of the session, does not
    connection = db.session.connection()  # hands over rows as they are, at a third of the cost of looking for entities
    rows, advice = connection.execute(of_cases).all(), connection.execute(of_advice).all()
    odd = {row.id for row in rows if row.episode != 1 or row.clock_basis not in _PLAIN}
    odd |= {piece.case_id for piece in advice if piece.status is AdviceStatus.TAKEN_BACK}
    looks = folded(odd, on=on, reading=reading)
    drawn = Drawn([row for row in rows if row.id not in odd or row.id in looks])
    _draw(drawn, [row for row in rows if row.id not in odd], [a for a in advice if a.case_id not in odd], on, reading)
    of_the_odd = defaultdict(list)
    for piece in advice:
        if piece.case_id in looks:
            of_the_odd[piece.case_id].append(piece)
    for case_id, look in looks.items():
        drawn.put(look, of_the_odd[case_id])
    return drawn


def folded(ids: Collection[int], *, on: date, reading: Reading) -> dict[int, Seen]:
    """Return cases as their histories show them at the close of a day; without those that then waited for no plan."""
    looks = (seen(history, on=on, reading=reading) for history in histories(case_ids=ids)) if ids else ()
    return {look.case_id: look for look in looks if look is not None}


def input_queries(wanted: ColumnElement[bool]) -> tuple[Any, Any]:
    """Return the two questions that open cases are read with: of the cases, and of the advice asked for in them."""
    of_cases = select(
        Case.id,
        Case.version,
        Case.stage,
        Case.stage_since,
        Case.clock_basis,
        Case.clock_started_on,
        Case.episode,
        Case.awaits_information,
        Case.exceptions_apply,
        Case.request_source,
        Case.primary_need,
        Case.named_worker_id,
        Case.agreed_to_assess_on,
        Case.plan_agreed_on,
        Case.draft_sent_on,
        Person.born_on,
        User.name.label("holder"),
    )
    of_advice = select(
        Advice.case_id,
        Advice.kind,
        Advice.giver,
        Advice.runs_from,
        Advice.received_on,
        Advice.not_known_on,
        Advice.returned_on,
        Advice.times_returned,
        Advice.is_outstanding,
        Advice.status,
    )
    open_ = (wanted, Case.is_open, Case.stage.in_(STAGES), Case.clock_started_on.is_not(None))
    return (
        of_cases.join(Person, Person.id == Case.person_id)
        .outerjoin(User, User.id == Case.named_worker_id)
        .where(*open_)
        .order_by(Case.id),
        of_advice.join(Case, and_(Case.id == Advice.case_id, Case.episode == Advice.episode))
        .where(*open_, Advice.asked_on.is_not(None), Advice.not_needed_on.is_(None))
        .order_by(Advice.case_id, Advice.id),
    )


def _draw(drawn: Drawn, rows: Sequence[Any], advice: Sequence[Any], on: date, reading: Reading) -> None:
    """Put in cases on their first clock by their rows: as `snapshots.seen` shows them, which a test compares."""
    if not rows:
        return
    of, given = _by_column(rows), _by_column(advice)
    ids = np.array(of["id"])
    case = np.searchsorted(ids, np.array(given["case_id"], dtype=np.int64))
    received, not_known = _ordinals(given["received_on"]), _ordinals(given["not_known_on"])
    answered = np.where(received != NO_DAY, received, not_known)
    place, since = _place(of, given["is_outstanding"], case, answered)
    columns = {
        "case_id": ids,
        "day": on.toordinal(),
        "place": place,
        "since": since,
        "clock_on": _ordinals(of["clock_started_on"]),
        **_limits(of, place, reading),
        "source": list(map(source_of, of["request_source"])),
        "age": list(map(age_at, of["born_on"], of["clock_started_on"])),
        "returned": np.bincount(case, given["times_returned"], minlength=len(ids)),
        "reopened": False,
        "waits_for_family": of["awaits_information"],
        "agreed_on": _ordinals(of["agreed_to_assess_on"]),
    }
    workers = ["" if worker is None else str(worker) for worker in of["named_worker_id"]]
    drawn.fill(columns, needs=of["primary_need"], workers=workers)
    again = _ordinals(given["returned_on"])
    drawn.add_pieces(
        given["case_id"],
        given["kind"],
        given["giver"],
        [
            AGAIN if back else name_of_table(kind, giver)
            for back, kind, giver in zip(given["returned_on"], given["kind"], given["giver"], strict=True)
        ],
        np.where(again != NO_DAY, again, _ordinals(given["runs_from"])).tolist(),
        np.where(again != NO_DAY, NO_DAY, answered).tolist(),
    )


def _place(of: Columns, is_outstanding: Sequence[bool], case: Numbers, answered: Numbers) -> tuple[Numbers, Numbers]:
    """Return where each case has got to and since when; `case` is the place of each piece's case, by its advice."""
    number = len(of["id"])
    asked, outstanding = (np.bincount(case, weights, minlength=number) for weights in (None, is_outstanding))
    place = np.array([_PLACES.get(stage, Place.GATHERING) for stage in of["stage"]])
    place[(place == Place.GATHERING) & (asked > 0) & (outstanding == 0)] = Place.GATHERED
    last_answer = np.zeros(number, dtype=np.int32)
    np.maximum.at(last_answer, case, answered)
    started, agreed, sent = map(_ordinals, (of["clock_started_on"], of["plan_agreed_on"], of["draft_sent_on"]))
    began = np.choose(place, [started, NO_DAY, last_answer, agreed, sent])
    return place, np.where(began != NO_DAY, began, _ordinals(of["stage_since"]))


def _limits(of: Columns, place: Numbers, reading: Reading) -> dict[str, Numbers]:
    """Return the last days of the limits that bind each case, and whether an exception reaches the last of them."""
    starts = list(zip(of["clock_basis"], of["clock_started_on"], strict=True))
    limits = {start: last_days(Route.REQUEST, *start, reading) for start in set(starts)}
    last = {duty: np.array([limits[start].get(duty, NO_DAY) for start in starts]) for duty in _DUTIES}
    excuses = _excuses([case_id for case_id, some in zip(of["id"], of["exceptions_apply"], strict=True) if some])
    excused = {duty: np.isin(of["id"], excuses[duty]) for duty in _DUTIES}

    def binding(duty: Duty, *, until: Place) -> Numbers:
        return np.where((place <= until) & ~excused[duty], last[duty], NO_DAY)

    return {
        "decision_due": binding(Duty.DECIDE_WHETHER_TO_ASSESS, until=Place.DECIDING),
        "plan_due": binding(Duty.NOTIFY_NO_PLAN, until=Place.GATHERED),
        "final_due": last[Duty.ISSUE_FINAL_PLAN],
        "excused": excused[Duty.ISSUE_FINAL_PLAN],
    }


def _by_column(rows: Sequence[Any]) -> Columns:
    return dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True)) if rows else defaultdict(tuple)


def _ordinals(days: Iterable[date | None]) -> Numbers:
    return np.array([NO_DAY if day is None else day.toordinal() for day in days], dtype=np.int32)


def _excuses(ids: Sequence[int]) -> Mapping[Duty, list[int]]:
    """Return the cases in which an exception reaches a limit that is still to be met, by the limit."""
    found: defaultdict[Duty, list[int]] = defaultdict(list)
    for start in range(0, len(ids), _IN_HAND):
        query = select(MilestoneRow.case_id, MilestoneRow.duty).where(
            MilestoneRow.case_id.in_(ids[start : start + _IN_HAND]),
            MilestoneRow.is_open,
            MilestoneRow.excused_by != "",
            MilestoneRow.duty.in_(_DUTIES),
        )
        for case_id, duty in db.session.execute(query):
            found[duty].append(case_id)
    return found
