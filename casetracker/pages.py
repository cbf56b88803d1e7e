"""What every page shares: its filters, its navigation and warning; and the few pages that belong to no journey."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from sqlalchemy import text

from casetracker import clock, way_back, wording
from casetracker.agreed_forms.answers import asked, cell_words, in_words
from casetracker.agreed_forms.definition import Question
from casetracker.extensions import db
from casetracker.forms import error_links
from casetracker.london import LONDON
from casetracker.permissions import may, needed_by, requires
from casetracker.plurals import counted
from casetracker.queries import jobs
from casetracker.roles import Permission

NAVIGATION = (
    ("Caseload", {"Caseload": "caseload.index"}),
    ("Log a request", {"Log a request": "requests.log_request"}),
    ("Overview", {"Overview": "overview.index"}),
    (
        "Alerts",
        {
            "Review queue": "alerts.index",
            "Panels": "panels.index",
            "Excused, past their day": "alerts.excused_limits",
            "Were we right?": "alerts.were_we_right",
            "How alerts are raised": "alerts.settings",
        },
    ),
    ("Advice", {"Advice": "advice_figures.index"}),
    (
        "Looking ahead",
        {
            "Where timeliness will end": "ahead.index",
            "Backlog dial": "ahead.backlog",
            "Two years ahead": "ahead.two_years",
            "How right the forecast is": "forecast.index",
        },
    ),
    (
        "Figures",
        {
            "Timeliness": "timeliness.index",
            "Measures": "measures.index",
            "Data quality": "measures.data_quality",
            "Board": "board.index",
            "Comparators": "comparators.index",
            "Highlight reports": "reports.index",
        },
    ),
    ("Data", {"SEN2 return": "sen2.index", "Imports": "imports.index"}),
    (
        "Set up",
        {
            "Directory": "directory.index",
            "Forms": "forms.index",
            "Mail": "mail.index",
            "Programs": "programs.index",
            "Jobs": "jobs.index",
        },
    ),
)
"""The entries of the bar, each with its places. Where there are several, they have a bar of their own below it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place this person may go."""

    text: str
    href: str
    active: bool
    within: tuple["Link", ...] = ()
    """The places of an entry that has several."""


def init_app(app: Flask) -> None:
    """Bind the template machinery and the plain pages."""
    loader = app.jinja_loader
    app.jinja_options = {**app.jinja_options, "autoescape": True}
    libraries = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_loader = ChoiceLoader([*([loader] if loader else []), PrefixLoader(libraries)])
    WTFormsHelpers(app)
    app.jinja_env.filters.update(day=day, short_day=short_day, weekday=weekday, moment=moment, words=words)
    app.jinja_env.filters.update(counted=counted)
    app.jinja_env.filters.update(
        stage_words=wording.of_stage,
        happening_words=wording.of_happening,
        party_words=wording.of_party,
        advice_words=wording.of_advice,
        advice_status_words=wording.of_advice_status,
    )
    app.jinja_env.filters.update(
        asked_of=asked,
        answer_words=in_words,
        cell_words=cell_words,
        choice_words=choice_words,
        moment_of=moment_of,
        day_of=lambda text: day(date.fromisoformat(text)),
    )
    app.jinja_env.globals["duty_words"] = wording.of_duty
    app.jinja_env.globals["error_links"] = error_links
    app.jinja_env.globals["may"] = may
    app.jinja_env.globals["Permission"] = Permission
    way_back.init_app(app)
    app.context_processor(_shared)
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/accessibility", "accessibility", accessibility)
    requires(Permission.PUBLIC)(app.view_functions["static"])


def _shared() -> dict[str, object]:
    """Return what every template may use: functions, since each part of a page that is a template comes by here."""
    return {
        "navigation": navigation,
        "site_warning": site_warning,
        "way_back": way_back.way_back,
        "today": clock.today(),
    }


def navigation() -> list[Link]:
    """Return the places this person may go. An entry with only one of them has its name and is that place."""
    links = []
    for name, places in NAVIGATION:
        within = tuple(_open_to_them(places))
        if len(within) > 1:
            links.append(Link(name, within[0].href, any(link.active for link in within), within))
        links += within if len(within) == 1 else ()
    return links


def _open_to_them(places: Mapping[str, str]) -> Iterator[Link]:
    here = _nearest(request.endpoint or "", list(places.values()))
    for name, endpoint in places.items():
        needed = needed_by(endpoint)
        if needed is not None and may(needed):
            yield Link(name, url_for(endpoint), endpoint == here)


def _nearest(endpoint: str, places: Sequence[str]) -> str:
    """Return the place that a page belongs to: itself, else the first of its journey, else none."""
    journey = endpoint.partition(".")[0]
    of_its_journey = [place for place in places if place.partition(".")[0] == journey]
    return endpoint if endpoint in places else next(iter(of_its_journey), "")


def site_warning() -> str:
    """Return a warning to be shown on every page: that the nightly sweep has not run."""
    if not may(Permission.SIGNED_IN):
        return ""
    return jobs.sweep_warning(at=clock.now()) or ""


@requires(Permission.PUBLIC)
def home() -> ResponseReturnValue:
    """Send people to where their day begins."""
    if not may(Permission.SIGNED_IN):
        return redirect(url_for("account.sign_in"))
    return redirect(url_for("overview.index" if may(Permission.ASSIGN_CASES) else "caseload.index"))


@requires(Permission.PUBLIC)
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@requires(Permission.PUBLIC)
def readyz() -> ResponseReturnValue:
    """Say that the database answers; a load balancer sends nobody here until it does."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ready"}


@requires(Permission.PUBLIC)
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("pages/accessibility.html")


def day(value: date | None) -> str:
    """Return a day as it is written in a letter: 5 January 2026."""
    return f"{value:%-d %B %Y}" if value else ""


def short_day(value: date | None) -> str:
    """Return a day as it is written in a table: 5 Jan 2026."""
    return f"{value:%-d %b %Y}" if value else ""


def weekday(value: date) -> str:
    """Return a day with its name: Thursday 3 December 2026."""
    return f"{value:%A %-d %B %Y}"


def moment(value: datetime | None) -> str:
    """Return an instant as London's clocks show it: 5 January 2026 at 2:05pm."""
    if value is None:
        return ""
    local = value.astimezone(LONDON)
    return f"{local:%-d %B %Y} at {local:%-I:%M}{local:%p}".replace("AM", "am").replace("PM", "pm")


def moment_of(text: str) -> str:
    """Return an instant that was kept as text (ISO) as London's clocks show it."""
    return moment(datetime.fromisoformat(text))


def choice_words(question: Question, value: str) -> str:
    """Return one of the choices of a question in its words."""
    return next((choice.label for choice in question.offered if choice.value == value), value)


def words(value: object) -> str:
    """Return a code as words: `final_plan_issued` as "final plan issued"."""
    return str(value).replace("_", " ")
