"""
Open cases as the forecast's columns, from the projected rows: no history is replayed and no object made of a row.

The few cases that the rows do not tell enough of (a clock that was re-opened, advice that its giver took back) are
folded from their histories, and so are all of them for a day that is past, since the rows are those of today.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select

from casetracker.extensions import db
from casetracker.forecast.columns import NO_DAY, Cases, as_columns
from casetracker.forecast.model import Model
from casetracker.forecast.snapshots import (
    AGAIN,
    Asked,
    Seen,
    age_at,
    last_days,
    name_of_table,
    ordinal,
    seen,
    source_of,
)
from casetracker.forecast.steps import Place
from casetracker.forecast.tables import above
from casetracker.models import Advice, Case, MilestoneRow, Person, User
from casetracker.queries.forecasting.pasts import histories
from casetracker.queries.forecasting.pressures import Pressures, pressures
from casetracker.statute.advice import AdviceKind, AdviceStatus
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Basis, Duty, Route

STAGES = (Stage.REQUESTED, Stage.ORDERED_TO_ASSESS, Stage.ASSESSING, Stage.PLANNING, Stage.CONSULTING)
"""The stages at which a final plan is waited for."""
_PLAIN = (Basis.REQUEST, Basis.BROUGHT_TO_ATTENTION)
"""What starts the clocks whose cases the rows tell all of."""
_DUTIES = (Duty.DECIDE_WHETHER_TO_ASSESS, Duty.NOTIFY_NO_PLAN, Duty.ISSUE_FINAL_PLAN)
_IN_HAND = 500
Excuses = Mapping[int, frozenset[Duty]]


class Piece(NamedTuple):
    """A piece of advice that was asked for, with who gives it."""

    kind: AdviceKind | None
    """None for one that was sent back, where only that is known."""
    giver: str
    asked: Asked


class OpenCase(NamedTuple):
    """An open case, with what is shown of it and not scored by."""

    seen: Seen
    version: int
    holder: str
    """The named worker's name; empty where nobody holds it."""
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Open cases as columns, and what is shown of each."""

    cases: Cases
    about: Sequence[OpenCase]
    """In the order of the columns."""
    pieces: Sequence[Piece]
    """In the order of `cases.pieces`."""


def open_cases(
    model: Model,
    *,
    on: date,
    first_id: int,
    last_id: int,
    case_ids: Collection[int] | None = None,
    past: bool = False,
    reading: Reading = ORDINARY_READING,
) -> OpenCases:
    """
    Return the open cases of a range of ids (of `case_ids` alone, where given), as they stand at the close of `on`.

    :param past: `on` is a day that is over: what was recorded later is left out. How long the queues then were is not
        kept, so that no case has one.
    """
    wanted: ColumnElement[bool] = Case.id.between(first_id, last_id)
    if case_ids is not None:
        wanted = and_(wanted, Case.id.in_(case_ids))
    if past:
        about, weighs = _as_known(wanted, on, reading), None
    else:
        about, weighs = _standing(wanted, on, reading), pressures()
    return in_columns(model, about, weighs)


def in_columns(model: Model, about: Sequence[OpenCase], weighs: Pressures | None) -> OpenCases:
    """Return cases as columns, with the numbers that the model has for what it knows by name."""
    places = model.tables.places
    gather = places["gather"]
    rows, of_pieces, pieces = [], [], []
    for number, one in enumerate(about):
        look = one.seen
        worker = places.get(f"draft@{look.worker}", -1)
        load = weighs.load.get(look.worker, 0) if weighs is not None and worker >= 0 else -1
        rows.append(look.row(gather=places.get(f"gather|{look.need}", gather), worker=worker, load=load))
        for piece in one.pieces:
            asked = piece.asked
            table = places.get(asked.table, places.get(above(asked.table), -1))  # of a new giver, by its kind
            known = weighs is not None and table >= 0 and asked.table != AGAIN
            queue = weighs.queue(asked.table) if weighs is not None and known else -1
            ahead = weighs.ahead(asked.table, asked.since) if weighs is not None and known else -1
            of_pieces.append((number, table, asked.since, asked.answered, queue, ahead))
            pieces.append(piece)
    return OpenCases(as_columns(rows, of_pieces), about, pieces)


def _standing(wanted: ColumnElement[bool], on: date, reading: Reading) -> list[OpenCase]:
    of_cases, of_advice = input_queries(wanted)
    db.session.flush()  # for the connection, which is asked in place of the session, does not
    connection = db.session.connection()  # hands over rows as they are, at a third of the cost of looking for entities
    rows = connection.execute(of_cases).all()
    advice = _by_case(connection.execute(of_advice))
    odd = {row.id for row in rows if row.episode != 1 or row.clock_basis not in _PLAIN}
    odd |= {case_id for case_id, pieces in advice.items() if any(p.status is AdviceStatus.TAKEN_BACK for p in pieces)}
    excuses = _excuses([row.id for row in rows if row.exceptions_apply and row.id not in odd])
    folded = _folded(odd, on, reading)
    found = []
    for row in rows:
        if row.id in odd:
            look = folded.get(row.id)
        else:
            look = _look(row, advice.get(row.id, ()), excuses.get(row.id, frozenset()), on, reading)
        if look is not None:
            found.append(_about(look, row, advice.get(row.id, ())))
    return found


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


def _by_case(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _excuses(ids: Sequence[int]) -> Excuses:
    """Return the limits still to be met that an exception reaches, by case."""
    found: defaultdict[int, set[Duty]] = defaultdict(set)
    for start in range(0, len(ids), _IN_HAND):
        query = select(MilestoneRow.case_id, MilestoneRow.duty).where(
            MilestoneRow.case_id.in_(ids[start : start + _IN_HAND]),
            MilestoneRow.is_open,
            MilestoneRow.excused_by != "",
            MilestoneRow.duty.in_(_DUTIES),
        )
        for case_id, duty in db.session.execute(query):
            found[case_id].add(duty)
    return {case_id: frozenset(duties) for case_id, duties in found.items()}


def _folded(ids: Collection[int], on: date, reading: Reading) -> dict[int, Seen]:
    looks = (seen(history, on=on, reading=reading) for history in histories(case_ids=ids)) if ids else ()
    return {look.case_id: look for look in looks if look is not None}


def _look(row: Any, advice: Sequence[Any], excused: frozenset[Duty], on: date, reading: Reading) -> Seen:
    """Return how a case on its first clock stands, by the rows: `snapshots.seen` of its history, which a test shows."""
    place = _place(row.stage, advice)
    due = last_days(Route.REQUEST, row.clock_basis, row.clock_started_on, reading)

    def binding(duty: Duty, *, until: Place) -> int:
        return due.get(duty, NO_DAY) if place <= until and duty not in excused else NO_DAY

    return Seen(
        case_id=row.id,
        day=on.toordinal(),
        place=place,
        since=ordinal(_since(place, row, advice)),
        clock_on=row.clock_started_on.toordinal(),
        decision_due=binding(Duty.DECIDE_WHETHER_TO_ASSESS, until=Place.DECIDING),
        plan_due=binding(Duty.NOTIFY_NO_PLAN, until=Place.GATHERED),
        final_due=due.get(Duty.ISSUE_FINAL_PLAN, NO_DAY),
        excused=Duty.ISSUE_FINAL_PLAN in excused,
        worker="" if row.named_worker_id is None else str(row.named_worker_id),
        source=source_of(row.request_source),
        age=age_at(row.born_on, row.clock_started_on),
        returned=sum(piece.times_returned for piece in advice),
        reopened=False,
        waits_for_family=row.awaits_information,
        agreed_on=ordinal(row.agreed_to_assess_on),
        pieces=tuple(_asked(piece) for piece in advice),
        need=row.primary_need,
    )


def _place(stage: Stage, advice: Sequence[Any]) -> Place:
    if stage is Stage.PLANNING:
        return Place.DRAFTING
    if stage is Stage.CONSULTING:
        return Place.FINISHING
    if stage is Stage.REQUESTED:
        return Place.DECIDING
    return Place.GATHERED if advice and not any(piece.is_outstanding for piece in advice) else Place.GATHERING


def _since(place: Place, row: Any, advice: Sequence[Any]) -> date | None:
    """Return when the step that is on began."""
    if place is Place.DECIDING:
        found = row.clock_started_on
    elif place is Place.GATHERED:
        found = max(filter(None, map(_answered, advice)), default=None)
    else:
        found = {Place.DRAFTING: row.plan_agreed_on, Place.FINISHING: row.draft_sent_on}.get(place)
    began: date | None = found or row.stage_since
    return began


def _answered(piece: Any) -> date | None:
    answered: date | None = piece.received_on or piece.not_known_on
    return answered


def _asked(piece: Any) -> Asked:
    if piece.returned_on is not None:
        return Asked(AGAIN, ordinal(piece.returned_on), NO_DAY)
    table = name_of_table(piece.kind, piece.giver)
    return Asked(table, ordinal(piece.runs_from), ordinal(_answered(piece)))


def _about(look: Seen, row: Any, advice: Sequence[Any]) -> OpenCase:
    """Put the givers of advice to the pieces: both are in the order in which they were asked for."""
    givers: Iterable[Any] = advice if len(advice) == len(look.pieces) else ()
    named = [(piece.kind, piece.giver) for piece in givers] or [(None, "")] * len(look.pieces)
    pieces = tuple(Piece(kind, giver, asked) for (kind, giver), asked in zip(named, look.pieces, strict=True))
    return OpenCase(look, row.version, row.holder or "", pieces)


def _as_known(wanted: ColumnElement[bool], on: date, reading: Reading) -> list[OpenCase]:
    """Return the cases that were open at the close of a day that is over, by what was known then."""
    query = select(Case.id, Case.version, User.name.label("holder"))
    rows = db.session.execute(
        query.outerjoin(User, User.id == Case.named_worker_id)
        .where(wanted, Case.clock_started_on.is_not(None), Case.received_on <= on)
        .order_by(Case.id)
    ).all()
    looks = _folded([row.id for row in rows], on, reading)
    return [_about(looks[row.id], row, ()) for row in rows if row.id in looks]
