"""Reminders due, the outbox, what could not be sent, and the words of each mail."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from casetracker import clock, law
from casetracker.extensions import db
from casetracker.forms import RecordingForm, add_error, day_field, long_field, text_field
from casetracker.identifiers import as_key
from casetracker.models import Advice, MailState
from casetracker.permissions import requires
from casetracker.queries import mail as queries
from casetracker.roles import Permission
from casetracker.sending import sender
from casetracker.services import chasing, mail_texts, outbox
from casetracker.services.mail_texts import SHIPPED, TextWrong
from casetracker.transactions import commits

bp = Blueprint("mail", __name__, url_prefix="/mail")
EXAMPLE = {
    "reference": "EHC26-0000001",
    "initials": "A.B.",
    "advice": "Medical advice",
    "due": "13 July 2026",
    "why": "SEND Regs 2014, reg 6(1)(c)",
    "link": "https://example.org/give/...",
    "council": "Example County Council",
    "team": "Community health",
    "service": "Community health",
    "days": "7 days",
    "code": "000000",
    "minutes": "10",
    "missing": "How many hours a week",
    "what": "Advice received",
    "said": "Nothing was added.",
    "link_case": "https://example.org/cases/1",
    "count": "3",
    "pieces": "3 pieces of advice",
    "form": "Medical advice",
    "body": "Parent Carer Forum",
    "until": "1 September 2026",
    "name": "Ada Lovell",
    "day": "Monday 1 June 2026",
    "week": "31 May 2026",
    "total": "12",
    "changes": "New (1)\n- EHC26-0000001 (A.B.) Final plan issued, due 2 days ago: breached.",
    "standing": "What stands\n- Breached: 12 to act on",
    "deadlines": "Due in the next 7 days (1)\n- Wed 3 June: EHC26-0000001 (A.B.) Medical advice",
    "settings": "https://example.org/digest",
    "timeliness": "Plans within 20 weeks: 42.9% this month (9 of 21)",
    "breaches": "Breaches last week: 4",
    "oldest": "Open longest\n- EHC25-0000007: 61 weeks",
    "teams": "Work by team\n- North: 140 open, 12 overdue",
}


class HoldForm(RecordingForm):
    """Until when a piece of advice is not chased, and why."""

    until = day_field("Send no reminder up to", needed="Enter the day until which no reminder is sent")
    because = text_field("Why", needed="Say why")


class TextForm(FlaskForm):
    """The words of a kind of mail."""

    subject = text_field("Subject", needed="Enter a subject")
    body = long_field("Text", needed="Enter the text", longest=mail_texts.LONGEST_BODY)


@bp.get("")
@requires(Permission.SEE_MAIL)
def index() -> ResponseReturnValue:
    """Show the reminders that go out today, and what needs a person."""
    return render_template(
        "mail/index.html",
        due=chasing.due(today=clock.today()),
        counts=queries.counts(),
        troubles=queries.troubles(),
        goes_today=chasing.is_a_day_for_mail(clock.today()),
        form=FlaskForm(),
    )


@bp.post("/reminders/<int:advice_id>/send")
@requires(Permission.SEE_MAIL)
@commits
def send_now(advice_id: int) -> ResponseReturnValue:
    """Send a reminder that is due, now."""
    for one in chasing.due(today=clock.today(), advice_id=advice_id):
        chasing.send(one, today=clock.today(), at=clock.now(), sender=sender(), by=current_user, reading=law.reading())
        flash(f"The reminder to {one.to_address} is on its way.", "success")
    return redirect(url_for("mail.index"))


@bp.route("/reminders/<int:advice_id>/hold", methods=["GET", "POST"])
@requires(Permission.SEE_MAIL)
@commits
def hold(advice_id: int) -> ResponseReturnValue:
    """Keep a piece of advice from being chased for a while."""
    advice = db.session.get(Advice, advice_id) or abort(404)
    form = HoldForm()
    if form.validate_on_submit():
        if form.until.data < clock.today():
            add_error(form.until, "Enter today or a day that is still to come")
        else:
            chasing.hold(advice, until=form.until.data, because=f"{form.because.data} ({current_user.name})")
            flash("No reminder is sent until then.", "success")
            return redirect(url_for("mail.index"))
    return render_template("mail/form.html", form=form, title="Hold the reminders", back=url_for("mail.index"))


@bp.get("/outbox")
@requires(Permission.SEE_MAIL)
def out() -> ResponseReturnValue:
    """List mails, the newest first."""
    word = request.args.get("state", "")
    state = MailState(word) if word in set(MailState) else None
    number = as_key(request.args.get("page", "")) or 1
    mails = queries.page(state=state, number=number)
    return render_template(
        "mail/outbox.html",
        mails=mails[: queries.PAGE],
        more=len(mails) > queries.PAGE,
        number=number,
        state=state,
        states=list(MailState),
    )


@bp.get("/outbox/<int:mail_id>")
@requires(Permission.SEE_MAIL)
def show(mail_id: int) -> ResponseReturnValue:
    """Show one mail; a text that lets its reader in is not shown to anybody else."""
    return render_template("mail/show.html", mail=queries.one(mail_id), form=FlaskForm())


@bp.post("/outbox/<int:mail_id>/<what>")
@requires(Permission.MANAGE_MAIL)
@commits
def decide(mail_id: int, what: str) -> ResponseReturnValue:
    """Send a mail again, say that it arrived, or keep it from going."""
    mail = queries.one(mail_id)
    try:
        if what == "retry":
            outbox.retry(mail, at=clock.now())
        elif what == "arrived":
            outbox.it_arrived(mail, at=clock.now())
        elif what == "cancel":
            outbox.cancel(mail)
        else:
            abort(404)
        flash("Done.", "success")
    except outbox.NotPossible as refused:
        flash(str(refused), "important")
    return redirect(url_for("mail.show", mail_id=mail_id))


@bp.get("/texts")
@requires(Permission.MANAGE_MAIL)
def texts() -> ResponseReturnValue:
    """List the kinds of mail."""
    return render_template("mail/texts.html", texts=mail_texts.texts())


@bp.route("/texts/<key>", methods=["GET", "POST"])
@requires(Permission.MANAGE_MAIL)
@commits
def text(key: str) -> ResponseReturnValue:
    """Change the words of a kind of mail, see how it would look, or go back to the words it came with."""
    if key not in SHIPPED:
        abort(404)
    current = mail_texts.text_of(key)
    form = TextForm(subject=current.subject, body=current.body)
    shown = current
    if form.validate_on_submit():
        words = mail_texts.Text(key, current.when, current.fields, form.subject.data, form.body.data)
        try:
            mail_texts.check(key, words.subject, words.body)
            shown = words
            if request.form.get("then") != "preview":
                mail_texts.change(key, subject=words.subject, body=words.body, by=current_user, at=clock.now())
                flash("The words are changed.", "success")
                return redirect(url_for("mail.texts"))
        except TextWrong as wrong:
            add_error(form[wrong.field], str(wrong))
    subject, body = mail_texts.merged(shown, EXAMPLE)
    return render_template("mail/text.html", form=form, text=current, subject=subject, body=body)


@bp.post("/texts/<key>/reset")
@requires(Permission.MANAGE_MAIL)
@commits
def reset(key: str) -> ResponseReturnValue:
    """Go back to the words a kind of mail came with."""
    if key not in SHIPPED:
        abort(404)
    mail_texts.reset(key)
    flash("The mail goes out as it came with casetracker.", "success")
    return redirect(url_for("mail.texts"))
