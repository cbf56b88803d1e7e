"""The measures, one measure over time, by group, and the cases behind every number."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casetracker import clock
from casetracker.exports import csv_response
from casetracker.identifiers import as_key
from casetracker.journeys.measures import asking, presenters
from casetracker.journeys.measures.asking import SPANS, Question
from casetracker.measures.definition import Count, Over, Theme, Unit
from casetracker.measures.shipped import MEASURES
from casetracker.measures.suppression import NOTE
from casetracker.periods import Span
from casetracker.permissions import requires
from casetracker.queries.measures import entered, listing, reported
from casetracker.queries.measures.behind import day_beside
from casetracker.queries.measures.breakdowns import by_group, dimensions_of
from casetracker.queries.measures.figures import for_period, judged_beside, latest, over_periods
from casetracker.queries.measures.listing import PAGE, Part, Wanted
from casetracker.queries.measures.whole import is_whole, on_record_from
from casetracker.roles import Permission

bp = Blueprint("measures", __name__, url_prefix="/measures")
PARTS = {Part.NUMERATOR: "in the upper number", Part.DENOMINATOR: "counted", Part.REST: "counted, and not in the upper"}
SERIES = ("Period", "Figure", "Upper number", "Lower number")


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"shown": presenters.shown, "Unit": Unit, "Over": Over, "Part": Part}


@bp.get("")
@requires(Permission.SEE_MEASURES)
def index() -> ResponseReturnValue:
    """Show every measure, by theme, as it is now and was."""
    today = clock.today()
    return render_template(
        "measures/index.html",
        themes={theme: [measure for measure in MEASURES if measure.theme is theme] for theme in Theme},
        latest=latest(today=today, counts_reopened=bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])),
        entered=entered.standing(),
        value_words=presenters.value_words,
        at=clock.now(),
    )


@bp.get("/<key>")
@requires(Permission.SEE_MEASURES)
def show(key: str) -> ResponseReturnValue:
    """Show one measure over time, as known on a day, with what was reported of it."""
    asked = asking.question(key)
    figures = over_periods(asked.asked, asking.periods(asked))
    return render_template(
        "measures/show.html",
        question=asked,
        measure=asked.measure,
        spans=SPANS,
        figures=figures,
        chart=presenters.chart_of(asked.measure, figures),
        dimensions=dimensions_of(asked.measure).values(),
        reported=reported.of_measure(asked.measure, today=asked.today),
        begins=on_record_from(),
        is_whole=is_whole,
        period_name=presenters.period_name,
        interval_words=presenters.interval_words,
    )


@bp.get("/<key>/series.csv")
@requires(Permission.SEE_MEASURES)
def series_csv(key: str) -> ResponseReturnValue:
    """Hand over a measure over time, with small numbers left out."""
    asked = asking.question(key)
    figures = over_periods(asked.asked, asking.periods(asked))
    names = {period: presenters.period_name(period, asked.measure, asked.known_on) for period in figures}
    rows = presenters.publishable(
        asked.measure,
        {names[period]: figure for period, figure in figures.items()},
        {
            one.measure.key: {names[period]: figure for period, figure in over_periods(one, figures).items()}
            for one in judged_beside(asked.asked)
        },
        overlaps=_stand_alone(asked),
        margins=presenters.years_of(figures, names),
    )
    name = f"{key}-by-{asked.span.value}-as-known-on-{asked.known_on.isoformat()}.csv"
    return csv_response(name, SERIES, [*rows, (NOTE,)])


def _stand_alone(asked: Question) -> bool:
    """Return whether figures over time have no sum: what stood on one day stood on the next; rolling years overlap."""
    return asked.measure.over is Over.DAY or asked.span is Span.ROLLING


@bp.get("/<key>/by/<dimension>")
@requires(Permission.SEE_MEASURES)
def breakdown(key: str, dimension: str) -> ResponseReturnValue:
    """Show a measure by group, for one period."""
    asked = asking.question(key)
    period = asking.period(asked, request.args)
    if dimension not in dimensions_of(asked.measure):
        abort(404)
    return render_template(
        "measures/breakdown.html",
        question=asked,
        measure=asked.measure,
        period=period,
        found=by_group(asked.asked, period, dimension),
        begins=on_record_from(),
        is_whole=is_whole,
        dimensions=dimensions_of(asked.measure).values(),
        period_name=presenters.period_name,
        interval_words=presenters.interval_words,
        verdict_words=presenters.verdict_words,
    )


@bp.get("/<key>/by/<dimension>.csv")
@requires(Permission.SEE_MEASURES)
def breakdown_csv(key: str, dimension: str) -> ResponseReturnValue:
    """Hand over a measure by group, with small numbers left out and whatever would give them away."""
    asked = asking.question(key)
    period = asking.period(asked, request.args)
    if dimension not in dimensions_of(asked.measure):
        abort(404)
    found = by_group(asked.asked, period, dimension)
    rows = presenters.publishable(
        asked.measure,
        {line.name: line.figure for line in found.lines},
        {
            one.measure.key: {line.name: line.figure for line in by_group(one, period, dimension).lines}
            for one in judged_beside(asked.asked)
            if dimension in dimensions_of(one.measure)
        },
        overlaps=found.dimension.overlaps,
    )
    name = f"{key}-by-{dimension}-{period.ends_on.isoformat()}.csv"
    return csv_response(name, (found.dimension.name, *SERIES[1:]), [*rows, (NOTE,)])


@bp.get("/<key>/cases")
@requires(Permission.SEE_CASES)
def cases(key: str) -> ResponseReturnValue:
    """Show the cases that a number is made of."""
    asked = asking.question(key)
    wanted = _wanted(asked)
    page = as_key(request.args.get("page", "")) or 1
    rows = listing.cases(wanted, page=page)
    words = asked.words(on=wanted.period.ends_on.isoformat(), part=wanted.part.value, **_group(wanted))
    return render_template(
        "measures/cases.html",
        question=asked,
        measure=asked.measure,
        wanted=wanted,
        part_words=PARTS[wanted.part],
        number=listing.number(wanted),
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        page=page,
        link=lambda n: url_for("measures.cases", page=n, **words),
        csv=url_for("measures.cases_csv", **words),
        period_name=presenters.period_name,
        headings=presenters.headings(asked.measure, day_beside(asked.asked)),
        kinds=asked.measure.count is not Count.CASES,
    )


@bp.get("/<key>/cases.csv")
@requires(Permission.SEE_CASES)
def cases_csv(key: str) -> ResponseReturnValue:
    """Hand over the cases that a number is made of, for those who work on them."""
    asked = asking.question(key)
    wanted = _wanted(asked)
    day, days = presenters.headings(asked.measure, day_beside(asked.asked))
    what = "" if asked.measure.count is Count.CASES else "What"
    header = ("Reference", "Name", what, day, days, "In the upper number")
    kept = [place for place, heading in enumerate(header) if heading]

    def rows() -> Iterator[list[Any]]:
        for row in listing.cases(wanted, page=None):
            cells = (row.reference, row.name, row.what, row.on, row.days, "yes" if row.in_numerator else "no")
            yield [cells[place] for place in kept]

    name = f"{key}-{wanted.part.value}-{wanted.period.ends_on.isoformat()}.csv"
    return csv_response(name, [header[place] for place in kept], rows())


def _wanted(asked: Question) -> Wanted:
    part = request.args.get("part", Part.DENOMINATOR)
    if part not in set(Part):
        abort(404)
    dimension, group = request.args.get("dimension", ""), request.args.get("group", "")[:200]
    if dimension and dimension not in dimensions_of(asked.measure):
        abort(404)
    return Wanted(asked.asked, asking.period(asked, request.args), Part(part), dimension, group)


def _group(wanted: Wanted) -> dict[str, str]:
    return {"dimension": wanted.dimension, "group": wanted.group} if wanted.dimension else {}


@bp.get("/<key>/since")
@requires(Permission.SEE_MEASURES)
def since(key: str) -> ResponseReturnValue:
    """Show what has been learned since a day: the cases that count otherwise now, and what was keyed of them."""
    asked = asking.question(key)
    period = asking.period(asked, request.args)
    then = asked.asked
    now = reported.with_later_knowledge(then)
    return render_template(
        "measures/since.html",
        question=asked,
        measure=asked.measure,
        period=period,
        then=for_period(then, period),
        now=for_period(now, period),
        changed=reported.changed(then, now, period),
        most=reported.MOST_SHOWN,
        period_name=presenters.period_name,
    )
