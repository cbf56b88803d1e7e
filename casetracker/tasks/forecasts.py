"""The ticks of the forecast. None of them is waited for by the sweep: alerts need only the clock."""

from datetime import date

from celery import shared_task

from casetracker import jobs


@shared_task(name="forecasts.fit")
def fit(*, on: str | None = None, **_later: object) -> None:
    """Fit the forecast on what is known."""
    jobs.fit_forecast(on=date.fromisoformat(on) if on else None)


@shared_task(name="forecasts.nightly")
def nightly(**_later: object) -> int:
    """Have every open case scored, a range of ids to a task that any worker may take; return how many there are."""
    ranges = jobs.ranges_to_score()
    for first_id, last_id in ranges:
        score_range.delay(first_id=first_id, last_id=last_id)
    return len(ranges)


@shared_task(name="forecasts.score_range")
def score_range(*, first_id: int, last_id: int, **_later: object) -> None:
    """Score the open cases of a range of ids."""
    jobs.score_forecasts(first_id=first_id, last_id=last_id)


@shared_task(name="forecasts.score_what_moved")
def score_what_moved(**_later: object) -> int:
    """
    Score the cases that have moved since their forecast, so that no page is a day behind, and return how many.

    A night that was missed, as by a tracker that was not running, is made up for first. The first scores there are
    are followed by a sweep at once.
    """
    if jobs.night_was_missed():
        nightly()
    scored = jobs.score_what_moved()
    jobs.sweep_the_first_scores()
    return scored
