"""The caseload as a page and as files, its saved views, and handing cases over together."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from casetracker import clock, law, wording
from casetracker.exports import csv_response, xlsx_response
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.identifiers import as_key
from casetracker.journeys.caseload.forms import HandOverForm, SaveViewForm
from casetracker.models import AlertLevel, User
from casetracker.permissions import may, requires
from casetracker.plurals import counted
from casetracker.queries import alerts, caseload, cover
from casetracker.queries.alerts import AlertRow
from casetracker.queries.caseload import CaseloadFilter, CaseRow
from casetracker.queries.cases import workers
from casetracker.roles import Permission, Role
from casetracker.services import cases, views
from casetracker.statute.counting import week_number
from casetracker.statute.stages import Stage
from casetracker.transactions import commits

bp = Blueprint("caseload", __name__, url_prefix="/cases")
MOST_HANDED_OVER = 1_000
MOST_PROMISED = 5
"""Actions listed above the cases; the rest are among the alerts."""
COLUMNS = (
    "Reference", "Name", "Stage", "Week", "Next", "Due", "Whose move", "Alert", "Named worker", "Setting",
)  # fmt: skip


@bp.get("")
@requires(Permission.SEE_CASES)
def index() -> ResponseReturnValue:
    """Show the cases asked for; with nothing asked, a caseworker's own."""
    if not request.args and current_user.role is Role.CASEWORKER:
        return redirect(url_for("caseload.index", worker=current_user.id))
    return _shown(SaveViewForm(formdata=None), _hand_over_form(formdata=None))


def _shown(saving: SaveViewForm, handing: HandOverForm, *, ticked: Collection[int] = ()) -> str:
    """Show the caseload as the address or the form posted from it says, with what is wrong with either form."""
    wanted, today = CaseloadFilter.from_words(request.values), clock.today()
    page = caseload.page(wanted, today=today, number=_page_number())
    words: dict[str, Any] = wanted.words()
    choices = _choices()
    return render_template(
        "caseload/index.html",
        wanted=wanted,
        page=page,
        words=words,
        week=lambda row: _week(row, today),
        link=lambda number: url_for("caseload.index", **words, page=number),
        chips=list(_chips(wanted, choices)),
        choices=choices,
        saved=views.of(current_user),
        saving=saving,
        handing=handing if may(Permission.ASSIGN_CASES) else None,
        ticked=ticked,
        promised=_promised(words, today),
        most_promised=MOST_PROMISED,
    )


def _promised(words: Mapping[str, str], today: date) -> Sequence[AlertRow]:
    """Return what the person, or somebody they stand in for, said they would do: on their own list or the whole one."""
    if not may(Permission.SEE_ALERTS) or words not in ({}, {"worker": str(current_user.id)}):
        return ()
    return alerts.promised(cover.acting_for(current_user.id, today), most=MOST_PROMISED + 1)


def _page_number() -> int:
    return as_key(request.values.get("page", "")) or 1


def _week(row: CaseRow, today: date) -> int:
    if row.clock_started_on is None:
        return 0
    return week_number(row.clock_started_on, min(today, row.ended_on or today), law.reading())


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "worker": [("none", "Nobody"), *((str(user.id), user.name) for user in workers())],
        "team": [(str(team.id), team.name) for team in caseload.teams()],
        "stage": [(stage.value, wording.STAGES[stage]) for stage in Stage if stage is not Stage.NOT_OPEN],
        "band": [*((band, f"{band} weeks") for band in caseload.BANDS), (caseload.UNKNOWN_BAND, "Not known")],
        "due": [("overdue", "Overdue"), ("soon", "Due in 10 working days")],
        "waiting_for": [(kind.value, words) for kind, words in wording.ADVICE.items()],
        "move": [(party.value, words) for party, words in wording.PARTIES.items()],
        "alert": [(level.value, level.value.replace("_", " ").capitalize()) for level in AlertLevel],
    }


LABELS = {
    "worker": "Named worker",
    "team": "Team",
    "stage": "Stage",
    "band": "Weeks on the clock",
    "waiting_for": "Waiting for",
    "due": "What is next is",
    "move": "Whose move",
    "alert": "Alert",
    "setting": "Setting",
    "q": "Search",
    "closed": "Ended cases too",
}


def _chips(wanted: CaseloadFilter, choices: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    """Yield each filter that is on, in words, with the address that takes it off."""
    words = wanted.words()
    for name, value in words.items():
        shown = dict(choices.get(name, [])).get(value, value)
        rest: dict[str, Any] = {k: v for k, v in words.items() if k != name} or {"all": "1"}
        yield f"{LABELS[name]}: {shown}", url_for("caseload.index", **rest)


@bp.get("/caseload.<any(csv, xlsx):kind>")
@requires(Permission.SEE_CASES)
def export(kind: str) -> ResponseReturnValue:
    """Hand over exactly what is shown, on all its pages, as a file."""
    wanted, today = CaseloadFilter.from_words(request.args), clock.today()
    rows = (_cells(row, today) for row in caseload.everything(wanted, today=today))
    name = f"caseload-{today.isoformat()}.{kind}"
    return csv_response(name, COLUMNS, rows) if kind == "csv" else xlsx_response(name, "Caseload", COLUMNS, rows)


def _cells(row: CaseRow, today: date) -> tuple[Any, ...]:
    return (
        row.reference,
        row.name,
        wording.STAGES[row.stage],
        _week(row, today),
        wording.of_duty(row.next_duty, row.next_subject),
        row.next_due_on,
        wording.PARTIES[row.whose_move],
        row.alert.replace("_", " ").capitalize(),
        row.worker,
        row.setting,
    )


@bp.post("/views")
@requires(Permission.SEE_CASES)
@commits
def save_view() -> ResponseReturnValue:
    """Keep the filter that is on under a name."""
    wanted, form = CaseloadFilter.from_words(request.form), SaveViewForm()
    if form.validate():
        try:
            views.save(user=current_user, name=form.name.data, query=urlencode(wanted.words() or {"all": "1"}))
            flash(f"The view “{form.name.data}” is saved.", "success")
            return redirect(_back())
        except views.TooMany:
            add_error(form.name, f"You have {views.MOST} saved views already: remove one first")
    return _shown(form, _hand_over_form(formdata=None))


@bp.post("/views/<int:view_id>/remove")
@requires(Permission.SEE_CASES)
@commits
def remove_view(view_id: int) -> ResponseReturnValue:
    """Forget a saved view."""
    views.remove(user=current_user, view_id=view_id)
    return redirect(url_for("caseload.index", all=1))


@bp.post("/reassign")
@requires(Permission.ASSIGN_CASES)
@commits
def reassign() -> ResponseReturnValue:
    """Hand the ticked cases, or all that are found, to one worker, once it has been confirmed."""
    form, today = _hand_over_form(), clock.today()
    ticked = {key for text in request.form.getlist("case") if (key := as_key(text)) is not None}
    case_ids: Sequence[int] = sorted(ticked)
    if form.every.data:
        found = CaseloadFilter.from_words(request.form)
        case_ids = caseload.some_ids(found, today=today, most=MOST_HANDED_OVER + 1)
    if not _may_hand_over(form, case_ids):
        return _shown(SaveViewForm(formdata=None), form, ticked=ticked)
    worker = db.session.get_one(User, int(form.to.data))
    if not request.form.get("confirmed"):
        words = CaseloadFilter.from_words(request.form).words()
        return render_template("caseload/reassign.html", case_ids=case_ids, worker=worker, back=_back(), words=words)
    handed = cases.assign(
        case_ids=case_ids, worker=worker, by=current_user, today=today, at=clock.now(), reading=law.reading()
    )
    left = len(case_ids) - handed
    flash(
        f"{counted(handed, 'case')} handed to {worker.name}." + (f" {left:,} they held already." if left else ""),
        "success",
    )
    return redirect(_back())


def _hand_over_form(**options: Any) -> HandOverForm:
    form = HandOverForm(**options)
    form.to.choices = [*form.to.choices[:1], *(SelectChoice(str(user.id), user.name) for user in workers())]
    return form


def _may_hand_over(form: HandOverForm, case_ids: Sequence[int]) -> bool:
    """Return whether the form is right, having put beside its fields what is not."""
    form.validate()
    if not case_ids:
        add_error(form.every, "Tick the cases to hand over in the list, or every case found")
    if len(case_ids) > MOST_HANDED_OVER:
        add_error(form.every, f"No more than {MOST_HANDED_OVER:,} can be handed over at once: filter the list first")
    return not form.errors


def _back() -> str:
    """Return the caseload as it was filtered."""
    words: dict[str, Any] = CaseloadFilter.from_words(request.form).words() or {"all": "1"}
    return url_for("caseload.index", **words)
