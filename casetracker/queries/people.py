"""Whether a child is known already: by identifier, or by a name and date of birth that may be misspelt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.identifiers import name_key, sounds_alike
from casetracker.models import Case, Person
from casetracker.statute.repeat import Earlier
from casetracker.statute.stages import Stage

MOST_SHOWN = 8
_CANDIDATES = 2_000
"""The most people of one name or one date of birth that are compared: far more than a county has."""
_IDENTIFIERS = (
    (Person.upn, "the same UPN"),
    (Person.nhs_number, "the same NHS number"),
    (Person.uln, "the same ULN"),
)


@dataclass(frozen=True, slots=True)
class Match:
    """A child who may be the one asked about, and why."""

    person: Person
    why: str
    cases: Sequence[Case]

    def earlier(self) -> list[Earlier]:
        """Return the child's requests as the six-month rule reads them."""
        return [
            Earlier(
                received_on=case.received_on,
                assessed_on=case.final_plan_on or case.plan_refused_on,
                decided_not_to_assess_on=case.refused_to_assess_on,
                is_open=case.is_open,
                has_plan=case.stage is Stage.ISSUED and case.closed_on is None,
            )
            for case in self.cases
        ]


def likely_matches(
    *, forename: str, surname: str, born_on: date | None, upn: str = "", uln: str = "", nhs_number: str = ""
) -> list[Match]:
    """Return the children who may be this one, surest first, each with their requests."""
    found: dict[int, tuple[Person, str]] = {}
    for (column, why), number in zip(_IDENTIFIERS, (upn, nhs_number, uln), strict=True):
        if number:
            for person in db.session.scalars(select(Person).where(column == number).limit(MOST_SHOWN)):
                found.setdefault(person.id, (person, why))
    for person in _by_name(f"{surname} {forename}", born_on):
        found.setdefault(person.id, (person, "a like name and date of birth"))
    chosen = list(found.values())[:MOST_SHOWN]
    cases = _cases([person.id for person, _ in chosen])
    return [Match(person, why, cases.get(person.id, [])) for person, why in chosen]


def _by_name(name: str, born_on: date | None) -> list[Person]:
    """
    Return the people born that day whose name is alike, then those of the very name born about then.

    Two look-ups, each by its own index: the like names of a day are few, and so are the days of one name.
    """
    days = [born_on, _turned_round(born_on)] if born_on else []
    born_then = select(Person).where(Person.born_on.in_([day for day in days if day])).limit(_CANDIDATES)
    of_the_name = select(Person).where(Person.name_key == name_key(name)).limit(_CANDIDATES)
    alike = [p for p in db.session.scalars(born_then) if sounds_alike(name, f"{p.surname} {p.forename}")]
    namesakes = [p for p in db.session.scalars(of_the_name) if _born_about_then(p.born_on, born_on)]
    return sorted(alike, key=lambda person: person.born_on != born_on) + namesakes


def _turned_round(day: date) -> date | None:
    """Return the day with its day and month changed over, as they often are in typing; None where there is none."""
    return day.replace(day=day.month, month=day.day) if day.day <= 12 else None


def _born_about_then(known: date | None, given: date | None) -> bool:
    """Return whether two dates of birth may be one: one not known, or a slip in the day, the month or the year."""
    if known is None or given is None:
        return True
    same = (known.day == given.day, known.month == given.month, known.year == given.year)
    return sum(same) >= 2 or (known.year == given.year and (known.month, known.day) == (given.day, given.month))


def _cases(person_ids: Sequence[int]) -> dict[int, list[Case]]:
    found: dict[int, list[Case]] = {}
    if person_ids:
        query = select(Case).where(Case.person_id.in_(person_ids)).order_by(Case.received_on.desc(), Case.id.desc())
        for case in db.session.scalars(query):
            found.setdefault(case.person_id, []).append(case)
    return found
