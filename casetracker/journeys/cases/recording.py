"""Recording what happened to a case, and putting an entry right."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock, law, wording
from casetracker.extensions import db
from casetracker.forms import RecordingForm, add_error, keep_stored
from casetracker.identifiers import as_key
from casetracker.journeys.cases.forms import correction_form, detail_of, entry_form, narrow
from casetracker.journeys.cases.oddities import oddities
from casetracker.journeys.cases.offers import NOT_CORRECTED, NOT_LOGGED_HERE
from casetracker.journeys.cases.refusals import show_refusal
from casetracker.journeys.cases.views import bp, standing_of
from casetracker.models import Case, CaseEvent
from casetracker.permissions import requires
from casetracker.queries import cases as queries
from casetracker.roles import Permission
from casetracker.services import cases, closures, histories
from casetracker.statute.entries import known_by
from casetracker.statute.happenings import Happening
from casetracker.statute.history import can_happen_next
from casetracker.statute.standing import CaseStanding
from casetracker.transactions import commits


@bp.route("/log/<happening>", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def log(case_id: int, happening: str) -> ResponseReturnValue:
    """Record one thing that happened."""
    case, today = queries.one(case_id), clock.today()
    kind = _happening(happening)
    events = queries.events(case_id)
    standing = standing_of(events, today)
    if kind not in can_happen_next(standing) and request.method == "GET":
        flash(f"“{wording.HAPPENINGS[kind]}” cannot happen to a case at the stage this one is at.", "important")
        return redirect(url_for("cases.choose", case_id=case_id))
    form = entry_form(kind)(**_first_values(case, today))
    narrow(form, kind, standing)
    odd: list[str] = []
    if form.validate_on_submit():
        odd = _odd(form, kind, standing, list(events), today, case.setting_id)
        if not odd or form["confirmed"].data:
            saved = _record(case, kind, form, today)
            if saved is not None:
                return saved
    return _entry_page("cases/log.html", case, form, kind, odd=odd, standing=standing)


def _happening(text: str) -> Happening:
    if text not in set(Happening) or Happening(text) in NOT_LOGGED_HERE:
        abort(404)
    return Happening(text)


def _first_values(case: Case, today: date) -> dict[str, Any]:
    values: dict[str, Any] = {"version": str(case.version), "occurred_on": today}
    values |= {name: request.args[name] for name in ("advice_kind", "setting", "reason") if request.args.get(name)}
    if case.setting is not None:
        values.setdefault("setting", case.setting.name)
    return values


def _odd(
    form: RecordingForm,
    kind: Happening,
    standing: CaseStanding,
    events: list[CaseEvent],
    today: date,
    setting_id: int | None,
) -> list[str]:
    known = [(event.happening, event.occurred_on, event.detail) for event in events]
    already = queries.recorded_from(form.submission_key) is not None
    return list(
        oddities(
            kind,
            occurred_on=form["occurred_on"].data,
            standing=standing,
            today=today,
            detail=detail_of(form, kind),
            known=() if already else known,
            closures=closures.shut(setting_id) if kind is Happening.EXCEPTION_RECORDED else (),
        )
    )


def _record(case: Case, kind: Happening, form: RecordingForm, today: date) -> ResponseReturnValue | None:
    return _saved(
        case.id,
        form,
        f"{wording.HAPPENINGS[kind]}: saved.",
        lambda: cases.record(
            case_id=case.id,
            happening=kind,
            occurred_on=form["occurred_on"].data,
            by=current_user,
            today=today,
            at=clock.now(),
            detail=detail_of(form, kind),
            seen_version=form.seen_version,
            submission=form.submission_key,
            reading=law.reading(),
        ),
    )


def _saved(
    case_id: int, form: RecordingForm, words: str, save: Callable[[], object], *, correcting: int = 0
) -> ResponseReturnValue | None:
    """
    Save, and go back to the case; or put why not beside the field it is about and return None.

    A newer version is what the form is saved upon next, once the person has seen what others recorded.
    """
    try:
        save()
    except (histories.NotAllowed, histories.SavedByAnother, cases.NotPossible) as refused:
        db.session.rollback()
        case = queries.one(case_id)
        if isinstance(refused, histories.SavedByAnother):
            form.version.data = str(case.version)
        show_refusal(form, refused, received_on=case.received_on, on_record=_on_record(case_id, but=correcting))
        return None
    except histories.AlreadyRecorded:
        db.session.rollback()
    flash(words, "success")
    return redirect(url_for("cases.show", case_id=case_id))


def _on_record(case_id: int, *, but: int) -> dict[int, str]:
    """Name the entries that stand, by number, leaving out the one being corrected."""
    standing = known_by(histories.entries_of(case_id), clock.today())
    return {
        entry.seq: f"“{wording.HAPPENINGS[entry.happening]}” of {entry.occurred_on:%-d %B %Y}"
        for entry in standing
        if entry.seq != but
    }


def _entry_page(template: str, case: Case, form: RecordingForm, kind: Happening, **more: Any) -> str:
    """Show a form; after a conflict, with what others have recorded since it was opened."""
    case = queries.one(case.id)
    sent = as_key(request.form.get("version", ""))
    since = []
    if sent is not None and sent < case.version:
        since = [line for line in queries.timeline(queries.events(case.id)) if line.seq > sent]
    return render_template(template, case=case, form=form, kind=kind, since=since, **more)


@bp.route("/entries/<int:seq>/correct", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def correct(case_id: int, seq: int) -> ResponseReturnValue:
    """Correct an entry, or take it out, with the reason; both the old and the new stay in the history."""
    case, event, today = queries.one(case_id), queries.event(case_id, seq), clock.today()
    if event.happening in NOT_CORRECTED:
        abort(404)
    if request.method == "GET" and queries.is_corrected(case_id, seq):
        flash("That entry has been corrected already. Correct the one that stands in its place.", "important")
        return redirect(url_for("cases.show", case_id=case_id))
    stored = {name: _as_field(name, value) for name, value in event.detail.items()}
    first = {**stored, "version": str(case.version), "occurred_on": event.occurred_on}
    form = correction_form(event.happening)(**first)
    _keep_stored_choices(form, event)
    if form.validate_on_submit():
        saved = _correct(event, form, today)
        if saved is not None:
            return saved
    return _entry_page("cases/correct.html", case, form, event.happening, event=event)


def _as_field(name: str, value: str) -> Any:
    """Return a stored detail as its field wants it: a date for the ones that are days."""
    if name == "until" or name.endswith("_on"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value


def _keep_stored_choices(form: RecordingForm, event: CaseEvent) -> None:
    for name, value in event.detail.items():
        if name in form and getattr(form[name], "choices", None):
            keep_stored(form[name], value)


def _correct(event: CaseEvent, form: RecordingForm, today: date) -> ResponseReturnValue | None:
    kept = {name: value for name, value in event.detail.items() if name not in form and name != "why_corrected"}
    detail = {**kept, **detail_of(form, event.happening)}
    said = {name: value for name, value in event.detail.items() if name != "why_corrected"}
    if not form["did_not_happen"].data and (form["occurred_on"].data, detail) == (event.occurred_on, said):
        add_error(form["occurred_on"], "Nothing has been changed: change what is wrong, or say that it did not happen")
        return None
    return _saved(
        event.case_id,
        form,
        "The entry has been corrected. What it said before stays in the history.",
        lambda: cases.correct(
            event=event,
            occurred_on=None if form["did_not_happen"].data else form["occurred_on"].data,
            detail=detail,
            reason=form["why"].data,
            by=current_user,
            today=today,
            at=clock.now(),
            seen_version=form.seen_version,
            submission=form.submission_key,
            reading=law.reading(),
        ),
        correcting=_first_of(event),
    )


def _first_of(event: CaseEvent) -> int:
    """Return the number of the entry that this one, or the ones it corrects, stands in place of."""
    corrects = {e.seq: e.corrects for e in queries.events(event.case_id)}
    seq = event.seq
    while (earlier := corrects.get(seq)) is not None:
        seq = earlier
    return seq
