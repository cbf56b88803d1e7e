"""How far the data can be trusted, and whether delay falls evenly."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casetracker import clock
from casetracker.exports import csv_response
from casetracker.identifiers import as_key
from casetracker.journeys.measures import asking, presenters
from casetracker.journeys.measures.views import bp
from casetracker.measures.faults import BY_KEY, FAULTS, Mend, score
from casetracker.measures.shipped import BY_KEY as MEASURES
from casetracker.periods import Span, period_of
from casetracker.permissions import may, needed_by, requires
from casetracker.queries import sen2_returns
from casetracker.queries.measures import quality
from casetracker.queries.measures.equity import evenness
from casetracker.queries.measures.figures import by_month
from casetracker.queries.measures.known import Asked
from casetracker.queries.measures.quality import PAGE, Wanted
from casetracker.roles import Permission
from casetracker.way_back import here

A_YEAR = timedelta(days=366)
MOST_NIGHTS = 60
MOST_YEARS = 5
MENDED_AT = {
    Mend.PERSON: "cases.change_person",
    Mend.CASE: "cases.change_details",
    Mend.HISTORY: "cases.show",
    Mend.WORKER: "cases.assign",
    Mend.PLAN: "sen2.placements",
}
EVEN_MEASURES = (
    "plans_within_20_weeks_including_exceptions",
    "plans_within_20_weeks",
    "decisions_within_6_weeks",
    "assessments_agreed",
)


@bp.get("/data-quality")
@requires(Permission.SEE_MEASURES)
def data_quality() -> ResponseReturnValue:
    """Show every fault in the data, by worker and team, and whether it gets better."""
    today = clock.today()
    nights = quality.kept(since=today - A_YEAR)
    every = -(-len(nights) // MOST_NIGHTS) or 1
    scores = [(f"{on:%-d %b %Y}", score(faulty, of)) for on, faulty, of in nights[::-every][::-1]]
    return render_template(
        "measures/quality.html",
        found=quality.counted(today=today),
        built=next(iter(sen2_returns.latest(number=1)), None) if may(Permission.MAKE_RETURN) else None,
        faults=FAULTS,
        nights=nights[-14:],
        chart=presenters.scores_chart(scores),
        score=score,
    )


@bp.get("/data-quality/<fault>")
@requires(Permission.SEE_CASES)
def faulty(fault: str) -> ResponseReturnValue:
    """Show the cases that have a fault, each with the page where it is mended."""
    wanted, today = _wanted(fault), clock.today()
    page = as_key(request.args.get("page", "")) or 1
    rows = quality.cases(wanted, today=today, page=page)
    words, mended_at = _words(wanted), MENDED_AT[BY_KEY[fault].mend]
    needed = needed_by(mended_at)
    may_mend = needed is not None and may(needed)
    return render_template(
        "measures/faulty.html",
        fault=BY_KEY[fault],
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        page=page,
        number=quality.number(wanted, today=today),
        link=lambda n: url_for("measures.faulty", page=n, **words),
        csv=url_for("measures.faulty_csv", **words),
        here=here(),
        mend=lambda case_id: url_for(mended_at, case_id=case_id, back=here()) if may_mend else "",
    )


@bp.get("/data-quality/<fault>.csv")
@requires(Permission.SEE_CASES)
def faulty_csv(fault: str) -> ResponseReturnValue:
    """Hand over the cases that have a fault, for those who mend them."""
    wanted, today = _wanted(fault), clock.today()

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in quality.cases(wanted, today=today, page=None):
            yield row.reference, row.name, row.worker, row.team

    return csv_response(f"{fault}-{today.isoformat()}.csv", ("Reference", "Name", "Named worker", "Team"), rows())


def _wanted(fault: str) -> Wanted:
    if fault not in BY_KEY:
        abort(404)
    return Wanted(fault, as_key(request.args.get("worker", "")), as_key(request.args.get("team", "")))


def _words(wanted: Wanted) -> dict[str, Any]:
    held = {"worker": wanted.worker_id, "team": wanted.team_id}
    return {"fault": wanted.fault, **{name: value for name, value in held.items() if value is not None}}


@bp.get("/equity")
@requires(Permission.SEE_MEASURES)
def equity() -> ResponseReturnValue:
    """Show whether delay falls evenly on children of every group, and what may not be concluded."""
    today = clock.today()
    key = request.args.get("measure", EVEN_MEASURES[0])
    if key not in EVEN_MEASURES:
        abort(404)
    measure = MEASURES[key]
    question = asking.Question(measure, Span.CALENDAR, known_on=today, today=today)
    years = _years(question.asked)
    year = as_key(request.args.get("year", "")) or _usual(years, today)
    if not 1990 <= year <= today.year:
        abort(404)
    period = period_of(today.replace(year=year, month=6, day=1), Span.CALENDAR)
    return render_template(
        "measures/equity.html",
        measure=measure,
        measures=[MEASURES[one] for one in EVEN_MEASURES],
        year=year,
        years=sorted({*years, year}, reverse=True),
        question=question,
        period=period,
        groups=evenness(question.asked, period),
        interval_words=presenters.interval_words,
        verdict_words=presenters.verdict_words,
    )


def _years(asked: Asked) -> set[int]:
    """Return the last years in which anything was counted."""
    months = by_month(asked, date(asked.day.year - MOST_YEARS + 1, 1, 1), asked.day)
    return {month // 100 for month, tally in months.items() if tally.denominator}


def _usual(years: set[int], today: date) -> int:
    """Return the year to show where none is chosen: this one once it has three months, or else the last with any."""
    begun = today.year if today.month > 3 else today.year - 1
    return max((year for year in years if year <= begun), default=begun)
