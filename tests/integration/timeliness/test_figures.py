"""The published figure, from the columns of the cases: every bound, everything that is left out, every sum."""

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from casetracker.commands import main
from casetracker.extensions import db
from casetracker.models import Case
from casetracker.periods import Span, period_of, periods_between
from casetracker.queries import timeliness
from casetracker.queries.timeliness import Bucket, Timeliness, percentage
from casetracker.services import tallies
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party
from casetracker.statute.timetable import Basis
from tests import factories

ISSUED = date(2023, 6, 15)
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
_references = count(1)


def plan(days: int | None, *, on: date = ISSUED, exception: bool = False, reopened: bool = False) -> dict[str, object]:
    """Return the row of a case whose plan was issued on a day, so many days after the request."""
    return {
        "reference": f"P-{next(_references)}",
        "stage": Stage.ISSUED,
        "is_open": False,
        "whose_move": Party.NOBODY,
        "episode": 1,
        "clock_basis": Basis.REQUEST,
        "received_on": on - timedelta(days=days) if days is not None else None,
        "final_plan_on": on,
        "final_plan_month": on.year * 100 + on.month,
        "days_to_plan": days,
        "exceptions_apply": exception,
        "counts_for_timeliness": not reopened,
        "reopened": reopened,
    }


def store(*plans: dict[str, object]) -> None:
    """Store such cases, all of one child."""
    child = factories.person()
    db.session.execute(insert(Case), [{"person_id": child.id, **row} for row in plans])
    tallies.mend()


def of_2023(**options: bool) -> Timeliness:
    return timeliness.for_period(*YEAR, **options)


class TestOnePlan:
    @pytest.mark.parametrize(
        ("days", "within", "over_20", "over_52"),
        [(0, 1, 0, 0), (140, 1, 0, 0), (141, 0, 1, 0), (364, 0, 1, 0), (365, 0, 0, 1), (1200, 0, 0, 1)],
    )
    def test_falls_in_one_bucket_by_its_days(self, session, days, within, over_20, over_52):
        store(plan(days))
        found = of_2023()
        assert (found.within_20_weeks, found.over_20_to_52_weeks, found.over_52_weeks) == (within, over_20, over_52)
        assert (found.plans_issued, found.not_known) == (1, 0)

    def test_with_no_day_of_receipt_is_in_the_bottom_and_in_no_bucket(self, session):
        store(plan(None), plan(100))
        found = of_2023()
        assert (found.plans_issued, found.plans_issued_ex) == (2, 2)
        assert (found.within_20_weeks, found.over_20_to_52_weeks, found.over_52_weeks, found.not_known) == (1, 0, 0, 1)
        assert found.percent == Decimal("50.0")

    def test_with_an_exception_leaves_top_and_bottom_of_the_headline_only(self, session):
        store(plan(100, exception=True), plan(200, exception=True), plan(100))
        found = of_2023()
        assert (found.plans_issued, found.within_20_weeks) == (3, 2)
        assert (found.plans_issued_ex, found.within_20_weeks_ex) == (1, 1)
        assert (found.percent, found.percent_ex) == (Decimal("66.7"), Decimal("100.0"))

    def test_on_a_reopened_clock_is_counted_only_where_the_setting_says_so(self, session):
        store(plan(100, reopened=True), plan(200))
        assert of_2023().plans_issued == 1
        assert of_2023(counts_reopened=True).plans_issued == 2

    @pytest.mark.parametrize(
        ("on", "counted"),
        [(date(2022, 12, 31), 0), (date(2023, 1, 1), 1), (date(2023, 12, 31), 1), (date(2024, 1, 1), 0)],
    )
    def test_counts_in_the_year_it_was_issued(self, session, on, counted):
        store(plan(100, on=on))
        assert of_2023().plans_issued == counted

    def test_a_period_need_not_be_whole_months(self, session):
        store(*(plan(100, on=date(2023, 6, day)) for day in (9, 10, 20, 21)))
        assert timeliness.for_period(date(2023, 6, 10), date(2023, 6, 20)).plans_issued == 2


class TestFromHistories:
    """The columns as the projection writes them, from whole histories."""

    def test_a_plan_of_exactly_twenty_weeks_is_in_time(self, session):
        received_on = date(2025, 1, 6)
        factories.case(received_on=received_on, steps=factories.lifetime(received_on, weeks_to_plan=20))
        found = timeliness.for_period(date(2025, 1, 1), date(2025, 12, 31))
        assert (found.plans_issued, found.within_20_weeks) == (1, 1)

    def test_a_case_with_no_plan_is_in_no_figure(self, session):
        factories.case(received_on=date(2025, 1, 6))
        assert timeliness.for_period(date(2025, 1, 1), date(2025, 12, 31)) == Timeliness()

    def test_nothing_issued_has_no_percentage(self, session):
        assert (of_2023().percent, of_2023().percent_ex) == (None, None)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(533, 994, "53.6"), (533, 993, "53.7"), (1, 8, "12.5"), (1, 16, "6.3"), (1, 2000, "0.1"), (3, 2000, "0.2")],
)
def test_percentages_are_rounded_half_away_from_zero(part, whole, expected):
    assert percentage(part, whole) == Decimal(expected)


class TestSums:
    PLANS = st.lists(
        st.builds(
            plan,
            st.one_of(st.none(), st.integers(0, 800)),
            on=st.dates(min_value=date(2022, 1, 1), max_value=date(2024, 12, 31)),
            exception=st.booleans(),
            reopened=st.booleans(),
        ),
        min_size=1,
        max_size=40,
    )

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(plans=PLANS, counts_reopened=st.booleans())
    def test_months_add_up_to_their_year_and_every_number_opens_into_its_cases(self, session, plans, counts_reopened):
        with db.session.begin_nested() as savepoint:
            store(*plans)
            self.hold(plans, counts_reopened)
            savepoint.rollback()

    def hold(self, plans, counts_reopened):
        first, last = date(2022, 1, 1), date(2024, 12, 31)
        whole = timeliness.for_period(first, last, counts_reopened=counts_reopened)
        months = timeliness.by_month(first, last, counts_reopened=counts_reopened)
        assert timeliness.total(months.values()) == whole
        for span in (Span.MONTH, Span.CALENDAR, Span.FINANCIAL, Span.ACADEMIC):
            periods = list(periods_between(first, last, span))
            figures = timeliness.over_periods(periods, counts_reopened=counts_reopened)
            assert timeliness.total(figures.values()) == whole
            assert figures[periods[0]] == timeliness.for_period(
                periods[0].starts_on, periods[0].ends_on, counts_reopened=counts_reopened
            )
        counted = [row for row in plans if counts_reopened or not row["reopened"]]
        assert whole.plans_issued == len(counted)
        assert whole.within_20_weeks_ex == sum(
            row["days_to_plan"] is not None and row["days_to_plan"] <= 140 and not row["exceptions_apply"]
            for row in counted
        )
        buckets = whole.within_20_weeks, whole.over_20_to_52_weeks, whole.over_52_weeks, whole.not_known
        assert sum(buckets) == whole.plans_issued
        for bucket in Bucket:
            behind = timeliness.cases_behind(first, last, bucket, counts_reopened=counts_reopened, per_page=None)
            assert len(behind) == whole.number(bucket)

    def test_pages_of_cases_follow_on_and_those_of_unknown_length_come_last(self, session):
        store(plan(None), *(plan(days) for days in range(150, 161)))
        pages = [timeliness.cases_behind(*YEAR, Bucket.ALL, page=n, per_page=5) for n in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [5, 5, 2, 0]
        listed = [case.days_to_plan for page in pages for case in page]
        assert listed == [*range(160, 149, -1), None]


class TestCommand:
    def test_prints_exactly_the_published_fields(self, app, session):
        store(plan(100), plan(141), plan(500), plan(120, exception=True), plan(100, on=date(2022, 5, 5)))
        db.session.commit()
        answer = app.test_cli_runner().invoke(main.get_command(None, "timeliness"), ["--year", "2023", "--json"])
        assert answer.exit_code == 0, answer.output
        assert json.loads(answer.output) == {
            "year": 2023,
            "plans_issued": 4,
            "plans_issued_ex": 3,
            "within_20_weeks": 2,
            "within_20_weeks_ex": 1,
            "percent": 50.0,
            "percent_ex": 33.3,
            "over_20_to_52_weeks": 1,
            "over_52_weeks": 1,
        }

    def test_of_a_year_with_no_plans_prints_null_for_the_percentages(self, app, session):
        answer = app.test_cli_runner().invoke(main.get_command(None, "timeliness"), ["--year", "2019", "--json"])
        assert json.loads(answer.output)["percent"] is None
        assert json.loads(answer.output)["plans_issued"] == 0

    def test_says_in_words_what_the_figures_are(self, app, session):
        store(plan(100), plan(None))
        db.session.commit()
        answer = app.test_cli_runner().invoke(main.get_command(None, "timeliness"), ["--year", "2023"])
        assert "within 20 weeks, no exception: 1 of 2 = 50.0%" in answer.output
        assert "day of receipt not known: 1" in answer.output


def test_the_rolling_year_is_the_twelve_months_it_names(session):
    store(plan(100, on=date(2025, 6, 30)), plan(100, on=date(2025, 7, 1)), plan(100, on=date(2026, 6, 30)))
    rolling = period_of(date(2026, 6, 1), Span.ROLLING)
    assert timeliness.over_periods([rolling])[rolling].plans_issued == 2
