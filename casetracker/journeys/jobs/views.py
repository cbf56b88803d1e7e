"""Each job's last run and those before it; running the sweep now."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casetracker import clock
from casetracker import jobs as running
from casetracker.models import WORST_FIRST
from casetracker.pages import words
from casetracker.permissions import requires
from casetracker.plurals import counted
from casetracker.queries import jobs
from casetracker.roles import Permission

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("")
@requires(Permission.SEE_JOBS)
def index() -> ResponseReturnValue:
    """Show what each job did last, how long it took and how it ended."""
    now = clock.now()
    return render_template("jobs/index.html", last=jobs.last_runs(at=now), runs=jobs.history(at=now), told=_told)


def _told(count: object) -> str:
    """Return one of the things that a job counted, or says of what it did, as words."""
    if isinstance(count, bool):
        return "yes" if count else "no"
    return f"{count:,}" if isinstance(count, int) else words(count)


@bp.post("/sweep")
@requires(Permission.RUN_JOBS)
def sweep() -> ResponseReturnValue:
    """Run the sweep now, for somebody who will not wait for the next hour."""
    counts = running.sweep()
    raised = sum(counts[level] for level in WORST_FIRST)
    flash(f"The sweep is done: {counted(raised, 'alert')} raised and {counts['closed']:,} closed.", "success")
    return redirect(url_for("jobs.index"))
