"""What people do about alerts, one or many at once, and the ledger that none of it is lost from."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from casetracker.extensions import db
from casetracker.models import Alert, AlertAction, AlertEntry, AlertEntryKind, Case
from casetracker.queries import alert_ledger
from casetracker.queries import alerts as queue
from casetracker.services import alerts
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests.integration.alerts.conftest import (
    AGREED,
    FINAL_BY,
    all_alerts,
    ledger_of,
    record,
    requested,
    sweep,
    the_alert,
)
from tests.integration.jobs.agreeing import at_noon

pytestmark = pytest.mark.usefixtures("session")
ON = date(2026, 5, 12)
"""The draft has not been sent, and there is no time left for one."""
IN_THREE_DAYS = ON + timedelta(days=3)


def day(number: int) -> date:
    return ON + timedelta(days=number)


def acknowledged(ids, by, *, due_on=IN_THREE_DAYS, today=ON, words="Psychologist booked", **more):
    return alerts.acknowledge(
        alert_ids=ids,
        action_code=more.pop("action_code", AlertAction.CHASE_ADVICE),
        words=words,
        owner_id=by.id,
        due_on=due_on,
        by=by,
        today=today,
        at=at_noon(today),
        **more,
    )


def to_act_on(today: date) -> int:
    return db.session.scalar(select(func.count(Alert.id)).where(Alert.closed_on.is_(None), queue.is_to_act_on(today)))


@pytest.fixture
def alert(session):
    case = requested(AGREED)
    sweep(ON)
    return the_alert(case)


class TestAcknowledging:
    def test_keeps_who_will_do_what_by_when_and_is_out_of_the_way_until_the_day_is_over(self, alert, user):
        by, before = user(), to_act_on(ON)
        assert acknowledged([alert.id], by) == alerts.Acted(done=1, left_out=0)
        db.session.refresh(alert)
        assert (alert.action_code, alert.action, alert.action_by_id, alert.action_due_on) == (
            "chase_advice",
            "Psychologist booked",
            by.id,
            day(3),
        )
        assert [to_act_on(day(n)) for n in (0, 3, 4)] == [before - 1, before - 1, before]
        entry = db.session.scalars(select(AlertEntry).where(AlertEntry.kind == AlertEntryKind.ACKNOWLEDGED)).one()
        assert (entry.by_id, entry.to_id, entry.until, entry.code, entry.words) == (
            by.id,
            by.id,
            day(3),
            "chase_advice",
            "Psychologist booked",
        )

    def test_it_comes_back_once_when_the_day_has_passed_and_the_ledger_says_so(self, alert, user):
        acknowledged([alert.id], user())
        for n in (3, 4, 4, 6):
            sweep(day(n))
        assert ledger_of(alert) == ["raised", "acknowledged", "returned"]
        acknowledged([alert.id], user(), due_on=day(8), today=day(6))
        sweep(day(9))
        assert ledger_of(alert) == ["raised", "acknowledged", "returned", "acknowledged", "returned"]

    def test_what_somebody_acted_on_since_it_was_seen_is_left_as_they_left_it(self, user):
        cases = [requested(AGREED) for _ in range(2)]
        sweep(ON)
        ids = [the_alert(case).id for case in cases]
        mo, olu = user(), user()
        seen = dict.fromkeys(ids, 0) | alert_ledger.last_acts(ids)
        acknowledged([ids[0]], mo, words="Rang them", seen=seen)
        assert acknowledged(ids, olu, seen=seen) == alerts.Acted(1, 0, frozenset([ids[0]]))
        assert [the_alert(case).action for case in cases] == ["Rang them", "Psychologist booked"]
        (since,) = alert_ledger.acts_since(seen, [ids[0]])
        assert (since.by, since.words) == (mo.name, "Rang them")
        now = alert_ledger.last_acts(ids)
        assert acknowledged(ids, olu, seen=now).done == 2
        assert acknowledged(ids, mo).done == 2  # who says nothing of what they saw acts on it as it stands

    def test_a_comment_and_having_been_seen_are_no_acts(self, alert, user):
        by, before = user(), alert_ledger.last_acts([alert.id])
        alerts.comment(alert_ids=[alert.id], words="Rang them", by=by, today=ON, at=at_noon(ON))
        alerts.see(alert_ids=[alert.id], by=by, today=ON, at=at_noon(ON))
        assert alert_ledger.last_acts([alert.id]) == before == {}
        assert acknowledged([alert.id], by, seen={alert.id: 0}).done == 1

    def test_many_at_once_leaves_out_what_has_closed_meanwhile(self, user):
        cases = [requested(AGREED) for _ in range(3)]
        sweep(ON)
        ids = [the_alert(case).id for case in cases]
        record(cases[1], H.REQUEST_WITHDRAWN, ON)
        assert acknowledged([*ids, 999_999], user()) == alerts.Acted(done=2, left_out=2)
        assert all_alerts(cases[1])[-1].acknowledged_at is None
        assert ledger_of(all_alerts(cases[1], Duty.ISSUE_FINAL_PLAN)[0]) == ["raised", "closed", "outcome"]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"words": "  "}, "Say what will be done"),
            ({"words": "x" * 2_001}, "Use 2,000 characters or fewer"),
            ({"due_on": day(-1)}, "cannot be in the past"),
            ({"due_on": day(85)}, "within the next 12 weeks"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_written(self, alert, user, wrong, message):
        with pytest.raises(alerts.NotPossible, match=message):
            acknowledged([alert.id], user(), **wrong)
        assert ledger_of(alert) == ["raised"]


class TestSnoozing:
    def test_sets_it_aside_until_a_day_on_which_it_is_back(self, alert, user):
        before = to_act_on(ON)
        alerts.snooze(alert_ids=[alert.id], until=day(7), reason="Family away", by=user(), today=ON, at=at_noon(ON))
        assert [to_act_on(day(n)) for n in (0, 6, 7)] == [before - 1, before - 1, before]
        sweep(day(7))
        db.session.refresh(alert)
        assert ledger_of(alert) == ["raised", "snoozed", "returned"]
        assert (alert.snooze_reason, alert.back_on) == ("Family away", day(7))

    def test_takes_the_place_of_an_acknowledgement(self, alert, user):
        acknowledged([alert.id], user())
        alerts.snooze(alert_ids=[alert.id], until=day(1), reason="Wait", by=user(), today=ON, at=at_noon(ON))
        db.session.refresh(alert)
        assert (alert.acknowledged_at, alert.action, alert.back_on) == (None, None, day(1))
        acknowledged([alert.id], user())
        db.session.refresh(alert)
        assert (alert.snoozed_at, alert.snooze_reason) == (None, "")

    @pytest.mark.parametrize(
        ("until", "reason", "message"),
        [
            (ON, "Wait", "must be in the future"),
            (day(29), "Wait", "within the next 28 days"),
            (day(28), " ", "Say why it can wait"),
        ],
    )
    def test_what_cannot_be_is_refused(self, alert, user, until, reason, message):
        with pytest.raises(alerts.NotPossible, match=message):
            alerts.snooze(alert_ids=[alert.id], until=until, reason=reason, by=user(), today=ON, at=at_noon(ON))


class TestTheRest:
    def test_escalating_puts_it_before_somebody_else_at_once(self, alert, user):
        head, by = user(name="Hilda Head"), user()
        acknowledged([alert.id], by)
        before = to_act_on(ON)
        alerts.escalate(alert_ids=[alert.id], to_id=head.id, why="Needs money", by=by, today=ON, at=at_noon(ON))
        db.session.refresh(alert)
        assert (alert.escalated_to_id, to_act_on(ON)) == (head.id, before + 1)
        sweep(day(5))
        assert ledger_of(alert) == ["raised", "acknowledged", "escalated"]

    def test_reopening_takes_back_all_that_was_said(self, alert, user):
        by, before = user(), to_act_on(ON)
        acknowledged([alert.id], by)
        alerts.escalate(alert_ids=[alert.id], to_id=user().id, why="Needs money", by=by, today=ON, at=at_noon(ON))
        alerts.reopen(alert_ids=[alert.id], why="Wrong child", by=by, today=ON, at=at_noon(ON))
        db.session.refresh(alert)
        assert (alert.acknowledged_at, alert.escalated_to_id, alert.back_on, to_act_on(ON)) == (
            None,
            None,
            None,
            before,
        )
        assert ledger_of(alert) == ["raised", "acknowledged", "escalated", "reopened"]

    def test_a_comment_changes_nothing_else_and_can_be_made_on_what_has_closed(self, alert, user):
        record(_case_of(alert), H.REQUEST_WITHDRAWN, ON)
        acted = alerts.comment(alert_ids=[alert.id], words="Rang them", by=user(), today=ON, at=at_noon(ON))
        assert acted == alerts.Acted(done=1, left_out=0)
        assert ledger_of(alert)[-1] == "commented"
        with pytest.raises(alerts.NotPossible, match="Enter a comment"):
            alerts.comment(alert_ids=[alert.id], words="", by=user(), today=ON, at=at_noon(ON))

    def test_each_person_sees_it_for_the_first_time_once(self, alert, user):
        one, other = user(), user()
        seen = [
            alerts.see(alert_ids=[alert.id, alert.id], by=who, today=ON, at=at_noon(ON)) for who in (one, one, other)
        ]
        assert seen == [1, 0, 1]
        assert ledger_of(alert) == ["raised", "seen", "seen"]


def _case_of(alert: Alert) -> Case:
    return db.session.get_one(Case, alert.case_id)


class TestTheLedger:
    def test_keeps_the_words_and_figures_of_the_moment_it_was_raised(self, alert):
        entry = db.session.scalars(select(AlertEntry).where(AlertEntry.alert_id == alert.id)).one()
        assert (entry.kind, entry.on_day, entry.at, entry.by_id) == ("raised", ON, at_noon(ON), None)
        assert (entry.code, entry.words, entry.detail) == (alert.code, alert.words, alert.figures)
        assert entry.detail["days_left"] == 13

    def test_says_why_it_closed_and_what_became_of_the_limit(self, alert):
        record(_case_of(alert), H.PLAN_AGREED, ON)
        record(_case_of(alert), H.FINAL_PLAN_ISSUED, day(2))
        entries = db.session.scalars(select(AlertEntry).where(AlertEntry.alert_id == alert.id).order_by(AlertEntry.id))
        assert [(e.kind.value, e.code) for e in entries][1:] == [("closed", "done"), ("outcome", "met")]

    @pytest.mark.parametrize(
        ("done_on", "outcome", "outcome_on"),
        [
            (FINAL_BY, "met", FINAL_BY),
            (FINAL_BY + timedelta(days=1), "breached", FINAL_BY),
            (None, "breached", FINAL_BY),
        ],
    )
    def test_the_outcome_is_that_of_the_limit(self, alert, done_on, outcome, outcome_on):
        if done_on is not None:
            record(_case_of(alert), H.PLAN_AGREED, ON)
            record(_case_of(alert), H.FINAL_PLAN_ISSUED, done_on)
        for n in (14, 15):
            sweep(day(n))
        db.session.refresh(alert)
        assert (alert.outcome, alert.outcome_on) == (outcome, outcome_on)
        assert ledger_of(alert).count("outcome") == 1

    def test_an_exception_recorded_late_changes_what_became_of_it(self, alert):
        sweep(day(14))
        db.session.refresh(alert)
        assert alert.outcome == "breached"
        detail = {"paragraph": "13(3)(d)", "from_on": "2026-03-02", "until": "2026-05-20", "evidence": "letter"}
        record(_case_of(alert), H.EXCEPTION_RECORDED, date(2026, 3, 2), known_on=day(15), **detail)
        db.session.refresh(alert)
        assert alert.outcome == "excused"
        assert ledger_of(alert).count("outcome") == 2

    @pytest.mark.parametrize(
        "change",
        [update(AlertEntry).values(words="nothing happened"), delete(AlertEntry), text("TRUNCATE alert_entries")],
        ids=["update", "delete", "truncate"],
    )
    def test_nothing_in_it_can_be_changed_or_taken_out(self, alert, change):
        if "TRUNCATE" in str(change) and db.engine.dialect.name == "sqlite":
            change = text("DELETE FROM alert_entries")
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(change)
        db.session.rollback()
