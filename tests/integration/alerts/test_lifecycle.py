"""
The life of the alerts on one limit, whatever is done to it in whatever order, beside a small model in plain Python.

Days pass, the case moves, forecasts come and go, exceptions are recorded and taken out, people act, and sweeps run,
some of them twice. After every step the alerts that stand are those of the model, each entered in the ledger once.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Alert, AlertAction, AlertEntry, CaseEvent, User
from casetracker.queries.alerts import is_to_act_on
from casetracker.services import alerts, cases, histories
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests.integration.alerts.conftest import AGREED, FINAL_BY, all_alerts, forecast, record, requested, sweep
from tests.integration.jobs.agreeing import at_noon

BEGIN = date(2026, 4, 24)
LEVELS = ("breached", "will_breach", "likely", "behind")
EXCEPTION = {"paragraph": "13(3)(d)", "from_on": "2026-03-02", "until": "2026-04-20", "evidence": "letter"}
DAY = timedelta(days=1)


@dataclass
class Known:
    """What is forecast, and of which day."""

    on: date
    slack: int | None
    probability: float | None
    safe_on: date | None
    is_of_the_case_as_it_is: bool = True


@dataclass
class Standing:
    """An alert of the model."""

    level: str
    code: str
    back_on: date | None = None


@dataclass
class Model:
    """The rules once more, for one final plan and nothing else."""

    today: date = BEGIN
    draft_on: date | None = None
    answered: bool = False
    settled: bool = False
    excused: bool = False
    known: Known | None = None
    stands: dict[str, Standing] = field(default_factory=dict)
    raised: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)

    def by_the_clock(self) -> str:
        if self.draft_on is None:
            return "no_time_for_representations" if (FINAL_BY - self.today).days < 15 else ""
        ends = self.draft_on + timedelta(days=14)
        return "days_of_the_family" if not self.answered and self.today <= ends and ends >= FINAL_BY else ""

    def news(self) -> Known | None:
        known = self.known
        usable = known and known.is_of_the_case_as_it_is and timedelta(0) <= self.today - known.on <= 3 * DAY
        return known if usable else None

    def calls_for(self, level: str) -> str:
        """Return the code of the alert that is called for; nothing where none is."""
        if self.settled or self.excused:
            return ""
        if self.today > FINAL_BY:
            return "limit_missed" if level == "breached" else ""
        known = self.news() or Known(self.today, None, None, None)
        codes = {
            "breached": "",
            "will_breach": self.by_the_clock() or ("no_slack" if (known.slack or 0) < 0 else ""),
            "likely": "probable" if (known.probability or 0) > 0.5 else "",
            "behind": "safe_day_passed" if known.safe_on and known.safe_on < self.today else "",
        }
        return codes[level]

    def keeps(self, alert: Standing) -> bool:
        if self.settled or self.excused:
            return False
        if alert.level == "breached":
            return True
        if self.today > FINAL_BY:
            return False
        known = self.news()
        if alert.level == "will_breach":
            if self.by_the_clock() or (known and known.slack is not None and known.slack < 0):
                return True
            return alert.code == "no_slack" and (known is None or (known.slack is not None and known.slack < 2))
        if alert.level == "likely":
            return known is None or (known.probability or 0) >= 0.5 - 0.05
        return known is None or bool(known.safe_on and known.safe_on < self.today)

    def close(self) -> None:
        for alert in list(self.stands.values()):
            if not self.keeps(alert):
                self.drop(alert.level)

    def drop(self, level: str) -> None:
        del self.stands[level]
        self.entered["closed"] += 1

    def sweep(self) -> None:
        self.close()
        for level in LEVELS:
            worse = LEVELS[: LEVELS.index(level)]
            if level not in self.stands and not any(one in self.stands for one in worse):
                code = self.calls_for(level)
                if code:
                    self.stands[level] = Standing(level, code)
                    self.raised[level] += 1
                    self.entered["raised"] += 1
        worst = next((level for level in LEVELS if level in self.stands), None)
        for level in list(self.stands):
            if level != worst:
                self.drop(level)

    def moved(self) -> None:
        if self.known:
            self.known.is_of_the_case_as_it_is = False
        self.close()


class Life(RuleBasedStateMachine):
    """One case, told to the tracker and to the model alike."""

    by: User
    head: User

    @initialize()
    def begin(self) -> None:
        self.savepoint = db.session.begin_nested()
        self.case = requested(AGREED, (H.PLAN_AGREED, date(2026, 4, 6)))
        self.model = Model()

    def teardown(self) -> None:
        self.savepoint.rollback()
        db.session.expire_all()

    def recorded(self, happening: H, on: date, **detail: str) -> bool:
        try:
            record(self.case, happening, on, known_on=self.model.today, **detail)
        except histories.NotAllowed:
            return False
        return True

    @rule(days=st.sampled_from([1, 1, 2, 5]))
    def days_pass(self, days: int) -> None:
        self.model.today += timedelta(days=days)
        self.sweep(again=False)

    @rule(again=st.booleans())
    def sweep(self, again: bool) -> None:
        self.model.sweep()
        sweep(self.model.today)
        if again:
            counts = sweep(self.model.today)
            assert not any(getattr(counts, name) for name in counts.__slots__)

    @rule(
        slack=st.sampled_from([None, -1, -1, 0, 1, 2, 9]),
        probability=st.sampled_from([None, 0.2, 0.44, 0.46, 0.5, 0.52, 0.9]),
        safe=st.sampled_from([None, -4, 0, 5]),
        age=st.sampled_from([0, 0, 0, 3, 4]),
        swept=st.sampled_from([True, True, False]),
    )
    def forecast_changes(
        self, slack: int | None, probability: float | None, safe: int | None, age: int, swept: bool
    ) -> None:
        today = self.model.today
        safe_on = None if safe is None else today + timedelta(days=safe)
        on = today - timedelta(days=age)
        self.model.known = Known(on, slack, probability, safe_on)
        forecast(self.case, on, slack_days=slack, p_final=probability, latest_safe_on=safe_on)
        if swept:
            self.sweep(again=False)

    @precondition(lambda self: not self.model.settled)
    @rule()
    def something_is_noted(self) -> None:
        if self.recorded(H.NOTE_ADDED, self.model.today, note="rang"):
            self.model.moved()

    @precondition(lambda self: self.model.draft_on is None and not self.model.settled)
    @rule()
    def draft_is_sent(self) -> None:
        if self.recorded(H.DRAFT_PLAN_SENT, self.model.today):
            self.model.draft_on = self.model.today
            self.model.moved()

    @precondition(lambda self: self.model.draft_on is not None and not self.model.settled)
    @rule()
    def family_answers(self) -> None:
        if self.recorded(H.REPRESENTATIONS_RECEIVED, self.model.today):
            self.model.answered = True
            self.model.moved()

    @precondition(lambda self: not self.model.settled and self.model.today > FINAL_BY - 9 * DAY)
    @rule(happening=st.sampled_from([H.FINAL_PLAN_ISSUED, H.REQUEST_WITHDRAWN]))
    def case_ends(self, happening: H) -> None:
        if self.recorded(happening, self.model.today):
            self.model.settled = True
            self.model.moved()

    @precondition(lambda self: not self.model.settled and not self.model.excused)
    @rule()
    def exception_is_recorded(self) -> None:
        if self.recorded(H.EXCEPTION_RECORDED, date(2026, 3, 2), **EXCEPTION):
            self.model.excused = True
            self.model.moved()

    @precondition(lambda self: not self.model.settled and self.model.excused)
    @rule()
    def exception_is_taken_out(self) -> None:
        query = select(CaseEvent).where(CaseEvent.case_id == self.case.id, CaseEvent.happening == H.EXCEPTION_RECORDED)
        event = db.session.scalars(query.order_by(CaseEvent.seq.desc())).first()
        today = self.model.today
        cases.correct(
            event=event, occurred_on=None, detail=None, reason="not away", by=self.by, today=today, at=at_noon(today)
        )
        self.model.excused = False
        self.model.moved()

    @rule(days=st.integers(0, 6))
    def somebody_acknowledges(self, days: int) -> None:
        due_on = self.model.today + timedelta(days=days)
        acted = alerts.acknowledge(
            alert_ids=self.ids(),
            action_code=AlertAction.OTHER,
            words="Do it",
            owner_id=self.by.id,
            due_on=due_on,
            **self.now(),
        )
        self.acted(acted, "acknowledged", due_on + DAY)

    @rule(days=st.integers(1, 28))
    def somebody_snoozes(self, days: int) -> None:
        until = self.model.today + timedelta(days=days)
        acted = alerts.snooze(alert_ids=self.ids(), until=until, reason="Away", **self.now())
        self.acted(acted, "snoozed", until)

    @rule()
    def somebody_escalates(self) -> None:
        acted = alerts.escalate(alert_ids=self.ids(), to_id=self.head.id, why="Money", **self.now())
        self.acted(acted, "escalated", None)

    @rule()
    def somebody_reopens(self) -> None:
        self.acted(alerts.reopen(alert_ids=self.ids(), why="Wrong", **self.now()), "reopened", None)

    def now(self) -> dict[str, object]:
        return {"by": self.by, "today": self.model.today, "at": at_noon(self.model.today)}

    def ids(self) -> list[int]:
        """Return every alert there has been on the plan: those that have closed must be left out."""
        return [alert.id for alert in all_alerts(self.case, Duty.ISSUE_FINAL_PLAN)]

    def acted(self, acted: alerts.Acted, kind: str, back_on: date | None) -> None:
        assert acted == alerts.Acted(len(self.model.stands), self.model.raised.total() - len(self.model.stands))
        for alert in self.model.stands.values():
            alert.back_on = back_on
            self.model.entered[kind] += 1

    @invariant()
    def what_stands_is_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        found = all_alerts(self.case, Duty.ISSUE_FINAL_PLAN)
        stand = {(a.level.value, a.code, a.back_on, a.episode) for a in found if a.closed_on is None}
        raised = self.model.raised
        assert stand == {(s.level, s.code, s.back_on, raised[s.level]) for s in self.model.stands.values()}
        assert len(stand) <= 1
        assert Counter(alert.level.value for alert in found) == raised
        assert all(alert.words for alert in found)

    @invariant()
    def what_is_to_be_acted_on_is_what_nobody_has_in_hand(self) -> None:
        if not hasattr(self, "model"):
            return
        today = self.model.today
        query = select(func.count(Alert.id)).where(
            Alert.case_id == self.case.id,
            Alert.duty == Duty.ISSUE_FINAL_PLAN,
            Alert.closed_on.is_(None),
            is_to_act_on(today),
        )
        waiting = [alert for alert in self.model.stands.values() if alert.back_on is None or alert.back_on <= today]
        assert db.session.scalar(query) == len(waiting)

    @invariant()
    def nobodys_entry_is_lost_and_nothing_is_entered_twice(self) -> None:
        if not hasattr(self, "model"):
            return
        query = (
            select(AlertEntry.kind, func.count())
            .join(Alert, Alert.id == AlertEntry.alert_id)
            .where(Alert.case_id == self.case.id, Alert.duty == Duty.ISSUE_FINAL_PLAN)
            .group_by(AlertEntry.kind)
        )
        entered = Counter({kind.value: number for kind, number in db.session.execute(query)})
        assert {kind: entered[kind] for kind in self.model.entered} == dict(self.model.entered)


def test_whatever_happens_the_alerts_are_those_of_the_model(session, user):
    class OfSomebody(Life):
        by, head = user(), user()

    run_state_machine_as_test(
        OfSomebody,
        settings=settings(max_examples=20, stateful_step_count=30, suppress_health_check=list(HealthCheck)),
    )
