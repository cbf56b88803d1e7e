"""
The caseload: cases by urgency, filtered, searched, a page at a time, quickly at a million.

Every filter is a comparison of a stored column with a value; week bands become ranges of the day the clock started,
worked out from `today` before the question is asked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, aliased

from casetracker.extensions import db
from casetracker.identifiers import as_key, name_key, normalise_number
from casetracker.models import (
    WORST_FIRST,
    Alert,
    AlertLevel,
    Case,
    MilestoneRow,
    Person,
    PersonName,
    Setting,
    Team,
    User,
    last_day_that_is_soon,
)
from casetracker.statute.advice import AdviceKind
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party
from casetracker.statute.timetable import Duty

PER_PAGE = 50
MOST_COUNTED = 10_000
"""Beyond so many the page says "more than", so that counting stays quick."""
BANDS: Mapping[str, tuple[int, int | None]] = {
    "0-6": (0, 6),
    "6-12": (6, 12),
    "12-16": (12, 16),
    "16-20": (16, 20),
    "20-30": (20, 30),
    "30-52": (30, 52),
    "52+": (52, None),
}
"""Weeks on the clock: over the first number, up to and with the second."""
UNKNOWN_BAND = "unknown"
"""The cases with no day for their clock to run from."""
DUE = ("overdue", "soon")
_LAST_CHARACTER = chr(0x10FFFF)
_DATE = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class CaseloadFilter:
    """What is wanted, as the page's address says it; a word that means nothing is as good as empty."""

    worker: str = ""
    """A user's number, or "none" for cases nobody holds."""
    team: str = ""
    stage: str = ""
    band: str = ""
    setting: str = ""
    waiting_for: str = ""
    due: str = ""
    """What is next is past its day ("overdue"), or will be in 10 working days ("soon")."""
    move: str = ""
    alert: str = ""
    q: str = ""
    closed: str = ""

    @classmethod
    def from_words(cls, words: Mapping[str, str]) -> "CaseloadFilter":
        """Return the filter that an address asks for."""
        found = cls(**{field.name: _plain(words.get(field.name, "")) for field in fields(cls)})
        return replace(
            found,
            worker=found.worker if found.worker == "none" or as_key(found.worker) is not None else "",
            team=found.team if as_key(found.team) is not None else "",
            stage=found.stage if found.stage in set(Stage) else "",
            band=found.band if found.band in {*BANDS, UNKNOWN_BAND} else "",
            due=found.due if found.due in DUE else "",
            waiting_for=found.waiting_for if found.waiting_for in set(AdviceKind) else "",
            move=found.move if found.move in set(Party) else "",
            alert=found.alert if found.alert in set(AlertLevel) else "",
            closed="yes" if found.closed else "",
        )

    def words(self) -> dict[str, str]:
        """Return the filter as the words of an address."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of the caseload."""

    id: int
    reference: str
    name: str
    born_on: date | None
    stage: Stage
    clock_started_on: date | None
    ended_on: date | None
    next_duty: Duty | None
    next_subject: str
    next_due_on: date | None
    whose_move: Party
    alert: str
    worker: str
    setting: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the caseload."""

    rows: Sequence[CaseRow]
    page: int
    total: int
    """How many there are, counted no further than `MOST_COUNTED` + 1."""

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.total, MOST_COUNTED) // PER_PAGE))

    @property
    def has_more(self) -> bool:
        return self.page * PER_PAGE < self.total

    @property
    def total_words(self) -> str:
        return f"more than {MOST_COUNTED:,}" if self.total > MOST_COUNTED else f"{self.total:,}"


def _plain(text: str) -> str:
    """Return what an address carries without what no one can type, or no database keep."""
    return "".join(c for c in text[:100] if c.isprintable()).strip()


def page(wanted: CaseloadFilter, *, today: date, number: int = 1) -> Page:
    """Return one page of the cases wanted, most urgent first."""
    ids = _ids(wanted, today)
    if wanted.q:  # few: looked for once, where counting them first would be looking twice
        found = db.session.scalars(_ordered(ids, wanted).limit(MOST_COUNTED + 1)).all()
        number = _page_there_is(number, len(found))
        return Page(_rows(found[(number - 1) * PER_PAGE : number * PER_PAGE]), number, len(found))
    total = db.session.scalar(select(func.count()).select_from(ids.limit(MOST_COUNTED + 1).subquery())) or 0
    number = _page_there_is(number, total)
    chosen = db.session.scalars(_ordered(ids, wanted).limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    return Page(_rows(chosen), number, total)


def _page_there_is(number: int, total: int) -> int:
    """Return the number of the page that was asked for, or of the nearest there is of so many cases."""
    return min(max(1, number), max(1, -(-total // PER_PAGE)))


def some_ids(wanted: CaseloadFilter, *, today: date, most: int) -> Sequence[int]:
    """Return the ids of the cases wanted, no more than `most` of them."""
    return db.session.scalars(_ids(wanted, today).limit(most)).all()


def everything(wanted: CaseloadFilter, *, today: date) -> Iterator[CaseRow]:
    """Yield every case wanted, in the same order, for a file."""
    chosen = db.session.scalars(_ordered(_ids(wanted, today), wanted)).all()
    for start in range(0, len(chosen), 400):
        yield from _rows(chosen[start : start + 400])


def _ids(wanted: CaseloadFilter, today: date) -> Select[Any]:
    return select(Case.id).where(*_conditions(wanted, today))


def _ordered(ids: Select[Any], wanted: CaseloadFilter) -> Select[Any]:
    """Put cases in order of urgency by the index that has it; what a search finds is few enough to be sorted."""
    if wanted.q:
        return ids.order_by(Case.next_due_on.is_(None), Case.next_due_on, Case.id)
    return ids.order_by(Case.id.desc()) if wanted.closed else ids.order_by(Case.next_due_on, Case.id)


def _conditions(wanted: CaseloadFilter, today: date) -> Iterator[ColumnElement[bool]]:
    if not wanted.closed:
        yield Case.is_open.expression
    if wanted.worker:
        yield Case.named_worker_id.is_(None) if wanted.worker == "none" else Case.named_worker_id == int(wanted.worker)
    if wanted.team:
        yield Case.team_id == int(wanted.team)
    if wanted.band:
        yield in_band(wanted.band, today)
    if wanted.due:
        yield is_due(wanted.due, today)
    yield from _by_standing(wanted)
    yield from _by_what_surrounds_it(wanted)
    if wanted.q:
        yield _matching(wanted.q)


def _by_standing(wanted: CaseloadFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.stage:
        yield Case.stage == Stage(wanted.stage)
    if wanted.move:
        yield Case.whose_move == Party(wanted.move)


def _by_what_surrounds_it(wanted: CaseloadFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.setting:
        like = f"%{_escaped(wanted.setting)}%"
        found = select(Setting.id).where(or_(Setting.urn == wanted.setting, Setting.name.ilike(like, escape="\\")))
        yield Case.setting_id.in_(found)
    if wanted.waiting_for:
        yield exists().where(
            MilestoneRow.case_id == Case.id,
            MilestoneRow.is_open,
            MilestoneRow.duty == Duty.RECEIVE_ADVICE,
            MilestoneRow.subject == wanted.waiting_for,
        )
    if wanted.alert:
        yield exists().where(
            Alert.case_id == Case.id, Alert.closed_on.is_(None), Alert.level == AlertLevel(wanted.alert)
        )


def in_band(band: str, today: date, started_on: Any = Case.clock_started_on) -> ColumnElement[bool]:
    """Return the condition that a clock has been running so many weeks, as a range of the days it can have started."""
    if band == UNKNOWN_BAND:
        return cast(ColumnElement[bool], started_on.is_(None))
    over, up_to = BANDS[band]
    latest = today - timedelta(weeks=over, days=1) if over else None
    earliest = today - timedelta(weeks=up_to) if up_to is not None else None
    conditions: list[ColumnElement[bool]] = [started_on.is_not(None)]
    if latest is not None:
        conditions.append(started_on <= latest)
    if earliest is not None:
        conditions.append(started_on >= earliest)
    return and_(*conditions)


def is_due(due: str, today: date, next_due_on: Any = Case.next_due_on) -> ColumnElement[bool]:
    """Return the condition that what is next on a case is overdue, or due soon."""
    if due == "overdue":
        return cast(ColumnElement[bool], next_due_on < today)
    return cast(ColumnElement[bool], next_due_on.between(today, last_day_that_is_soon(today)))


def _matching(text: str) -> ColumnElement[bool]:
    """Return the condition that a search means: a reference, an identifier, a date of birth, or words of a name."""
    born_on = _as_date(text)
    if born_on is not None:
        return Case.person_id.in_(select(Person.id).where(Person.born_on == born_on))
    number = normalise_number(text)
    people: list[Select[Any]] = [
        select(Person.id).where(column == number) for column in (Person.upn, Person.uln, Person.nhs_number)
    ]
    if words := name_key(text).split():
        people += [_named(words), _named(["".join(words)])]  # "O Brien" is kept as "obrien"
    # One look-up for each way to find a case, each by its own index: a condition of ORs would read every case.
    by_person = select(Case.id).where(Case.person_id.in_(union(*people)))
    return Case.id.in_(union(by_person, select(Case.id).where(_referred_to(text))))


def _referred_to(text: str) -> ColumnElement[bool]:
    whole = Case.reference.in_([text, text.upper()])
    tells_cases_apart = len(text) >= 4 and any(c.isdigit() for c in text)
    return or_(whole, _begins(Case.reference, text.upper())) if tells_cases_apart else whole


def _named(words: Sequence[str]) -> Select[Any]:
    """Return the people with a name for each of these words to begin; the longest is looked up, being the rarest."""
    longest, *others = sorted(words, key=len, reverse=True)
    found = select(PersonName.person_id).where(_begins(PersonName.word, longest))
    for word in others:
        another = aliased(PersonName)
        found = found.where(exists().where(another.person_id == PersonName.person_id, _begins(another.word, word)))
    return found


def _begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a text kept in the order of its code points begins so, as a range of its index."""
    return and_(column >= text, column < text + _LAST_CHARACTER)


def _as_date(text: str) -> date | None:
    for style in ("%d %B %Y", "%d %b %Y"):  # as the pages write it
        with suppress(ValueError):
            return datetime.strptime(" ".join(text.split()), style).date()  # noqa: DTZ007
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    day, month, year, iso_year, iso_month, iso_day = (int(part) if part else 0 for part in found.groups())
    try:
        return datetime(year or iso_year, month or iso_month, day or iso_day).date()  # noqa: DTZ001
    except ValueError:
        return None


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def _rows(ids: Sequence[int]) -> list[CaseRow]:
    if not ids:
        return []
    worst = (
        select(func.min(case({level.value: place for place, level in enumerate(WORST_FIRST)}, value=Alert.level)))
        .where(Alert.case_id == Case.id, Alert.closed_on.is_(None))
        .correlate(Case)
        .scalar_subquery()
    )
    query = (
        select(Case, Person.forename, Person.surname, Person.born_on, User.name, Setting.name, worst)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(User, User.id == Case.named_worker_id)
        .outerjoin(Setting, Setting.id == Case.setting_id)
        .where(Case.id.in_(ids))
    )
    found = {row[0].id: _row(row) for row in db.session.execute(query)}
    return [found[case_id] for case_id in ids if case_id in found]


def _row(row: Any) -> CaseRow:
    found, forename, surname, born_on, worker, setting, worst = row
    return CaseRow(
        id=found.id,
        reference=found.reference,
        name=f"{forename} {surname}".strip(),
        born_on=born_on,
        stage=found.stage,
        clock_started_on=found.clock_started_on,
        ended_on=found.ended_on,
        next_duty=found.next_duty,
        next_subject=found.next_subject,
        next_due_on=found.next_due_on,
        whose_move=found.whose_move,
        alert=WORST_FIRST[worst].value if worst is not None else "",
        worker=worker or "",
        setting=setting or "",
    )


def teams() -> Sequence[Team]:
    """Return the teams, by name."""
    return db.session.scalars(select(Team).order_by(Team.name)).all()
