"""Logging a request."""

from dataclasses import replace
from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from casetracker import clock, law
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.journeys.requests.forms import A_DIFFERENT_CHILD, RequestForm
from casetracker.models import Case, Person, User
from casetracker.permissions import requires
from casetracker.queries import cases as case_queries
from casetracker.queries import people
from casetracker.queries.caseload import teams
from casetracker.roles import Permission
from casetracker.services import cases, histories
from casetracker.services import people as person_services
from casetracker.services.people import PersonDetails
from casetracker.statute.happenings import Happening
from casetracker.statute.repeat import Finding, on_logging
from casetracker.transactions import commits

bp = Blueprint("requests", __name__, url_prefix="/requests")
_GIVEN = ("forename", "surname", "born_on", "upn", "uln", "nhs_number")
"""What says which child it is: where the record of a child known already differs, the record stands."""


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def log_request() -> ResponseReturnValue:
    """Log a request, having looked whether the child is known already."""
    form = RequestForm(received_on=clock.today(), worker=str(current_user.id))
    form.offer(
        workers=[(str(user.id), user.name) for user in case_queries.workers()],
        teams=[(str(team.id), team.name) for team in teams()],
    )
    matches: list[people.Match] = []
    if form.validate_on_submit():
        recorded = case_queries.recorded_from(form.submission_key)
        if recorded is not None:
            return _logged(recorded)
        if form.check(today=clock.today()):
            matches = _matches(form)
            form.offer_children([(str(m.person.id), _named(m.person)) for m in matches])
            if matches and not form.has_chosen_child():
                add_error(form.same_child, "This child may be known already: choose which it is")
            elif (case_id := _save(form)) is not None:
                return _logged(case_id)
    findings = {match.person.id: _findings(match, form.received_on.data) for match in matches}
    return render_template("requests/log_request.html", form=form, matches=matches, findings=findings)


def _matches(form: RequestForm) -> list[people.Match]:
    details = form.details()
    return people.likely_matches(
        forename=details.forename,
        surname=details.surname,
        born_on=details.born_on,
        upn=details.upn or "",
        uln=details.uln or "",
        nhs_number=details.nhs_number or "",
    )


def _named(person: Person) -> str:
    born = f"born {person.born_on:%-d %B %Y}" if person.born_on else "date of birth not known"
    return f"{person.name}, {born}"


def _findings(match: people.Match, received_on: date) -> tuple[Finding, ...]:
    return on_logging(
        received_on=received_on, born_on=match.person.born_on, earlier=match.earlier(), reading=law.reading()
    )


def _logged(case_id: int) -> ResponseReturnValue:
    flash("The request is logged and the clock is running.", "success")
    return redirect(url_for("cases.show", case_id=case_id))


def _save(form: RequestForm) -> int | None:
    """Log the request and return its case; or put why not beside the field it is about and return None."""
    try:
        return _log(form).id
    except (cases.NotPossible, histories.NotAllowed) as refused:
        db.session.rollback()
        add_error(form.received_on, str(refused))
        return None
    except (histories.AlreadyRecorded, IntegrityError):
        db.session.rollback()
        case_id = case_queries.recorded_from(form.submission_key)  # by the other half of a double click
        if case_id is None:
            raise
        return case_id


def _log(form: RequestForm) -> Case:
    now, today = clock.now(), clock.today()
    given, known = form.details(), _known_child(form)
    detail = form.on_the_entry()
    if known is not None:
        detail |= _as_given(given, known)
    worker = db.session.get(User, int(form.worker.data)) if form.worker.data else None
    team_id = int(form.team.data) if form.team.data else (worker or current_user).team_id
    case = cases.log_request(
        person=known or person_services.add(given, at=now),
        received_on=form.received_on.data,
        source=form.source.data,
        by=current_user,
        today=today,
        at=now,
        named_worker_id=worker.id if worker else None,
        team_id=team_id,
        setting_id=cases.setting_of(urn=form.setting_urn.data, name=form.setting_name.data),
        primary_need=form.primary_need.data or "",
        detail=detail,
        submission=form.submission_key,
        reading=law.reading(),
    )
    if form.contact():
        cases.record(
            case_id=case.id,
            happening=Happening.CONTACT_RECORDED,
            occurred_on=form.received_on.data,
            by=current_user,
            today=today,
            at=now,
            detail={**form.contact(), "relation": "parent or carer"},
            reading=law.reading(),
        )
    if known is not None:
        _add_what_is_new(case, known, given, today=today, now=now)
    return case


def _known_child(form: RequestForm) -> Person | None:
    chosen = form.same_child.data
    return case_queries.person(int(chosen)) if chosen and chosen != A_DIFFERENT_CHILD else None


def _as_given(given: PersonDetails, known: Person) -> dict[str, str]:
    """Return what the request says of a known child that the record does not, so that nothing typed is lost."""
    pairs = {name: (getattr(given, name), getattr(known, name)) for name in _GIVEN}
    return {f"{name}_as_given": str(new) for name, (new, old) in pairs.items() if new and old and new != old}


def _add_what_is_new(case: Case, known: Person, given: PersonDetails, *, today: date, now: datetime) -> None:
    """Fill the gaps in the record of a known child from the request; only the address may have changed since."""
    details = PersonDetails(
        forename=known.forename,
        surname=known.surname,
        born_on=known.born_on or given.born_on,
        sex=known.sex if known.sex != "U" else given.sex,
        ethnicity=known.ethnicity or given.ethnicity,
        postcode=given.postcode or known.postcode,
    )
    numbers = {name: getattr(known, name) or getattr(given, name) for name in ("upn", "uln", "nhs_number")}
    person_services.change_details(
        case_id=case.id,
        details=replace(details, **numbers),
        by=current_user,
        today=today,
        at=now,
        reading=law.reading(),
    )
