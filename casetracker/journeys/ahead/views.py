"""Where timeliness will end, and how right the forecasts of it have been."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from casetracker import clock
from casetracker.journeys.ahead import presenters
from casetracker.periods import Span
from casetracker.permissions import requires
from casetracker.queries import ahead, forecasts
from casetracker.roles import Permission

bp = Blueprint("ahead", __name__, url_prefix="/ahead")
STALE_AFTER = 2
"""A forecast this many days old is said to be old."""


@bp.get("")
@requires(Permission.SEE_FORECASTS)
def index() -> ResponseReturnValue:
    """Show where the month, the quarter and the years will end."""
    today = clock.today()
    gathered, cones = ahead.newest(), ahead.current(today=today)
    scored = ahead.scored(today=today, counts_reopened=counts_reopened())
    year = cones.get(Span.CALENDAR)
    return render_template(
        "ahead/index.html",
        gathered=gathered,
        fitted=forecasts.fit_in_use() is not None,
        is_old=gathered is not None and (today - gathered.day).days >= STALE_AFTER,
        cones=cones,
        strips=presenters.strips(list(cones.values())),
        course=presenters.course_chart(ahead.course(year.period)) if year else None,
        scored=scored,
        weeks_before=ahead.WEEKS_BEFORE,
        inside=sum(one.inside for one in scored),
    )


def counts_reopened() -> bool:
    """Return whether this authority's figure counts plans on a re-opened clock."""
    return bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])
