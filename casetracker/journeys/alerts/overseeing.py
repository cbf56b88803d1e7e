"""What managers see and set beside the queue: excused limits, how right warnings were, how alerts are raised."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from casetracker import clock
from casetracker.forms import RecordingForm, add_error
from casetracker.identifiers import as_key
from casetracker.journeys.alerts import presenters
from casetracker.journeys.alerts.settings_forms import CoverForm, RuleForm, ThresholdForm
from casetracker.journeys.alerts.views import bp
from casetracker.models import AlertLevel, EscalatesTo, EscalationRule
from casetracker.permissions import requires
from casetracker.queries import alerting, cover, excused, warnings_given
from casetracker.queries import alerts as queries
from casetracker.queries.caseload import teams
from casetracker.queries.cases import workers
from casetracker.queries.warnings_given import Judged
from casetracker.roles import Permission
from casetracker.services import cover as covering
from casetracker.services import escalation, thresholds
from casetracker.services.escalation import Due
from casetracker.transactions import commits


@bp.get("/excused")
@requires(Permission.SEE_ALERTS)
def excused_limits() -> ResponseReturnValue:
    """Show the limits past their day that an exception excuses: no breach, and not out of sight."""
    number = max(1, as_key(request.args.get("page", "")) or 1)
    team_id = as_key(request.args.get("team", ""))
    rows, total = excused.past_their_day(today=clock.today(), team_id=team_id, number=number)
    pages = -(-min(total, excused.MOST_COUNTED) // excused.PER_PAGE)
    if total and number > pages:  # a page past the end: the last in its place
        return redirect(url_for("alerts.excused_limits", page=pages, team=team_id))
    return render_template(
        "alerts/excused.html",
        rows=rows,
        total=min(total, excused.MOST_COUNTED),
        there_are_more=total > excused.MOST_COUNTED,
        number=number,
        pages=pages,
        team_id=team_id,
        teams=teams(),
        link=lambda number: url_for("alerts.excused_limits", page=number, team=team_id),
    )


@bp.get("/were-we-right")
@requires(Permission.SEE_ALERTS)
def were_we_right() -> ResponseReturnValue:
    """Show, week by week, how many warnings came true and how many breaches had been warned of."""
    weeks = warnings_given.were_we_right(today=clock.today())
    return render_template("alerts/were_we_right.html", weeks=weeks, present=presenters)


@bp.get("/were-we-right/limits")
@requires(Permission.SEE_ALERTS)
def limits_judged() -> ResponseReturnValue:
    """Show the limits behind one number of a week."""
    try:
        what, week = Judged(request.args.get("what", "")), date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        abort(404)
    number = max(1, as_key(request.args.get("page", "")) or 1)
    rows, total = warnings_given.behind(what, week_of=week, today=clock.today(), number=number)
    if total and not rows:  # a page past the end: the last in its place
        last = -(-total // warnings_given.PER_PAGE)
        return redirect(url_for("alerts.limits_judged", what=what.value, week=week.isoformat(), page=last))
    return render_template(
        "alerts/limits_judged.html",
        what=what,
        week=week,
        rows=rows,
        total=total,
        number=number,
        pages=-(-total // warnings_given.PER_PAGE),
        link=lambda number: url_for("alerts.limits_judged", what=what.value, week=week.isoformat(), page=number),
        present=presenters,
    )


@bp.get("/settings")
@requires(Permission.SEE_ALERTS)
def settings() -> ResponseReturnValue:
    """Show when alerts are raised, who they go to if nobody acts, and who stands in for whom."""
    return _settings()


def _settings(**forms: RecordingForm) -> ResponseReturnValue:
    today = clock.today()
    return render_template(
        "alerts/settings.html",
        thresholds=alerting.thresholds(),
        rules=alerting.rules(),
        due=_how_many(escalation.due(on=today)),
        covers=cover.standing(on=today),
        forms={
            "threshold": forms.get("threshold") or _threshold_form(),
            "rule": forms.get("rule") or _rule_form(),
            "cover": forms.get("cover") or _cover_form(),
        },
        form=next(iter(forms.values()), None),
        present=presenters,
    )


def _posted() -> Any:
    return request.form if request.method == "POST" else None


def _threshold_form(**options: Any) -> ThresholdForm:
    form = ThresholdForm(prefix="threshold-", **options)
    form.team.choices = [form.team.choices[0], *(SelectChoice(str(team.id), team.name) for team in teams())]
    return form


def _rule_form(**options: Any) -> RuleForm:
    form = RuleForm(prefix="rule-", **options)
    form.team.choices = [SelectChoice("", "Every team"), *(SelectChoice(str(t.id), t.name) for t in teams())]
    form.user.choices = [form.user.choices[0], *(SelectChoice(str(user.id), user.name) for user in workers())]
    return form


def _cover_form(**options: Any) -> CoverForm:
    form = CoverForm(prefix="cover-", **options)
    people = [SelectChoice(str(user.id), user.name) for user in workers()]
    form.user.choices, form.covered_by.choices = [form.user.choices[0], *people], [form.covered_by.choices[0], *people]
    return form


@bp.post("/settings/threshold")
@requires(Permission.ACT_ON_ALERTS)
@commits
def set_threshold() -> ResponseReturnValue:
    """Set the probability over which a breach is called likely, for a team's cases."""
    form = _threshold_form(formdata=_posted())
    if form.validate():
        try:
            thresholds.set_threshold(
                team_id=int(form.team.data), threshold=float(form.percent.data) / 100, by=current_user, at=clock.now()
            )
        except thresholds.NotPossible as refusal:
            add_error(form.percent, str(refusal))
        else:
            flash("The threshold is set. The next sweep raises and closes alerts by it.", "success")
            return redirect(url_for("alerts.settings"))
    return _settings(threshold=form)


@bp.post("/settings/rules")
@requires(Permission.ACT_ON_ALERTS)
@commits
def make_rule() -> ResponseReturnValue:
    """Show what a rule of escalation would do today; make it once that is confirmed."""
    form = _rule_form(formdata=_posted())
    if not form.validate():
        return _settings(rule=form)
    try:
        rule = escalation.propose_rule(
            team_id=as_key(form.team.data or ""),
            level=AlertLevel(form.level.data),
            after_days=int(form.after_days.data),
            escalates_to=EscalatesTo(form.escalates_to.data),
            user_id=as_key(form.user.data or ""),
            by=current_user,
            at=clock.now(),
        )
        answer = request.form.get("confirmed")
        if answer == "yes":
            escalation.make_rule(rule)
            flash("The rule is made. The next sweep follows it.", "success")
            return redirect(url_for("alerts.settings"))
    except escalation.NotPossible as refusal:
        add_error(form.after_days if isinstance(refusal, escalation.MadeAlready) else form.user, str(refusal))
        return _settings(rule=form)
    return _settings(rule=form) if answer else _tried(form, rule)


def _tried(form: RuleForm, rule: EscalationRule) -> ResponseReturnValue:
    """Show what a rule would do today, and ask whether it is to be made."""
    kept = (form.team, form.level, form.after_days, form.escalates_to, form.user)
    return render_template(
        "alerts/try_rule.html",
        rule=rule,
        cases=presenters.chosen(form.team),
        to=presenters.chosen(form.user if rule.user_id else form.escalates_to),
        typed={field.name: request.form.get(field.name, "") for field in kept},
        **_dry_run(escalation.due(on=clock.today(), rules=[rule])),
    )


@bp.post("/settings/rules/<int:rule_id>/end")
@requires(Permission.ACT_ON_ALERTS)
@commits
def end_rule(rule_id: int) -> ResponseReturnValue:
    """Follow a rule no more."""
    escalation.end_rule(rule_id=rule_id, by=current_user, at=clock.now())
    flash("The rule is no longer followed. What it escalated stays so.", "success")
    return redirect(url_for("alerts.settings"))


@bp.post("/settings/covers")
@requires(Permission.ACT_ON_ALERTS)
@commits
def arrange_cover() -> ResponseReturnValue:
    """Arrange that somebody stands in for an absent colleague."""
    form = _cover_form(formdata=_posted())
    if form.validate():
        try:
            covering.arrange(
                user_id=int(form.user.data),
                covered_by_id=int(form.covered_by.data),
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                reason=form.reason.data,
                by=current_user,
                at=clock.now(),
            )
        except covering.NotPossible as refusal:
            add_error(form[refusal.about], str(refusal))
        else:
            flash("The cover is arranged.", "success")
            return redirect(url_for("alerts.settings"))
    return _settings(cover=form)


@bp.post("/settings/covers/<int:cover_id>/end")
@requires(Permission.ACT_ON_ALERTS)
@commits
def end_cover(cover_id: int) -> ResponseReturnValue:
    """Call a cover off."""
    covering.call_off(cover_id=cover_id, by=current_user, at=clock.now())
    flash("The cover is called off.", "success")
    return redirect(url_for("alerts.settings"))


@bp.get("/settings/due")
@requires(Permission.SEE_ALERTS)
def due() -> ResponseReturnValue:
    """Show what the rules would escalate today: the dry run, which changes nothing."""
    return render_template("alerts/due.html", **_dry_run(escalation.due(on=clock.today())))


def _how_many(found: Sequence[Due]) -> dict[str, Any]:
    """Return how many alerts would be escalated, by one rule or several, and whether there are no more."""
    return {"total": len({one.alert_id for one in found}), "is_all": len(found) < escalation.MOST_DUE}


def _dry_run(found: Sequence[Due]) -> dict[str, Any]:
    """Return what a page says of what would be escalated: how many, and of the first of them to whom."""
    names = alerting.names({one.to_id for one in found})
    to: dict[int, list[str]] = {}
    for one in found:
        to.setdefault(one.alert_id, []).append(names.get(one.to_id, "nobody"))
    return {
        "rows": queries.some(list(to)[: queries.PER_PAGE]),
        "to_whom": {alert_id: ", then ".join(people) for alert_id, people in to.items()},
        **_how_many(found),
        "nobody": sum(one.to_id is None for one in found),
    }
