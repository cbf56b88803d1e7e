"""A figure by group adds up to the figure, every group opens its cases, and what leaves hides small numbers."""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from casetracker.measures.definition import Over, Unit
from casetracker.measures.shipped import BY_KEY, KNOWN_HERE
from casetracker.models import Case, Person
from casetracker.periods import Span, period_of
from casetracker.queries.measures import listing
from casetracker.queries.measures.breakdowns import by_group, dimensions_of
from casetracker.queries.measures.equity import evenness
from casetracker.queries.measures.figures import for_period
from casetracker.queries.measures.known import Asked
from casetracker.queries.measures.listing import Part, Wanted
from casetracker.statistics import Verdict
from casetracker.statute.happenings import Happening as H
from casetracker.statute.repeat import age
from tests import factories, worlds
from tests.conftest import NOW, TODAY

YEAR = period_of(date(2025, 6, 1), Span.CALENDAR)
HEADLINE = Asked(BY_KEY["plans_within_20_weeks"], TODAY, TODAY)


@pytest.fixture
def county(session):
    worlds.begin(demonstration.load, today=TODAY, now=NOW, cases=220, seed=3)


def test_every_breakdown_of_every_measure_adds_up_to_the_figure(county):
    for measure in KNOWN_HERE:
        asked = Asked(measure, TODAY, TODAY)
        whole = for_period(asked, YEAR)
        for key, dimension in dimensions_of(measure).items():
            found = by_group(asked, YEAR, key)
            assert found.whole == whole, (measure.key, key)
            if dimension.overlaps or measure.unit is Unit.DAYS:
                continue
            assert sum(line.figure.numerator for line in found.lines) == whole.numerator
            assert sum(line.figure.denominator or 0 for line in found.lines) == (whole.denominator or 0)


def test_each_group_opens_as_many_cases_as_it_says(county):
    for measure, key in (
        ("plans_within_20_weeks", "ethnicity"),
        ("plans_within_20_weeks", "age"),
        ("plans_within_20_weeks", "area"),
        ("decisions_within_6_weeks", "worker"),
        ("advice_within_6_weeks", "kind"),
        ("advice_within_6_weeks", "service"),
        ("open_cases", "band"),
        ("appeals_that_changed_the_decision", "outcome"),
        ("appeals", "outcome"),
        ("mediations", "outcome"),
    ):
        asked = Asked(BY_KEY[measure], TODAY, TODAY)
        period = period_of(TODAY, Span.CALENDAR) if BY_KEY[measure].over is Over.DAY else YEAR
        lines = by_group(asked, period, key).lines
        assert lines, (measure, key)
        for line in lines:
            wanted = Wanted(asked, period, Part.NUMERATOR, key, line.name)
            assert listing.number(wanted) == line.figure.numerator, (measure, key, line.name)
            assert len(listing.cases(wanted, page=None)) == line.figure.numerator


def test_mediations_and_appeals_are_told_apart_by_how_they_ended(session):
    refused, asked_on = date(2025, 2, 10), date(2025, 3, 3)
    ends = {
        "mediations": [("not_agreed", "Not agreed"), ("44(2)(b)", "Agreed (reg 44(2)(b))"), ("", "Not stated")],
        "appeals": [("dismissed", "Dismissed"), ("44(2)(a)", "Dismissed"), ("44(2)(b)", "Upheld (reg 44(2)(b))")],
    }
    steps = {
        "mediations": (H.MEDIATION_ASKED, H.MEDIATION_HELD),
        "appeals": (H.APPEAL_REGISTERED, H.APPEAL_DECIDED),
    }
    for key, (begins, ended) in steps.items():
        for reason, _ in (*ends[key], (None, "")):
            history = [(H.ASSESSMENT_REFUSED, refused), (begins, asked_on)]
            history += [] if reason is None else [(ended, asked_on + timedelta(days=20), {"reason": reason})]
            factories.case(received_on=date(2025, 1, 6), steps=history, child=factories.person())
        found = by_group(Asked(BY_KEY[key], TODAY, TODAY), YEAR, "outcome").lines
        assert {line.name for line in found} == {*(name for _, name in ends[key]), "Not ended yet"}
        assert sum(line.figure.numerator for line in found) == 4


def test_the_age_is_that_of_the_day_of_the_request(county):
    lines = {line.name: line.figure.denominator for line in by_group(HEADLINE, YEAR, "age").lines}
    rows = db.session.execute(
        select(Person.born_on, Case.received_on)
        .join(Case, Case.person_id == Person.id)
        .where(Case.counts_for_timeliness, Case.exceptions_apply.is_(False))
        .where(Case.final_plan_on.between(YEAR.starts_on, YEAR.ends_on))
    ).all()
    ages = [age(born_on=born_on, on=received_on) for born_on, received_on in rows]
    assert lines == {
        f"{low} to {high}": number
        for low, high in ((0, 4), (5, 10), (11, 15), (16, 19), (20, 25))
        if (number := sum(low <= one <= high for one in ages))
    }


def test_an_exception_stands_under_its_paragraph_and_its_stage(session):
    received = date(2025, 1, 6)
    steps = factories.lifetime(received)
    exception = (factories.Happening.EXCEPTION_RECORDED, date(2025, 4, 7), {"paragraph": "13(3)(c)"})
    factories.case(received_on=received, steps=[*steps[:-1], exception, *steps[-1:]], today=TODAY)
    asked = Asked(BY_KEY["plans_with_an_exception"], TODAY, TODAY)
    for key, name in (("paragraph", "Reg 13(3)(c)"), ("stage", "Final plan")):
        (line,) = by_group(asked, YEAR, key).lines
        assert (line.name, line.figure.numerator, line.figure.denominator) == (name, 1, 1)


def test_a_group_far_from_the_rest_is_said_to_be_and_a_small_one_is_not(county):
    db.session.execute(update(Person).values(sex="M"))
    late = select(Case.person_id).where(Case.counts_for_timeliness, Case.days_to_plan > 140)
    db.session.execute(update(Person).where(Person.id.in_(late)).values(sex="F"))
    db.session.commit()
    groups = {group.key: group for group in evenness(HEADLINE, YEAR)}
    sexes = {line.name: line.verdict for line in groups["sex"].lines}
    assert sexes["Female"] is Verdict.LOWER and sexes["Male"] in (Verdict.HIGHER, Verdict.CHANCE)
    assert {line.name for line in groups["sex"].apart} >= {"Female"}
    small = [line for group in groups.values() for line in group.lines if line.figure.denominator < 10]
    assert small and all(line.verdict is Verdict.TOO_FEW for line in small)
    assert not {"team", "worker"} & set(groups)


class TestFilesThatLeave:
    def rows(self, text: str) -> list[list[str]]:
        return [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row]

    def test_hide_every_number_below_six(self, county, client, user, on_the_day):
        browser = client(user())
        for path in (
            "/measures/plans_within_20_weeks/by/ethnicity.csv?by=calendar&on=2025-12-31",
            "/measures/plans_within_20_weeks/series.csv",
            "/measures/requests/series.csv",
            "/measures/wait_for_a_plan_median/by/need.csv?by=calendar&on=2025-12-31",
            "/measures/open_cases/by/band.csv?on=2026-06-30",
            "/measures/plans_with_an_exception/by/paragraph.csv?by=calendar&on=2025-12-31",
        ):
            rows = self.rows(browser.get(path).text)
            numbers = [cell for row in rows[1:-1] for cell in row[2:] if cell.isdigit()]
            assert rows[-1][0].startswith("c: fewer than 6")
            assert not [number for number in numbers if 0 < int(number) < 6], path

    def test_never_give_the_longest_wait_which_is_one_child_s(self, county, client, user, on_the_day):
        text = client(user()).get("/measures/wait_for_a_plan_longest/by/sex.csv?by=calendar&on=2025-12-31").text
        assert {row[1] for row in self.rows(text)[1:-1]} == {"c"}
