"""Every measure counted: a year worked by hand, sums, bounds, and agreement with the pages that count the same."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from casetracker.measures.definition import Over, Unit
from casetracker.measures.figures import Figure
from casetracker.measures.shipped import BY_KEY, KNOWN_HERE
from casetracker.models import Case
from casetracker.periods import Period, Span, month_of, period_of, periods_between
from casetracker.queries import advice_timeliness, timeliness
from casetracker.queries.measures import listing
from casetracker.queries.measures.figures import first_and_last, for_period, over_periods
from casetracker.queries.measures.known import Asked
from casetracker.queries.measures.listing import Part, Wanted
from casetracker.statute.happenings import Happening as H
from tests import factories, worlds
from tests.conftest import NOW, TODAY

Y2025 = period_of(date(2025, 6, 1), Span.CALENDAR)
A_YEAR_ON = date(2026, 12, 31)


def ask(key: str, *, on: date = TODAY, **more: object) -> Asked:
    return Asked(BY_KEY[key], on, on, **more)


def numbers(key: str, period: Period = Y2025, *, on: date = A_YEAR_ON) -> tuple[int | None, int | None]:
    figure = for_period(Asked(BY_KEY[key], on, max(on, A_YEAR_ON)), period)
    return figure.numerator, figure.denominator


def case(received: date, *steps: tuple, reference: str) -> Case:
    return factories.case(received_on=received, steps=steps, reference=reference, today=A_YEAR_ON)


@pytest.fixture
def year(session) -> None:
    """
    Seven cases of 2025.

    IN: decided on day 42, plan on day 140. LATE: decided on day 43, plan on day 141. EXCUSED: plan on day 200 with an
    exception. YEAR: plan on day 365. NOPLAN: told on day 112 that there will be none. REFUSED: refused on day 30,
    appealed, conceded, plan afterwards. OPEN: still being assessed, EP advice awaited.
    """
    jan = date(2025, 1, 6)

    def day(n: int) -> date:
        return jan + timedelta(days=n)

    agreed = (H.ASSESSMENT_AGREED, day(42))

    def plan(on: int) -> list[tuple]:
        return [(H.PLAN_AGREED, day(on - 40)), (H.DRAFT_PLAN_SENT, day(on - 30)), (H.FINAL_PLAN_ISSUED, day(on))]

    asked = (H.ADVICE_ASKED, day(43), {"advice_kind": "psychological"})
    case(
        jan,
        agreed,
        asked,
        (H.ADVICE_RECEIVED, day(43 + 42), {"advice_kind": "psychological"}),
        *plan(140),
        reference="IN",
    )
    case(
        jan,
        (H.ASSESSMENT_AGREED, day(43)),
        asked,
        (H.ADVICE_RECEIVED, day(43 + 43), {"advice_kind": "psychological"}),
        *plan(141),
        reference="LATE",
    )
    exception = (
        H.EXCEPTION_RECORDED,
        day(60),
        {"paragraph": "13(3)(c)", "from_on": day(60).isoformat(), "until": day(90).isoformat()},
    )
    case(jan, agreed, exception, *plan(200), reference="EXCUSED")
    case(
        date(2024, 6, 3),
        (H.ASSESSMENT_AGREED, date(2024, 7, 1)),
        (H.PLAN_AGREED, date(2025, 2, 3)),
        (H.DRAFT_PLAN_SENT, date(2025, 3, 3)),
        (H.FINAL_PLAN_ISSUED, date(2025, 6, 3)),
        reference="YEAR",
    )
    case(jan, agreed, (H.PLAN_REFUSED, day(112)), reference="NOPLAN")
    case(
        jan,
        (H.ASSESSMENT_REFUSED, day(30)),
        (H.MEDIATION_ASKED, day(40)),
        (H.APPEAL_REGISTERED, day(60)),
        (H.CONCEDED, day(90)),
        (H.ASSESSMENT_AGREED, day(91)),
        *plan(170),
        reference="REFUSED",
    )
    case(jan, agreed, asked, reference="OPEN")
    db.session.commit()


class TestAYearWorkedByHand:
    @pytest.mark.parametrize(
        ("key", "upper", "lower"),
        [
            ("plans_within_20_weeks", 1, 3),  # IN of IN, LATE, YEAR; EXCUSED left out, REFUSED on another clock
            ("plans_within_20_weeks_including_exceptions", 1, 4),
            ("plans_20_to_52_weeks", 2, 4),  # LATE and EXCUSED
            ("plans_over_52_weeks", 1, 4),
            ("plans_with_an_exception", 1, 4),
            ("assessments_agreed", 5, 6),  # REFUSED counts by its refusal; YEAR was decided in 2024
            ("decisions_within_6_weeks", 5, 6),  # all but LATE
            ("no_plan_within_16_weeks", 1, 1),
            ("advice_within_6_weeks", 1, 3),  # IN on its last day; LATE a day after; OPEN overdue
            ("appeals_that_changed_the_decision", 1, 1),
            ("requests", 6, None),
            ("assessments", 6, None),
            ("plans", 5, None),
            ("mediations", 1, None),
            ("appeals", 1, None),
        ],
    )
    def test_each_measure_of_a_period(self, year, key, upper, lower):
        assert numbers(key) == (upper, lower)

    def test_the_waits_of_those_with_a_plan(self, year):
        waits = sorted((140, 141, 200, 365))
        found = {
            word: for_period(ask(f"wait_for_a_plan_{word}", on=A_YEAR_ON), Y2025)
            for word in ("mean", "median", "longest")
        }
        assert found["mean"] == Figure(sum(waits), 4, Decimal("211.5"))
        assert found["median"] == Figure(None, 4, Decimal("170.5"))
        assert found["longest"] == Figure(None, 4, Decimal(365))

    def test_how_things_stood_on_three_days(self, year):
        day = date(2025, 3, 10)  # day 63: all but REFUSED are open, and the appeal is not ended
        assert numbers("open_cases", month_of(day), on=day) == (6, None)
        assert numbers("active_appeals", month_of(day), on=day) == (1, None)
        assert numbers("open_over_20_weeks", month_of(day), on=day) == (1, 6)  # YEAR
        later = date(2025, 6, 30)  # day 175: OPEN alone is open and over; EXCUSED is open and over
        assert numbers("open_cases", month_of(later), on=later) == (2, None)
        assert numbers("plans_overdue", month_of(later), on=later) == (2, 2)
        assert numbers("overdue_awaiting_psychology", month_of(later), on=later) == (1, 2)
        assert numbers("overdue_with_psychology_ready", month_of(later), on=later) == (0, 2)
        assert for_period(Asked(BY_KEY["open_wait_longest"], later, A_YEAR_ON), month_of(later)).value == 175
        assert numbers("open_wait_mean", month_of(later), on=later) == (350, 2)

    def test_the_setting_that_counts_reopened_clocks_counts_one_more(self, year):
        figure = for_period(ask("plans_within_20_weeks", on=A_YEAR_ON, counts_reopened=True), Y2025)
        assert (figure.numerator, figure.denominator) == (1, 4)

    @pytest.mark.parametrize("measure", KNOWN_HERE, ids=lambda measure: measure.key)
    def test_every_number_opens_as_many_as_it_says(self, year, measure):
        asked = ask(measure.key, on=A_YEAR_ON)
        figure = for_period(asked, Y2025)
        listed = listing.cases(Wanted(asked, Y2025, Part.DENOMINATOR), page=None)
        assert len(listed) == listing.number(Wanted(asked, Y2025, Part.DENOMINATOR))
        if measure.unit is Unit.PERCENT:
            assert len(listed) == figure.denominator
            assert listing.number(Wanted(asked, Y2025, Part.NUMERATOR)) == figure.numerator
            assert listing.number(Wanted(asked, Y2025, Part.REST)) == figure.denominator - figure.numerator
        elif measure.unit is Unit.NUMBER:
            assert len(listed) == figure.numerator
        else:
            days = sorted(one.days for one in listed)
            assert (figure.denominator, max(days, default=None)) == (len(days), max(days, default=None))


class TestSums:
    @pytest.fixture
    def county(self, session):
        worlds.begin(demonstration.load, today=TODAY, now=NOW, cases=250, seed=7)

    def test_the_months_add_up_to_every_kind_of_year(self, county):
        for measure in KNOWN_HERE:
            asked = ask(measure.key)
            if measure.over is not Over.PERIOD or measure.unit is Unit.DAYS:
                continue
            first, last = first_and_last(asked) or (TODAY, TODAY)
            for span in (Span.CALENDAR, Span.ACADEMIC, Span.FINANCIAL):
                for year, figure in over_periods(asked, periods_between(first, last, span)).items():
                    months = over_periods(asked, periods_between(year.starts_on, year.ends_on, Span.MONTH)).values()
                    assert sum(month.numerator for month in months) == figure.numerator
                    assert sum(month.denominator or 0 for month in months) == (figure.denominator or 0)

    def test_leaving_out_exceptions_never_counts_more(self, county):
        periods = list(periods_between(TODAY - timedelta(days=900), TODAY, Span.MONTH))
        without = over_periods(ask("plans_within_20_weeks"), periods)
        with_them = over_periods(ask("plans_within_20_weeks_including_exceptions"), periods)
        exceptions = over_periods(ask("plans_with_an_exception"), periods)
        assert any(figure.denominator for figure in without.values())
        for period in periods:
            assert without[period].denominator <= with_them[period].denominator
            assert without[period].numerator <= with_them[period].numerator
            assert with_them[period].denominator - without[period].denominator == exceptions[period].numerator

    def test_is_what_the_timeliness_page_says(self, county):
        for span in Span:
            periods = list(periods_between(date(2023, 1, 1), TODAY, span))
            page = timeliness.over_periods(periods)
            without = over_periods(ask("plans_within_20_weeks"), periods)
            including = over_periods(ask("plans_within_20_weeks_including_exceptions"), periods)
            for period in periods:
                figures = page[period]
                assert without[period] == Figure(
                    figures.within_20_weeks_ex, figures.plans_issued_ex, figures.percent_ex
                )
                assert including[period] == Figure(figures.within_20_weeks, figures.plans_issued, figures.percent)

    def test_is_what_the_advice_page_says(self, county):
        months = list(periods_between(date(2025, 7, 1), TODAY, Span.MONTH))
        for month, figure in over_periods(ask("advice_within_6_weeks"), months).items():
            wanted = advice_timeliness.Wanted(month.starts_on, month.ends_on)
            page = advice_timeliness.table(wanted, today=TODAY).all
            assert (figure.numerator, figure.denominator) == (page.counts["in_time"], page.decided)

    def test_the_open_cases_are_those_of_the_case_rows(self, county):
        found = for_period(ask("open_cases"), month_of(TODAY)).numerator
        assert found == len(db.session.scalars(select(Case.id).where(Case.is_open)).all()) > 0
        overdue = select(Case.id).where(Case.is_open, Case.final_due_on < TODAY)
        assert for_period(ask("plans_overdue"), month_of(TODAY)).numerator == len(db.session.scalars(overdue).all())

    def test_a_page_of_any_length_asks_one_question_of_the_facts(self, county, queries_of):
        periods = list(periods_between(date(2023, 1, 1), TODAY, Span.MONTH))
        for key in ("plans_within_20_weeks", "decisions_within_6_weeks", "wait_for_a_plan_median"):
            with queries_of() as asked:
                over_periods(ask(key), periods)
            assert sum("case_facts" in statement for statement in asked) == 1
