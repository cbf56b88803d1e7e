"""The manager's overview: every number opens the cases behind it."""

from collections import Counter

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from casetracker import clock
from casetracker.periods import Span, period_of
from casetracker.permissions import requires
from casetracker.queries import timeliness, workload
from casetracker.queries.alerts import MOST_COUNTED
from casetracker.queries.caseload import BANDS, UNKNOWN_BAND
from casetracker.roles import Permission
from casetracker.statute.counting import week_number
from casetracker.statute.stages import OPEN_STAGES, Stage

bp = Blueprint("overview", __name__, url_prefix="/overview")
SHADES = 4


@bp.get("")
@requires(Permission.SEE_OVERVIEW)
def index() -> ResponseReturnValue:
    """Show how the caseload stands today."""
    today = clock.today()
    heat = workload.by_stage_and_band(today=today)
    stages = [stage for stage in Stage if stage in OPEN_STAGES and any(at is stage for at, _ in heat)]
    sums = Counter[str]()
    for (stage, band), number in heat.items():
        sums.update({stage: number, band: number})
    most = max(heat.values(), default=1)
    year = period_of(today, Span.CALENDAR)
    bands = [*BANDS, *([UNKNOWN_BAND] if any(band == UNKNOWN_BAND for _, band in heat) else [])]
    loads = workload.by_worker(today=today)
    return render_template(
        "overview/index.html",
        heat=heat,
        sums=sums,
        stages=stages,
        bands=bands,
        shade=lambda number: -(-number * SHADES // most) if number else 0,
        loads=loads,
        oldest=lambda load: week_number(load.oldest_on, today) if load.oldest_on else None,
        alerts=workload.alerts_by_level(),
        open_cases=sum(load.open for load in loads),
        year=year,
        most_counted=MOST_COUNTED,
        figures=timeliness.over_periods([year], counts_reopened=current_app.config["TIMELINESS_COUNTS_REOPENED"])[year],
    )
