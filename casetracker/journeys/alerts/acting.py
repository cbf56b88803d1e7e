"""Acting on alerts, one or many at once: what will be done, until when it can wait, who should know."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from casetracker import clock
from casetracker.forms import RecordingForm, add_error
from casetracker.identifiers import as_key
from casetracker.journeys.alerts import presenters
from casetracker.journeys.alerts.forms import AcknowledgeForm, CommentForm, EscalateForm, ReopenForm, SnoozeForm
from casetracker.journeys.alerts.views import bp
from casetracker.models import AlertAction
from casetracker.permissions import may, requires
from casetracker.queries import alert_ledger, cover, panels
from casetracker.queries import alerts as queries
from casetracker.queries.alert_ledger import Line
from casetracker.queries.cases import workers
from casetracker.roles import Permission
from casetracker.services import alerts
from casetracker.services.alerts import Acted
from casetracker.statute.working_days import is_worked
from casetracker.transactions import commits

MOST_AT_ONCE = 500
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
SHOWN = 10
"""How many of the alerts are listed above the form."""
HEADINGS = {
    "acknowledge": "Say what will be done",
    "snooze": "Set aside for a while",
    "escalate": "Escalate",
    "comment": "Comment",
    "reopen": "Take back to those to act on",
}
_DONE = {
    "acknowledge": ("is acknowledged", "are acknowledged"),
    "snooze": ("is set aside", "are set aside"),
    "escalate": ("is escalated", "are escalated"),
    "comment": ("has your comment", "have your comment"),
    "reopen": ("is to be acted on again", "are to be acted on again"),
}


@bp.route("/do/<any(snooze, escalate, reopen):what>", methods=["GET", "POST"])
@requires(Permission.ACT_ON_ALERTS)
@commits
def act(what: str) -> ResponseReturnValue:
    """Do one thing about the alerts ticked, or about all that a filter finds."""
    return _do(what)


@bp.route("/do/<any(acknowledge, comment):what>", methods=["GET", "POST"])
@requires(Permission.SEE_ALERTS)
@commits
def say(what: str) -> ResponseReturnValue:
    """
    Say what will be done about the alerts ticked, or about all that a filter finds; or comment on them.

    Whoever acts on alerts may of any; who holds one, is to act on it, was handed it or covers for them, of that one.
    """
    if not may(Permission.ACT_ON_ALERTS) and not queries.are_all_of(_chosen(), _mine()):
        abort(403)
    return _do(what)


def _do(what: str) -> ResponseReturnValue:
    if unknown := presenters.unknown(request.values):
        flash(f"The queue cannot be filtered by {', '.join(unknown)}: look at what it holds first.", "important")
        return redirect(_back())
    chosen = _chosen()
    if not chosen:
        flash("Tick the alerts in the list first, or every alert found.", "important")
        return redirect(_back())
    if len(chosen) > MOST_AT_ONCE:
        flash(f"No more than {MOST_AT_ONCE} alerts can be acted on at once: filter the list first.", "important")
        return redirect(_back())
    rows = queries.some(chosen)
    if not rows:
        abort(404)
    form = _FORMS[what](rows)
    ids = [row.id for row in rows]
    seen = _seen() if request.method == "POST" else _last_acts(ids)
    since: Sequence[Line] = ()
    valid = form.validate_on_submit()
    odd = _odd(form, rows) if valid else []
    acts = valid and (not odd or form.confirmed.data)
    following = _going_on(ids) if acts else None  # as the list is now: what is acted on may leave it
    if acts and (acted := _acted(what, form, ids, seen)):
        if acted.done or not acted.acted_on:
            return _done(what, acted, rows, following)
        since, seen = alert_ledger.acts_since(seen, acted.acted_on), _last_acts(ids)
    return render_template(
        "alerts/act.html",
        what=what,
        heading=HEADINGS[what],
        rows=rows,
        shown=SHOWN,
        form=form,
        seen=seen,
        since=since,
        odd=odd,
        back=_back(),
        words=presenters.place(request.values),
        present=presenters,
    )


def _odd(form: Any, rows: Sequence[queries.AlertRow]) -> list[str]:
    """Return what is asked about once before alerts are set aside: that they are out of sight on their last day."""
    if not isinstance(form, SnoozeForm) or form.until.data > clock.today() + alerts.LONGEST_SNOOZE:
        return []  # so far off it is refused, and not asked about
    passed = [row.due_on for row in rows if clock.today() <= row.due_on < form.until.data]
    if not passed:
        return []
    first = f"{min(passed):%-d %B %Y}"
    if len(rows) == 1:
        return [f"Its last day is {first}."]
    if len(passed) == 1:
        return [f"The last day of one of them is {first}."]
    return [f"The last day of {len(passed):,} of them comes before that: the first is {first}."]


def _acted(what: str, form: Any, ids: list[int], seen: alerts.Seen) -> Acted | None:
    """Do it, and return what came of it; None where it cannot be, which is then said beside the field."""
    try:
        return _ACTS[what](form, ids, seen)
    except alerts.NotPossible as refusal:
        add_error(_blamed(form), str(refusal))
        return None


def _chosen() -> Sequence[int]:
    """Return the alerts that were ticked, or those that the filter finds where all of them are meant."""
    if request.method == "GET" and request.args.get("every"):
        today = clock.today()
        wanted = presenters.wanted(presenters.asked(request.args), mine=_mine())
        return queries.some_ids(wanted, today=today, most=MOST_AT_ONCE + 1)
    return sorted({key for text in request.values.getlist("alert") if (key := as_key(text)) is not None})


def _mine() -> frozenset[int]:
    """Return whose cases the person answers for today: their own, and those of whom they stand in for."""
    return cover.acting_for(current_user.id, clock.today())


def _seen() -> dict[int, int]:
    """Return the last act on each alert that the person had before them, as the form brings it: alert.act."""
    pairs = (text.partition(".") for text in request.form.getlist("seen"))
    return {int(alert): int(act) for alert, _, act in pairs if _NUMBER.fullmatch(alert) and _NUMBER.fullmatch(act)}


def _last_acts(ids: Sequence[int]) -> dict[int, int]:
    """Return the last act on each alert as they now stand, 0 for one that nobody has acted on."""
    return dict.fromkeys(ids, 0) | alert_ledger.last_acts(ids)


def _going_on(ids: Sequence[int]) -> int | None:
    """Return the alert to go on with in the list that these were chosen from."""
    today, place = clock.today(), presenters.place(request.values)
    number = max(1, as_key(str(place.get("page", ""))) or 1)
    wanted = presenters.wanted(place, mine=_mine())
    return queries.going_on(queries.standing(wanted, today=today, number=number), ids)


def _done(what: str, acted: Acted, rows: Sequence[queries.AlertRow], following: int | None) -> ResponseReturnValue:
    one, many = _DONE[what]
    said = f"1 alert {one}." if acted.done == 1 else f"{acted.done:,} alerts {many}."
    if acted.left_out:
        said += f" {acted.left_out:,} had closed meanwhile: the case moved on."
    if acted.acted_on:
        names = [f"{row.name} ({row.reference})" for row in rows if row.id in acted.acted_on]
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        said += f" Left as they are, since somebody acted on them meanwhile: {', '.join(names[:SHOWN])}{more}."
    flash(said, "success" if acted.done else "important")
    return redirect(_back(following))


def _back(following: int | None = None) -> str:
    """Return the queue as it was filtered, with the alert to go on with."""
    return url_for("alerts.index", **{**presenters.place(request.values), presenters.GOING_ON: following})


def _acknowledge_form(rows: Sequence[queries.AlertRow]) -> AcknowledgeForm:
    first, today = rows[0], clock.today()
    kept = len(rows) == 1 and first.acknowledged_at is not None
    usual = panels.next_panel(today) if first.remedy in presenters.OF_THE_PANEL else None
    form = AcknowledgeForm(
        formdata=request.form if request.method == "POST" else None,
        action_code=(first.action_code if kept and first.action_code else presenters.fitting_action(first)).value,
        action=first.action if kept else "",
        action_by=str(first.action_by_id or "") if kept else _usual_owner(),
        action_due_on=max(
            today, (first.action_due_on if kept else None) or usual or worked_from(today + timedelta(days=7))
        ),
    )
    form.action_by.choices = _people(form.action_by.choices[0])
    return form


def worked_from(day: date) -> date:
    """Return a day if it is a working day, else the next; any weekday where the bank holidays are not known yet."""
    while not is_worked(day):
        day += timedelta(days=1)
    return day


def _usual_owner() -> str:
    """Return who is offered as the one who will do it: a caseworker themselves; a manager says who."""
    return "" if may(Permission.ACT_ON_ALERTS) else str(current_user.id)


def _escalate_form(rows: Sequence[queries.AlertRow]) -> EscalateForm:
    form = EscalateForm(formdata=request.form if request.method == "POST" else None)
    form.to.choices = _people(form.to.choices[0])
    return form


def _people(first: Any) -> list[Any]:
    return [first, *(SelectChoice(str(user.id), user.name) for user in workers())]


def _plain(form: type[RecordingForm]) -> Callable[[Sequence[queries.AlertRow]], RecordingForm]:
    return lambda rows: form(formdata=request.form if request.method == "POST" else None)


_FORMS: Mapping[str, Callable[[Sequence[queries.AlertRow]], Any]] = {
    "acknowledge": _acknowledge_form,
    "snooze": _plain(SnoozeForm),
    "escalate": _escalate_form,
    "comment": _plain(CommentForm),
    "reopen": _plain(ReopenForm),
}


def _who_and_when() -> dict[str, Any]:
    return {"by": current_user, "today": clock.today(), "at": clock.now()}


_ACTS: Mapping[str, Callable[[Any, list[int], alerts.Seen], Acted]] = {
    "acknowledge": lambda form, ids, seen: alerts.acknowledge(
        alert_ids=ids,
        action_code=AlertAction(form.action_code.data),
        words=form.action.data,
        owner_id=int(form.action_by.data),
        due_on=form.action_due_on.data,
        seen=seen,
        **_who_and_when(),
    ),
    "snooze": lambda form, ids, seen: alerts.snooze(
        alert_ids=ids, until=form.until.data, reason=form.reason.data, seen=seen, **_who_and_when()
    ),
    "escalate": lambda form, ids, seen: alerts.escalate(
        alert_ids=ids, to_id=int(form.to.data), why=form.why.data, seen=seen, **_who_and_when()
    ),
    "comment": lambda form, ids, _: alerts.comment(alert_ids=ids, words=form.words.data, **_who_and_when()),
    "reopen": lambda form, ids, seen: alerts.reopen(alert_ids=ids, why=form.why.data, seen=seen, **_who_and_when()),
}


def _blamed(form: Any) -> Any:
    """Return the field that a refusal of the services is about: the day or the person, where there is one."""
    return next(field for field in form if field.name in ("action_due_on", "until", "to", "words", "why"))
