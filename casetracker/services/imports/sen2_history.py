"""What one request of a return, with its assessment and plan, says happened and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue, Refusal
from casetracker.csvin.table import Row
from casetracker.queries.returns import OUTCOME_OF
from casetracker.sen2.codes import ASSESSMENT_OUTCOMES, HISTORICAL, REQUEST_OUTCOMES, code_in
from casetracker.sen2.modules import Module
from casetracker.sen2.records import Node
from casetracker.services.histories import NewEntry
from casetracker.services.imports.incoming import IncomingEntry, Source
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage

_DECISIONS = {"Y": H.ASSESSMENT_AGREED, "N": H.ASSESSMENT_REFUSED, "W": H.REQUEST_WITHDRAWN}
_CONCLUSIONS = {"Y": H.PLAN_AGREED, "S": H.PLAN_AGREED, "N": H.PLAN_REFUSED, "W": H.REQUEST_WITHDRAWN}
_STAGE_AFTER = {
    H.ASSESSMENT_AGREED: Stage.ASSESSING,
    H.ASSESSMENT_REFUSED: Stage.REFUSED,
    H.REQUEST_WITHDRAWN: Stage.WITHDRAWN,
    H.PLAN_AGREED: Stage.PLANNING,
    H.PLAN_REFUSED: Stage.NO_PLAN,
    H.FINAL_PLAN_ISSUED: Stage.ISSUED,
}
_DISPUTE_FLAGS = ("requestmediation", "requesttribunal", "assessmentmediation", "assessmenttribunal")


class RowRefused(Exception):
    """The request row cannot be taken, and with it nothing beneath it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.rule)
        self.refusal = refusal


@dataclass(slots=True)
class ReturnHistory:
    """The entries a request makes, the rows that could not be used, and what to say of them."""

    entries: list[IncomingEntry] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    remarks: list[Refusal] = field(default_factory=list)
    identity: str = ""
    """What makes this the same request in another return: the day it was received, or its plan began."""


@dataclass(slots=True)
class _Step:
    happening: H
    row: Row
    column: str
    on: date | None
    detail: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """The cells of one request's rows, read once."""

    request: Row
    received_on: date | None
    outcome: str
    assessment: Row | None = None
    conclusion: str = ""
    plan: Row | None = None
    started_on: date | None = None
    exceptions: bool = False
    disputed: bool = False
    active: bool = False


def history_of(request: Node, *, reference_day: date, today: date, batch_id: int | None) -> ReturnHistory:
    """
    Return what a request and all beneath it say happened.

    A plan whose assessment is recorded as historical keeps only what is known of it. A day that is missing, or out of
    its order, is put at the next day that is known, and asked about: the days on either side are what counts.

    :raises RowRefused: if the request row itself cannot be used
    """
    history = ReturnHistory()
    read = _read(request, history)
    active = request.under(Module.ACTIVE_PLANS)[:1]
    reviewed_on = _day_of(active[0].row, "lastreview") if active else None
    if HISTORICAL in (read.outcome if read.assessment is None else "", read.conclusion):
        steps = _historical(read, reference_day, reviewed_on)
    else:
        steps = _steps(read, history)
        _settle_days(steps, history, latest=today)
        _open_part_way(steps, read, reference_day)
    history.identity = str(read.received_on or read.started_on or reference_day)
    _mark(steps[0], read)
    if read.exceptions:
        steps.insert(
            1,
            _Step(H.EXCEPTION_RECORDED, read.assessment or read.request, "week20", steps[0].on, {"paragraph": "13(3)"}),
        )
    if reviewed_on is not None and read.started_on is not None:
        steps += _reviewed(active[0].row, reviewed_on, read.started_on, history, latest=today)
    history.entries = [_entry(step, batch_id) for step in steps if step.on is not None]
    return history


def _read(request: Node, history: ReturnHistory) -> _Reading:
    row = request.row
    try:
        outcome = code_in(row["requestoutcome"], REQUEST_OUTCOMES)
        received_on, _ = values.day(row["receiveddate"]), values.day(row["requestoutcomedate"])
    except BadValue as wrong:
        raise RowRefused(row.refused(_culprit(row), str(wrong))) from None
    read = _Reading(row, received_on, outcome, active=bool(request.under(Module.ACTIVE_PLANS)))
    read.disputed = _any_flag(row, history)
    assessments = request.under(Module.ASSESSMENT)
    for extra in assessments[1:]:
        _refuse(extra, "requeststableid", "this request has an assessment already", history)
    if assessments:
        _read_assessment(assessments[0], read, history)
    return read


def _culprit(row: Row) -> str:
    """Return the column of the request row that is wrong."""
    for column in ("receiveddate", "requestoutcomedate"):
        try:
            values.day(row[column])
        except BadValue:
            return column
    return "requestoutcome"


def _read_assessment(node: Node, read: _Reading, history: ReturnHistory) -> None:
    row = node.row
    try:
        conclusion = code_in(row["assessmentoutcome"], ASSESSMENT_OUTCOMES)
    except BadValue as wrong:
        _refuse(node, "assessmentoutcome", str(wrong), history)
        return
    try:
        values.day(row["assessmentoutcomedate"])
    except BadValue as wrong:
        _refuse(node, "assessmentoutcomedate", str(wrong), history)
        return
    read.assessment, read.conclusion = row, conclusion
    read.disputed = _any_flag(row, history) or read.disputed
    read.exceptions = _flag(row, "week20", history)
    plans = node.under(Module.NAMED_PLAN)
    for extra in plans[1:]:
        _refuse(extra, "assessmenttableid", "this assessment has a plan already", history)
    if plans:
        _read_plan(plans[0], read, history)


def _read_plan(node: Node, read: _Reading, history: ReturnHistory) -> None:
    row = node.row
    try:
        started_on = values.day(row["startdate"])
    except BadValue as wrong:
        _refuse(node, "startdate", str(wrong), history)
        return
    if started_on is not None and read.received_on is not None and started_on < read.received_on:
        _refuse(node, "startdate", "the plan begins before the request was received", history)
        return
    read.plan, read.started_on = row, started_on


def _refuse(node: Node, column: str, rule: str, history: ReturnHistory) -> None:
    """Refuse a row and all beneath it."""
    history.remarks.append(node.row.refused(column, rule))
    history.refused += [below.row for below in node.rows()]


def _any_flag(row: Row, history: ReturnHistory) -> bool:
    flags = [_flag(row, column, history) for column in _DISPUTE_FLAGS if column in row.cells]
    return any(flags)


def _flag(row: Row, column: str, history: ReturnHistory) -> bool:
    try:
        return bool(values.flag(row[column]))
    except BadValue as wrong:
        history.remarks.append(row.refused(column, str(wrong), query=True))
        return False


def _historical(read: _Reading, reference_day: date, reviewed_on: date | None) -> list[_Step]:
    """
    Return the one step that opens the record of a plan made before there were records of its assessment.

    Where the day it began is not known, the record opens with the return, and its last review was before that.
    """
    stage = Stage.ISSUED if read.plan is not None or read.active else Stage.CLOSED
    detail = {"stage": stage.value}
    if read.started_on is None:
        detail |= {"day_not_known": "yes"}
        detail |= {"last_review_on": reviewed_on.isoformat()} if reviewed_on else {}
    opening = _Step(H.BROUGHT_FORWARD, read.request, "", read.started_on or reference_day, detail)
    return [opening, *_ceased(read, read.started_on or reference_day)]


def _steps(read: _Reading, history: ReturnHistory) -> list[_Step]:
    request, assessment = read.request, read.assessment
    steps = [_Step(H.REQUEST_RECEIVED, request, "receiveddate", read.received_on)]
    decision = _DECISIONS.get(read.outcome)
    concluded = _CONCLUSIONS.get(read.conclusion) if assessment is not None else None
    has_plan = read.plan is not None and read.started_on is not None
    if (concluded or has_plan) and decision is not H.ASSESSMENT_AGREED:
        if read.outcome != HISTORICAL:
            history.remarks.append(
                request.refused("requestoutcome", "there is an assessment, so it must have been agreed", query=True)
            )
        decision = H.ASSESSMENT_AGREED
    if decision is not None:
        steps.append(_Step(decision, request, "requestoutcomedate", values.day(request["requestoutcomedate"])))
    if has_plan and concluded is not H.PLAN_AGREED and assessment is not None:
        history.remarks.append(
            assessment.refused("assessmentoutcome", "there is a plan, so it must have been agreed", query=True)
        )
        concluded = H.PLAN_AGREED
    if concluded is not None and assessment is not None:
        on = values.day(assessment["assessmentoutcomedate"])
        steps.append(_Step(concluded, assessment, "assessmentoutcomedate", on, _whose(read)))
    if has_plan and read.plan is not None:
        steps.append(_Step(H.FINAL_PLAN_ISSUED, read.plan, "startdate", read.started_on))
        steps += _ceased(read, read.started_on)
    return steps


def _whose(read: _Reading) -> dict[str, str]:
    return {"assessed_by": "another authority"} if read.conclusion == "S" else {}


def _ceased(read: _Reading, since: date | None) -> list[_Step]:
    if read.plan is None or not read.plan["ceasedate"]:
        return []
    on = _day_of(read.plan, "ceasedate")
    if on is None or (since is not None and on < since):
        return []
    return [_Step(H.CASE_CLOSED, read.plan, "ceasedate", on, {"reason": read.plan["ceasereason"], "plan": "ceased"})]


def _reviewed(row: Row, on: date, began_on: date, history: ReturnHistory, *, latest: date) -> list[_Step]:
    """Return the last review of a plan in force. A meeting after the letter is that of another, not decided yet."""
    if on > latest or on < began_on:
        rule = "this day is still to come" if on > latest else "this day is before the plan began"
        history.remarks.append(row.refused("lastreview", rule, query=True))
        return []
    met_on = _day_of(row, "reviewmeeting")
    detail = {"met_on": met_on.isoformat()} if met_on is not None and began_on <= met_on <= on else {}
    outcome = OUTCOME_OF.get(row["reviewoutcome"].upper())
    if outcome is not None and (met_on is None or met_on <= on):
        detail["outcome"] = outcome.value
    return [_Step(H.ANNUAL_REVIEW_FINISHED, row, "lastreview", on, detail)]


def _day_of(row: Row, column: str) -> date | None:
    """Return a day that is told beside the rest; a cell that is no day is left out, and is for the rules to tell of."""
    try:
        return values.day(row[column])
    except BadValue:
        return None


def _settle_days(steps: list[_Step], history: ReturnHistory, *, latest: date) -> None:
    """Give each step a day that is in order: its own where it can be, else the next known one, else the last."""
    for step in steps[1:]:
        if step.on is not None and step.on > latest:
            history.remarks.append(step.row.refused(step.column, "this day is still to come", query=True))
            step.on = None
    anchors = [steps[0].on, *(step.on for step in steps if step.happening is H.FINAL_PLAN_ISSUED)]
    ceiling = next((day for day in reversed(anchors[1:]) if day is not None), latest)
    floor = anchors[0]
    for place, step in enumerate(steps[1:], start=1):
        if step.happening in (H.FINAL_PLAN_ISSUED, H.CASE_CLOSED):
            continue
        in_order = step.on is not None and (floor is None or step.on >= floor) and step.on <= ceiling
        if not in_order:
            _doubt(step, steps[place + 1 :], history, floor=floor, ceiling=ceiling)
        floor = step.on or floor


def _doubt(step: _Step, later: list[_Step], history: ReturnHistory, *, floor: date | None, ceiling: date) -> None:
    given = step.row[step.column]
    rule = "this day is out of order with the days around it" if given else "the day is missing"
    history.remarks.append(step.row.refused(step.column, rule, query=True))
    following = (s.on for s in later if s.on is not None and s.on <= ceiling and (floor is None or s.on >= floor))
    step.on = next(following, None) or floor
    step.detail |= {"day_not_known": "yes", "day_as_given": given}


def _open_part_way(steps: list[_Step], read: _Reading, reference_day: date) -> None:
    """Where the day of receipt is not known, open the record at the first day that is."""
    if read.received_on is not None:
        return
    known = [step for step in steps[1:] if step.on is not None]
    if not known:
        raise RowRefused(read.request.refused("receiveddate", "neither this nor any later day is known"))
    final = next((step for step in known if step.happening is H.FINAL_PLAN_ISSUED), None)
    if final is None:
        last = known[-1]
        steps[:] = [
            _Step(H.BROUGHT_FORWARD, last.row, last.column, last.on, {"stage": _STAGE_AFTER[last.happening].value})
        ]
        return
    rest = steps[steps.index(final) :]
    opening = _Step(H.BROUGHT_FORWARD, read.request, "receiveddate", final.on, {"stage": Stage.PLANNING.value})
    steps[:] = [opening, *rest]


def _mark(opening: _Step, read: _Reading) -> None:
    """Put on the opening entry what the return says of the whole request."""
    flags: Mapping[str, bool] = {"disputed": read.disputed, "rya": read.request["rya"] == "1"}
    opening.detail |= {name: "yes" for name, is_set in flags.items() if is_set}
    if read.request["exported"]:
        opening.detail["exported"] = read.request["exported"][:40]


def _entry(step: _Step, batch_id: int | None) -> IncomingEntry:
    on = step.on or date.min
    entry = NewEntry(step.happening, on, values.end_of(on), dict(step.detail), import_batch_id=batch_id)
    return IncomingEntry(
        entry, Source(step.row.file, step.row.line, step.row[step.column] if step.column else "", counts=False)
    )
