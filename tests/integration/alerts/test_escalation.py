"""Escalation by rule, its dry run, and cover for whoever is away."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import AlertAction, AlertEntry, AlertLevel, Case, Cover, EscalatesTo, User
from casetracker.queries import alerting, cover
from casetracker.roles import Role
from casetracker.services import alerts, escalation, thresholds
from casetracker.services import cover as covering
from tests.integration.alerts.conftest import AGREED, ledger_of, requested, sweep, the_alert
from tests.integration.jobs.agreeing import at_noon

pytestmark = pytest.mark.usefixtures("session")
ON = date(2026, 5, 12)


def day(number: int) -> date:
    return ON + timedelta(days=number)


@pytest.fixture
def staff(user, team):
    """A manager of the north, a head of service, and somebody else; the case is the north's."""
    north = team()
    people = {
        "manager": user(Role.MANAGER, name="Mo Manager"),
        "head": user(Role.MANAGER, name="Hilda Head"),
        "other": user(name="Olu Other"),
    }
    db.session.get_one(User, people["manager"].id).team_id = north.id
    db.session.get_one(User, people["head"].id).head_of_service = True
    case = requested(AGREED)
    case.team_id = north.id
    db.session.flush()
    return {**people, "team": north, "case": case}


def rule(staff, escalates_to: EscalatesTo, after_days: int, **more):
    values = {"team_id": staff["team"].id, "level": AlertLevel.WILL_BREACH, "user_id": None, **more}
    proposed = escalation.propose_rule(
        **values, after_days=after_days, escalates_to=escalates_to, by=staff["manager"], at=at_noon(ON)
    )
    return escalation.make_rule(proposed)


def escalated(case: Case) -> list[tuple[date, int | None, str]]:
    query = (
        select(AlertEntry.on_day, AlertEntry.to_id, AlertEntry.words)
        .where(AlertEntry.alert_id == the_alert(case).id, AlertEntry.kind == "escalated")
        .order_by(AlertEntry.id)
    )
    return [tuple(row) for row in db.session.execute(query)]


class TestAtOnce:
    @pytest.mark.parametrize("of_the_team", [True, False])
    def test_of_two_rules_alike_proposed_at_once_the_second_is_told_of_the_first(self, staff, of_the_team):
        alike = {
            "team_id": staff["team"].id if of_the_team else None,
            "level": AlertLevel.BREACHED,
            "after_days": 3,
            "by": staff["manager"],
            "at": at_noon(ON),
        }
        first = escalation.propose_rule(**alike, escalates_to=EscalatesTo.HEAD_OF_SERVICE)
        second = escalation.propose_rule(**alike, escalates_to=EscalatesTo.USER, user_id=staff["other"].id)
        escalation.make_rule(first)
        db.session.commit()
        with pytest.raises(escalation.MadeAlready, match="goes to the head of service already"):
            escalation.make_rule(second)
        assert [standing.id for standing in alerting.rules()] == [first.id]


class TestRules:
    def test_each_step_is_taken_once_when_its_days_are_over(self, staff):
        rule(staff, EscalatesTo.TEAM_MANAGER, 2)
        rule(staff, EscalatesTo.HEAD_OF_SERVICE, 5)
        rule(staff, EscalatesTo.USER, 0, user_id=staff["other"].id)
        counts = [sweep(day(n)).escalated for n in (0, 1, 2, 2, 3, 5, 9)]
        assert counts == [1, 0, 1, 0, 0, 1, 0]
        assert escalated(staff["case"]) == [
            (ON, staff["other"].id, "As soon as it is raised"),
            (day(2), staff["manager"].id, "Nobody has acted for 2 days"),
            (day(5), staff["head"].id, "Nobody has acted for 5 days"),
        ]
        assert the_alert(staff["case"]).escalated_to_id == staff["head"].id

    def test_after_nights_that_were_missed_every_step_is_taken_and_the_last_has_the_last_word(self, staff):
        rule(staff, EscalatesTo.HEAD_OF_SERVICE, 5)
        rule(staff, EscalatesTo.TEAM_MANAGER, 2)
        sweep(ON)
        assert sweep(day(8)).escalated == 2
        assert the_alert(staff["case"]).escalated_to_id == staff["head"].id

    def test_what_somebody_has_in_hand_waits_and_counts_anew_when_it_comes_back(self, staff):
        rule(staff, EscalatesTo.TEAM_MANAGER, 2)
        sweep(ON)
        alerts.acknowledge(
            alert_ids=[the_alert(staff["case"]).id],
            action_code=AlertAction.DRAFT,
            words="Writing it",
            owner_id=staff["other"].id,
            due_on=day(4),
            by=staff["manager"],
            today=ON,
            at=at_noon(ON),
        )
        assert [sweep(day(n)).escalated for n in (3, 5, 6, 7, 8)] == [0, 0, 0, 1, 0]
        assert ledger_of(the_alert(staff["case"])) == ["raised", "acknowledged", "returned", "escalated"]

    def test_one_that_somebody_escalated_by_hand_is_left_alone_until_it_is_taken_back(self, staff):
        rule(staff, EscalatesTo.TEAM_MANAGER, 0)
        rule(staff, EscalatesTo.HEAD_OF_SERVICE, 2)
        sweep(ON)
        act = {"alert_ids": [the_alert(staff["case"]).id], "by": staff["manager"]}
        alerts.escalate(**act, to_id=staff["other"].id, why="Knows them", today=day(1), at=at_noon(day(1)))
        assert [sweep(day(n)).escalated for n in (1, 2, 9)] == [0, 0, 0]
        assert escalation.due(on=day(9)) == []
        assert the_alert(staff["case"]).escalated_to_id == staff["other"].id
        alerts.reopen(**act, why="Left", today=day(9), at=at_noon(day(9)))
        assert [sweep(day(n)).escalated for n in (9, 11)] == [1, 1]
        assert the_alert(staff["case"]).escalated_to_id == staff["head"].id

    @pytest.mark.parametrize(
        "changed", [{"level": AlertLevel.LIKELY}, {"team_id": "another"}], ids=["another level", "another team"]
    )
    def test_only_what_the_rule_is_for_is_escalated(self, staff, team, changed):
        if changed.get("team_id"):
            changed = {"team_id": team("South").id}
        rule(staff, EscalatesTo.HEAD_OF_SERVICE, 0, **changed)
        assert sweep(ON).escalated == 0

    def test_a_rule_of_every_team_goes_to_the_manager_of_each(self, staff, team, user):
        south, manager = team("South"), user(Role.MANAGER)
        db.session.get_one(User, manager.id).team_id = south.id
        case, nobodys = requested(AGREED), requested(AGREED)
        case.team_id = south.id
        rule(staff, EscalatesTo.TEAM_MANAGER, 0, team_id=None)
        assert sweep(ON).escalated == 2
        found = [the_alert(one).escalated_to_id for one in (staff["case"], case, nobodys)]
        assert found == [staff["manager"].id, manager.id, None]

    def test_a_rule_with_nobody_to_go_to_does_nothing_and_the_dry_run_says_so(self, staff):
        db.session.get_one(User, staff["head"].id).active = False
        made = rule(staff, EscalatesTo.HEAD_OF_SERVICE, 0)
        assert sweep(ON).escalated == 0
        (due,) = escalation.due(on=ON)
        assert (due.rule_id, due.to_id) == (made.id, None)

    def test_a_rule_that_has_ended_is_not_followed(self, staff):
        made = rule(staff, EscalatesTo.TEAM_MANAGER, 0)
        escalation.end_rule(rule_id=made.id, by=staff["manager"], at=at_noon(ON))
        assert sweep(ON).escalated == 0
        assert alerting.rules() == []

    def test_the_dry_run_says_what_would_be_done_and_does_nothing(self, staff):
        made = rule(staff, EscalatesTo.TEAM_MANAGER, 2)
        sweep(ON)
        assert escalation.due(on=day(1)) == []
        for _ in range(2):
            (due,) = escalation.due(on=day(2))
            assert (due.alert_id, due.case_id, due.rule_id, due.to_id) == (
                the_alert(staff["case"]).id,
                staff["case"].id,
                made.id,
                staff["manager"].id,
            )
        assert escalated(staff["case"]) == []
        sweep(day(2))
        assert escalation.due(on=day(2)) == []

    @pytest.mark.parametrize(
        ("days", "to", "message"), [(-1, EscalatesTo.TEAM_MANAGER, "from 0"), (366, EscalatesTo.TEAM_MANAGER, "from 0"),
                                    (1, EscalatesTo.USER, "Choose who")]
    )  # fmt: skip
    def test_a_rule_that_makes_no_sense_is_refused(self, staff, days, to, message):
        with pytest.raises(escalation.NotPossible, match=message):
            rule(staff, to, days)

    def test_a_rule_that_is_only_proposed_can_be_tried_and_is_not_followed(self, staff):
        sweep(ON)
        proposed = escalation.propose_rule(
            team_id=staff["team"].id,
            level=AlertLevel.WILL_BREACH,
            after_days=2,
            escalates_to=EscalatesTo.TEAM_MANAGER,
            by=staff["manager"],
            at=at_noon(ON),
        )
        assert escalation.due(on=day(1), rules=[proposed]) == []
        (due,) = escalation.due(on=day(2), rules=[proposed])
        assert (due.rule_id, due.to_id) == (None, staff["manager"].id)
        assert sweep(day(2)).escalated == 0
        assert alerting.rules() == []

    def test_no_second_rule_is_made_for_the_same_alerts_and_days_until_the_first_has_ended(self, staff, team):
        made = rule(staff, EscalatesTo.USER, 3, user_id=staff["other"].id)
        rule(staff, EscalatesTo.HEAD_OF_SERVICE, 3, team_id=None)
        for team_id, first in ((staff["team"].id, "Olu Other"), (None, "the head of service")):
            for to, user_id in ((EscalatesTo.USER, staff["head"].id), (EscalatesTo.TEAM_MANAGER, None)):
                with pytest.raises(escalation.MadeAlready, match=f"goes to {first} already"):
                    rule(staff, to, 3, user_id=user_id, team_id=team_id)
        escalation.end_rule(rule_id=made.id, by=staff["manager"], at=at_noon(ON))
        rule(staff, EscalatesTo.USER, 3, user_id=staff["other"].id)

    def test_nobody_is_named_where_it_does_not_go_to_somebody_named(self, staff):
        for to in (EscalatesTo.TEAM_MANAGER, EscalatesTo.HEAD_OF_SERVICE):
            with pytest.raises(escalation.NotPossible, match="Choose nobody here"):
                rule(staff, to, 3, user_id=staff["other"].id)

    def test_the_rules_are_listed_with_who_they_go_to(self, staff):
        rule(staff, EscalatesTo.USER, 3, user_id=staff["other"].id)
        rule(staff, EscalatesTo.HEAD_OF_SERVICE, 9, team_id=None)
        assert [(row.team, row.after_days, row.escalates_to, row.user) for row in alerting.rules()] == [
            ("", 9, "head_of_service", ""),
            ("North", 3, "user", "Olu Other"),
        ]


class TestThresholds:
    def test_are_listed_with_who_set_them(self, staff, team):
        team("South")
        thresholds.set_threshold(team_id=staff["team"].id, threshold=0.3, by=staff["manager"], at=at_noon(ON))
        found = [(row.team, row.threshold, row.changed_by) for row in alerting.thresholds()]
        assert found == [("North", 0.3, "Mo Manager"), ("South", 0.5, "")]

    @pytest.mark.parametrize("wrong", [0.0, 0.04, 0.96, 1.0])
    def test_what_would_flag_everything_or_nothing_is_refused(self, staff, wrong):
        with pytest.raises(thresholds.NotPossible):
            thresholds.set_threshold(team_id=staff["team"].id, threshold=wrong, by=staff["manager"], at=at_noon(ON))


class TestCover:
    def arrange(self, staff, who: str, by: str, first: int = 0, last: int = 4):
        return covering.arrange(
            user_id=staff[who].id,
            covered_by_id=staff[by].id,
            starts_on=day(first),
            ends_on=day(last),
            reason="Leave",
            by=staff["manager"],
            at=at_noon(ON),
        )

    def test_whoever_covers_acts_for_the_absent_one_from_the_first_day_to_the_last(self, staff):
        self.arrange(staff, "manager", "head")
        both = {staff["head"].id, staff["manager"].id}
        found = [cover.acting_for(staff["head"].id, day(n)) for n in (-1, 0, 4, 5)]
        assert found == [{staff["head"].id}, both, both, {staff["head"].id}]
        assert cover.acting_for(staff["manager"].id, ON) == {staff["manager"].id}

    def test_whoever_covers_somebody_who_covers_a_third_acts_for_both(self, staff):
        self.arrange(staff, "manager", "head")
        self.arrange(staff, "head", "other", 2, 9)
        assert cover.acting_for(staff["other"].id, ON) == {staff["other"].id}
        assert cover.acting_for(staff["other"].id, day(2)) == {staff[who].id for who in ("other", "head", "manager")}

    def test_three_who_came_to_cover_each_other_in_a_ring_act_for_all(self, staff):
        self.arrange(staff, "manager", "head")
        self.arrange(staff, "head", "other")
        self.arrange(staff, "other", "manager")
        ring = {staff[who].id for who in ("manager", "head", "other")}
        assert all(cover.acting_for(one, ON) == ring for one in ring)

    def test_two_who_covered_each_other_before_that_was_refused_act_for_both(self, staff):
        self.arrange(staff, "manager", "head")
        pair = {"user_id": staff["head"].id, "covered_by_id": staff["manager"].id, "made_by_id": staff["head"].id}
        db.session.add(Cover(**pair, starts_on=ON, ends_on=day(4), made_at=at_noon(ON)))
        db.session.flush()
        both = {staff["head"].id, staff["manager"].id}
        assert cover.acting_for(staff["head"].id, ON) == both == cover.acting_for(staff["manager"].id, ON)

    def test_can_be_called_off(self, staff):
        made = self.arrange(staff, "manager", "head")
        assert [row.name for row in cover.standing(on=ON)] == ["Mo Manager"]
        covering.call_off(cover_id=made.id, by=staff["manager"], at=at_noon(ON))
        assert cover.acting_for(staff["head"].id, ON) == {staff["head"].id}
        assert cover.standing(on=ON) == []

    @pytest.mark.parametrize(
        ("who", "by", "first", "last", "about", "message"),
        [
            ("head", "head", 0, 4, "covered_by", "nobody can stand in for themselves"),
            ("head", "other", 4, 3, "ends_on", "cannot be before the first"),
            ("head", "other", -4, -1, "ends_on", "has passed already"),
            ("head", "other", 0, 366, "ends_on", "a year at most"),
            ("manager", "other", 4, 8, "user", "on some of those days already"),
            ("head", "manager", 4, 8, "covered_by", "stand in for each other"),
        ],
    )
    def test_what_cannot_be_is_refused(self, staff, who, by, first, last, about, message):
        self.arrange(staff, "manager", "head")
        with pytest.raises(covering.NotPossible, match=message) as refused:
            self.arrange(staff, who, by, first, last)
        assert refused.value.about == about

    def test_one_that_has_begun_can_be_entered_late_and_may_last_a_year(self, staff):
        self.arrange(staff, "manager", "head", -3, 0)
        self.arrange(staff, "manager", "head", 1, 366)
        self.arrange(staff, "head", "manager", 367, 370)
