"""Reading the advice on a case: all of it, one piece, one version against another, and finding words in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock, downloads, law
from casetracker.agreed_forms.definition import Form
from casetracker.journeys.advice.checklist import checklist
from casetracker.journeys.advice.presenters import changed_answers, timeline_of
from casetracker.models import AdviceFile, AdviceSubmission
from casetracker.permissions import requires
from casetracker.queries import advice as queries
from casetracker.queries import cases
from casetracker.roles import Permission
from casetracker.services import proposing

bp = Blueprint("advice", __name__)
ONE_CASE = "/cases/<int:case_id>/advice"
ONE_PIECE = f"{ONE_CASE}/<int:advice_id>"


@bp.get(ONE_CASE)
@requires(Permission.SEE_ADVICE)
def index(case_id: int) -> ResponseReturnValue:
    """Show every piece of advice of a case, and what has not been asked for yet."""
    case, today = cases.one(case_id), clock.today()
    proposed = proposing.propose(case, today=today, reading=law.reading())
    return render_template(
        "advice/case.html",
        case=case,
        pieces=queries.of_case(case_id),
        proposals=proposed.proposals,
        standing=proposed.standing,
        today=today,
    )


@bp.get(ONE_PIECE)
@requires(Permission.SEE_ADVICE)
def show(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Show one piece of advice: where it has got to, what was given beside what to check, and what was sent."""
    advice = queries.one(case_id, advice_id)
    given = queries.submissions(advice_id)
    standing = next((submission for submission in given if submission.withdrawn_at is None), None)
    return render_template(
        "advice/show.html",
        advice=advice,
        case=advice.case,
        given=given,
        latest=standing,
        form=form_of(standing),
        files=files_of(queries.files(advice_id), standing),
        may_release=downloads.may_release,
        checks=checklist(advice.kind),
        draft=queries.draft(advice_id),
        mails=queries.mails(advice_id),
        links=queries.links(advice_id),
        lines=timeline_of(cases.timeline(cases.events(case_id)), advice),
        now=clock.now(),
        today=clock.today(),
    )


def form_of(submission: AdviceSubmission | None) -> Form | None:
    """Return the form a submission was given on, as it was then."""
    if submission is None or submission.form_version is None:
        return None
    return Form.from_data(submission.form_version.definition)


def files_of(files: Sequence[AdviceFile], submission: AdviceSubmission | None) -> list[AdviceFile]:
    """Return the files that came with a submission."""
    return [file for file in files if submission is not None and file.submission_id == submission.id]


@bp.get(f"{ONE_PIECE}/versions/<int:number>")
@requires(Permission.SEE_ADVICE)
def version(case_id: int, advice_id: int, number: int) -> ResponseReturnValue:
    """Show one version of advice as it was given, with what changed from the version before it."""
    advice = queries.one(case_id, advice_id)
    given = {submission.number: submission for submission in queries.submissions(advice_id)}
    if number not in given:
        abort(404)
    this, before = given[number], given.get(number - 1)
    form, earlier = form_of(this), form_of(before)
    return render_template(
        "advice/version.html",
        advice=advice,
        case=advice.case,
        this=this,
        before=before,
        form=form,
        files=files_of(queries.files(advice_id), this),
        may_release=downloads.may_release,
        changes=changed_answers(earlier, _answers(before), form, this.answers) if before else [],
        numbers=sorted(given),
    )


def _answers(submission: AdviceSubmission | None) -> Mapping[str, Any]:
    return submission.answers if submission is not None else {}


@bp.get(f"{ONE_PIECE}/files/<int:file_id>")
@requires(Permission.SEE_ADVICE)
def file(case_id: int, advice_id: int, file_id: int) -> ResponseReturnValue:
    """Hand over a file that came with advice, once it may be released."""
    advice = queries.one(case_id, advice_id)
    found = next((file for file in queries.files(advice.id) if file.id == file_id), None)
    if found is None:
        abort(404)
    return downloads.send_attachment(found)


@bp.get("/advice/search")
@requires(Permission.SEE_ADVICE)
def search() -> ResponseReturnValue:
    """Find words inside the advice that has been given."""
    text, mine = request.args.get("q", "")[:200], request.args.get("mine") == "1"
    found = queries.search(text, worker_id=current_user.id if mine else None) if text.strip() else []
    return render_template("advice/search.html", text=text, mine=mine, found=found, most=queries.MOST_FOUND)
