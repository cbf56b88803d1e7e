"""From the two history files to incoming cases."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from casetracker.csvin import values
from casetracker.csvin.history import CaseRow, EventRow, HistoryFiles
from casetracker.csvin.refusals import FileRefused
from casetracker.identifiers import normalise_postcode
from casetracker.london import day_of
from casetracker.services.histories import NewEntry
from casetracker.services.imports.incoming import QUERY, REFUSED, IncomingCase, IncomingEntry, Remark, Source
from casetracker.services.people import PersonDetails
from casetracker.statute.advice import AdviceKind
from casetracker.statute.happenings import Happening

NOT_IN_FILES = frozenset(
    {
        Happening.BROUGHT_FORWARD,
        Happening.NOTIFICATION_SENT,
        Happening.NOTE_ADDED,
        Happening.CONTACT_RECORDED,
        Happening.PERSON_DETAILS_CHANGED,
        Happening.ENTRY_WITHDRAWN,
    }
)
_KNOWN = frozenset(happening.value for happening in Happening if happening not in NOT_IN_FILES)
_EXCEPTIONS = frozenset({Happening.EXCEPTION_RECORDED, Happening.EXCEPTION_ENDED})
_REASON = {
    **dict.fromkeys(_EXCEPTIONS, "paragraph"),
    Happening.ANNUAL_REVIEW_FINISHED: "outcome",
    Happening.PLAN_AUDITED: "grade",
}
"""What the reason of an event is, where the history has a word of its own for it."""


@contextmanager
def open_files(folder: Path) -> Iterator["HistoryReader"]:
    """
    Open cases.csv and events.csv.

    :raises FileRefused: if they are not there, or cannot be read
    """
    paths = [folder / "cases.csv", folder / "events.csv"]
    for path in paths:
        if not path.exists():
            raise FileRefused(f"{path.name} is not there")
    files = HistoryFiles(
        paths[0], paths[1], known_events=_KNOWN, advice_kinds=frozenset(kind.value for kind in AdviceKind)
    )
    try:
        yield HistoryReader(files)
    finally:
        files.close()


class HistoryReader:
    """The two files, ready to be read once (services/imports/reading.py says what each method promises)."""

    def __init__(self, files: HistoryFiles) -> None:
        self._files = files
        self.total = files.total

    def cases(self, *, batch_id: int | None, today: date) -> Iterator[IncomingCase]:
        """Yield each case with its events."""
        for case, events in self._files.cases():
            yield _incoming(case, events, batch_id, today)

    def remarks(self) -> Iterator[Remark]:
        """Yield a remark for each row that never came to a case."""
        for refusal in self._files.refusals:
            severity = QUERY if refusal.is_query else REFUSED
            yield Remark(severity, refusal.file, refusal.line, refusal.column, refusal.rule, refusal.value)

    def rows_refused(self) -> Counter[str]:
        """Return how many rows of each file never came to a case."""
        return self._files.rows_refused()

    def header(self) -> dict[str, str]:
        """Return nothing: a history has no header."""
        return {}

    def notes(self) -> list[str]:
        """Return what to say of the files as a whole."""
        return self._files.notes()


def _incoming(case: CaseRow, events: list[EventRow], batch_id: int | None, today: date) -> IncomingCase:
    entries: list[IncomingEntry] = []
    remarks: list[Remark] = []
    for event in events:
        problem = _problem_with(event, case, today)
        if problem:
            value = f"{event.event} {event.occurred_on.isoformat()}"
            remarks.append(Remark(REFUSED, "events.csv", event.line, "occurred_on", problem, value))
        else:
            entries.append(_entry(event, batch_id))
    refused = Counter({"events.csv": len(remarks)})
    if not any(item.entry.happening is Happening.REQUEST_RECEIVED for item in entries):
        entries.insert(0, _receipt(case, batch_id))
    return IncomingCase(
        reference=case["case_reference"][:60],
        person_key=f"REF {case['person_reference']}"[:60],
        person=_person(case),
        entries=entries,
        source=Source("cases.csv", case.line, case["case_reference"]),
        setting_urn=case["setting_urn"][:6],
        primary_need=case["primary_need"].upper()[:6],
        request_source=case["request_source"][:2],
        worker_email=case["named_worker_email"].lower()[:254],
        team=case["team"][:120],
        rows=Counter({"cases.csv": 1}),
        rows_refused=refused,
        remarks=remarks,
    )


def _problem_with(event: EventRow, case: CaseRow, today: date) -> str:
    if event.occurred_on > today:
        return "this day is still to come"
    if case.date_of_birth is not None and event.occurred_on < case.date_of_birth:
        return "this was before the child was born"
    if event.occurred_on < case.received_on:
        return f"this was before the request was received on {case.received_on.isoformat()}"
    if event.event == Happening.REQUEST_RECEIVED and event.occurred_on != case.received_on:
        return f"cases.csv says that the request was received on {case.received_on.isoformat()}"
    if event.recorded_at is not None and day_of(event.recorded_at) < event.occurred_on:
        return "it was recorded before it happened"
    return ""


def _entry(event: EventRow, batch_id: int | None) -> IncomingEntry:
    happening = Happening(event.event)
    recorded_at = event.recorded_at or values.end_of(event.occurred_on)
    detail = _detail(event, happening)
    entry = NewEntry(happening, event.occurred_on, recorded_at, detail, import_batch_id=batch_id)
    return IncomingEntry(entry, Source("events.csv", event.line))


def _detail(event: EventRow, happening: Happening) -> dict[str, str]:
    days = {"until": event.until, "met_on": event.met_on}
    detail = {word: event[word] for word in ("advice_giver", "reason", "note") if event[word]}
    detail |= {word: _as_word(event[word]) for word in ("advice_kind", "audited_by") if event[word]}
    detail |= {word: day.isoformat() for word, day in days.items() if day is not None}
    if happening in _REASON and event["reason"]:
        reason = detail.pop("reason")
        detail[_REASON[happening]] = reason if happening in _EXCEPTIONS else _as_word(reason)
    if happening is Happening.WORKER_ASSIGNED and event["note"]:
        detail["worker"] = detail.pop("note")
    return detail


def _as_word(text: str) -> str:
    """Return a word as the history keeps it, however a file spells it: “Requires improvement”."""
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def _receipt(case: CaseRow, batch_id: int | None) -> IncomingEntry:
    on = case.received_on
    entry = NewEntry(Happening.REQUEST_RECEIVED, on, values.end_of(on), {}, import_batch_id=batch_id)
    return IncomingEntry(entry, Source("cases.csv", case.line, counts=False))


def _person(case: CaseRow) -> PersonDetails:
    sex = case["sex"].upper()
    return PersonDetails(
        forename=case["forename"][:200],
        surname=case["surname"][:200],
        born_on=case.date_of_birth,
        sex=sex if sex in ("M", "F") else "U",
        ethnicity=case["ethnicity"].upper()[:4],
        postcode=normalise_postcode(case["postcode"])[:12],
        upn=case["upn"].upper()[:13] or None,
        uln=case["uln"][:10] or None,
        nhs_number=case["nhs_number"].replace(" ", "")[:10] or None,
    )
