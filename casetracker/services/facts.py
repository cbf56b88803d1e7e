"""
The facts the figures count, as each became known: from a history to intervals of knowledge, and so to rows.

`services.histories` is the one door by which they are written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from casetracker.extensions import db
from casetracker.models import (
    AdviceFacts,
    AdviceFactsBefore,
    AuditFacts,
    AuditFactsBefore,
    CaseFacts,
    CaseFactsBefore,
    DisputeFacts,
    DisputeFactsBefore,
    DisputeKind,
    ReviewFacts,
    ReviewFactsBefore,
)
from casetracker.services.projection import days_between, pieces_by_key
from casetracker.statute.advice import AdviceKind, AdviceState
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry
from casetracker.statute.fold import Facts
from casetracker.statute.happenings import Happening as H
from casetracker.statute.knowledge import Known, day_by_day
from casetracker.statute.milestones import advice_due_on, final_plan_due_on
from casetracker.statute.reviews import Audit, Plan, ReviewDue, decision_due_on, reviews_due
from casetracker.statute.stages import OPEN_STAGES
from casetracker.statute.timetable import FIRST_CLOCK

NOT_STATED = "not stated"
"""How something ended, or what was decided, where the history does not say."""
_LONGEST_GIVER, _LONGEST_EXCEPTIONS, _LONGEST_OUTCOME = 200, 200, 40
_TELL_NOTHING = frozenset(
    {
        H.NOTE_ADDED,
        H.CONTACT_RECORDED,
        H.ADVICE_CHASED,
        H.ADVICE_SEEN,
        H.ADVICE_DRAFTED,
        H.ADVICE_DELAYED,
        H.ADVICE_DELAY_ACCEPTED,
        H.MEETING_HELD,
        H.NOTIFICATION_SENT,
        H.WORKER_ASSIGNED,
        H.PERSON_DETAILS_CHANGED,
        H.CASE_DETAILS_CHANGED,
        H.PANEL_CONSIDERED,
        H.FURTHER_INFORMATION_ASKED,
        H.FURTHER_INFORMATION_RECEIVED,
        H.SETTING_CONSULTED,
        H.SETTING_REPLIED,
    }
)
"""What changes no fact that is counted, so that half of a history need not be replayed."""

Values = Mapping[str, Any]
BEFORE: Mapping[Any, Any] = {
    CaseFacts: CaseFactsBefore,
    AdviceFacts: AdviceFactsBefore,
    DisputeFacts: DisputeFactsBefore,
    ReviewFacts: ReviewFactsBefore,
    AuditFacts: AuditFactsBefore,
}
"""Each table of what is known now, with that of what was known before."""
TABLES: tuple[Any, ...] = (*BEFORE, *BEFORE.values())


@dataclass(frozen=True, slots=True)
class Rows:
    """A case's rows of each table of facts, without its number: what is known now, and what was known before."""

    tables: Mapping[Any, tuple[dict[str, Any], ...]]

    def of(self, table: Any) -> tuple[dict[str, Any], ...]:
        """Return the rows of one of `TABLES`."""
        return self.tables[table]


def rows_of(history: Sequence[Entry], *, on: date, reading: Reading = ORDINARY_READING) -> Rows:
    """Return what was known of a case, from each day on which that changed until the next, up to the day `on`."""
    told = [entry for entry in history if tells(entry)]
    days = sorted({day for entry in told for day in (entry.recorded_on, entry.occurred_on) if day <= on})
    states: dict[tuple[Any, str], list[tuple[date, Values | None]]] = {}
    for known in day_by_day(told, days, reading=reading):
        things = _things(known, reading) if known.facts.runs else {}
        for thing in {*states, *things}:
            states.setdefault(thing, []).append((known.on, things.get(thing)))
    found: dict[Any, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for now, key in sorted(states, key=lambda thing: thing[1]):
        _sort_into(found, now, states[now, key], {"key": key} if key else {})
    return Rows({table: tuple(rows) for table, rows in found.items()})


def _things(known: Known, reading: Reading) -> dict[tuple[Any, str], Values]:
    """Return what is known of the case and of each thing in it, by the table it is kept in and its key there."""
    advice = {(AdviceFacts, key): _advice_facts(piece, reading) for key, piece in pieces_by_key(known.facts.advice)}
    disputes = {(DisputeFacts, key): dispute for key, dispute in _disputes(known).items()}
    plans = dict(_of_plans(known.facts.plans, reading))
    return {(CaseFacts, ""): _case_facts(known, reading), **advice, **disputes, **plans}


def tells(entry: Entry | Any) -> bool:
    """Return whether an entry, stored or about to be, can change a fact that is counted."""
    return entry.happening not in _TELL_NOTHING or "disputed" in entry.detail


def _sort_into(
    found: dict[Any, list[dict[str, Any]]], now: Any, states: list[tuple[date, Values | None]], key: Values
) -> None:
    for known_from, known_until, values in _intervals(states):
        row = {**key, "known_from": known_from, **values}
        if known_until is None:
            found[now].append(row)
        else:
            found[BEFORE[now]].append({**row, "known_until": known_until})


def _intervals(states: list[tuple[date, Values | None]]) -> Iterator[tuple[date, date | None, Values]]:
    """Yield each run of days on which the same was known: its first day, the day after its last, and what it was."""
    changes = [state for place, state in enumerate(states) if place == 0 or state[1] != states[place - 1][1]]
    ends: list[date | None] = [*(day for day, _ in changes[1:]), None]
    for (known_from, values), known_until in zip(changes, ends, strict=True):
        if values is not None:
            yield known_from, known_until, values


def _case_facts(known: Known, reading: Reading) -> dict[str, Any]:
    """Return the facts of a case of which so much is known, by column."""
    facts = known.facts
    issued_on = facts.first.get(H.FINAL_PLAN_ISSUED)
    counts = issued_on is not None and facts.final_plan_basis in FIRST_CLOCK and not facts.disputed
    is_open = facts.stage in OPEN_STAGES
    psychology = [piece for piece in facts.advice if piece.kind is AdviceKind.PSYCHOLOGICAL]
    awaited = any(piece.is_outstanding for piece in psychology)
    return {
        "received_on": facts.received_on,
        **_decision(facts),
        **_no_plan(facts),
        "final_plan_on": issued_on,
        "days_to_plan": days_between(facts.received_on, issued_on),
        "counts_for_timeliness": counts,
        "reopened": issued_on is not None and not counts,
        "exceptions_apply": bool(known.exceptions),
        "exceptions": _paragraphs(known),
        "is_open": is_open,
        "clock_started_on": facts.runs[-1].opened.started_on,
        "final_due_on": final_plan_due_on(facts, reading=reading) if is_open else None,
        "psychology_awaited": awaited,
        "psychology_ready": not awaited and any(piece.received_on for piece in psychology),
    }


def _decision(facts: Facts) -> dict[str, Any]:
    agreed, refused = facts.first.get(H.ASSESSMENT_AGREED), facts.first.get(H.ASSESSMENT_REFUSED)
    at_once = agreed is not None and (refused is None or agreed < refused)
    decided_on = agreed if at_once else refused
    return {
        "decided_on": decided_on,
        "decided_to_assess": at_once if decided_on else None,
        "days_to_decision": days_between(facts.received_on, decided_on),
        "assessed_from": agreed,
    }


def _no_plan(facts: Facts) -> dict[str, Any]:
    """A refusal on a re-opened clock has other limits (regs 44 and 45), and is not counted among these."""
    on, first = facts.first.get(H.PLAN_REFUSED), facts.runs[0]
    before_it_was_reopened = on is not None and (first.ended_on is None or on <= first.ended_on)
    on = on if before_it_was_reopened and first.opened.basis in FIRST_CLOCK else None
    return {"no_plan_on": on, "days_to_no_plan": days_between(facts.received_on, on)}


def _paragraphs(known: Known) -> str:
    paragraphs = sorted({claim.ground.paragraph for claim in known.exceptions})
    while len(text := f",{','.join(paragraphs)},") > _LONGEST_EXCEPTIONS:
        paragraphs.pop()
    return text if paragraphs else ""


def _disputes(known: Known) -> dict[str, dict[str, Any]]:
    """Return each mediation and appeal by its key. What decides an appeal ends whatever appeal was open."""
    found: dict[DisputeKind, list[dict[str, Any]]] = {kind: [] for kind in DisputeKind}
    for entry in known.entries:
        if entry.happening not in _DISPUTES or entry.seq in known.refused:
            continue
        kind, begins = _DISPUTES[entry.happening]
        waiting = [dispute for dispute in found[kind] if dispute["is_open"]]
        if begins or (not waiting and entry.happening is H.MEDIATION_HELD):
            new = {"kind": kind, "began_on": entry.occurred_on, "ended_on": None, "outcome": "", "is_open": True}
            found[kind].append(new)
            waiting = [new]
        if not begins:
            ended = {"ended_on": entry.occurred_on, "outcome": _outcome(entry), "is_open": False}
            for dispute in waiting:
                dispute.update(ended)
    return {f"{kind}:{n}": dispute for kind in DisputeKind for n, dispute in enumerate(found[kind], start=1)}


_DISPUTES: Mapping[H, tuple[DisputeKind, bool]] = {
    H.MEDIATION_ASKED: (DisputeKind.MEDIATION, True),
    H.MEDIATION_HELD: (DisputeKind.MEDIATION, False),
    H.APPEAL_REGISTERED: (DisputeKind.APPEAL, True),
    H.APPEAL_DECIDED: (DisputeKind.APPEAL, False),
    H.CONCEDED: (DisputeKind.APPEAL, False),
}
"""Which dispute an entry is about, and whether it begins it."""


def _outcome(ended: Entry) -> str:
    word = "conceded" if ended.happening is H.CONCEDED else ended.detail.get("reason", "")
    return (word or NOT_STATED)[:_LONGEST_OUTCOME]


def _advice_facts(piece: AdviceState, reading: Reading) -> dict[str, Any]:
    return {
        "kind": piece.kind,
        "giver": piece.giver[:_LONGEST_GIVER],
        "asked_on": piece.asked_on,
        "due_on": advice_due_on(piece.runs_from, reading=reading),
        "first_received_on": piece.first_received_on,
        "not_known_on": piece.not_known_on,
        "not_needed_on": piece.not_needed_on,
    }


def _of_plans(plans: Sequence[Plan], reading: Reading) -> Iterator[tuple[tuple[Any, str], Values]]:
    for number, plan in enumerate(plans, start=1):
        for place, due in enumerate(reviews_due(plan, reading=reading), start=1):
            yield (ReviewFacts, f"{number}:{place}"), _review_facts(due, reading)
        for place, audit in enumerate(plan.audits, start=1):
            yield (AuditFacts, f"{number}:{place}"), _audit_facts(audit)


def _review_facts(review: ReviewDue, reading: Reading) -> dict[str, Any]:
    done = review.done
    met_on = done.met_on if done else None
    return {
        "due_on": review.due_on,
        "met_on": met_on,
        "decide_by": decision_due_on(met_on, reading=reading) if met_on else None,
        "finished_on": done.finished_on if done else None,
        "days_to_tell": days_between(met_on, done.finished_on if done else None),
        "outcome": (done.outcome or NOT_STATED) if done else "",
    }


def _audit_facts(audit: Audit) -> dict[str, Any]:
    return {"audited_on": audit.audited_on, "grade": audit.grade, "audited_by": audit.audited_by or ""}


def bring_into_line(case_id: int, rows: Rows) -> None:
    """Make a case's stored facts these, writing only what differs."""
    for table in TABLES:
        columns = [column for column in table.__table__.columns if column.name != "case_id"]
        query = select(*columns).where(table.case_id == case_id)
        there = {key_of(table, row): dict(row) for row in db.session.execute(query).mappings()}
        for row in rows.of(table):
            before = there.pop(key_of(table, row), None)
            if before is None:
                db.session.execute(insert(table).values(case_id=case_id, **row))
            elif before != row:
                db.session.execute(update(table).where(*_is(table, case_id, row)).values(**row))
        for gone in there.values():
            db.session.execute(delete(table).where(*_is(table, case_id, gone)))


def key_of(table: Any, row: Any) -> tuple[Any, ...]:
    """Return what tells a row apart from the others of its case in a table of facts."""
    return tuple(row[column.name] for column in table.__table__.primary_key if column.name != "case_id")


def _is(table: Any, case_id: int, row: Values) -> Iterator[Any]:
    yield table.case_id == case_id
    for column in table.__table__.primary_key:
        if column.name != "case_id":
            yield column == row[column.name]


def store_all(cases: Sequence[tuple[int, Rows]]) -> None:
    """Store the facts of cases that are new, in a statement for each table."""
    for table in TABLES:
        rows = [{"case_id": case_id, **row} for case_id, found in cases for row in found.of(table)]
        if rows:
            db.session.execute(insert(table), rows)


def stored(case_ids: Sequence[int]) -> dict[int, Rows]:
    """Return the facts that are stored of these cases, each table's rows in the order of their keys."""
    found: dict[int, dict[Any, list[dict[str, Any]]]] = {n: {table: [] for table in TABLES} for n in case_ids}
    for table in TABLES:
        query = select(*table.__table__.columns).where(table.case_id.in_(case_ids))
        for row in db.session.execute(query.order_by(*table.__table__.primary_key)).mappings():
            values = dict(row)
            found[values.pop("case_id")][table].append(values)
    return {n: Rows({table: tuple(rows) for table, rows in tables.items()}) for n, tables in found.items()}
