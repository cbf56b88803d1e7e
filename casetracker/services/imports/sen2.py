"""From a SEN2 return to incoming cases: its people and rows, and what became of each."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue, Refusal
from casetracker.identifiers import normalise_postcode, problem_with_uln, problem_with_upn
from casetracker.sen2 import files
from casetracker.sen2.book import shipped
from casetracker.sen2.codes import REQUEST_SOURCES, SEN_TYPES, code_in
from casetracker.sen2.kept import Kept, kept_of
from casetracker.sen2.modules import LAST_YEAR, Module
from casetracker.sen2.records import Node, ReturnFile, Tidier
from casetracker.services.imports.incoming import QUERY, REFUSED, IncomingCase, Remark, Source
from casetracker.services.imports.sen2_history import RowRefused, history_of
from casetracker.services.imports.storing import stable_key
from casetracker.services.people import PersonDetails


@contextmanager
def open_return(folder: Path) -> Iterator["ReturnReader"]:
    """
    Open a return: its nine CSV files, or its XML.

    :raises casetracker.csvin.refusals.FileRefused: if it is not there, or cannot be read
    """
    with files.open_return(folder) as opened:
        yield ReturnReader(opened)


class ReturnReader:
    """A return, ready to be read once (services/imports/reading.py says what each method promises)."""

    def __init__(self, files: ReturnFile) -> None:
        self._files = files
        self._lea = files.header["lea"] or "000"
        self._year = _year(files.header["year"])
        self._tidier = Tidier(self._year or LAST_YEAR, shipped())
        self._reference_day = _day_or_none(files.header["referencedate"])
        self._extra: list[Remark] = []
        self._rows_refused: Counter[str] = Counter()
        self.total = files.total

    def cases(self, *, batch_id: int | None, today: date) -> Iterator[IncomingCase]:
        """Yield a case for each request, and what was said of the rows it is made of."""
        for person in self._files.people():
            yield from self._of_person(person, batch_id, today)

    def remarks(self) -> Iterator[Remark]:
        """Yield a remark for each row that never came to a case."""
        yield from map(_remark, self._files.refusals)
        yield from self._extra

    def rows_refused(self) -> Counter[str]:
        """Return how many rows of each file never came to a case."""
        return self._files.rows_refused() + self._rows_refused

    def header(self) -> dict[str, str]:
        """Return the header's cells, tidied."""
        return self._tidier.cells(Module.SEN2, self._files.header.cells)

    def notes(self) -> list[str]:
        """Return what to say of the files as a whole."""
        year = self._files.header["year"]
        about = (
            f"A return of authority {self._lea} for the collection of {year}" if year else "A return with no year in it"
        )
        return [about, *self._files.notes]

    def _of_person(self, person: Node, batch_id: int | None, today: date) -> Iterator[IncomingCase]:
        requests = person.under(Module.REQUESTS)
        if not requests:
            self._extra.append(_remark(person.row.refused("persontableid", "no request hangs from this person")))
            self._rows_refused[person.row.file] += 1
            return
        details, key, remarks = _person(person)
        seen: Counter[str] = Counter()
        whole = Counter({person.row.file: 1})
        for request in requests:
            case = self._of_request(request, details, key, batch_id, today)
            if case is None:
                continue
            seen[case.reference] += 1
            if seen[case.reference] > 1:
                case.reference = f"{case.reference}-{seen[case.reference]}"
            case.remarks = [*remarks, *case.remarks]
            case.rows.update(whole)
            remarks, whole = [], Counter()
            yield case
        if whole:
            self._extra += remarks
            self._rows_refused.update(whole)

    def _of_request(
        self, request: Node, details: PersonDetails, key: str, batch_id: int | None, today: date
    ) -> IncomingCase | None:
        try:
            history = history_of(request, reference_day=self._reference_day or today, today=today, batch_id=batch_id)
        except RowRefused as refused:
            self._extra.append(_remark(refused.refusal))
            self._rows_refused.update(node.row.file for node in request.rows())
            return None
        remarks = [_remark(refusal) for refusal in history.remarks]
        case = IncomingCase(
            reference=f"S{self._lea}-{stable_key(key, history.identity)}",
            person_key=key,
            person=details,
            entries=history.entries,
            source=Source(request.row.file, request.row.line, request.row["requeststableid"]),
            setting_urn=_setting(request),
            primary_need=_need(request, remarks),
            request_source=_code(request, remarks),
            rows=Counter(node.row.file for node in request.rows() if node.row not in history.refused),
            rows_refused=Counter(row.file for row in history.refused),
            kept=self._kept(request, today),
        )
        case.remarks = remarks
        return case

    def _kept(self, request: Node, today: date) -> Kept | None:
        if self._year is None:
            return None
        as_at = self._reference_day or today
        return kept_of(self._tidier.tidy(request), as_at=as_at, year=self._year)


def _year(text: str) -> int | None:
    digits = text.removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 4 else None


def _person(person: Node) -> tuple[PersonDetails, str, list[Remark]]:
    row = person.row
    remarks: list[Remark] = []

    def ask(column: str, rule: str) -> None:
        remarks.append(_remark(row.refused(column, rule, query=True)))

    try:
        born_on = values.day(row["personbirthdate"])
    except BadValue as wrong:
        born_on = None
        ask("personbirthdate", str(wrong))
    upn, uln = row["upn"].upper(), row["uniquelearnernumber"]
    if upn and (problem := problem_with_upn(upn)):
        ask("upn", problem)
    if uln and (problem := problem_with_uln(uln)):
        ask("uniquelearnernumber", problem)
    if not upn and not uln and not row["upnunknown"]:
        ask("upnunknown", "there is neither a UPN nor a ULN, nor a reason for having none")
    sex = row["sex"].upper()[:1]
    details = PersonDetails(
        forename=row["forename"][:200],
        surname=row["surname"][:200],
        born_on=born_on,
        sex=sex if sex in ("M", "F") else "U",
        ethnicity=row["ethnicity"].upper()[:4],
        postcode=normalise_postcode(row["postcode"])[:12],
        upn=upn[:13] or None,
        uln=uln[:10] or None,
        upn_unknown=row["upnunknown"].upper()[:8],
    )
    names = (details.surname.lower(), details.forename.lower(), born_on, details.postcode)
    key = f"UPN {upn}" if upn else f"ULN {uln}" if uln else f"name {stable_key(*names)}"
    return details, key[:60], remarks


def _setting(request: Node) -> str:
    """Return the URN of where the child is placed now, or the setting that the plan names."""
    placements = [n.row for active in request.under(Module.ACTIVE_PLANS) for n in active.under(Module.PLACEMENT)]
    plans = [plan for a in request.under(Module.ASSESSMENT) for plan in a.under(Module.NAMED_PLAN)]
    named = [n.row for plan in plans for n in plan.under(Module.PLAN_DETAIL)]
    current = [row for row in placements if not row["leavingdate"]]
    ranked = sorted([*current, *placements, *named], key=lambda row: row["placementrank"] or "9")
    urn = next((row["urn"] for row in ranked if row["urn"]), "").removesuffix(".0")
    return urn if len(urn) == 6 and urn.isdigit() else ""


def _need(request: Node, remarks: list[Remark]) -> str:
    needs = [n.row for active in request.under(Module.ACTIVE_PLANS) for n in active.under(Module.NEED)]
    for row in sorted(needs, key=lambda row: row["sentyperank"] or "9"):
        try:
            return code_in(row["sentype"], SEN_TYPES)
        except BadValue as wrong:
            remarks.append(_remark(row.refused("sentype", str(wrong), query=True)))
    return ""


def _code(request: Node, remarks: list[Remark]) -> str:
    try:
        return code_in(request.row["requestsource"], REQUEST_SOURCES)
    except BadValue as wrong:
        remarks.append(_remark(request.row.refused("requestsource", str(wrong), query=True)))
        return ""


def _remark(refusal: Refusal) -> Remark:
    severity = QUERY if refusal.is_query else REFUSED
    return Remark(severity, refusal.file, refusal.line, refusal.column, refusal.rule, refusal.value)


def _day_or_none(text: str) -> date | None:
    try:
        return values.day(text)
    except BadValue:
        return None
