"""
A service slows: the forecast follows within weeks.

Nearly half the psychologists of the county leave on a known day and are replaced in steps. What then waits is seen at
once; what is learned of the service moves half of its way within three or four months, as reports that took longer
come to be asked for and to wait.
"""

from datetime import date, timedelta

import numpy as np
import pytest

from casetracker.forecast import fitting, grid, tables
from casetracker.forecast.fitting import Past
from casetracker.forecast.model import score
from tests.simulated import County, simulate
from tests.simulated.styles.drift import recovered_on, slowed_on
from tests.unit.forecast.counties import LOOKED_AT, histories

PSYCHOLOGY = "advice:psychological|educational psychology service"


@pytest.fixture(scope="module")
def county() -> County:
    return simulate("drift", seed=7, cases=800)


@pytest.fixture(scope="module")
def past(county) -> Past:
    return fitting.gather(histories(county), as_at=county.as_at, weeks=LOOKED_AT)


@pytest.fixture(scope="module")
def median(county, past):
    """Return how the median days of a table stood so many weeks after the service slowed."""

    def of(table: str, weeks: int) -> float:
        known = tables.learn(past.spells, as_at=(slowed_on(county.folk) + timedelta(weeks=weeks)).toordinal())
        return float(grid.when(known.whole(known.places[table])[None, :], 0.5)[0])

    return of


def test_the_median_of_the_service_that_slowed_goes_up_within_twelve_weeks_and_by_a_third_within_24(median):
    before = median(PSYCHOLOGY, 0)
    assert median(PSYCHOLOGY, 12) > 1.1 * before
    assert median(PSYCHOLOGY, 24) > 1.3 * before


@pytest.mark.parametrize("table", ["advice:medical", "advice:parental"])
def test_others_stay_as_they_were(median, table):
    assert median(table, 24) == pytest.approx(median(table, 0), rel=0.2)


def test_it_comes_down_again_once_the_service_has_recovered(county, median):
    recovered = (recovered_on(county.folk) - slowed_on(county.folk)).days // 7
    slowest = max(median(PSYCHOLOGY, weeks) for weeks in range(recovered - 12, recovered + 1, 4))
    assert median(PSYCHOLOGY, recovered + 24) < 0.9 * slowest


def test_cases_that_wait_for_it_are_given_more_within_24_weeks(county, past):
    """The same cases, in the same places, scored by what was known on the day it slowed and 24 weeks on."""
    slowed = slowed_on(county.folk)
    waits = past.cases.pieces.table == past.spells.names.index(PSYCHOLOGY)
    waits &= past.cases.pieces.answered == 0
    rows = np.bincount(past.cases.pieces.row[waits], minlength=len(past.cases)) > 0
    rows &= (past.cases.day > (slowed - timedelta(weeks=52)).toordinal()) & (past.cases.final_due > past.cases.day)
    rows &= (past.cases.day <= slowed.toordinal()) & ~past.cases.excused
    cases = past.cases.take(rows)
    rehearsal = fitting.rehearse(_until(past, slowed + timedelta(weeks=24)))

    def mean(on: date) -> float:
        return float(score(fitting.fit(rehearsal, as_at=on.toordinal()), cases).p_final.mean())

    assert len(cases) > 50
    assert mean(slowed + timedelta(weeks=24)) > mean(slowed) + 0.05


def _until(past: Past, last: date) -> Past:
    """Return a past without the looks after a day, which are not needed to know what was learned by it."""
    rows = past.cases.day <= last.toordinal()
    return Past(past.cases.take(rows), past.run[rows], past.spells, past.outcomes, past.outcome_of)
