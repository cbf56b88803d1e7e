"""One's own digest and calendar, and the calendar itself at its private address."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from casetracker import clock
from casetracker.adapters.calendars import MEDIA_TYPE
from casetracker.journeys.digests.forms import ALL_LEVELS, DigestForm
from casetracker.models import AlertLevel
from casetracker.permissions import requires
from casetracker.queries import deadlines
from casetracker.roles import Permission
from casetracker.services import calendar_feeds, digest_choices
from casetracker.services.calendar_feeds import Address
from casetracker.transactions import commits, unit_of_work

bp = Blueprint("digests", __name__)
_MADE = "calendar_address"
"""What the session keeps an address under from when it is made until it is shown."""


@bp.route("/digest", methods=["GET", "POST"])
@requires(Permission.SEE_ALERTS)
@commits
def choices() -> ResponseReturnValue:
    """Show when one's digest comes and what is in it, and change that."""
    chosen = digest_choices.of(current_user)
    form = DigestForm(
        daily=chosen.daily,
        hour=str(chosen.hour),
        lowest=chosen.lowest.value if chosen.lowest else ALL_LEVELS,
        when_nothing_is_new=chosen.when_nothing_is_new,
    )
    if form.validate_on_submit():
        digest_choices.choose(
            by=current_user,
            daily=form.daily.data,
            hour=int(form.hour.data),
            lowest=None if form.lowest.data == ALL_LEVELS else AlertLevel(form.lowest.data),
            when_nothing_is_new=form.when_nothing_is_new.data,
        )
        flash("Your digest will come like that.", "success")
        return redirect(url_for("digests.choices"))
    return render_template(
        "digests/choices.html",
        form=form,
        feed=calendar_feeds.feed_of(current_user),
        days=deadlines.of_person(current_user.id, on=clock.today()),
    )


@bp.post("/digest/calendar")
@requires(Permission.SEE_ALERTS)
@commits
def renew() -> ResponseReturnValue:
    """Make a private address for one's calendar, which the next page shows."""
    session[_MADE] = _address(calendar_feeds.renew(by=current_user, at=clock.now()))
    return redirect(url_for("digests.address"))


@bp.get("/digest/calendar/address")
@requires(Permission.SEE_ALERTS)
def address() -> ResponseReturnValue:
    """Show the address that was just made: this once, since it is not kept. Asked for again, it makes no other."""
    made = session.pop(_MADE, None)
    if made is None:
        flash("The address of your calendar is shown only once: if you have lost it, renew it.", "important")
        return redirect(url_for("digests.choices"))
    subscribe = f"webcal://{made.partition('://')[2]}"
    return render_template("digests/address.html", address=made, subscribe=subscribe)


def _address(made: Address) -> str:
    path = url_for("digests.calendar", number=made.number, token=made.token)
    return f"{current_app.config['PUBLIC_ADDRESS'].rstrip('/')}{path}"


@bp.route("/digest/calendar/off", methods=["GET", "POST"])
@requires(Permission.SEE_ALERTS)
@commits
def switch_off() -> ResponseReturnValue:
    """Take the address of one's calendar away, once that is confirmed."""
    form = FlaskForm()
    if form.validate_on_submit():
        session.pop(_MADE, None)
        calendar_feeds.switch_off(by=current_user)
        flash("Your calendar is switched off: its address opens nothing any more.", "success")
        return redirect(url_for("digests.choices"))
    return render_template("digests/switch_off.html", form=form)


@bp.get("/calendar/<int:number>/<token>.ics")
@requires(Permission.PUBLIC)
def calendar(number: int, token: str) -> ResponseReturnValue:
    """
    Hand out the calendar at a private address. The address is the lock, since calendar programs cannot sign in.

    The answers are plain text and are not logged here: the address of a fetch lets its reader in.
    """
    whence = request.remote_addr or ""
    try:
        with unit_of_work():
            owner = calendar_feeds.opened(number, token, from_address=whence, at=clock.now())
            file = calendar_feeds.calendar(
                owner,
                on=clock.today(),
                address=str(current_app.config["PUBLIC_ADDRESS"]),
                council=str(current_app.config["COUNCIL_NAME"]),
            )
    except calendar_feeds.Closed:
        with unit_of_work():  # a miss is kept, though nothing is handed out
            calendar_feeds.missed(number, from_address=whence, at=clock.now())
        return Response("There is no calendar at this address.\n", 404, mimetype="text/plain")
    except calendar_feeds.TooMany as many:
        return Response(f"{many}.\n", 429, {"Retry-After": str(many.seconds)}, mimetype="text/plain")
    answer = Response(file, content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers.set("Content-Disposition", "inline", filename="deadlines.ics")
    answer.add_etag()
    return answer.make_conditional(request)
