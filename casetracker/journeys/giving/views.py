"""The form: where it stands, one section at a time, checking it, sending it, and one's own copy."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casetracker import clock, law, link_sessions
from casetracker.adapters.documents import advice_pdf
from casetracker.agreed_forms.answers import missing, wrong
from casetracker.agreed_forms.definition import Form
from casetracker.answering import AnswerForm, answer_form, collected, is_complete, problems, section_of
from casetracker.extensions import db
from casetracker.forms import RecordingForm, add_error, long_field, text_field
from casetracker.journeys.giving.presenters import parts_of
from casetracker.london import day_of
from casetracker.models import AccessSession, Advice, FormVersion, LinkPurpose
from casetracker.permissions import requires
from casetracker.plurals import counted
from casetracker.queries import giving as queries
from casetracker.roles import Permission
from casetracker.sending import sender
from casetracker.services import access, advice_files, asking, giving, outbox
from casetracker.services.giving import Giver, NotComplete, NotPossible
from casetracker.transactions import commits
from casetracker.wording import ADVICE

bp = Blueprint("giving", __name__, url_prefix="/giving")


class SendForm(RecordingForm):
    """What is asked when advice is sent."""

    role = text_field("Your role", hint="And your registration number, if your profession has one")
    late_reason = long_field("Why it is late", hint="Only needed after the last day", longest=2_000)


def here() -> tuple[AccessSession, Advice]:
    """Return the session and the one piece of advice it is for."""
    there = link_sessions.current(LinkPurpose.ADVICE)
    advice = queries.one(there.link.advice_id or 0)
    giving.open_form(advice, giver=giver(there))
    return there, queries.one(advice.id)  # with its case, which an entry in the history reads anew


def giver(there: AccessSession) -> Giver:
    """Return who is giving advice, as they said when they came in."""
    return Giver(there.name, clock.today(), clock.now(), sender(), law.reading())


def form_of(advice: Advice) -> Form | None:
    """Return the form, in the version the advice is given on."""
    version = db.session.get(FormVersion, advice.form_version_id) if advice.form_version_id is not None else None
    return Form.from_data(version.definition) if version is not None else None


def answers_of(advice: Advice) -> Mapping[str, Any]:
    """Return what has been written so far."""
    draft = queries.draft(advice.id)
    return draft.answers if draft is not None else {}


@bp.get("")
@requires(Permission.LINK)
@commits
def overview() -> ResponseReturnValue:
    """Show for whom the advice is, what, by when and why; and how far the team has got."""
    there, advice = here()
    form, answers = form_of(advice), answers_of(advice)
    attached = {file.question for file in advice_files.of_draft(advice.id)}
    return render_template(
        "giving/overview.html",
        advice=advice,
        form=form,
        draft=queries.draft(advice.id),
        initials=asking.initials_of(advice),
        why_returned=queries.why_returned(advice),
        done={s.key: is_complete(form, s, answers, files=attached) for s in form.sections} if form else {},
        files=advice_files.of_draft(advice.id),
        given=queries.last_given(advice.id),
        name=there.name,
        today=clock.today(),
        others=len(queries.asked_of(advice.mailbox)) - 1,
    )


@bp.route("/sections/<key>", methods=["GET", "POST"])
@requires(Permission.LINK)
@commits
def section(key: str) -> ResponseReturnValue:
    """Fill in one section; what is wrong is said beside it, and what was typed is kept whatever is wrong."""
    there, advice = here()
    form = form_of(advice)
    part = section_of(form, key) if form is not None else None
    if form is None or part is None:
        abort(404)
    draft = queries.draft(advice.id)
    if request.method == "POST":
        return _save(there, advice, form, key)
    try:
        giving.refuse_unless_open(advice)
    except NotPossible as refused:
        flash(str(refused), "important")
        return redirect(url_for("giving.overview"))
    bound = answer_form(form, answers=answers_of(advice), version=draft.version if draft else 0, section=key)
    return _section_page(advice, form, key, bound)


def _section_page(
    advice: Advice, form: Form, key: str, bound: AnswerForm, conflicts: Mapping[str, giving.Conflict] | None = None
) -> str:
    advice, draft = queries.one(advice.id), queries.draft(advice.id)
    return render_template(
        "giving/section.html",
        advice=advice,
        form=form,
        part=section_of(form, key),
        bound=bound,
        changes=draft.changes if draft else {},
        conflicts=conflicts or {},
        errors=bound.links(),
    )


def _save(there: AccessSession, advice: Advice, form: Form, key: str) -> ResponseReturnValue:
    more = request.form.get("add-row", "")
    bound = answer_form(form, answers={}, formdata=request.form, section=key, more_rows=more)
    bound.validate()
    typed = collected(bound)
    everything = {**answers_of(advice), **typed}
    faulty = problems(bound, everything, final=False)
    whole = {
        name: value
        for name, value in typed.items()
        if not any(bound.errors_of(q) for q in bound.shown if q.key == name)
    }
    try:
        saved = giving.save_draft(advice, whole, seen_version=bound.seen_version or 0, giver=giver(there))
    except NotPossible as refused:
        flash(str(refused), "important")
        return redirect(url_for("giving.overview"))
    bound.version.data = str(saved.version)
    if faulty or saved.conflicts or more:
        return _section_page(advice, form, key, bound, saved.conflicts)
    if request.form.get("then") == "later":
        flash("Your draft is saved. You and your colleagues can carry on from the link in the email.", "success")
        return redirect(url_for("giving.overview"))
    return redirect(_next_of(form, key))


def _next_of(form: Form, key: str) -> str:
    keys = [section.key for section in form.sections]
    place = keys.index(key) + 1
    return url_for("giving.section", key=keys[place]) if place < len(keys) else url_for("giving.check")


@bp.post("/sections/<key>/leaving")
@requires(Permission.LINK)
@commits
def leaving(key: str) -> ResponseReturnValue:
    """Keep what is in the boxes as somebody leaves the page; answers that are not well formed wait for a save."""
    there, advice = here()
    form = form_of(advice)
    if form is None or section_of(form, key) is None:
        abort(404)
    bound = answer_form(form, answers={}, formdata=request.form, section=key)
    typed = collected(bound)
    bad = {name for name, _ in wrong(form, {**answers_of(advice), **typed})}
    whole = {name: value for name, value in typed.items() if name not in bad}
    try:
        saved = giving.save_draft(advice, whole, seen_version=bound.seen_version or 0, giver=giver(there))
    except NotPossible:
        return {"version": bound.seen_version}, 409
    return {"version": saved.version, "conflicts": sorted(saved.conflicts)}


@bp.get("/check")
@requires(Permission.LINK)
@commits
def check() -> ResponseReturnValue:
    """Show every answer before it is sent, and what is still missing."""
    _, advice = here()
    return _check_page(advice, SendForm())


def _check_page(advice: Advice, form: SendForm) -> str:
    advice = queries.one(advice.id)
    asked, answers = form_of(advice), answers_of(advice)
    files = advice_files.of_draft(advice.id)
    attached = {file.question for file in files}
    left = [*missing(asked, answers, files=attached), *wrong(asked, answers)] if asked is not None else []
    where = {q.key: s.key for s in asked.sections for q in s.questions} if asked is not None else {}
    return render_template(
        "giving/check.html",
        advice=advice,
        asked=asked,
        answers=answers,
        files=files,
        left=[(where.get(key, ""), key, message) for key, message in left],
        form=form,
        is_late=advice.due_on is not None and clock.today() > advice.due_on and not advice.excused_by,
    )


@bp.post("/send")
@requires(Permission.LINK)
@commits
def send() -> ResponseReturnValue:
    """Send the advice; the same form sent twice is one giving."""
    there, advice = here()
    form = SendForm()
    if not form.validate_on_submit():
        return _check_page(advice, form)
    try:
        giving.submit(
            advice,
            role=form.role.data or "",
            late_reason=form.late_reason.data or "",
            key=form.submission_key,
            giver=giver(there),
            files_in_place=request.form.get("instead") == "files",
        )
    except NotPossible as refused:
        flash(str(refused), "important")
        return redirect(url_for("giving.overview"))
    except NotComplete as refused:
        for name, message in refused.problems:
            if name in form:
                add_error(form[name], message)
        return _check_page(advice, form)
    flash("Thank you. Your advice has been sent.", "success")
    return redirect(url_for("giving.overview"))


@bp.get("/copy")
@requires(Permission.LINK)
@commits
def copy() -> ResponseReturnValue:
    """Show what was sent, for reading and printing."""
    _, advice = here()
    given = queries.last_given(advice.id)
    if given is None:
        abort(404)
    form = Form.from_data(given.form_version.definition) if given.form_version is not None else None
    return render_template("giving/copy.html", advice=advice, given=given, form=form)


@bp.get("/copy.pdf")
@requires(Permission.LINK)
@commits
def copy_as_pdf() -> ResponseReturnValue:
    """Hand over what was sent as a PDF."""
    _, advice = here()
    given = queries.last_given(advice.id)
    if given is None or given.form_version is None:
        abort(404)
    form = Form.from_data(given.form_version.definition)
    made = advice_pdf(
        title=form.title,
        reference=advice.case.reference,
        initials=asking.initials_of(advice),
        council=sender().council,
        given=f"Given by {given.given_by} on {day_of(given.given_at):%-d %B %Y}",
        parts=parts_of(form, given.answers),
    )
    name = f"{advice.case.reference}-{advice.kind}.pdf"
    return Response(made, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.post("/everything")
@requires(Permission.LINK)
@commits
def send_everything() -> ResponseReturnValue:
    """Send this mailbox a link to all that is asked of it: to the mailbox, not to this page."""
    there, advice = here()
    count = len(queries.asked_of(advice.mailbox))
    link = access.issue(
        purpose=LinkPurpose.ALL_ADVICE,
        mailbox=there.link.mailbox,
        at=clock.now(),
        expires_at=clock.now() + asking.LINKS_LAST,
    )
    outbox.post(
        key=f"all_links:{link.id}",
        template="all_links",
        to_address=link.mailbox,
        fields={
            "link": access.address_of(link, sender().keys),
            "count": str(count),
            "pieces": counted(count, "piece of advice", "pieces of advice"),
            "council": sender().council,
        },
        at=clock.now(),
        secret=True,
        urgent=True,
    )
    db.session.flush()
    flash("A link to all that is asked of this mailbox is on its way to it.", "success")
    return redirect(url_for("giving.overview"))


@bp.get("/everything")
@requires(Permission.LINK)
def everything() -> ResponseReturnValue:
    """List all that is asked of a mailbox."""
    there = link_sessions.current(LinkPurpose.ALL_ADVICE)
    pieces = queries.asked_of(there.link.mailbox)
    return render_template(
        "giving/everything.html",
        pieces=[(piece, asking.initials_of(piece)) for piece in pieces],
        today=clock.today(),
        words=ADVICE,
    )


@bp.post("/everything/<int:advice_id>")
@requires(Permission.LINK)
@commits
def open_one(advice_id: int) -> ResponseReturnValue:
    """Go from the list to one piece of advice, which this mailbox has been shown to be asked for."""
    there = link_sessions.current(LinkPurpose.ALL_ADVICE)
    if advice_id not in {piece.id for piece in queries.asked_of(there.link.mailbox)}:
        abort(404)
    key = access.carry_over(there, advice_id, at=clock.now())
    link_sessions.remember(LinkPurpose.ADVICE, key)
    return redirect(url_for("giving.overview"))
