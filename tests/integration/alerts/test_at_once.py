"""People act on many alerts, and record what happened, while whole sweeps and sweeps of parts run."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Alert, AlertAction, AlertEntry, AlertLevel, Case, EscalatesTo, User
from casetracker.services import alerts, escalation, histories, sweeps
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests.integration.alerts.conftest import AGREED, FINAL_BY, all_alerts, requested, sweep
from tests.integration.jobs.agreeing import at_noon
from tests.integration.jobs.test_sweep_killed import Together

NIGHTS = [FINAL_BY - timedelta(days=n) for n in range(12, 6, -1)]
ASKED = [(H.ADVICE_ASKED, date(2026, 2, 9), {"advice_kind": kind}) for kind in ("medical", "educational")]
Range = tuple[int | None, int | None]


def sweep_every_night(*ranges: Range) -> None:
    for night in NIGHTS:
        for first_id, last_id in ranges:
            sweeps.sweep(on=night, at=at_noon(night), first_id=first_id, last_id=last_id)
            db.session.commit()


def act_every_night(ids: Sequence[int], by_id: int) -> None:
    person = db.session.get_one(User, by_id)
    for night in NIGHTS:
        alerts.acknowledge(
            alert_ids=ids,
            action_code=AlertAction.OTHER,
            words="Do it",
            owner_id=by_id,
            due_on=night,
            by=person,
            today=night,
            at=at_noon(night),
        )
        db.session.commit()


def receive_medical_advice(case_ids: Sequence[int]) -> None:
    for case_id in case_ids:
        entry = histories.NewEntry(H.ADVICE_RECEIVED, NIGHTS[0], at_noon(NIGHTS[0]), {"advice_kind": "medical"})
        histories.append(case_id=case_id, entries=[entry], today=NIGHTS[0])
        db.session.commit()


def number_of(*conditions: object) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


def open_levels(case: Case) -> list[str]:
    return [a.level.value for a in all_alerts(case, Duty.ISSUE_FINAL_PLAN) if a.closed_on is None]


def medical_is_closed(case: Case) -> bool:
    (alert,) = [a for a in all_alerts(case, Duty.RECEIVE_ADVICE) if a.subject == "medical"]
    return alert.closed_on is not None


def test_nobody_waits_for_ever_and_every_alert_is_entered_once(app, session, user):
    by = user()
    made = [requested(AGREED, *ASKED) for _ in range(12)]
    cases = [case.id for case in made]
    rule = {"team_id": None, "level": AlertLevel.WILL_BREACH, "after_days": 0, "escalates_to": EscalatesTo.USER}
    escalation.make_rule(escalation.propose_rule(**rule, user_id=by.id, by=by, at=at_noon(NIGHTS[0])))
    sweep(NIGHTS[0])
    db.session.commit()
    ids = list(db.session.scalars(select(Alert.id).order_by(Alert.id.desc())))
    halves = [(cases[0], cases[5]), (cases[6], cases[-1])]
    together = Together(app)
    together.do(lambda: sweep_every_night((None, None)))
    together.do(lambda: sweep_every_night(*halves))
    together.do(lambda: sweep_every_night(*reversed(halves)))
    together.do(lambda: act_every_night(ids, by.id))
    together.do(lambda: receive_medical_advice(cases[::2]))
    together.wait()
    sweep(NIGHTS[-1])
    assert [open_levels(case) for case in made] == [["will_breach"]] * 12
    assert [medical_is_closed(case) for case in made] == [True, False] * 6
    assert number_of(AlertEntry.kind == "raised") == number_of(Alert.id.is_not(None))
    assert number_of(AlertEntry.kind == "closed") == number_of(Alert.closed_on.is_not(None)) > 0
