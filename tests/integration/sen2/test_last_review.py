"""Which review a return tells of: the last that was finished by its census day, and nothing of a later one."""

from datetime import date

from casetracker.queries.returns import Told, with_last_review
from casetracker.sen2.kept import Kept
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening

FINISHED = date(2026, 10, 5)
TOLD = Told(
    (
        Entry(
            1,
            Happening.ANNUAL_REVIEW_FINISHED,
            FINISHED,
            FINISHED,
            {"met_on": "2026-09-14", "outcome": "maintain"},
            None,
        ),
    ),
    of_reviews=True,
)
KEPT = Kept(last_review_on=FINISHED, review_met_on=date(2026, 9, 14), review_outcome="M")


def test_of_a_review_finished_after_the_census_day_not_even_the_meeting_is_told():
    told = with_last_review(KEPT, TOLD, until=date(2026, 1, 15))
    assert (told.last_review_on, told.review_met_on, told.review_outcome) == (None, None, "")


def test_of_one_finished_by_then_all_of_it_is():
    assert with_last_review(KEPT, TOLD, until=date(2027, 1, 21)) == KEPT
