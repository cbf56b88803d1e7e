"""What the queue is put in order and grouped by: the remedy, the probability now, and the harm of waiting."""

import itertools
from datetime import date, timedelta

import pytest

from casetracker.extensions import db
from casetracker.models import Case, Person
from casetracker.services import sweeps
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests import factories
from tests.integration.alerts.conftest import (
    AGREED,
    FINAL_BY,
    all_alerts,
    forecast,
    record,
    requested,
    sweep,
    the_alert,
)

pytestmark = pytest.mark.usefixtures("session")
ON = date(2026, 3, 16)
ASKED = (H.ADVICE_ASKED, date(2026, 2, 9), {"advice_kind": "medical"})
RECEIVED = (H.ADVICE_RECEIVED, date(2026, 3, 9), {"advice_kind": "medical"})
PLAN = (H.PLAN_AGREED, date(2026, 3, 10))
DRAFT = (H.DRAFT_PLAN_SENT, date(2026, 3, 11))
HEARD = (H.REPRESENTATIONS_RECEIVED, date(2026, 3, 13))
CONSULTED = (H.SETTING_CONSULTED, date(2026, 3, 12), {"setting": "Oak"})


@pytest.fixture
def held(user):
    """Make a case that somebody holds, with these steps."""
    worker = user()

    def make(*steps) -> Case:
        case = requested(*steps)
        case.named_worker_id = worker.id
        db.session.flush()
        return case

    return make


class TestRemedy:
    @pytest.mark.parametrize(
        ("steps", "remedy", "subject"),
        [
            ([], "decide_at_panel", ""),
            ([AGREED], "ask_for_advice", ""),
            ([AGREED, ASKED], "chase_advice", "medical"),
            ([AGREED, ASKED, RECEIVED], "decide_plan", ""),
            ([AGREED, ASKED, RECEIVED, PLAN], "draft", ""),
            ([AGREED, ASKED, RECEIVED, PLAN, DRAFT], "consult", ""),
            ([AGREED, ASKED, RECEIVED, PLAN, DRAFT, HEARD], "issue", ""),
            ([AGREED, ASKED, RECEIVED, PLAN, DRAFT, HEARD, CONSULTED], "consult", ""),
        ],
        ids="decide ask chase plan draft family issue setting".split(),
    )
    def test_comes_from_the_stage_where_nothing_is_forecast_of_the_case_as_it_is(self, held, steps, remedy, subject):
        case = held(*steps)
        forecast(case, ON, p_final=0.9, limiting_step="draft")
        sweep(ON)
        record(case, H.NOTE_ADDED, ON, note="since then")
        (alert,) = all_alerts(case, Duty.ISSUE_FINAL_PLAN)
        assert (alert.remedy, alert.remedy_subject) == (remedy, subject)

    @pytest.mark.parametrize(
        ("step", "subject", "remedy"),
        [
            ("decide", "", "decide_at_panel"),
            ("ask", "", "ask_for_advice"),
            ("advice", "psychological", "chase_advice"),
            ("plan", "", "decide_plan"),
            ("draft", "", "draft"),
            ("finish", "", "issue"),
        ],
    )
    def test_comes_from_the_step_that_the_forecast_says_the_rest_waits_for(self, held, step, subject, remedy):
        case = held(AGREED, ASKED)
        forecast(case, ON, p_final=0.9, limiting_step=step, limiting_subject=subject)
        sweep(ON)
        alert = the_alert(case)
        assert (alert.remedy, alert.remedy_subject) == (remedy, subject)

    def test_is_to_chase_what_is_late_whatever_the_forecast_waits_for(self, held):
        case = held(AGREED, ASKED)
        on = date(2026, 3, 25)
        forecast(case, on, p_final=0.1, limiting_step="draft")
        sweep(on)
        alert = the_alert(case, Duty.RECEIVE_ADVICE)
        assert (alert.remedy, alert.remedy_subject) == ("chase_advice", "medical")

    def test_is_to_find_somebody_where_nobody_holds_the_case_and_changes_once_somebody_does(self, user):
        case = requested(AGREED, ASKED)
        forecast(case, ON, p_final=0.9)
        sweep(ON)
        assert the_alert(case).remedy == "assign"
        case.named_worker_id = user().id
        db.session.flush()
        assert sweep(ON).put_in_order == 1
        assert (the_alert(case).remedy, the_alert(case).remedy_subject) == ("chase_advice", "medical")

    def test_follows_the_case_at_once(self, held):
        case = held(AGREED, ASKED)
        sweep(FINAL_BY)
        assert the_alert(case).remedy == "chase_advice"
        record(case, H.ADVICE_RECEIVED, FINAL_BY, advice_kind="medical")
        assert the_alert(case).remedy == "decide_plan"


class TestProbability:
    def test_is_that_of_the_last_forecast(self, held):
        case = held(AGREED)
        forecast(case, ON, p_final=0.9)
        sweep(ON)
        forecast(case, ON, p_final=0.7)
        assert sweep(ON).put_in_order == 1
        assert the_alert(case).probability == 0.7
        assert the_alert(case).figures["probability"] == 0.9

    def test_is_certain_once_it_has_happened_and_not_known_without_a_forecast(self, held):
        case = held(AGREED)
        sweep(FINAL_BY)
        assert the_alert(case).probability is None
        sweep(FINAL_BY + timedelta(days=1))
        assert the_alert(case).probability == 1


class TestHarm:
    def test_puts_children_out_of_school_first_and_of_the_others_the_youngest(self):
        born = [date(2012, 5, 1), date(2020, 1, 31), date(2019, 12, 1), None]
        cases = [requested(AGREED, child=factories.person(born_on=on, surname=f"S{n}")) for n, on in enumerate(born)]
        cases[0].out_of_school = True
        db.session.flush()
        sweep(FINAL_BY)
        worst_first = sorted(cases, key=lambda case: -the_alert(case).harm)
        assert worst_first == cases
        assert [the_alert(case).harm for case in cases] == [1_201_205, 202_001, 201_912, 0]

    def test_follows_what_is_known_of_the_child(self):
        case = requested(AGREED)
        sweep(FINAL_BY)
        db.session.get_one(Person, case.person_id).born_on = date(2021, 6, 1)
        case.out_of_school = True
        db.session.flush()
        assert sweep(FINAL_BY).put_in_order >= 1
        assert the_alert(case).harm == 1_202_106


class TestInParts:
    def test_each_part_sweeps_its_own_cases_and_together_they_are_the_whole(self):
        cases = [requested(AGREED) for _ in range(7)]
        whole = sweep(FINAL_BY)
        after_whole = [[(a.level, a.words, a.code) for a in all_alerts(case)] for case in cases]
        db.session.rollback()
        cases = [requested(AGREED) for _ in range(7)]
        ids = [case.id for case in cases]
        middle = ids[3]
        first = sweep(FINAL_BY, first_id=ids[0], last_id=middle)
        assert all_alerts(cases[4]) == []
        second = sweep(FINAL_BY, first_id=middle + 1, last_id=ids[-1])
        assert sweep(FINAL_BY, first_id=ids[0], last_id=middle).will_breach == 0
        assert (first.will_breach, second.will_breach) == (4, 3)
        assert first.will_breach + second.will_breach == whole.will_breach
        assert [[(a.level, a.words, a.code) for a in all_alerts(case)] for case in cases] == after_whole
        assert not any(getattr(sweep(FINAL_BY), name) for name in whole.__slots__)

    def test_the_caseload_is_cut_into_ranges_that_leave_nothing_out(self):
        assert sweeps.parts() == []
        last = [requested(AGREED) for _ in range(5)][-1].id
        cut = sweeps.parts(size=2)
        assert cut[0] == (1, 2) and cut[-1][0] <= last <= cut[-1][1]
        assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(cut))
