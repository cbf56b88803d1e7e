"""Finding and keeping settings and services, and bringing in the register, mailboxes and closures from files."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovFileInput
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Optional

from casetracker import clock, sent_files, wording
from casetracker.chasing.ladder import LadderWrong
from casetracker.csvin.closures import read_closures
from casetracker.csvin.refusals import FileRefused
from casetracker.extensions import db
from casetracker.forms import add_error, choice_field, long_field, radio_field, text_field, tick_field
from casetracker.identifiers import as_key
from casetracker.models import Service, ServicePerson, ServiceType
from casetracker.permissions import requires
from casetracker.queries import directory as queries
from casetracker.roles import Permission
from casetracker.services import closures, directory
from casetracker.services.chasing import ladder_of
from casetracker.services.directory import NotPossible
from casetracker.statute.advice import AdviceKind
from casetracker.transactions import commits

bp = Blueprint("directory", __name__, url_prefix="/directory")
TYPES = {
    ServiceType.SETTING: "School, college or early years setting",
    ServiceType.HEALTH: "Health",
    ServiceType.PSYCHOLOGY: "Educational psychology",
    ServiceType.SOCIAL_CARE: "Social care",
    ServiceType.SENSORY: "Sensory teachers",
    ServiceType.FAMILY: "Family",
    ServiceType.OTHER: "Other",
}
_EMAIL = (Optional(), Email("Enter an email address, such as advice@example.org"))
REGISTER, SERVICES, CLOSURES = "register", "services", "closures"


class ServiceForm(FlaskForm):
    """A service and where its requests go."""

    name = text_field("Name", needed="Enter a name")
    type = choice_field("What it is", [(t.value, words) for t, words in TYPES.items()], needed="Choose what it is")
    mailbox = text_field("Team mailbox", hint="Where every request goes", longest=254, checks=_EMAIL)
    kinds = SelectMultipleField(
        "Advice it gives",
        description="Leave empty for what such a service usually gives",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(kind.value, wording.ADVICE[kind]) for kind in AdviceKind],
    )
    manager_name = text_field("Manager")
    manager_email = text_field("Manager’s email address", longest=254, checks=_EMAIL)
    ladder = text_field(
        "Reminders", hint="Days from the last day, such as -14 -7 +1 +8 +22!; leave empty for the usual"
    )
    note = long_field("Note", longest=2_000)
    active = tick_field("It is asked for advice", default=True)


class PersonForm(FlaskForm):
    """Somebody in a service."""

    name = text_field("Name", needed="Enter a name")
    role = text_field("Role", longest=120)
    email = text_field("Email address", longest=254, checks=_EMAIL)
    telephone = text_field("Telephone", longest=40)


class UploadForm(FlaskForm):
    """A file for the directory."""

    kind = radio_field(
        "What are you bringing in?",
        (
            (
                REGISTER,
                "The register of settings: the DfE’s file of all establishments (Get Information About Schools)",
            ),
            (SERVICES, "Services and their mailboxes: name, type, mailbox, kinds, manager, manager_email"),
            (
                CLOSURES,
                "Term dates or closures: name, first_day, last_day, what (term or closure), urn; or a calendar (.ics)",
            ),
        ),
        needed="Choose what you are bringing in",
    )
    authority = text_field(
        "Only these authorities", hint="For the register: codes with a space between, such as 931 825"
    )
    urn = text_field(
        "Only for the setting with this URN", hint="For closures; empty for the whole authority", longest=6
    )
    file = FileField("File", widget=GovFileInput(), validators=[FileRequired("Choose a file")])


@bp.get("")
@requires(Permission.SEE_DIRECTORY)
def index() -> ResponseReturnValue:
    """Find a service or a setting."""
    text = request.args.get("q", "").strip()[:200]
    page = as_key(request.args.get("page", "")) or 1
    settings = queries.settings(text, page=page) if text else []
    return render_template(
        "directory/index.html",
        text=text,
        page=page,
        services=queries.services(text=text),
        settings=settings[: queries.PAGE],
        more=len(settings) > queries.PAGE,
        TYPES=TYPES,
    )


@bp.get("/settings/<int:setting_id>")
@requires(Permission.SEE_DIRECTORY)
def setting(setting_id: int) -> ResponseReturnValue:
    """Show a setting: what the register says, whom to ask there, when it is closed."""
    return render_template(
        "directory/setting.html",
        setting=queries.setting(setting_id),
        service=queries.service_of_setting(setting_id),
        closures=queries.closures_of(setting_id, after=clock.today()),
        open_cases=queries.open_cases(setting_id),
        form=FlaskForm(),
    )


@bp.post("/settings/<int:setting_id>/service")
@requires(Permission.MANAGE_DIRECTORY)
@commits
def make_service(setting_id: int) -> ResponseReturnValue:
    """Make a setting one that can be asked for advice."""
    made = directory.service_for_setting(setting_id)
    return redirect(url_for("directory.edit", service_id=made.id))


@bp.get("/services/<int:service_id>")
@requires(Permission.SEE_DIRECTORY)
def service(service_id: int) -> ResponseReturnValue:
    """Show a service and its people."""
    found = queries.service(service_id)
    return render_template(
        "directory/service.html",
        service=found,
        people=queries.people(service_id),
        TYPES=TYPES,
        kinds=[wording.of_advice(kind) for kind in found.kinds],
    )


@bp.route("/services/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
@commits
def add() -> ResponseReturnValue:
    """Add a service."""
    return _service_page(None, ServiceForm())


@bp.route("/services/<int:service_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
@commits
def edit(service_id: int) -> ResponseReturnValue:
    """Change a service."""
    found = queries.service(service_id)
    values: dict[str, Any] = {name: getattr(found, name) for name in _PLAIN}
    form = ServiceForm(
        **values, type=found.type.value, kinds=found.kinds, ladder=" ".join(found.ladder or []), active=found.active
    )
    return _service_page(found, form)


_PLAIN = ("name", "mailbox", "manager_name", "manager_email", "note")


def _service_page(found: Service | None, form: ServiceForm) -> ResponseReturnValue:
    if form.validate_on_submit():
        values: dict[str, Any] = {name: form[name].data or "" for name in _PLAIN}
        values["mailbox"], values["manager_email"] = values["mailbox"].lower(), values["manager_email"].lower()
        values |= {
            "type": ServiceType(form.type.data),
            "kinds": list(form.kinds.data or []),
            "active": bool(form.active.data),
        }
        try:
            kept = directory.keep(found, {**values, "ladder": ladder_of(form.ladder.data or "")})
            return redirect(url_for("directory.service", service_id=kept.id))
        except LadderWrong as wrong:
            add_error(form.ladder, str(wrong))
        except NotPossible as refused:
            db.session.rollback()
            add_error(form.name, str(refused))
    return render_template("directory/form.html", form=form, title="Change a service" if found else "Add a service")


@bp.route("/services/<int:service_id>/people", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
@commits
def add_person(service_id: int) -> ResponseReturnValue:
    """Add somebody to a service."""
    found, form = queries.service(service_id), PersonForm()
    if form.validate_on_submit():
        directory.add_person(
            service_id,
            name=form.name.data,
            role=form.role.data or "",
            email=form.email.data or "",
            telephone=form.telephone.data or "",
        )
        return redirect(url_for("directory.service", service_id=service_id))
    return render_template("directory/form.html", form=form, title=f"Add somebody to {found.name}")


@bp.post("/people/<int:person_id>/left")
@requires(Permission.MANAGE_DIRECTORY)
@commits
def left(person_id: int) -> ResponseReturnValue:
    """Record that somebody has left. Requests go to the team's mailbox, so nothing waits for them."""
    person = db.session.get(ServicePerson, person_id) or abort(404)
    person.left_on = person.left_on or clock.today()
    return redirect(url_for("directory.service", service_id=person.service_id))


@bp.get("/closures")
@requires(Permission.SEE_DIRECTORY)
def calendar() -> ResponseReturnValue:
    """Show when every setting here is closed."""
    return render_template("directory/closures.html", closures=queries.closures_of(None))


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
@commits
def upload() -> ResponseReturnValue:
    """Bring in a file, and show what became of it and each row that was refused."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            result = _brought_in(form)
            return render_template("directory/imported.html", result=result, kind=form.kind.data)
        except FileRefused as refused:
            db.session.rollback()
            add_error(form.file, sent_files.in_words(refused, [form.file.data]))
    return render_template("directory/form.html", form=form, title="Bring in a file", takes_files=True)


def _brought_in(form: UploadForm) -> directory.Counts | closures.Stored:
    with sent_files.set_down(form.file.data) as path:
        if form.kind.data == REGISTER:
            codes = frozenset((form.authority.data or "").split())
            return directory.import_register(path, on=clock.today(), authorities=codes)
        if form.kind.data == SERVICES:
            return directory.import_services(path)
        return closures.store(read_closures(path), source=path.name, urn=form.urn.data or "")
