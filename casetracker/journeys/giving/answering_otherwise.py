"""What can be said in one step instead of filling in the form: not known, more time, wrong person, sent in error."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import Email, Optional

from casetracker import clock
from casetracker.forms import RecordingForm, add_error, day_field, long_field, text_field
from casetracker.journeys.giving.views import bp, giver, here
from casetracker.models import AccessSession, Advice
from casetracker.permissions import requires
from casetracker.roles import Permission
from casetracker.services import giving
from casetracker.services.giving import NotPossible
from casetracker.transactions import commits


class NotKnownForm(RecordingForm):
    """Where one looked."""

    note = long_field("Anything we should know", hint="Such as where you looked, or who might know", longest=2_000)


class MoreTimeForm(RecordingForm):
    """Why, and until when."""

    reason = long_field("Why more time is needed", needed="Say why more time is needed", longest=2_000)
    expected_on = day_field("When you expect to give it", needed="Enter the day you expect to give it")


class PassOnForm(RecordingForm):
    """Who should have been asked."""

    to = text_field("Who should be asked instead", needed="Enter who should be asked instead")
    mailbox = text_field(
        "Their email address",
        longest=254,
        checks=(Optional(), Email("Enter an email address, such as advice@example.org")),
    )
    note = long_field("Anything we should know", longest=2_000)


class TakeBackForm(RecordingForm):
    """Why it was sent in error."""

    reason = long_field("Why it is taken back", needed="Say why it is taken back", longest=2_000)


def _page(
    form: RecordingForm, title: str, explained: str, done: str, save: Callable[[Advice, AccessSession, Any], None]
) -> ResponseReturnValue:
    there, advice = here()
    if form.validate_on_submit():
        try:
            save(advice, there, form)
        except NotPossible as refused:
            flash(str(refused), "important")
            return redirect(url_for("giving.overview"))
        if not form.errors:
            flash(done, "success")
            return redirect(url_for("giving.overview"))
    return render_template("giving/otherwise.html", advice=advice, form=form, title=title, explained=explained)


@bp.route("/not-known", methods=["GET", "POST"])
@requires(Permission.LINK)
@commits
def not_known() -> ResponseReturnValue:
    """Say that the service does not know the child."""
    return _page(
        NotKnownForm(),
        "We do not know this child or young person",
        "This answers the request. It is recorded as a gap, and the caseworker decides who else to ask.",
        "Thank you. The caseworker has been told.",
        lambda advice, there, form: giving.not_known(advice, note=form.note.data or "", giver=giver(there)),
    )


@bp.route("/more-time", methods=["GET", "POST"])
@requires(Permission.LINK)
@commits
def more_time() -> ResponseReturnValue:
    """Say that more time is needed."""

    def save(advice: Advice, there: AccessSession, form: MoreTimeForm) -> None:
        if form.expected_on.data <= clock.today():
            add_error(form.expected_on, "Enter a day that is still to come")
            return
        giving.more_time(advice, expected_on=form.expected_on.data, reason=form.reason.data, giver=giver(there))

    return _page(
        MoreTimeForm(),
        "We need more time",
        "The six weeks of reg 8(1) do not move. The caseworker reads your reason, and can stop the reminders.",
        "Thank you. The caseworker has been told.",
        save,
    )


@bp.route("/wrong-person", methods=["GET", "POST"])
@requires(Permission.LINK)
@commits
def pass_on() -> ResponseReturnValue:
    """Say that somebody else should have been asked."""
    return _page(
        PassOnForm(),
        "Somebody else should be asked",
        "The caseworker reads this and asks them. Please do not send the link on: its codes come to this mailbox only.",
        "Thank you. The caseworker has been told.",
        lambda advice, there, form: giving.pass_on(
            advice,
            to=form.to.data,
            mailbox=form.mailbox.data or "",
            note=form.note.data or "",
            giver=giver(there),
        ),
    )


@bp.route("/take-back", methods=["GET", "POST"])
@requires(Permission.LINK)
@commits
def take_back() -> ResponseReturnValue:
    """Take back what was sent in error."""
    return _page(
        TakeBackForm(),
        "Take back what was sent",
        "What was sent stays on record as withdrawn. You can then change it and send it again.",
        "It has been taken back. Change what is wrong, and send it again.",
        lambda advice, there, form: giving.take_back(advice, reason=form.reason.data, giver=giver(there)),
    )
