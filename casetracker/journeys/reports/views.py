"""The list of highlight reports, writing one, issuing it, and its page, PDF and workbook."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectChoice

from casetracker import clock
from casetracker.adapters import documents
from casetracker.exports import workbook_response
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.highlights import contents as kept
from casetracker.highlights import draft as drafts
from casetracker.highlights.draft import LEVELS
from casetracker.identifiers import as_key
from casetracker.journeys.reports import presenters
from casetracker.journeys.reports.forms import BeginForm, IssueForm, MeasuresForm, is_whole, writing_form, written
from casetracker.models import ReportVersion
from casetracker.permissions import requires
from casetracker.queries import highlights as queries
from casetracker.queries.measures import reported
from casetracker.roles import Permission
from casetracker.services import highlights
from casetracker.services.highlights import NotPossible, NotReady
from casetracker.transactions import commits

bp = Blueprint("reports", __name__, url_prefix="/reports")


@bp.get("")
@requires(Permission.SEE_BOARD)
def index() -> ResponseReturnValue:
    """Show the reports there are."""
    return render_template("reports/index.html", reports=queries.listed())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MAKE_REPORTS)
@commits
def begin() -> ResponseReturnValue:
    """Begin a report."""
    today = clock.today()
    months = highlights.months_to_report(today)
    form = BeginForm(month=f"{months[0]}")
    form.month.choices = [SelectChoice(f"{month}", f"{month:%B %Y}") for month in months]
    if form.validate_on_submit():
        month = date.fromisoformat(form.month.data)
        try:
            report = highlights.begin(month=month, today=today, at=clock.now(), by_id=current_user.id)
        except NotPossible as refused:
            add_error(form.month, str(refused))
        else:
            return redirect(url_for("reports.measures", report_id=report.id))
    return render_template("reports/form.html", form=form, title="Begin a highlight report", save="Begin")


@bp.route("/<int:report_id>/measures", methods=["GET", "POST"])
@requires(Permission.MAKE_REPORTS)
@commits
def measures(report_id: int) -> ResponseReturnValue:
    """Choose the indicators of a report."""
    report = queries.report(report_id)
    draft = drafts.from_json(report.draft)
    form = MeasuresForm(measures=list(draft.measures), public=list(draft.public), version=report.draft_version)
    if form.validate_on_submit():
        chosen = form.measures.data or []
        stray = [key for key in form.public.data or [] if key not in chosen]
        if not chosen:
            add_error(form.measures, "Choose at least one indicator")
        elif stray:
            add_error(form.public, "Only indicators that are in the report can be shown on the public page")
        else:
            changed = replace(draft, measures=chosen, public=form.public.data or [])
            problem = _save(report_id, changed, form.version.data)
            if not problem:
                return redirect(url_for("reports.write", report_id=report_id))
            add_error(form.measures, problem)
    title = f"Indicators of report {report.number}"
    return render_template("reports/form.html", form=form, title=title, save="Save and go on", report=report)


@bp.route("/<int:report_id>/write", methods=["GET", "POST"])
@requires(Permission.MAKE_REPORTS)
@commits
def write(report_id: int) -> ResponseReturnValue:
    """Write a report: its words, what is said of each indicator, actions and risks."""
    report = queries.report(report_id)
    draft = drafts.from_json(report.draft)
    form = writing_form(draft, filled=request.form)
    if form.is_submitted() and all([form.validate(), is_whole(form)]):
        problem = _save(report_id, written(form, draft), form["version"].data)
        if not problem:
            flash("Report saved", "success")
            again = "more" in request.form
            return redirect(url_for("reports.write" if again else "reports.check", report_id=report_id))
        add_error(form["summary"], problem)
    elif request.method == "GET":
        form["version"].data = report.draft_version
    return render_template("reports/write.html", form=form, report=report, draft=draft)


def _save(report_id: int, draft: drafts.Draft, version: str | None) -> str:
    """Keep a draft, and return why it could not be kept, or nothing."""
    text = str(version or "")
    seen = int(text) if text.isascii() and text.isdigit() else 0
    try:
        highlights.save(report_id=report_id, draft=draft, seen_version=seen)
    except NotPossible as refused:
        db.session.rollback()
        return str(refused)
    return ""


@bp.route("/<int:report_id>", methods=["GET", "POST"])
@requires(Permission.MAKE_REPORTS)
@commits
def check(report_id: int) -> ResponseReturnValue:
    """Show a draft before it is issued, and issue it."""
    report, form = queries.report(report_id), IssueForm()
    if form.validate_on_submit():
        try:
            version = highlights.issue(
                report_id=report_id,
                number=as_key(form.version.data or "") or 0,
                reason=form.reason.data or "",
                council=str(current_app.config["COUNCIL_NAME"]),
                today=clock.today(),
                at=clock.now(),
                counts_reopened=bool(current_app.config["TIMELINESS_COUNTS_REOPENED"]),
                by=current_user,
            )
        except NotReady as refused:
            for problem in refused.problems:
                add_error(form.reason, problem)
        except NotPossible as refused:
            add_error(form.reason, str(refused))
        else:
            flash(f"Issued: report {report.number}, version {version.version}", "success")
            return redirect(url_for("reports.show", report_id=report_id, number=version.version))
    versions, draft = queries.versions(report_id), drafts.from_json(report.draft)
    form.version.data = f"{len(versions) + 1}"
    return render_template(
        "reports/check.html",
        form=form,
        report=report,
        draft=draft,
        lacking=highlights.lacking(draft),
        themes=kept.by_theme(highlights.preview(report)),
        versions=versions,
        LEVELS=LEVELS,
        present=presenters,
    )


@bp.get("/<int:report_id>/versions/<int:number>")
@requires(Permission.SEE_BOARD)
def show(report_id: int, number: int) -> ResponseReturnValue:
    """Show a version as it was issued."""
    version = queries.version(report_id, number)
    it = kept.from_json(version.contents)
    frozen = [row.frozen for row in it.rows if row.frozen is not None]
    return render_template(
        "reports/show.html",
        version=version,
        it=it,
        restated=reported.restated(frozen, today=clock.today()),
        versions=queries.versions(report_id),
        present=presenters,
        LEVELS=LEVELS,
    )


@bp.get("/<int:report_id>/versions/<int:number>/report.pdf")
@requires(Permission.SEE_BOARD)
def pdf(report_id: int, number: int) -> Response:
    """Hand over a version as an accessible PDF."""
    version = queries.version(report_id, number)
    contents = kept.from_json(version.contents)
    answer = make_response(documents.highlight_pdf(presenters.for_pdf(contents, version.sha256)))
    answer.mimetype = "application/pdf"
    answer.headers.set("Content-Disposition", "attachment", filename=f"{_name(version)}.pdf")
    return answer


@bp.get("/<int:report_id>/versions/<int:number>/report.xlsx")
@requires(Permission.SEE_BOARD)
def workbook(report_id: int, number: int) -> Response:
    """Hand over a version as an Excel workbook."""
    version = queries.version(report_id, number)
    contents = kept.from_json(version.contents)
    sheets = presenters.sheets(contents, version.sha256)
    return workbook_response(f"{_name(version)}.xlsx", sheets, title=contents.title)


def _name(version: ReportVersion) -> str:
    return f"send-highlight-report-{version.contents['number']}-version-{version.version}"
