"""Asking for advice: what the law wants for this child, anything beyond it, and what earlier advice will do for."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock, law, wording
from casetracker.extensions import db
from casetracker.forms import RecordingForm, add_error
from casetracker.journeys.advice.forms import AddForm, SufficientForm, ask_form
from casetracker.journeys.advice.views import ONE_CASE, bp
from casetracker.models import Case
from casetracker.permissions import requires
from casetracker.plurals import counted
from casetracker.queries import cases, directory
from casetracker.roles import Permission
from casetracker.sending import sender
from casetracker.services import asking, histories, proposing, reading
from casetracker.services.reading import Acting
from casetracker.statute.advice import SATISFIED_WITH_EARLIER_ADVICE, AdviceKind
from casetracker.transactions import commits

CONFLICT = "Somebody else has changed this case since you opened it. Look at what they did, and save again"


def acting(form: RecordingForm) -> Acting:
    """Return who is acting, now, on the version of the case that their form was opened on."""
    return Acting(current_user, clock.today(), clock.now(), form.seen_version, form.submission_key, law.reading())


def saved(case_id: int, form: RecordingForm, words: str, save: Callable[[], object], *, beside: str) -> str | None:
    """
    Save, and return where to go next; None where it was refused, with why beside the field named `beside`.

    A form that was posted before has done its work already.
    """
    try:
        save()
    except histories.SavedByAnother:
        db.session.rollback()
        form.version.data = str(cases.one(case_id).version)
        add_error(form[beside], CONFLICT)
        return None
    except histories.NotAllowed as refused:
        db.session.rollback()
        for objection in refused.objections:
            add_error(form[beside], f"{objection.rule[:1].upper()}{objection.rule[1:]}")
        return None
    except histories.AlreadyRecorded:
        db.session.rollback()
    flash(words, "success")
    return url_for("advice.index", case_id=case_id)


@bp.route(f"{ONE_CASE}/ask", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def ask(case_id: int) -> ResponseReturnValue:
    """Confirm what is proposed, and send the requests out."""
    case = cases.one(case_id)
    proposed = proposing.propose(case, today=clock.today(), reading=law.reading())
    form = ask_form(proposed)(version=str(case.version))
    if form.validate_on_submit() and proposed.proposals:
        pieces = form.pieces()
        first = f"{proposed.proposals[0].kind}_ask"
        onward = saved(
            case_id,
            form,
            f"{counted(len(pieces), 'piece')} of advice asked for.",
            lambda: asking.ask(
                pieces,
                case_id=case_id,
                by=current_user,
                today=clock.today(),
                at=clock.now(),
                sender=sender(),
                seen_version=form.seen_version,
                submission=form.submission_key,
                reading=law.reading(),
            ),
            beside=first,
        )
        if onward is not None:
            return redirect(onward)
    return render_template("advice/ask.html", case=cases.one(case_id), form=form, proposed=proposed)


@bp.route(f"{ONE_CASE}/add", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def add(case_id: int) -> ResponseReturnValue:
    """Ask for advice beyond what was proposed, or turn down what the family asked for, with the reason."""
    case = cases.one(case_id)
    form = AddForm(version=str(case.version))
    form.offer(directory.services(active_only=True))
    if form.validate_on_submit():
        onward = saved(
            case_id,
            form,
            "The decision is recorded." if form.is_declined else "The advice has been asked for.",
            lambda: _decline(case, form) if form.is_declined else _ask_one(case, form),
            beside="kind",
        )
        if onward is not None:
            return redirect(onward)
    return render_template("advice/form.html", case=cases.one(case_id), form=form, title="Ask for other advice")


def _ask_one(case: Case, form: AddForm) -> None:
    asking.ask(
        [form.piece()],
        case_id=case.id,
        by=current_user,
        today=clock.today(),
        at=clock.now(),
        sender=sender(),
        seen_version=form.seen_version,
        submission=form.submission_key,
        reading=law.reading(),
    )


def _decline(case: Case, form: AddForm) -> None:
    asking.decline(
        case_id=case.id,
        kind=AdviceKind(form.kind.data),
        from_whom=form.name.data or "",
        reason=form.reason.data,
        by=current_user,
        today=clock.today(),
        at=clock.now(),
        seen_version=form.seen_version,
        submission=form.submission_key,
        reading=law.reading(),
    )


@bp.route(f"{ONE_CASE}/sufficient/<kind>", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def sufficient(case_id: int, kind: str) -> ResponseReturnValue:
    """Record that earlier advice will do, with who agreed for each of the three (reg 6(4))."""
    case = cases.one(case_id)
    if kind not in set(AdviceKind) - {AdviceKind.PARENTAL}:
        abort(404)
    form = SufficientForm(version=str(case.version))
    if form.validate_on_submit():
        agreed = {
            word: (form[word].data, form[f"{word.removesuffix('_on')}_by"].data)
            for word in SATISFIED_WITH_EARLIER_ADVICE
        }
        onward = saved(
            case_id,
            form,
            "Recorded: the earlier advice is sufficient.",
            lambda: reading.rely_on_earlier(
                case_id, AdviceKind(kind), which=form.which.data, satisfied=agreed, acting=acting(form)
            ),
            beside="which",
        )
        if onward is not None:
            return redirect(onward)
    title = f"{wording.ADVICE[AdviceKind(kind)]}: earlier advice is sufficient"
    return render_template("advice/form.html", case=cases.one(case_id), form=form, title=title)
