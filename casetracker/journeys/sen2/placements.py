"""What the return asks of one plan and no history keeps: placements, needs, reviews, personal budget."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock, law
from casetracker.extensions import db
from casetracker.forms import add_error, error_links, keep_stored
from casetracker.identifiers import as_key
from casetracker.journeys.sen2.plan_forms import AttendedForm, NamedForm, PlanForm
from casetracker.journeys.sen2.views import bp
from casetracker.models import Case
from casetracker.permissions import requires
from casetracker.queries import cases, directory
from casetracker.roles import Permission
from casetracker.sen2 import placing
from casetracker.sen2.kept import ATTENDED, NAMED, Kept, Placed
from casetracker.services import histories
from casetracker.services.returns import details
from casetracker.transactions import commits

MOST = {NAMED: 4, ATTENDED: 12}
"""How many placements of each part can be entered."""
CONFLICT = "Somebody else has changed this case since you opened it. Look at what they did, and save again"
FORMS = {NAMED: NamedForm, ATTENDED: AttendedForm}


@bp.route("/cases/<int:case_id>", methods=["GET", "POST"])
@requires(Permission.RECORD_PLACEMENTS)
@commits
def placements(case_id: int) -> ResponseReturnValue:
    """Enter what the return asks of a plan."""
    case = cases.one(case_id)
    kept = details.kept_of(case_id)
    form = PlanForm(**_plan_data(kept), version=str(case.version))
    for name in ("primary_need", "secondary_need", "cease_reason", "plan_res", "review_outcome"):
        keep_stored(form[name], getattr(kept, name, ""))
    rows = {part: _row_forms(part, kept) for part in FORMS}
    if request.method == "POST" and _all_right(form, rows, case, kept):
        saved = _saved(case, form, _entered(form, rows, kept, case))
        if saved is not None:
            return saved
    links = [("", str(error)) for error in form.form_errors] + error_links(form)
    links += [link for part in rows.values() for row in part for link in error_links(row)]
    names = directory.names_by_urn({row.urn.data for part in rows.values() for row in part if row.urn.data})
    return render_template(
        "sen2/plan.html", case=case, form=form, named=rows[NAMED], attended=rows[ATTENDED], names=names, links=links
    )


def _plan_data(kept: Kept) -> dict[str, Any]:
    ranked = {need.rank: need.code for need in kept.needs}
    values = {name: getattr(kept, name) for name in details.ENTERED}
    return {**values, "primary_need": ranked.get("1", ""), "secondary_need": ranked.get("2", "")}


def _row_forms(part: str, kept: Kept) -> list[Any]:
    """Return a form for each placement there is, and one that is empty."""
    stored = [placed for placed in kept.placements if placed.part == part]
    sent = as_key(request.form.get(f"{part}_rows", "")) if request.method == "POST" else None
    number = min(sent if sent is not None else len(stored) + 1, MOST[part])
    forms = []
    for n in range(number):
        data = {name: getattr(stored[n], name) for name in Placed.__slots__} if n < len(stored) else {"rank": ""}
        row = FORMS[part](request.form if request.method == "POST" else None, prefix=f"{part}{n}-", data=data)
        keep_stored(row.sen_setting, data.get("sen_setting", ""))
        forms.append(row)
    return forms


def _all_right(form: PlanForm, rows: dict[str, list[Any]], case: Case, kept: Kept) -> bool:
    right = bool(form.validate_on_submit())
    begun = replace(kept, plan_started_on=form.plan_started_on.data)
    for part in rows:
        for row in rows[part]:
            right = bool(row.validate()) and row.is_whole(part, today=clock.today()) and right
        staying = _staying(rows[part])
        placed = [row.placed(part) for row in staying]
        found = [*details.faults_beside(case, begun, placed), *(placing.faults_together(placed) if right else ())]
        for place, fault in found:
            staying[place].say(fault)
        right = right and not found
    for name in ("primary_need", "secondary_need"):
        if form[name].data and form.primary_need.data == form.secondary_need.data:
            add_error(form.secondary_need, "The second need is the same as the first")
            return False
    return right


def _staying(rows: list[Any]) -> list[Any]:
    return [row for row in rows if row.is_filled() and not row.out.data]


def _entered(form: PlanForm, rows: dict[str, list[Any]], kept: Kept, case: Case) -> Kept:
    placed = tuple(row.placed(part) for part in (NAMED, ATTENDED) for row in _staying(rows[part]))
    entered = form.entered(placed)
    # Not asked where the history says when the plan began.
    return replace(entered, plan_started_on=kept.plan_started_on) if case.final_plan_on else entered


def _saved(case: Case, form: PlanForm, entered: Kept) -> ResponseReturnValue | None:
    """Save, and go back to the case; or say why not, of the form as a whole, and return None."""
    try:
        details.enter(
            case_id=case.id,
            entered=entered,
            by=current_user,
            today=clock.today(),
            at=clock.now(),
            seen_version=form.seen_version,
            submission=form.submission_key,
            reading=law.reading(),
        )
    except (details.ReviewOnRecord, histories.NotAllowed) as refused:
        db.session.rollback()
        cases.one(case.id)  # with the child that the page names
        words = str(refused)
        add_error(
            form.review_met_on if "review meeting" in words else form.last_review_on, words[:1].upper() + words[1:]
        )
        return None
    except histories.SavedByAnother:
        db.session.rollback()
        form.version.data = str(cases.one(case.id).version)
        form.form_errors.append(CONFLICT)
        return None
    except histories.AlreadyRecorded:
        db.session.rollback()
    flash("It is saved, and will be in the next return that is built.", "success")
    if any(placed.urn for placed in entered.placements) and not directory.has_register():
        flash(f"{details.NOT_LOOKED_UP}.", "important")
    return redirect(url_for("sen2.placements", case_id=case.id))
