"""What the return asks of a case that no history keeps: taken from an earlier return's rows, and put back into rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from casetracker.sen2.codes import ANOTHER_AUTHORITY, HISTORICAL
from casetracker.sen2.modules import SHAPES, Kind, Module
from casetracker.sen2.records import Node, is_day, made

NAMED, ATTENDED = "named", "attended"

_DETAILS: Mapping[str, tuple[Module, str]] = {
    "request_mediation": (Module.REQUESTS, "requestmediation"),
    "request_tribunal": (Module.REQUESTS, "requesttribunal"),
    "rya": (Module.REQUESTS, "rya"),
    "exported": (Module.REQUESTS, "exported"),
    "assessment_mediation": (Module.ASSESSMENT, "assessmentmediation"),
    "assessment_tribunal": (Module.ASSESSMENT, "assessmenttribunal"),
    "other_mediation": (Module.ASSESSMENT, "othermediation"),
    "other_tribunal": (Module.ASSESSMENT, "othertribunal"),
    "plan_started_on": (Module.NAMED_PLAN, "startdate"),
    "plan_res": (Module.NAMED_PLAN, "planres"),
    "plan_wbp": (Module.NAMED_PLAN, "planwbp"),
    "personal_budget": (Module.NAMED_PLAN, "pb"),
    "organised_arrangements": (Module.NAMED_PLAN, "oa"),
    "direct_payments": (Module.NAMED_PLAN, "dp"),
    "cease_reason": (Module.NAMED_PLAN, "ceasereason"),
    "transfer_la": (Module.ACTIVE_PLANS, "transferla"),
    "review_met_on": (Module.ACTIVE_PLANS, "reviewmeeting"),
    "review_outcome": (Module.ACTIVE_PLANS, "reviewoutcome"),
    "last_review_on": (Module.ACTIVE_PLANS, "lastreview"),
    "review_draft_on": (Module.ACTIVE_PLANS, "reviewdraft"),
    "phase_transfer_due_on": (Module.ACTIVE_PLANS, "phasetransferduedate"),
    "phase_transfer_final_on": (Module.ACTIVE_PLANS, "phasetransferfinaldate"),
    "res": (Module.ACTIVE_PLANS, "res"),
    "wbp": (Module.ACTIVE_PLANS, "wbp"),
}
"""Which cell each detail is."""
_IN_MODULE = {m: tuple((column, name) for name, (of, column) in _DETAILS.items() if of is m) for m in Module}
_PLACED: Mapping[str, str] = {
    "rank": "placementrank",
    "urn": "urn",
    "ukprn": "ukprn",
    "sen_setting": "sensetting",
    "sen_setting_other": "sensettingother",
    "entered_on": "entrydate",
    "left_on": "leavingdate",
    "in_sen_unit": "senunitindicator",
    "in_resourced_provision": "resourcedprovisionindicator",
    "res": "res",
    "wbp": "wbp",
    "attendance_pattern": "attendancepattern",
}
_OF_PART = {
    part: tuple((name, column) for name, column in _PLACED.items() if column in SHAPES[module].columns)
    for part, module in ((NAMED, Module.PLAN_DETAIL), (ATTENDED, Module.PLACEMENT))
}
_KINDS = {(m, f.name): f.kind for m, shape in SHAPES.items() for f in shape.fields}
_LONGEST = {(m, f.name): f.longest for m, shape in SHAPES.items() for f in shape.fields}


@dataclass(frozen=True, slots=True)
class Placed:
    """A placement. `part` is `NAMED` in the plan, or `ATTENDED`."""

    part: str
    rank: str = ""
    urn: str = ""
    ukprn: str = ""
    sen_setting: str = ""
    sen_setting_other: str = ""
    entered_on: date | None = None
    left_on: date | None = None
    in_sen_unit: bool | None = None
    in_resourced_provision: bool | None = None
    res: str = ""
    wbp: str = ""
    attendance_pattern: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """A need that a plan meets."""

    code: str
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a case for the return, by the names of its columns (models/returns.py)."""

    historical: bool = False
    assessed_elsewhere: bool = False
    request_mediation: bool | None = None
    request_tribunal: bool | None = None
    assessment_mediation: bool | None = None
    assessment_tribunal: bool | None = None
    other_mediation: bool | None = None
    other_tribunal: bool | None = None
    rya: bool | None = None
    exported: str = ""
    plan_started_on: date | None = None
    plan_res: str = ""
    plan_wbp: str = ""
    personal_budget: bool | None = None
    organised_arrangements: bool | None = None
    direct_payments: str = ""
    cease_reason: str = ""
    is_active: bool = False
    transfer_la: str = ""
    review_met_on: date | None = None
    review_outcome: str = ""
    last_review_on: date | None = None
    review_draft_on: date | None = None
    phase_transfer_due_on: date | None = None
    phase_transfer_final_on: date | None = None
    res: str = ""
    wbp: str = ""
    as_at: date | None = None
    collection_year: int | None = None
    """The return it came from; None where it was entered."""
    placements: tuple[Placed, ...] = field(default=())
    needs: tuple[Need, ...] = field(default=())

    def cells(self, module: Module) -> dict[str, str]:
        """Return what is kept of one module as its cells."""
        return {column: as_cell(getattr(self, name)) for column, name in _IN_MODULE[module]}

    def rows(self, part: str) -> Iterator[Node]:
        """Yield the placements of one part as rows."""
        module = Module.PLAN_DETAIL if part == NAMED else Module.PLACEMENT
        for placed in self.placements:
            if placed.part == part:
                yield made(module, {column: as_cell(getattr(placed, name)) for name, column in _OF_PART[part]})


COLUMNS = tuple(f.name for f in fields(Kept) if f.name not in ("placements", "needs"))


def as_cell(value: Any) -> str:
    """Return a value as a tidied cell has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def kept_of(request: Node, *, as_at: date, year: int) -> Kept:
    """
    Return what is to be kept of a request and all beneath it; its rows have been tidied.

    A cell that is not what its field holds is left out: the import has asked about it already, or the rules will.
    """
    assessments, active = request.under(Module.ASSESSMENT)[:1], request.under(Module.ACTIVE_PLANS)[:1]
    plans = [plan for assessment in assessments for plan in assessment.under(Module.NAMED_PLAN)[:1]]
    rows = {node.module: node for node in (request, *assessments, *plans, *active)}
    values = {
        name: _from_cell(rows[module], module, column) for name, (module, column) in _DETAILS.items() if module in rows
    }
    outcome = assessments[0]["assessmentoutcome"] if assessments else request["requestoutcome"]
    return Kept(
        **{name: value for name, value in values.items() if value is not None},
        historical=outcome == HISTORICAL,
        assessed_elsewhere=outcome == ANOTHER_AUTHORITY,
        is_active=bool(active),
        as_at=as_at,
        collection_year=year,
        placements=(
            *(_placed(row, NAMED) for plan in plans for row in plan.under(Module.PLAN_DETAIL)),
            *(_placed(row, ATTENDED) for one in active for row in one.under(Module.PLACEMENT)),
        ),
        needs=tuple(_needs(active)),
    )


def _placed(row: Node, part: str) -> Placed:
    found = {name: _from_cell(row, row.module, column) for name, column in _PLACED.items()}
    return Placed(part, **{name: value for name, value in found.items() if value is not None})


def _needs(active: Iterable[Node]) -> Iterator[Need]:
    for one in active:
        for row in one.under(Module.NEED):
            if row["sentype"]:
                yield Need(row["sentype"][:8], row["sentyperank"][:8])


def _from_cell(row: Node, module: Module, column: str) -> Any:
    text, kind = row[column], _KINDS.get((module, column))
    if not text or kind is None:
        return None
    if kind is Kind.DAY:
        return date.fromisoformat(text) if is_day(text) else None
    if kind is Kind.FLAG:
        return {"1": True, "0": False}.get(text)
    return text[: _LONGEST[module, column]]
