"""Advice counted by service and kind, the queues, and the lists behind the numbers."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from casetracker import clock, wording
from casetracker.exports import csv_response, xlsx_response
from casetracker.identifiers import as_key
from casetracker.periods import month_of, twelve_months_to
from casetracker.permissions import requires
from casetracker.queries import advice_timeliness as queries
from casetracker.queries.advice_timeliness import BY_KEY, MEASURES, Line, Wanted
from casetracker.roles import Permission
from casetracker.statistics import interval
from casetracker.statute.advice import AdviceKind

bp = Blueprint("advice_figures", __name__, url_prefix="/advice")


def _wanted(today: date) -> Wanted:
    """Return which advice is asked about: the last twelve months where nothing is said."""
    usual = twelve_months_to(today)
    from_on = _month(request.args.get("from", "")) or usual.starts_on
    until = month_of(_month(request.args.get("until", "")) or usual.ends_on).ends_on
    kind = request.args.get("kind", "")
    service = request.args.get("service", "")
    return Wanted(
        from_on,
        max(from_on, until),
        int(service) if service.isdecimal() and len(service) < 10 else None,
        AdviceKind(kind) if kind in set(AdviceKind) else None,
    )


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _page() -> int:
    return as_key(request.args.get("page", "")) or 1


@bp.get("")
@requires(Permission.SEE_ADVICE_FIGURES)
def index() -> ResponseReturnValue:
    """Show the figures of a run of months."""
    today = clock.today()
    wanted = _wanted(today)
    return render_template(
        "advice_figures/index.html",
        wanted=wanted,
        table=queries.table(wanted, today=today),
        holding=queries.holding_up(),
        measures=MEASURES,
        interval=interval,
        address=_address(wanted),
    )


def _address(wanted: Wanted) -> dict[str, str]:
    return {"from": f"{wanted.from_on:%Y-%m}", "until": f"{wanted.until:%Y-%m}"}


@bp.get("/pieces/<measure>")
@requires(Permission.SEE_CASES)
def pieces(measure: str) -> ResponseReturnValue:
    """List the pieces of advice behind a number."""
    if measure not in BY_KEY:
        abort(404)
    today = clock.today()
    wanted, page = _wanted(today), _page()
    found = queries.pieces(wanted, measure, today=today, page=page)
    return render_template(
        "advice_figures/pieces.html",
        measure=BY_KEY[measure],
        wanted=wanted,
        pieces=found[: queries.PAGE],
        more=len(found) > queries.PAGE,
        total=queries.count(wanted, measure, today=today),
        page=page,
        today=today,
    )


@bp.get("/outstanding")
@requires(Permission.SEE_CASES)
def outstanding() -> ResponseReturnValue:
    """List the advice that is waited for, the oldest first; psychology's where nothing is said."""
    word, service, page = request.args.get("kind", AdviceKind.PSYCHOLOGICAL), request.args.get("service", ""), _page()
    kind = AdviceKind(word) if word in set(AdviceKind) else None
    found = queries.outstanding(
        kind=kind, service_id=int(service) if service.isdecimal() and len(service) < 10 else None, page=page
    )
    return render_template(
        "advice_figures/outstanding.html",
        kind=kind,
        service=service,
        kinds=[(k.value, wording.ADVICE[k]) for k in AdviceKind],
        pieces=found[: queries.PAGE],
        more=len(found) > queries.PAGE,
        page=page,
        today=clock.today(),
    )


@bp.get("/figures.<any(csv, xlsx):kind>")
@requires(Permission.SEE_ADVICE_FIGURES)
def download(kind: str) -> ResponseReturnValue:
    """Hand over the figures as a file."""
    today = clock.today()
    wanted = _wanted(today)
    found = queries.table(wanted, today=today)
    header = (
        "group", "name", *(measure.name for measure in MEASURES), "decided", "share in six weeks %",
        "share without excused %", "median days to receive", "80th centile to receive", "median days to accept",
        "80th centile to accept", "days lost in rework", "beside the average",
    )  # fmt: skip
    rows = [*_rows("service", found.services), *_rows("kind", found.kinds)]
    name = f"advice-{wanted.from_on:%Y-%m}-to-{wanted.until:%Y-%m}.{kind}"
    return csv_response(name, header, rows) if kind == "csv" else xlsx_response(name, "Advice", header, rows)


def _rows(group: str, lines: tuple[Line, ...]) -> Iterator[list[Any]]:
    for line in lines:
        f = line.figures
        yield [
            group, wording.of_advice(line.name) if group == "kind" else line.name,
            *(f.counts[measure.key] for measure in MEASURES), f.decided, f.share, f.share_without_excused,
            f.receiving.median, f.receiving.eightieth, f.accepting.median, f.accepting.eightieth, f.days_lost,
            line.verdict.value,
        ]  # fmt: skip
