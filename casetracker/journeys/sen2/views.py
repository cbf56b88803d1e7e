"""Choosing a year and building its return, what it adds up to, and its files."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from casetracker import clock, returning
from casetracker.exports import csv_response
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.identifiers import as_key
from casetracker.journeys.sen2 import presenters
from casetracker.journeys.sen2.forms import BuildForm
from casetracker.models import Outcome, Sen2Return
from casetracker.permissions import requires
from casetracker.queries import sen2_returns as queries
from casetracker.queries.sen2_returns import Wanted
from casetracker.roles import Permission
from casetracker.services.returns import running
from casetracker.transactions import commits
from casetracker.way_back import here

bp = Blueprint("sen2", __name__, url_prefix="/sen2")
FILES = {"xml": (returning.XML, "application/xml", "xml"), "csv": (returning.CSV, "application/zip", "zip")}


@bp.route("", methods=["GET", "POST"])
@requires(Permission.MAKE_RETURN)
@commits
def index() -> ResponseReturnValue:
    """Show the returns there have been, and build another."""
    book, today = returning.lists_and_rules(), clock.today()
    form = BuildForm(**presenters.officers(queries.last_officers()))
    form.offer(book, today=today)
    if form.validate_on_submit():
        version = book.version(int(form.year.data))
        number = running.next_number(version.year)
        header = returning.header_of(version, number=number, at=clock.now(), officers=form.officers())
        try:
            made = running.begin(version=version, number=number, header=header, by=current_user, at=clock.now())
        except IntegrityError:
            db.session.rollback()
            add_error(form.year, "Somebody else has just asked for it: theirs is below")
        else:
            return redirect(url_for("sen2.show", return_id=made.id))
    ahead = [version for version in book.versions.values() if version.is_rehearsal(today)]
    return render_template("sen2/index.html", form=form, made=queries.latest(), versions=book.versions, ahead=ahead)


@bp.get("/<int:return_id>")
@requires(Permission.MAKE_RETURN)
def show(return_id: int) -> ResponseReturnValue:
    """Show how far a return has got, what is wrong with it, and what it adds up to."""
    made = queries.one(return_id)
    if made.outcome is not Outcome.DONE:
        return render_template("sen2/show.html", made=made)
    before = queries.year_before(made)
    return render_template(
        "sen2/show.html",
        made=made,
        rules=queries.by_rule(made),
        lines=presenters.compared(made, before),
        before=before,
        later=queries.in_place_of(made),
        agreement=presenters.agreement(made),
        unexplained=queries.unexplained(made),
        counts_reopened=returning.counts_reopened(),
    )


@bp.get("/<int:return_id>/progress")
@requires(Permission.MAKE_RETURN)
def progress(return_id: int) -> ResponseReturnValue:
    """Say how far a return has got, for the page that is watching it."""
    made = queries.one(return_id)
    return {"done": made.done, "total": made.total, "outcome": made.outcome.value}


@bp.get("/<int:return_id>/issues")
@requires(Permission.MAKE_RETURN)
def issues(return_id: int) -> ResponseReturnValue:
    """Show what is wrong with a return, each with its case and where to put it right."""
    made, wanted = queries.one(return_id), _wanted()
    later = built_again(made, wanted)
    if later is not None:
        return later
    page = as_key(request.args.get("page", "1")) or 1
    total = queries.how_many(made, wanted)
    pages = -(-total // queries.PER_PAGE)
    return render_template(
        "sen2/issues.html",
        made=made,
        wanted=wanted,
        total=total,
        page=page,
        pages=pages,
        found=queries.issues(made, wanted, page=page),
        rules=queries.by_rule(made),
        workers=queries.workers_of(made),
        here=here(),
        mend_link=presenters.mend_link,
        link=lambda n: presenters.issues_link(made.id, wanted, n),
        words=presenters.as_words(wanted),
    )


@bp.get("/<int:return_id>/issues.csv")
@requires(Permission.MAKE_RETURN)
def issues_csv(return_id: int) -> ResponseReturnValue:
    """Hand over the issues that are shown, all of them, as CSV."""
    made, wanted = queries.one(return_id), _wanted()
    later = built_again(made, wanted)
    if later is not None:
        return later
    header = ("kind", "rule", "text", "value", "case", "child", "worker", "explained")
    found = queries.issues(made, wanted, per_page=None)
    rows = ((i.kind, i.rule, i.text, i.value, i.reference, i.name, i.worker, i.note) for i in found)
    return csv_response(f"sen2-{made.year}-{made.number}-issues.csv", header, rows)


def built_again(made: Sen2Return, wanted: Wanted) -> ResponseReturnValue | None:
    """Lead from an address of a build that is gone to what is wrong with the one in its place; None where it stands."""
    later = queries.in_place_of(made)
    if later is None:
        return None
    lost = " What you sent was not saved." if request.method == "POST" else ""
    said = f"The return of {made.year} was built again: this is what is wrong with build {later.number}.{lost}"
    flash(said, "important")
    return redirect(presenters.issues_link(later.id, wanted, 1))


def _wanted() -> Wanted:
    words = {name: request.args.get(name, "")[:60] for name in Wanted.__slots__}
    return Wanted(**words)


@bp.get("/<int:return_id>/files/<any(xml, csv):kind>")
@requires(Permission.MAKE_RETURN)
def download(return_id: int, kind: str) -> Response:
    """Hand over a return's file."""
    made = queries.one(return_id)
    name, media_type, ending = FILES[kind]
    return _sent(made, name, media_type, f"{_stem(made)}.{ending}")


@bp.get("/<int:return_id>/files/notes.csv")
@requires(Permission.MAKE_RETURN)
def notes(return_id: int) -> Response:
    """Hand over the notes on a return's queries: once it has been signed, as they were signed."""
    made = queries.one(return_id)
    title = f"{_stem(made)}-notes.csv"
    if made.signed_at is not None:
        return _sent(made, returning.NOTES, "text/csv", title)
    answer = Response(stream_with_context(returning.note_lines(made)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=title)
    return answer


def _sent(made: Sen2Return, name: str, media_type: str, title: str) -> Response:
    path = returning.folder_of(made) / name
    if name not in made.files or not path.is_file():
        abort(404)
    answer = send_file(path, mimetype=media_type, as_attachment=True, download_name=title, max_age=0)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _stem(made: Sen2Return) -> str:
    return f"sen2-{made.year}-{made.header.get('lea', '')}-{made.number}"
