"""The alerts page: what it lists, who may act, and what becomes of an alert that is acted on."""

from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import WORST_FIRST, Alert, Case, Team
from casetracker.queries import alerts as queries
from casetracker.roles import Role
from casetracker.services import histories, sweeps
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
ACTION = {"action_code": "other", "action": "Psychologist booked", "action_due_on": ["5", "6", "2026"]}
DO = "/alerts/do"


def swept(*received: date, **options: object) -> list[Case]:
    """Return cases with a request and nothing since, swept today."""
    made = [
        factories.case(
            received_on=on, reference=f"A-{place}", child=factories.person(forename=f"Ada{place}"), **options
        )
        for place, on in enumerate(received)
    ]
    sweeps.sweep(on=TODAY, at=NOW)
    db.session.commit()
    return made


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def text(answer) -> str:
    return words(html.fromstring(answer.text).find(".//main"))


def seen_on(answer) -> list[str]:
    """Return what a form says its reader has before them."""
    return html.fromstring(answer.text).xpath("//main//form//input[@name='seen']/@value")


def lines(answer) -> list[str]:
    (table,) = html.fromstring(answer.text).xpath("//table[contains(caption, 'worst first')]") or [None]
    return [words(row) for row in table.findall("tbody/tr")] if table is not None else []


def the_alert(level: str = "breached") -> Alert:
    return db.session.scalars(
        select(Alert).where(Alert.level == level).order_by(Alert.due_on), execution_options={"populate_existing": True}
    ).first()


class TestTheList:
    def test_the_worst_come_first_and_of_those_the_longest_overdue(self, client, user):
        swept(date(2026, 1, 19), date(2026, 1, 5), date(2026, 3, 2))
        listed = lines(client(user()).get("/alerts?state=to_act_on"))
        levels = [line.split()[0] for line in listed]
        assert levels == sorted(levels, key=["Breached", "Will", "Behind"].index)
        assert listed[0].startswith("Breached Ada1 O’Brien : Tell the family whether we will assess A-1, 9 years")
        assert "16 Feb 2026 105 days over" in listed[0]
        assert "A limit set by law was missed and no exception is on record." in listed[0]
        will_breach = [line for line in listed if line.startswith("Will breach")]
        assert will_breach and "in 7 days" in will_breach[0] and "No draft has been sent" in will_breach[0]

    def test_the_reason_says_what_the_plan_waits_for(self, client, user):
        steps = [
            (H.ASSESSMENT_AGREED, date(2026, 4, 6)),
            (H.ADVICE_ASKED, date(2026, 4, 7), {"advice_kind": "medical"}),
        ]
        swept(date(2026, 3, 9), steps=steps)
        answer = text(client(user()).get("/alerts?level=behind"))
        assert "Medical advice It was not received within its six weeks (reg 8(1))." in answer
        assert "1 alert" not in text(client(user()).get("/alerts?level=breached"))

    def test_filters_by_worker_and_by_team(self, client, user):
        worker = user(name="Bea Busy")
        team = Team(name="North")
        db.session.add(team)
        (mine,) = swept(date(2026, 1, 5), worker=worker)
        mine.team_id = team.id
        db.session.commit()
        browser = client(user())
        assert lines(browser.get(f"/alerts?worker={worker.id}&team={team.id}"))
        assert not lines(browser.get(f"/alerts?worker={worker.id + 1}"))
        assert not lines(browser.get(f"/alerts?team={team.id + 1}"))

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("worker=²", "named worker “²”"),
            ("level=worst", "level “worst”"),
            ("state=any&order=nicest&team=x", "team “x”, what comes first “nicest”"),
            ("remedy=chase_advice&subject=magic", "kind of advice “magic”"),
            ("remedy=sing", "what is to be done “sing”"),
        ],
    )
    def test_a_filter_that_there_is_not_is_said_and_left_out(self, client, user, words, said):
        swept(date(2026, 1, 5))
        browser = client(user(Role.MANAGER))
        page = browser.get(f"/alerts?{words}")
        assert f"The queue cannot be filtered by {said}, so that is left out" in text(page)
        assert len(lines(page)) == len(lines(browser.get("/alerts"))) or "remedy=chase" in words
        acting = browser.get(f"/alerts/do/escalate?every=yes&{words}", follow_redirects=True)
        assert f"The queue cannot be filtered by {said}: look at what it holds first." in acting.text

    @pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999"])
    def test_a_page_that_is_no_number_is_the_first(self, client, user, number):
        swept(date(2026, 1, 5))
        browser = client(user(Role.MANAGER))
        assert lines(browser.get(f"/alerts?page={number}")) == lines(browser.get("/alerts"))

    def test_pages_hold_fifty_and_follow_on_from_level_to_level(self, client, user):
        swept(*[date(2026, 1, 5)] * 30)
        total = db.session.query(Alert).count()
        assert total == 30 * 5
        found = [queries.standing(queries.Wanted(), today=TODAY, number=n) for n in (1, 2, 3)]
        ids = [row.id for page in found for row in page.rows]
        assert [len(page.rows) for page in found] == [50, 50, 50]
        assert len(set(ids)) == total
        levels = [row.level for page in found for row in page.rows]
        assert levels == sorted(levels, key=WORST_FIRST.index)
        browser = client(user())
        assert "Page 2 of 3" in text(browser.get("/alerts?page=2"))
        past_the_end = browser.get("/alerts?page=999")
        assert "Page 3 of 3" in text(past_the_end)
        assert lines(past_the_end) == lines(browser.get("/alerts?page=3"))

    def test_says_so_when_there_is_nothing_to_act_on(self, client, user):
        assert "There is no alert to act on." in text(client(user(Role.MANAGER)).get("/alerts"))
        worker = client(user())
        assert "There is no alert of yours to act on." in text(worker.get("/alerts", follow_redirects=True))
        assert "There is no alert to act on." in text(worker.get("/alerts?state=to_act_on"))

    def test_with_nothing_asked_a_caseworker_finds_their_own_and_may_see_all(self, client, user):
        worker = user()
        (ours,) = swept(date(2026, 1, 5), worker=worker)
        factories.case(received_on=date(2026, 1, 5), reference="A-9", child=factories.person(forename="Zed"))
        sweeps.sweep(on=TODAY, at=NOW)
        db.session.commit()
        browser = client(worker)
        assert browser.get("/alerts", status=302).location == "/alerts?worker=mine"
        own = browser.get("/alerts?worker=mine")
        assert all(ours.reference in line for line in lines(own))
        (everybodys,) = html.fromstring(own.text).xpath("//main//a[text()='Show everybody’s']/@href")
        assert {line.split("A-")[1][0] for line in lines(browser.get(everybodys))} == {"0", "9"}
        manager = client(user(Role.MANAGER))
        assert lines(manager.get("/alerts")) == lines(manager.get(everybodys))


class TestActing:
    def test_a_manager_says_what_will_be_done_and_the_alert_is_shown_apart(self, client, user):
        swept(date(2026, 1, 5))
        manager, worker = user(Role.MANAGER, name="Mo Manager"), user(name="Bea Busy")
        browser = client(manager)
        alert = the_alert()
        before = lines(browser.get("/alerts"))
        assert "105 days over" in text(browser.get(f"{DO}/acknowledge?alert={alert.id}"))
        browser.post(f"{DO}/acknowledge?alert={alert.id}", {**ACTION, "action_by": worker.id})
        assert len(lines(browser.get("/alerts"))) == len(before) - 1
        (apart,) = lines(browser.get("/alerts?state=in_hand"))
        assert "Psychologist booked Bea Busy, by 5 Jun 2026. Acknowledged by Mo Manager." in apart
        assert the_alert().acknowledged_at == NOW

    def test_it_comes_back_when_the_day_of_the_action_has_passed(self, client, user, on_the_day):
        swept(date(2026, 1, 5))
        manager = user(Role.MANAGER)
        client(manager).post(f"{DO}/acknowledge?alert={the_alert().id}", {**ACTION, "action_by": manager.id})
        on_the_day.move_to(NOW + timedelta(days=4))
        assert lines(client(manager).get("/alerts?state=in_hand"))
        on_the_day.move_to(NOW + timedelta(days=5))
        assert lines(client(manager).get("/alerts?state=in_hand")) == []
        assert "that day has passed" in text(client(manager).get("/alerts"))

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"action": " "}, "Say what will be done"),
            ({"action": "x" * 2001}, "Use 2,000 characters or fewer"),
            ({"action_by": ""}, "Choose who will do it"),
            ({"action_by": "999999"}, "Not a valid choice"),
            ({"action_due_on": ["31", "5", "2026"]}, "cannot be in the past"),
            ({"action_due_on": ["31", "2", "2026"]}, "Enter a real date"),
            ({"action_due_on": ["", "", ""]}, "Enter the day it will be done by"),
        ],
    )
    def test_what_is_wrong_is_said_beside_it_and_what_was_typed_is_kept(self, client, user, changed, message):
        swept(date(2026, 1, 5))
        manager = user(Role.MANAGER)
        fields = {**ACTION, "action_by": manager.id, **changed}
        answer = client(manager).post(f"{DO}/acknowledge?alert={the_alert().id}", fields, status=200)
        assert message in text(answer)
        assert str(fields["action"]).strip() in answer.text
        assert the_alert().acknowledged_at is None

    def test_the_second_of_two_who_act_on_it_is_told_what_the_first_did_and_keeps_what_they_typed(self, client, user):
        swept(date(2026, 1, 5))
        worker, alert = user(name="Bea Busy"), the_alert()
        address = f"{DO}/acknowledge?alert={alert.id}"
        mo, olu = client(user(Role.MANAGER, name="Mo Manager")), client(user(Role.MANAGER, name="Olu Other"))
        (first,), (second,) = seen_on(mo.get(address)), seen_on(olu.get(address))
        fields = {**ACTION, "action_by": worker.id}
        mo.post(address, {**fields, "seen": first})
        mine = {**fields, "action": "Draft by Monday"}
        refused = olu.post(address, {**mine, "seen": second}, status=200)
        assert "somebody has acted on this alert since you opened the form" in text(refused)
        assert "Action promised: something else, Bea Busy, 5 Jun 2026: Psychologist booked By Mo Manager" in text(
            refused
        )
        assert "Draft by Monday" in refused.text and "Error: " in refused.text
        assert the_alert().action == "Psychologist booked"
        olu.post(address, {**mine, "seen": seen_on(refused)})
        assert the_alert().action == "Draft by Monday"

    def test_of_many_those_that_somebody_acted_on_meanwhile_are_named_and_left(self, client, user):
        swept(date(2026, 1, 5), date(2026, 1, 19))
        worker = user(name="Bea Busy")
        browser = client(user(Role.MANAGER))
        every = f"{DO}/acknowledge?every=yes&level=breached"
        form = html.fromstring(browser.get(every).text).xpath("//main//form")[0]
        kept = {name: form.xpath(f".//input[@name='{name}']/@value") for name in ("alert", "seen")}
        browser.post(f"{DO}/snooze?alert={the_alert().id}", {"until": ["8", "6", "2026"], "reason": "Panel"})
        fields = {**ACTION, "action_by": worker.id, **kept}
        said = text(browser.post(f"{DO}/acknowledge", fields, status=200, follow_redirects=True))
        others = len(kept["alert"]) - 1
        assert f"{others} alert{'s are' if others > 1 else ' is'} acknowledged." in said
        assert "Left as they are, since somebody acted on them meanwhile: Ada0 O’Brien (A-0)." in said
        assert the_alert().snooze_reason == "Panel" and the_alert().action is None

    @pytest.mark.parametrize("seen", ["x.1", "1", "1.²", "", "9" * 30 + ".1"])
    def test_what_was_seen_that_makes_no_sense_is_left_out_of_account(self, client, user, seen):
        swept(date(2026, 1, 5))
        manager = user(Role.MANAGER)
        fields = {**ACTION, "action_by": manager.id, "seen": seen}
        client(manager).post(f"{DO}/acknowledge?alert={the_alert().id}", fields)
        assert the_alert().action == "Psychologist booked"

    def test_an_alert_that_has_closed_meanwhile_is_left_alone(self, client, user):
        (case,) = swept(date(2026, 1, 5))
        alert, manager = the_alert(), user(Role.MANAGER)
        browser = client(manager)
        histories.append(
            case_id=case.id,
            entries=[histories.NewEntry(H.REQUEST_WITHDRAWN, TODAY, NOW, {})],
            today=TODAY,
        )
        db.session.commit()
        answer = browser.post(
            f"{DO}/acknowledge?alert={alert.id}", {**ACTION, "action_by": manager.id}, status=200, follow_redirects=True
        )
        assert "1 had closed meanwhile: the case moved on." in text(answer)
        assert the_alert().acknowledged_at is None
        assert "closed 1 June 2026: the case ended" in text(browser.get(f"/alerts/{alert.id}"))

    def test_there_is_no_such_alert(self, client, user):
        browser = client(user(Role.MANAGER))
        browser.get(f"{DO}/acknowledge?alert=12345", status=404)
        browser.get("/alerts/12345", status=404)
        browser.get("/alerts/x", status=404)


class TestWhoMay:
    @pytest.mark.parametrize(
        ("role", "sees", "acts"),
        [
            (Role.CASEWORKER, 302, 403),
            (Role.MANAGER, 200, 200),
            (Role.DATA_OFFICER, 403, 403),
            (Role.ADMINISTRATOR, 403, 403),
        ],
    )
    def test_see_and_act(self, client, user, role, sees, acts):
        swept(date(2026, 1, 5))
        browser, alert = client(user(role)), the_alert()
        answer = browser.get("/alerts", status=sees)
        browser.get(f"{DO}/acknowledge?alert={alert.id}", status=acts)
        if sees == 302:
            answer = browser.get("/alerts?state=to_act_on")
        if sees != 403:
            assert (f"{DO}/acknowledge" in answer.text) == (acts == 200)
        if acts == 403:
            browser.post(f"{DO}/acknowledge?alert={alert.id}", {**ACTION, "action_by": "1"}, status=403)
