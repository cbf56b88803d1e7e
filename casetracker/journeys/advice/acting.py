"""Acting on a piece of advice: accept it, send it back, wait longer for it, ask elsewhere, do without, or key it in."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock, downloads
from casetracker.adapters.scanning import scanner_of
from casetracker.agreed_forms.definition import Uploads
from casetracker.forms import RecordingForm, add_error, long_field
from casetracker.journeys.advice import forms
from casetracker.journeys.advice.asking import acting, saved
from casetracker.journeys.advice.checklist import checklist
from casetracker.journeys.advice.views import ONE_PIECE, bp
from casetracker.models import Advice
from casetracker.permissions import requires
from casetracker.queries import advice as queries
from casetracker.queries import directory
from casetracker.roles import Permission
from casetracker.sending import sender
from casetracker.services import advice_files, asking, reading
from casetracker.services.advice_files import FileRefused
from casetracker.transactions import commits, unit_of_work


class AcceptForm(RecordingForm):
    """What was checked, and a note."""

    note = long_field("Note", longest=2_000)


def _act(
    case_id: int,
    advice_id: int,
    form: RecordingForm,
    *,
    title: str,
    done: str,
    beside: str,
    save: Callable[[Advice], object],
    **more: Any,
) -> ResponseReturnValue:
    """Show a form about one piece of advice, or do what it says and go back to that piece."""
    advice = queries.one(case_id, advice_id)
    if form.version.data in (None, ""):
        form.version.data = str(advice.case.version)
    if form.validate_on_submit():
        onward = saved(case_id, form, done, lambda: save(advice), beside=beside)
        if onward is not None:
            return redirect(url_for("advice.show", case_id=case_id, advice_id=advice_id))
    advice = queries.one(case_id, advice_id)
    return render_template("advice/form.html", case=advice.case, advice=advice, form=form, title=title, **more)


@bp.route(f"{ONE_PIECE}/accept", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def accept(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Accept advice, with what was checked of it."""
    advice = queries.one(case_id, advice_id)
    checks = checklist(advice.kind)
    ticked = {key: "yes" for key, _ in checks if request.form.get(f"check-{key}")}
    checked = {words: ticked.get(key, "no") for key, words in checks}
    form = AcceptForm()
    return _act(
        case_id,
        advice_id,
        form,
        title=f"Accept: {advice.giver or 'advice'}",
        done="The advice is accepted, and its giver is told.",
        beside="note",
        save=lambda advice: reading.accept(
            advice, note=form.note.data or "", checked=checked, acting=acting(form), sender=sender()
        ),
        checks=checks,
        ticked=ticked,
    )


@bp.route(f"{ONE_PIECE}/send-back", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def send_back(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Send advice back for what is missing."""
    form = forms.ReturnForm()
    return _act(
        case_id,
        advice_id,
        form,
        title="Send back for more",
        done="The advice is sent back, and its giver is told what is missing.",
        beside="missing",
        save=lambda advice: reading.send_back(advice, missing=form.missing.data, acting=acting(form), sender=sender()),
    )


@bp.route(f"{ONE_PIECE}/more-time", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def accept_delay(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Accept the giver's reason for more time, or hold the chasing for another."""
    advice = queries.one(case_id, advice_id)
    form = forms.DelayForm(until=advice.expected_on)
    return _act(
        case_id,
        advice_id,
        form,
        title="Accept the reason for more time",
        done="Nobody is chased until that day. The limit has not moved.",
        beside="until",
        save=lambda advice: reading.accept_delay(advice, until=form.until.data, acting=acting(form)),
    )


@bp.route(f"{ONE_PIECE}/not-needed", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def not_needed(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Record that advice that was asked for is not needed any more."""
    form = forms.NotNeededForm()
    return _act(
        case_id,
        advice_id,
        form,
        title="No longer needed",
        done="The advice is no longer waited for, and its link is closed.",
        beside="reason",
        save=lambda advice: reading.do_without(
            advice, reason=form.reason.data, note=form.note.data or "", satisfied={}, acting=acting(form)
        ),
    )


@bp.route(f"{ONE_PIECE}/exception", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def exception(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Record an exception to the six weeks of this piece of advice (reg 8(2))."""
    form = forms.ExceptionForm()
    return _act(
        case_id,
        advice_id,
        form,
        title="Exception to the six weeks",
        done="The exception is recorded. The day has not moved.",
        beside="paragraph",
        save=lambda advice: reading.except_from_limit(
            advice,
            paragraph=form.paragraph.data,
            from_on=form.from_on.data,
            until=form.until.data,
            evidence=form.evidence.data,
            approved_by=form.approved_by.data,
            family_told_on=form.family_told_on.data,
            acting=acting(form),
        ),
    )


@bp.route(f"{ONE_PIECE}/ask-elsewhere", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def ask_elsewhere(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Send the request to another service or mailbox; the links sent before are closed."""
    form = forms.MailboxForm()
    form.offer(directory.services(active_only=True))

    def save(advice: Advice) -> None:
        service = directory.service(int(form.giver.data)) if form.giver.data else None
        mailbox = form.mailbox.data or (service.mailbox if service else "")
        asking.change_mailbox(
            advice, mailbox=mailbox, service=service, by=current_user, at=clock.now(), sender=sender()
        )

    return _act(
        case_id,
        advice_id,
        form,
        title="Ask somebody else, or at another address",
        done="The request has been sent there. The links sent before are closed.",
        beside="mailbox",
        save=save,
    )


@bp.post(f"{ONE_PIECE}/send-again")
@requires(Permission.WORK_CASES)
@commits
def send_again(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Send the request once more, with a new link."""
    advice = queries.one(case_id, advice_id)
    link = asking.send_again(advice, by=current_user, at=clock.now(), sender=sender())
    if link is None:
        flash("There is no mailbox to send it to: use “Ask somebody else, or at another address”.", "important")
    else:
        flash(f"The request has been sent to {link.mailbox} again. The link sent before is closed.", "success")
    return redirect(url_for("advice.show", case_id=case_id, advice_id=advice_id))


@bp.route(f"{ONE_PIECE}/paper", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
def paper(case_id: int, advice_id: int) -> ResponseReturnValue:
    """Record advice that came another way, with its files."""
    advice = queries.one(case_id, advice_id)
    form = forms.PaperForm(version=str(advice.case.version))
    if form.validate_on_submit() and forms.check_something_given(form) and _take_in(advice, form):
        with unit_of_work():
            onward = saved(
                case_id,
                form,
                "The advice is recorded as received.",
                lambda: reading.record_paper(
                    queries.one(case_id, advice_id),
                    received_on=form.received_on.data,
                    given_by=form.given_by.data,
                    given_role=form.given_role.data or "",
                    late_reason=form.late_reason.data or "",
                    said=form.said.data or "",
                    acting=acting(form),
                ),
                beside="received_on",
            )
        if onward is not None:
            return redirect(url_for("advice.show", case_id=case_id, advice_id=advice_id))
    advice = queries.one(case_id, advice_id)
    return render_template(
        "advice/form.html",
        case=advice.case,
        advice=advice,
        form=form,
        title="Advice that came another way",
        takes_files=True,
    )


def _take_in(advice: Advice, form: forms.PaperForm) -> bool:
    """Take each file in by itself, and return whether all were; one that is refused loses none of the others."""
    scanner, advice_id = scanner_of(current_app.config["CLAMD_ADDRESS"]), advice.id
    for file in form.files.data or ():
        if not file.filename:
            continue
        try:
            with unit_of_work():
                advice_files.store(
                    advice_id=advice_id,
                    name=file.filename,
                    stream=file.stream,
                    limits=Uploads(),
                    at=clock.now(),
                    by=current_user.name,
                    files=downloads.store(),
                    scanner=scanner,
                )
        except FileRefused as refused:
            add_error(form.files, str(refused))
    return not form.files.errors
