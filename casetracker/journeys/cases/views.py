"""The case page, and the choice of what to log."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casetracker import clock, law, wording
from casetracker.journeys.cases import choices, presenters, ribbons, steps
from casetracker.journeys.cases.offers import NOT_CORRECTED, offered
from casetracker.models import Case, CaseEvent
from casetracker.permissions import may, requires
from casetracker.queries import cases as queries
from casetracker.queries import forecasts, mail
from casetracker.queries.entries import entry_of
from casetracker.roles import Permission
from casetracker.services import closures
from casetracker.services.alerts.words import step_in_words
from casetracker.services.cases import said_of_needs, senses_of
from casetracker.statute.closures import Ahead
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.happenings import Happening
from casetracker.statute.history import replay
from casetracker.statute.stages import Stage
from casetracker.statute.standing import CaseStanding

bp = Blueprint("cases", __name__, url_prefix="/cases/<int:case_id>")
_ONLY = {"notes": frozenset({Happening.NOTE_ADDED, Happening.CONTACT_RECORDED, Happening.NOTIFICATION_SENT})}


def standing_of(events: Sequence[CaseEvent], on: date) -> CaseStanding:
    """Return how a case with these entries stood at the close of a day."""
    return replay([entry_of(event) for event in events], on=on, reading=law.reading())


@bp.get("")
@requires(Permission.SEE_CASES)
def show(case_id: int) -> ResponseReturnValue:
    """Show a case as it stands, or as it was known on a past day (`?on=2026-05-01`)."""
    case, today = queries.one(case_id), clock.today()
    on = _asked_day(today)
    known = [event for event in queries.events(case_id) if entry_of(event).recorded_on <= on]
    standing, entries = standing_of(known, on), known_by([entry_of(event) for event in known], on)
    lines = queries.timeline(known)
    only = _ONLY.get(request.args.get("only", ""))
    return render_template(
        "cases/show.html",
        case=case,
        standing=standing,
        on=on,
        is_now=on == today,
        ribbon=ribbons.ribbon(standing),
        weeks_of=ribbons.weeks_of(standing),
        steps=_steps(case, standing, entries) if on == today else [],
        lines=[line for line in lines if only is None or line.happening in only],
        only_notes=only is not None,
        contacts=[line for line in lines if line.happening is Happening.CONTACT_RECORDED and not line.corrected_by],
        alerts=queries.open_alerts(case_id) if on == today else [],
        reviews=queries.annual_reviews(case_id) if on == today and standing.plan_in_force else None,
        others=queries.other_cases(case.person_id, case_id),
        age=presenters.age(case.person.born_on, on) if case.person.born_on else None,
        year=presenters.year_words(case.person.born_on, on) if case.person.born_on else "",
        needs=presenters.needs(case.primary_need, said_of_needs(entries)),
        told={entry.seq: entry.detail.get("family_told", "") for entry in entries},
        told_of_exception_on=presenters.told_of_exception_on(entries),
        reviewed=dict(choices.REVIEWED),
        detail_lines=presenters.detail_lines,
        basis_words=wording.of_basis,
        who_asked=dict(wording.SOURCES).get(case.request_source, ""),
        NOT_CORRECTED=NOT_CORRECTED,
        ahead=_ahead(case, standing, today) if on == today else (),
        mail_troubles=mail.troubles_of_case(case_id) if on == today else [],
        **_forecast(case, today, shown=on == today),
    )


def _forecast(case: Case, today: date, *, shown: bool) -> dict[str, Any]:
    """Return what the last forecast says of an open case, and what it waits for in words."""
    wanted = shown and case.is_open and may(Permission.SEE_FORECASTS)
    said = forecasts.of_case(case.id, today=today) if wanted else None
    if said is None or said.limiting_step is None:
        return {"said": said, "limiting": ""}
    limiting = step_in_words(said.limiting_step, said.limiting_subject)
    return {"said": said, "limiting": limiting[:1].upper() + limiting[1:]}


def _ahead(case: Case, standing: CaseStanding, today: date) -> tuple[Ahead, ...]:
    """Return the long closures ahead of a case while its advice is still to be asked for or to come."""
    early = standing.stage in (Stage.REQUESTED, Stage.ORDERED_TO_ASSESS, Stage.ASSESSING)
    started_on = standing.clock.started_on if standing.clock else None
    return closures.ahead_of(received_on=started_on, setting_id=case.setting_id, today=today) if early else ()


def _asked_day(today: date) -> date:
    try:
        return min(today, date.fromisoformat(request.args.get("on", "")))
    except ValueError:
        return today


def _steps(case: Case, standing: CaseStanding, entries: Sequence[Entry]) -> list[steps.Step]:
    vision, hearing = senses_of(case.primary_need, said_of_needs(entries))
    return steps.next_steps(
        standing,
        born_on=case.person.born_on,
        vision=vision,
        hearing=hearing,
        told_of_exception_on=presenters.told_of_exception_on(entries),
        reading=law.reading(),
    )


@bp.get("/log")
@requires(Permission.WORK_CASES)
def choose(case_id: int) -> ResponseReturnValue:
    """Offer what the law lets happen next."""
    case = queries.one(case_id)
    return render_template(
        "cases/choose.html", case=case, groups=offered(standing_of(queries.events(case_id), clock.today()))
    )
