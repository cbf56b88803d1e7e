"""
A measure's figure by group: sex, ethnicity, age, need, setting, area, team, worker; and what is of one measure only.

Groups are of what is known of the child, and who holds the case, now: the figure may be of any day's knowledge.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, and_, extract, func, select
from sqlalchemy import case as when

from casetracker.extensions import db
from casetracker.measures.definition import Count, Measure, Unit
from casetracker.measures.figures import Figure, Tally, figure_of, total
from casetracker.models import Advice, Case, Person, Service, Setting, Team, User
from casetracker.periods import Period
from casetracker.queries.caseload import BANDS
from casetracker.queries.measures.behind import members
from casetracker.queries.measures.figures import at_the_end_of
from casetracker.queries.measures.known import Asked
from casetracker.queries.remembered import until_the_caseload_changes
from casetracker.sen2.codes import ETHNICITIES, SEN_TYPES
from casetracker.statistics import Verdict, verdict
from casetracker.statute.exceptions import GROUNDS

NOT_KNOWN = "Not known"
AGES = ((0, 4), (5, 10), (11, 15), (16, 19), (20, 25))
_SEXES = {"F": "Female", "M": "Male"}
_CODES = {code.code: code.label[:1].upper() + code.label[1:] for code in (*ETHNICITIES, *SEN_TYPES)}
Naming = Callable[[Any], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way of grouping."""

    key: str
    name: str
    column: Callable[[Any], Any]
    """What is grouped by, over the members (`behind.members`) and the tables joined to them."""
    names: Naming
    """The groups that a value belongs to: one, but for what overlaps."""
    overlaps: bool = False
    """Whether one case may be in several groups, so that they add up to more than the whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """One group's figure, and what it shows beside the whole."""

    name: str
    figure: Figure
    verdict: Verdict | None
    """None for a figure that is no share, and where groups overlap."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A figure by group, and the whole."""

    dimension: Dimension
    lines: tuple[Line, ...]
    whole: Figure


def _plain(value: Any) -> Iterable[str]:
    return (str(value) if value else NOT_KNOWN,)


def _coded(value: Any) -> Iterable[str]:
    return (_CODES.get(value, str(value)) if value else NOT_KNOWN,)


def _sex(value: Any) -> Iterable[str]:
    return (_SEXES.get(value, NOT_KNOWN),)


def _age(value: Any) -> Iterable[str]:
    if value is None:
        return (NOT_KNOWN,)
    return (next((f"{low} to {high}" for low, high in AGES if low <= value <= high), "Over 25"),)


def age_at_request() -> Any:
    """Return the age in whole years on the day of the request, from the figures of the two days on either database."""
    birthday_to_come = extract("month", Case.received_on) * 100 + extract("day", Case.received_on) < (
        extract("month", Person.born_on) * 100 + extract("day", Person.born_on)
    )
    years = extract("year", Case.received_on) - extract("year", Person.born_on)
    return years - when((birthday_to_come, 1), else_=0)


def _area(_found: Any) -> Any:
    """The first part of the postcode."""
    if db.engine.dialect.name == "postgresql":
        return func.split_part(Person.postcode, " ", 1)
    return func.substr(Person.postcode, 1, func.instr(Person.postcode, " ") - 1)


def _spelled(value: Any) -> Iterable[str]:
    text = str(value or NOT_KNOWN).replace("_", " ")
    return (text[:1].upper() + text[1:],)


def _decided(value: Any) -> Iterable[str]:
    return _spelled(value or "not finished")


def _paragraphs(value: Any) -> Iterable[str]:
    return (f"Reg {paragraph}" for paragraph in str(value or "").split(",") if paragraph)


def _ended(settled: str) -> Naming:
    """Return how outcomes of disputes are named, given the word for one that settled what a paragraph says."""

    def name(value: Any) -> Iterable[str]:
        if not value:
            return ("Not ended yet",)
        if value == _DECISION_STANDS:
            return ("Dismissed",)
        return (f"{settled} (reg {value})",) if value[:1].isdigit() else _spelled(value)

    return name


_DECISION_STANDS = "44(2)(a)"
_PHASES = {ground.paragraph: ground.phase for ground in GROUNDS}


def _stages(value: Any) -> Iterable[str]:
    found = {_PHASES[paragraph] for paragraph in str(value or "").split(",") if paragraph in _PHASES}
    return (name for phase in sorted(found) for name in _spelled(phase))


EVERYWHERE = (
    Dimension("sex", "Sex", lambda found: Person.sex, _sex),
    Dimension("ethnicity", "Ethnicity", lambda found: Person.ethnicity, _coded),
    Dimension("age", "Age at the request", lambda found: age_at_request(), _age),
    Dimension("need", "Primary need", lambda found: Case.primary_need, _coded),
    Dimension("setting", "Type of setting", lambda found: Setting.type, _plain),
    Dimension("area", "Area (first part of the postcode)", _area, _plain),
    Dimension("team", "Team", lambda found: Team.name, _plain),
    Dimension("worker", "Named worker", lambda found: User.name, _plain),
)
BAND = Dimension("band", "Weeks on the clock", lambda found: found.c.on_day, _plain)
_OF_ADVICE = (
    Dimension("kind", "Kind of advice", lambda found: found.c.what, _spelled),
    Dimension("service", "Service", lambda found: func.coalesce(Service.name, found.c.about), _plain),
)
_OF_EXCEPTIONS = (
    Dimension("paragraph", "Paragraph of the exception", lambda found: found.c.about, _paragraphs, overlaps=True),
    Dimension("stage", "Stage of the exception", lambda found: found.c.about, _stages, overlaps=True),
)
_OF_APPEALS = (Dimension("outcome", "How it ended", lambda found: found.c.about, _ended("Upheld")),)
_OF_MEDIATIONS = (Dimension("outcome", "How it ended", lambda found: found.c.about, _ended("Agreed")),)
_OF_REVIEWS = (Dimension("outcome", "What was decided", lambda found: found.c.about, _decided),)
_OF_AUDITS = (
    Dimension("grade", "Grade", lambda found: found.c.what, _spelled),
    Dimension("auditor", "By whom", lambda found: found.c.about, _spelled),
)
_OF_ONE: Mapping[str, tuple[Dimension, ...]] = {
    "advice_within_6_weeks": _OF_ADVICE,
    "plans_with_an_exception": _OF_EXCEPTIONS,
    "mediations": _OF_MEDIATIONS,
    "appeals": _OF_APPEALS,
    "appeals_that_changed_the_decision": _OF_APPEALS,
    "annual_reviews_in_time": _OF_REVIEWS,
    "review_decisions_within_4_weeks": _OF_REVIEWS,
    "plans_good_or_outstanding": _OF_AUDITS,
    "open_cases": (BAND,),
    "open_over_20_weeks": (BAND,),
    "plans_overdue": (BAND,),
}


def dimensions_of(measure: Measure) -> dict[str, Dimension]:
    """Return the ways in which a measure can be grouped, by key."""
    return {dimension.key: dimension for dimension in (*_OF_ONE.get(measure.key, ()), *EVERYWHERE)}


def dimension_of(asked: Asked, period: Period, key: str) -> Dimension:
    """
    Return a way of grouping, as it names things for this question.

    :raises KeyError: if the measure cannot be grouped so
    """
    dimension = dimensions_of(asked.measure)[key]
    return replace(dimension, names=_bands(at_the_end_of(period, asked))) if dimension is BAND else dimension


@until_the_caseload_changes
def by_group(asked: Asked, period: Period, key: str) -> Breakdown:
    """Return the figure of each group, the largest first, with the whole they are parts of."""
    dimension = dimension_of(asked, period, key)
    tallies, whole = _tallies(asked, period, dimension)
    average = whole.numerator / whole.denominator if whole.denominator else 0.0
    lines = [_line(asked.measure, name, tally, None if dimension.overlaps else average) for name, tally in tallies]
    return Breakdown(dimension, tuple(lines), figure_of(asked.measure, whole))


def _tallies(asked: Asked, period: Period, dimension: Dimension) -> tuple[list[tuple[str, Tally]], Tally]:
    in_days = asked.measure.unit is Unit.DAYS
    groups: dict[str, list[Tally]] = defaultdict(list)
    everything: list[Tally] = []
    for value, days, hits, number in db.session.execute(_grouped(asked, period, dimension, in_days=in_days)):
        tally = Tally(days={int(days): number}) if in_days else Tally(int(hits), number)
        everything.append(tally)
        for name in dimension.names(value):
            groups[name].append(tally)
    whole = total(everything)
    summed = {name: total(parts) for name, parts in groups.items()}
    if dimension.overlaps:  # each is a share of the whole: how many of all the plans it touched
        summed = {name: Tally(tally.numerator, whole.denominator) for name, tally in summed.items()}
    if dimension.key == BAND.key:
        return sorted(summed.items(), key=lambda item: _place_of_band(item[0])), whole
    return sorted(summed.items(), key=lambda item: (-_size(item[1]), item[0])), whole


def _grouped(asked: Asked, period: Period, dimension: Dimension, *, in_days: bool) -> Select[Any]:
    found = members(asked, period).subquery("found")
    value = dimension.column(found)
    days = found.c.days if in_days else found.c.hit * 0
    query: Any = joined(select(value, days, func.sum(found.c.hit), func.count()), found, asked.measure)
    return query.group_by(value, days)  # type: ignore[no-any-return]


def joined(columns: Any, found: Any, measure: Measure) -> Any:
    """Return a question about members, with all the tables joined to them that a dimension may look at."""
    query = columns.select_from(found).join(Case, Case.id == found.c.case_id).join(Person, Person.id == Case.person_id)
    for table, key in ((Setting, Case.setting_id), (Team, Case.team_id), (User, Case.named_worker_id)):
        query = query.outerjoin(table, table.id == key)
    if measure.count is Count.ADVICE:
        piece = and_(Advice.case_id == found.c.case_id, Advice.key == found.c.key)
        query = query.outerjoin(Advice, piece).outerjoin(Service, Service.id == Advice.service_id)
    return query


def _size(tally: Tally) -> int:
    return tally.denominator or sum(tally.days.values())


def _line(measure: Measure, name: str, tally: Tally, average: float | None) -> Line:
    figure = figure_of(measure, tally)
    if measure.unit is not Unit.PERCENT or average is None:
        return Line(name, figure, None)
    return Line(name, figure, verdict(tally.numerator, tally.denominator, average=average))


def _bands(asked: Asked) -> Naming:
    def name(started_on: Any) -> Iterable[str]:
        if started_on is None:
            return (NOT_KNOWN,)
        days = (asked.day - started_on).days
        inside = (band for band, (_, most) in BANDS.items() if most is None or days <= most * 7)
        return (f"{next(inside)} weeks",)

    return name


def _place_of_band(name: str) -> int:
    order = [f"{band} weeks" for band in BANDS]
    return order.index(name) if name in order else len(order)
