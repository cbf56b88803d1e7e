"""The review queue: groups, filters and orders, acting on many, one alert's page, and what managers set beside it."""

from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.journeys.alerts import acting, presenters
from casetracker.models import (
    Alert,
    AlertEntry,
    AlertEntryKind,
    AlertLevel,
    AlertThreshold,
    EscalationRule,
    Forecast,
    MilestoneRow,
    Remedy,
    Team,
)
from casetracker.queries import alerts as queries
from casetracker.queries.alert_ledger import Similar
from casetracker.queries.alerts import Order, State, Wanted
from casetracker.roles import Role
from casetracker.services import cover, histories, sweeps
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.alerts.conftest import forecast

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
PROMISE = {"action_code": "other", "action": "Ring", "action_due_on": ["5", "6", "2026"]}


def text(answer) -> str:
    return " ".join(" ".join(html.fromstring(answer.text).find(".//main").itertext()).split())


@pytest.fixture
def caseload(user):
    """Three cases, swept: one nobody holds, one whose medical advice is late, one whose draft has not gone."""
    worker = user(name="Bea Busy")
    steps = [
        (H.ASSESSMENT_AGREED, date(2026, 4, 6)),
        (H.ADVICE_ASKED, date(2026, 4, 7), {"advice_kind": "medical"}),
    ]
    late = factories.case(
        received_on=date(2026, 3, 9),
        steps=steps,
        worker=worker,
        reference="Q-2",
        child=factories.person(forename="Mia", born_on=date(2021, 5, 1)),
    )
    nobodys = factories.case(received_on=date(2026, 1, 5), reference="Q-1", child=factories.person(forename="Ned"))
    held = factories.case(
        received_on=date(2026, 2, 2),
        worker=worker,
        reference="Q-3",
        child=factories.person(forename="Pia", born_on=date(2010, 1, 1)),
    )
    sweeps.sweep(on=TODAY, at=NOW)
    db.session.commit()
    return worker, {"late": late, "nobodys": nobodys, "held": held}


def ids(**words) -> set[int]:
    return {row.id for row in queries.standing(Wanted(**words), today=TODAY).rows}


class TestTheQueue:
    def test_says_what_is_to_be_done_and_how_many_there_are_of_each(self, caseload, client, user):
        found = {(group.remedy, group.subject): group.number for group in queries.groups(Wanted(), today=TODAY)}
        counted = db.session.execute(
            select(Alert.remedy, Alert.remedy_subject, func.count())
            .where(Alert.closed_on.is_(None))
            .group_by(Alert.remedy, Alert.remedy_subject)
        )
        assert found == {(remedy, subject): number for remedy, subject, number in counted}
        assert {remedy for remedy, _ in found} >= {Remedy.ASSIGN, Remedy.CHASE_ADVICE, Remedy.DECIDE_AT_PANEL}
        page = text(client(user(Role.MANAGER)).get("/alerts"))
        assert "Give it to a worker A manager" in page
        assert "Chase medical advice" in page

    @pytest.mark.parametrize(
        "filtered", ["state=to_act_on", "level=behind", "level=breached", "state=any&level=likely", "worker=mine"]
    )
    def test_a_group_counts_the_alerts_that_its_link_opens(self, caseload, client, filtered):
        worker, _ = caseload
        browser = client(worker)
        rows = html.fromstring(browser.get(f"/alerts?{filtered}").text).xpath(
            "//table[caption='What is to be done']//tr[td]"
        )
        for row in rows:
            opened = html.fromstring(browser.get(row.xpath(".//a/@href")[0]).text).get_element_by_id("alerts")
            assert opened.text_content().split()[0] == row[-1].text_content()
        assert bool(rows) == ("likely" not in filtered)

    def test_a_group_opens_its_alerts_and_no_others(self, caseload, client, user):
        chased = ids(remedy=Remedy.CHASE_ADVICE, subject="medical")
        rows = db.session.scalars(select(Alert.id).where(Alert.remedy == Remedy.CHASE_ADVICE)).all()
        assert chased == set(rows) != set()
        page = text(client(user()).get("/alerts?remedy=chase_advice&subject=medical"))
        assert "Mia" in page and "Ned" not in page

    def test_orders_differ_within_a_level(self, caseload):
        rows = queries.standing(Wanted(order=Order.HARM), today=TODAY).rows
        for level in {row.level for row in rows}:
            of_level = [row.id for row in rows if row.level == level]
            harm = dict(db.session.execute(select(Alert.id, Alert.harm)).all())
            assert of_level == sorted(of_level, key=lambda one: (-harm[one], -one))
        assert {row.id for row in rows} == ids() == ids(order=Order.PROBABILITY)

    def test_the_likeliest_come_first_and_those_of_no_known_probability_last(self, caseload):
        some = db.session.scalars(select(Alert).where(Alert.level == "behind").order_by(Alert.id)).all()
        assert len(some) > 2
        for number, alert in enumerate(some):
            alert.probability = None if number == 0 else number / 10
        db.session.flush()
        rows = queries.standing(Wanted(level=some[0].level, order=Order.PROBABILITY), today=TODAY).rows
        assert [row.id for row in rows] == [alert.id for alert in [*some[:0:-1], some[0]]]

    def test_by_probability_those_of_none_and_the_breached_go_by_their_days(self, caseload):
        rows = queries.standing(Wanted(order=Order.PROBABILITY), today=TODAY).rows
        by_days = queries.standing(Wanted(), today=TODAY).rows
        assert [row.id for row in rows] == [row.id for row in by_days]
        breached = [row for row in rows if row.level is AlertLevel.BREACHED]
        assert len({row.due_on for row in breached}) > 1
        assert {row.probability for row in breached} == {1}
        assert None in {row.probability for row in rows}

    def test_mine_are_those_of_my_cases_and_of_whom_i_cover(self, caseload, client, user):
        worker, _ = caseload
        other = user(name="Carl Cover")
        assert "There is no alert of yours to act on." in text(client(other).get("/alerts?worker=mine"))
        cover.arrange(
            user_id=worker.id, covered_by_id=other.id, starts_on=TODAY, ends_on=TODAY, reason="", by=other, at=NOW
        )
        db.session.commit()
        page = text(client(other).get("/alerts?worker=mine"))
        assert "Mia" in page and "Pia" in page and "Ned" not in page
        assert "Mine, and those I cover" in page

    def test_asks_no_more_of_the_database_for_more_alerts(self, caseload, client, user, queries_of):
        browser = client(user(Role.MANAGER))
        with queries_of() as few:
            browser.get("/alerts")
        for n in range(20):
            factories.case(received_on=date(2026, 1, 5), reference=f"Z-{n}", child=factories.person(forename=f"Z{n}"))
        sweeps.sweep(on=TODAY, at=NOW)
        db.session.commit()
        with queries_of() as many:
            browser.get("/alerts")
        assert len(many) <= len(few) + 1 <= 30  # a level that had none before is read too

    def test_up_to_the_most_that_is_counted_the_number_is_exact(self, caseload, client, user, monkeypatch):
        browser, number = client(user(Role.MANAGER)), len(ids())
        monkeypatch.setattr(queries, "MOST_COUNTED", number)
        assert f" {number} alerts " in text(browser.get("/alerts"))
        assert "ore than" not in text(browser.get("/alerts"))
        monkeypatch.setattr(queries, "MOST_COUNTED", 1)
        assert "more than 1 " in text(browser.get("/alerts"))

    def test_before_the_first_forecast_it_says_that_there_is_none(self, caseload, client, user):
        browser = client(user(Role.MANAGER))
        assert "No forecast has been made yet" in text(browser.get("/alerts"))
        forecast(caseload[1]["late"], TODAY)
        db.session.commit()
        assert "No forecast has been made yet" not in text(browser.get("/alerts"))

    def test_a_link_before_the_list_leads_to_what_can_be_done_below_it(self, caseload, client, user):
        page = html.fromstring(client(user(Role.MANAGER)).get("/alerts").text)
        assert page.xpath("//a[@href='#act-on-several'][following::table[caption='Alerts, worst first']]")
        target = page.get_element_by_id("act-on-several")
        assert target.get("tabindex") == "-1"
        assert target.xpath("following::button[text()='Say what will be done']")
        assert "children out of school first, and then the youngest" in page.find(".//main").text_content()

    def test_a_filter_that_finds_nothing_says_so_and_can_be_taken_off(self, caseload, client, user):
        page = client(user(Role.MANAGER)).get("/alerts?state=snoozed")
        assert "No alert is like that. Show every alert to act on" in text(page)
        (link,) = html.fromstring(page.text).xpath("//main//a[text()='Show every alert to act on']/@href")
        assert link == "/alerts?state=to_act_on"


class TestOneAlert:
    def test_of_the_decision_about_a_plan_says_that_only_telling_of_none_is_limited(self, caseload, client, user):
        manager = client(user(Role.MANAGER))
        said = {
            alert.duty: "once a plan is agreed, it no longer applies" in text(manager.get(f"/alerts/{alert.id}"))
            for alert in db.session.scalars(select(Alert)).all()
        }
        assert said.pop(Duty.NOTIFY_NO_PLAN) and said and not any(said.values())

    def test_says_of_what_day_its_reason_is_and_that_a_child_may_have_several(self, caseload, client, user):
        browser = client(user(Role.MANAGER))
        assert "(as it was on 1 June 2026)" in text(browser.get(f"/alerts/{min(ids())}"))
        assert "A child can have several alerts." in text(browser.get("/alerts"))

    @pytest.mark.parametrize(("received_on", "early"), [(date(2026, 4, 7), True), (date(2026, 4, 6), False)])
    def test_a_forecast_of_the_first_eight_weeks_is_said_to_tell_little(self, client, user, received_on, early):
        case = factories.case(received_on=received_on, steps=[(H.ASSESSMENT_AGREED, date(2026, 5, 11))])
        safe_on = db.session.scalars(
            select(MilestoneRow.due_on).where(
                MilestoneRow.case_id == case.id, MilestoneRow.duty == Duty.ISSUE_FINAL_PLAN
            )
        ).one()
        forecast(case, TODAY, p_final=0.9, limiting_step="draft", latest_safe_on=safe_on)
        case.named_worker_id = user().id
        sweeps.sweep(on=TODAY, at=NOW)
        db.session.commit()
        one = db.session.scalars(select(Alert.id).where(Alert.level == "likely")).one()
        browser = client(user(Role.MANAGER))
        page = browser.get(f"/alerts/{one}")
        assert ("forecasts so early have told little so far" in text(page)) is early
        assert bool(html.fromstring(page.text).xpath("//main//a[@href='/forecast']")) is early
        assert "at the latest" not in text(page)  # the last safe day is the limit's own
        assert "safe until" not in text(browser.get("/alerts?level=likely"))

    def test_what_became_of_alerts_like_it_leaves_out_what_became_of_none(self):
        told = presenters.what_became(Similar(1_200, 1_198, 0, 2, 0, 0, 0, {}))
        assert told == "in 1,198 the limit was missed, in 2 it was met with nobody having acted"

    @pytest.mark.parametrize(
        ("day", "offered"),
        [
            (date(2026, 6, 5), date(2026, 6, 5)),
            (date(2026, 6, 6), date(2026, 6, 8)),
            (date(2026, 5, 24), date(2026, 5, 26)),
            (date(2099, 6, 6), date(2099, 6, 8)),
            (date(2099, 6, 8), date(2099, 6, 8)),
        ],
        ids=["a Friday", "a Saturday", "before a bank holiday", "holidays not known", "a weekday of such a year"],
    )
    def test_an_action_is_offered_for_a_working_day(self, day, offered):
        assert acting.worked_from(day) == offered

    def test_leads_back_to_the_queue_as_it_was_before_and_after_something_is_done(self, caseload, client, user):
        browser = client(user(Role.MANAGER))
        queue = "/alerts?remedy=chase_advice&subject=medical&order=harm"
        (one,) = ids(remedy=Remedy.CHASE_ADVICE, subject="medical", level=AlertLevel.BEHIND)
        links = html.fromstring(browser.get(f"{queue}&level=behind").text).xpath("//main//table//a/@href")
        (opened,) = [link for link in links if link.startswith(f"/alerts/{one}")]
        page = html.fromstring(browser.get(opened).text)
        (back,) = page.xpath("//a[@class='govuk-back-link']/@href")
        assert set(back.partition("?")[2].split("&")) == set(f"{queue}&level=behind".partition("?")[2].split("&"))
        (comment,) = page.xpath("//a[text()='Add a comment']/@href")
        form = html.fromstring(browser.get(comment).text).xpath("//main//form")[0]
        kept = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}
        answer = browser.post("/alerts/do/comment", {**kept, "words": "Rang them"}, status=302)
        assert sorted(answer.location.partition("?")[2].split("&")) == sorted(back.partition("?")[2].split("&"))

    def test_asks_no_more_of_the_database_for_a_longer_story(self, caseload, client, user, queries_of):
        browser, one = client(user(Role.MANAGER)), min(ids())
        browser.get(f"/alerts/{one}")
        with queries_of() as short:
            browser.get(f"/alerts/{one}")
        for number in range(10):
            browser.post(f"/alerts/do/comment?alert={one}", {"words": f"Rang a {number}th time"})
        with queries_of() as long:
            assert "Rang a 9th time" in text(browser.get(f"/alerts/{one}"))
        assert len(long) == len(short) <= 15

    @pytest.mark.parametrize(("days", "past"), [(-1, True), (0, False)], ids=["yesterday", "today"])
    def test_a_safe_day_that_is_past_is_called_past(self, client, user, days, past):
        case = factories.case(received_on=date(2026, 1, 19), reference="W-3")
        sweeps.sweep(on=TODAY, at=NOW)
        forecast(case, TODAY, latest_safe_on=TODAY + timedelta(days=days), limiting_step="decide")
        db.session.commit()
        alert = db.session.scalars(select(Alert).where(Alert.level == "will_breach")).first()
        browser = client(user())
        page, queue = text(browser.get(f"/alerts/{alert.id}")), text(browser.get("/alerts?level=will_breach"))
        assert ("What would still save it" in page, "1 June 2026 at the latest" in page) == (not past, not past)
        assert ("The last safe day for it was 31 May 2026" in page) == past
        assert ("last safe day was 31 May 2026" in queue, "safe until 1 Jun 2026" in queue) == (past, not past)

    def test_who_can_and_until_when_is_of_what_is_to_be_done_and_of_no_other_step(self, client, user):
        steps = [
            (H.ASSESSMENT_AGREED, date(2026, 4, 6)),
            (H.ADVICE_ASKED, date(2026, 4, 7), {"advice_kind": "medical"}),
        ]
        case = factories.case(received_on=date(2026, 3, 9), steps=steps, worker=user(name="Bea Busy"))
        sweeps.sweep(on=TODAY, at=NOW)
        late = db.session.scalars(select(Alert).where(Alert.duty == "receive_advice")).one()
        safe = TODAY + timedelta(days=9)
        forecast(case, TODAY, limiting_step="plan", limiting_holder="the panel", latest_safe_on=safe)
        db.session.commit()
        browser = client(user())
        page = text(browser.get(f"/alerts/{late.id}"))
        assert "Chase medical advice: the advice giver; the named worker chases." in page and "10 June" not in page
        of_it = {"limiting_step": "advice", "limiting_subject": "medical", "limiting_holder": "Dr Grey"}
        forecast(case, TODAY, **of_it, latest_safe_on=safe)
        db.session.commit()
        assert "Chase medical advice: Dr Grey, by 10 June 2026 at the latest" in text(browser.get(f"/alerts/{late.id}"))
        db.session.get_one(Forecast, case.id).case_version -= 1
        db.session.commit()
        assert "Chase medical advice: the advice giver" in text(browser.get(f"/alerts/{late.id}"))

    def test_says_why_it_stands_what_would_save_it_and_that_it_was_raised_before(self, client, user):
        factories.case(received_on=date(2026, 1, 19), reference="W-2")
        sweeps.sweep(on=TODAY, at=NOW)
        db.session.commit()
        alert = db.session.scalars(select(Alert).where(Alert.level == "will_breach")).first()
        browser = client(user())
        page = text(browser.get(f"/alerts/{alert.id}"))
        assert alert.words in page and "What would still save it" in page and "raised before" not in page
        assert "Set aside" not in page  # a caseworker sees, and does not act
        alert.episode = 3
        db.session.commit()
        assert "having been raised 2 times before" in text(browser.get(f"/alerts/{alert.id}"))


class TestActingOnMany:
    def test_those_ticked_are_set_aside_and_come_back_on_their_day(self, caseload, client, user, on_the_day):
        browser = client(user(Role.MANAGER))
        chosen = sorted(ids())[:3]
        ticked = "&".join(f"alert={one}" for one in chosen)
        assert "These 3 alerts:" in text(browser.get(f"/alerts/do/snooze?{ticked}"))
        browser.post(f"/alerts/do/snooze?{ticked}", {"until": ["8", "6", "2026"], "reason": "Panel on Thursday"})
        assert ids(state=State.SNOOZED) == set(chosen)
        assert not ids() & set(chosen)
        assert "Panel on Thursday set aside until 8 Jun 2026" in text(browser.get("/alerts?state=snoozed"))
        on_the_day.move_to(NOW + timedelta(days=7))
        assert "back since 8 Jun 2026" in text(browser.get("/alerts"))

    def test_every_alert_found_is_acted_on_and_no_other(self, caseload, client, user):
        manager = user(Role.MANAGER, name="Mo Manager")
        browser = client(manager)
        wanted = ids(remedy=Remedy.CHASE_ADVICE, subject="medical")
        page = browser.get("/alerts/do/acknowledge?every=yes&remedy=chase_advice&subject=medical")
        form = html.fromstring(page.text).xpath("//main//form")[0]
        assert {int(one) for one in form.xpath(".//input[@name='alert']/@value")} == wanted
        assert form.xpath(".//select[@name='action_code']/option[@selected]/@value") == ["chase_advice"]
        browser.post(
            "/alerts/do/acknowledge",
            {
                "alert": [str(one) for one in wanted],
                "action_code": "chase_advice",
                "action": "Rang the service",
                "action_by": manager.id,
                "action_due_on": ["5", "6", "2026"],
            },
        )
        assert ids(state=State.IN_HAND) == wanted

    @pytest.mark.parametrize(("place", "follows"), [(0, 1), (1, 2), (-1, -2)], ids=["first", "second", "last"])
    def test_after_acting_a_link_leads_on_from_there_in_the_list(self, caseload, client, user, place, follows):
        browser = client(user(Role.MANAGER))
        rows = [row.id for row in queries.standing(Wanted(order=Order.HARM), today=TODAY).rows]
        fields = {"order": "harm", "until": ["8", "6", "2026"], "reason": "Panel on Thursday"}
        address = f"/alerts/do/snooze?alert={rows[place]}"
        answer = browser.post(address, fields, status=200, follow_redirects=True)
        page = html.fromstring(answer.text)
        (link,) = page.xpath("//main//a[text()='Go on where you were in the list']/@href")
        assert link == f"#alert-{rows[follows]}"
        assert page.xpath(f"//input[@id='{link[1:]}']") and f'id="alert-{rows[place]}"' not in answer.text
        assert "from=" not in "".join(page.xpath("//main//table//@href"))
        them_all = {**fields, "alert": [str(row) for row in rows]}
        every = browser.post("/alerts/do/snooze", them_all, status=200, follow_redirects=True)
        assert "Go on where you were" not in every.text
        assert "Go on where you were" not in browser.get("/alerts?from=999999").text

    @pytest.mark.parametrize(
        ("ahead", "asked"),
        [
            (6, "Its last day is 7 June 2026."),
            (7, None),
            (-1, None),
        ],
        ids=["the day before it is back", "the day it is back", "past already"],
    )
    def test_past_its_last_day_it_is_set_aside_only_once_that_is_confirmed(self, caseload, client, user, ahead, asked):
        browser, one = client(user(Role.MANAGER)), min(ids())
        db.session.get_one(Alert, one).due_on = TODAY + timedelta(days=ahead)
        db.session.commit()
        address = f"/alerts/do/snooze?alert={one}"
        fields = {"until": ["8", "6", "2026"], "reason": "Panel on Thursday"}
        assert "all the same" not in text(browser.get(address))
        if asked:
            page = browser.post(address, fields, status=200)
            assert f"Nothing has been saved yet. {asked} Set aside past that all the same" in text(page)
            form = html.fromstring(page.text).xpath("//main//form")[0]
            assert dict(form.form_values())["reason"] == "Panel on Thursday"
            assert form.xpath(".//input[@name='until']/@value") == ["8", "6", "2026"]
            assert one in ids()
            fields["confirmed"] = "y"
        browser.post(address, fields, status=302)
        assert ids(state=State.SNOOZED) == {one}

    @pytest.mark.parametrize(
        ("ahead", "asked"),
        [
            ((3, 5, 40), "The last day of 2 of them comes before that: the first is 4 June 2026."),
            ((3, 30, 40), "The last day of one of them is 4 June 2026."),
        ],
    )
    def test_of_several_it_says_how_many_would_pass_their_last_day(self, caseload, client, user, ahead, asked):
        some = sorted(ids())[:3]
        for one, days in zip(some, ahead, strict=True):
            db.session.get_one(Alert, one).due_on = TODAY + timedelta(days=days)
        db.session.commit()
        fields = {"alert": [str(one) for one in some], "until": ["8", "6", "2026"], "reason": "Panel on Thursday"}
        browser = client(user(Role.MANAGER))
        assert asked in text(browser.post("/alerts/do/snooze", fields, status=200))
        too_far = text(browser.post("/alerts/do/snooze", {**fields, "until": ["30", "6", "2026"]}, status=200))
        assert "within the next 28 days" in too_far and "The last day of" not in too_far

    def test_with_nothing_ticked_it_says_what_to_do(self, caseload, client, user):
        answer = client(user(Role.MANAGER)).get("/alerts/do/escalate?level=behind", follow_redirects=True)
        assert "Tick the alerts in the list first" in text(answer)

    def test_more_than_can_be_acted_on_at_once_are_refused_with_what_to_do(self, caseload, client, user, monkeypatch):
        monkeypatch.setattr(acting, "MOST_AT_ONCE", len(ids()))
        browser = client(user(Role.MANAGER))
        assert f"These {len(ids())} alerts:" in text(browser.get("/alerts/do/snooze?every=yes"))
        monkeypatch.setattr(acting, "MOST_AT_ONCE", 2)
        answer = browser.get("/alerts/do/snooze?every=yes", follow_redirects=True)
        assert "No more than 2 alerts can be acted on at once: filter the list first." in text(answer)

    @pytest.mark.parametrize(
        ("what", "fields", "message"),
        [
            ("snooze", {"until": ["1", "6", "2026"], "reason": "Later"}, "must be in the future"),
            ("snooze", {"until": ["30", "6", "2026"], "reason": "Later"}, "within the next 28 days"),
            ("snooze", {"until": ["8", "6", "2026"], "reason": " "}, "Say why it can wait"),
            ("escalate", {"to": "", "why": "Too long"}, "Choose who it goes to"),
            ("escalate", {"to": "themselves", "why": "Too long"}, "Choose somebody else"),
            ("comment", {"words": ""}, "Enter a comment"),
            ("reopen", {"why": ""}, "Say why it is taken back"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_changes(self, caseload, client, user, what, fields, message):
        one, manager = min(ids()), user(Role.MANAGER)
        fields = {name: manager.id if value == "themselves" else value for name, value in fields.items()}
        answer = client(manager).post(f"/alerts/do/{what}?alert={one}", fields, status=200)
        assert message in text(answer)
        if "to" in fields:
            assert message in html.fromstring(answer.text).get_element_by_id("to-error").text_content()
        kinds = select(AlertEntry.kind).where(AlertEntry.alert_id == one, AlertEntry.kind != AlertEntryKind.OUTCOME)
        assert db.session.scalars(kinds).all() == [AlertEntryKind.RAISED]

    def test_escalated_commented_and_taken_back_stand_in_its_story(self, caseload, client, user):
        manager, head = user(Role.MANAGER, name="Mo Manager"), user(Role.MANAGER, name="Hedda Head")
        browser, one = client(manager), min(ids())
        browser.post(f"/alerts/do/escalate?alert={one}", {"to": head.id, "why": "Eight weeks late"})
        browser.post(f"/alerts/do/comment?alert={one}", {"words": "Rang the family"})
        browser.post(f"/alerts/do/reopen?alert={one}", {"why": "In hand again"})
        page = text(browser.get(f"/alerts/{one}"))
        for words in ("Escalated, Hedda Head", "Eight weeks late", "Rang the family", "Taken back", "In hand again"):
            assert words in page
        browser.get(f"/alerts/{one}")
        seen = select(func.count()).where(AlertEntry.alert_id == one, AlertEntry.kind == AlertEntryKind.SEEN)
        assert db.session.scalar(seen) == 1


class TestOnesOwnCases:
    @pytest.fixture
    def theirs(self, caseload) -> int:
        late = caseload[1]["late"].id
        return db.session.scalars(select(Alert.id).where(Alert.case_id == late, Alert.closed_on.is_(None))).first()

    def test_the_named_worker_and_who_covers_for_them_say_what_they_will_do_and_go_no_further(
        self, caseload, theirs, client, user
    ):
        worker, _ = caseload
        stands_in = user(name="Carl Cover")
        cover.arrange(
            user_id=worker.id, covered_by_id=stands_in.id, starts_on=TODAY, ends_on=TODAY, reason="", by=worker, at=NOW
        )
        db.session.commit()
        for one in (worker, stands_in):
            browser = client(one)
            assert "Add a comment" in text(browser.get(f"/alerts/{theirs}"))
            browser.get(f"/alerts/do/comment?alert={theirs}")
            browser.post(f"/alerts/do/comment?alert={theirs}", {"words": f"{one.name} rang them"}, status=302)
            assert f"{one.name} rang them" in text(browser.get(f"/alerts/{theirs}"))
            form = html.fromstring(browser.get(f"/alerts/do/acknowledge?alert={theirs}").text)
            offered = form.xpath("//select[@name='action_by']/option[@selected]/@value")
            assert offered == [str(one.id if one is worker else worker.id)]  # themselves, or who has promised already
            promise = {**PROMISE, "action": f"{one.name} rings", "action_by": worker.id}
            browser.post(f"/alerts/do/acknowledge?alert={theirs}", promise, status=302)
            alert = db.session.get_one(Alert, theirs, populate_existing=True)
            assert (alert.action, alert.action_by_id) == (f"{one.name} rings", worker.id)
            assert alert.acknowledged_by_id == one.id
            page = browser.get(f"/alerts/{theirs}").text
            assert "Change what will be done" in page
            for act in ("snooze", "escalate", "reopen"):
                assert f"/alerts/do/{act}" not in page
                browser.get(f"/alerts/do/{act}?alert={theirs}", status=403)
                browser.post(f"/alerts/do/{act}?alert={theirs}", {"why": "So", "reason": "So"}, status=403)

    def test_the_queue_lets_a_caseworker_tick_theirs_and_no_others(self, caseload, client, user):
        worker, cases = caseload
        browser = client(worker)
        everybodys = html.fromstring(browser.get("/alerts?state=to_act_on").text)
        ticked = {int(one) for one in everybodys.xpath("//input[@name='alert']/@value")}
        assert ticked == ids(worker_ids=frozenset([worker.id])) != ids()
        assert not everybodys.xpath("//input[@name='every']")
        assert [b.text for b in everybodys.xpath("//form[.//h2]//button")] == ["Say what will be done", "Comment"]
        own = html.fromstring(browser.get("/alerts?worker=mine").text)
        assert {int(one) for one in own.xpath("//input[@name='alert']/@value")} == ticked
        assert own.xpath("//input[@name='every']")
        stranger = html.fromstring(client(user()).get("/alerts?state=to_act_on").text)
        assert not stranger.xpath("//input[@name='alert']") and not stranger.xpath("//*[@id='act-on-several']")
        assert cases["nobodys"].reference in everybodys.text_content()

    def test_who_promised_to_act_or_was_handed_it_finds_it_and_says_what_they_will_do_and_goes_no_further(
        self, caseload, theirs, client, user
    ):
        manager, owner, head = client(user(Role.MANAGER)), user(name="Olga Owner"), user(name="Hedda Handed")
        promise = {**PROMISE, "action_by": owner.id}
        manager.post(f"/alerts/do/acknowledge?alert={theirs}", promise, status=302)
        manager.post(f"/alerts/do/escalate?alert={theirs}", {"to": head.id, "why": "Late"}, status=302)
        for one in (owner, head):
            browser = client(one)
            assert f"/alerts/{theirs}?" in browser.get("/alerts?worker=mine&state=any").text
            browser.post(f"/alerts/do/comment?alert={theirs}", {"words": f"{one.name} rang them"}, status=302)
            browser.get(f"/alerts/do/acknowledge?alert={theirs}")
            browser.get(f"/alerts/do/snooze?alert={theirs}", status=403)
            assert f"{one.name} rang them" in text(browser.get(f"/alerts/{theirs}"))
        client(head).post(f"/alerts/do/acknowledge?alert={theirs}", {**PROMISE, "action_by": head.id}, status=302)
        assert db.session.get_one(Alert, theirs, populate_existing=True).action_by_id == head.id

    def test_nobody_says_anything_of_cases_of_others(self, caseload, theirs, client, user):
        worker, cases = caseload
        nobodys = db.session.scalars(select(Alert.id).where(Alert.case_id == cases["nobodys"].id)).first()
        stranger = client(user())
        assert "Add a comment" not in text(stranger.get(f"/alerts/{theirs}"))
        stranger.post(f"/alerts/do/comment?alert={theirs}", {"words": "Rang them"}, status=403)
        stranger.post(f"/alerts/do/acknowledge?alert={theirs}", {**PROMISE, "action_by": worker.id}, status=403)
        both = f"alert={theirs}&alert={nobodys}"
        client(worker).post(f"/alerts/do/comment?{both}", {"words": "Rang them"}, status=403)
        client(worker).post(f"/alerts/do/acknowledge?{both}", {**PROMISE, "action_by": worker.id}, status=403)
        client(worker).get("/alerts/do/acknowledge?every=yes&state=any", status=403)
        said = AlertEntry.kind.in_([AlertEntryKind.COMMENTED, AlertEntryKind.ACKNOWLEDGED])
        assert db.session.scalar(select(func.count()).where(said)) == 0


class TestBesideTheQueue:
    def test_an_excused_limit_past_its_day_stays_in_sight_with_its_paragraph(self, client, user):
        about = {
            "paragraph": "13(3)(c)",
            "evidence": "letter",
            "approved_by": "Mo",
            "family_told_on": "2026-05-20",
        }
        made = factories.case(
            received_on=date(2026, 1, 5),
            reference="X-1",
            steps=[(H.ASSESSMENT_AGREED, date(2026, 2, 10)), (H.EXCEPTION_RECORDED, date(2026, 5, 20), about)],
        )
        assert made.stage
        sweeps.sweep(on=TODAY, at=NOW)
        db.session.commit()
        page = text(client(user()).get("/alerts/excused"))
        assert "reg 13(3)(c)" in page and "X-1" in page and "12 days ago" in page

    def test_an_exception_recorded_only_after_the_last_day_says_so(self, client, user):
        made = factories.case(received_on=date(2026, 1, 5), reference="X-2", today=date(2026, 1, 5))
        sweeps.sweep(on=date(2026, 2, 20), at=NOW)
        about = {"paragraph": "5(4)(d)", "from_on": "2026-01-12", "until": "2026-02-20", "evidence": "letter"}
        late = histories.NewEntry(H.EXCEPTION_RECORDED, date(2026, 2, 2), NOW - timedelta(days=4), about)
        histories.append(case_id=made.id, entries=[late], today=TODAY - timedelta(days=4))
        db.session.commit()
        page = text(client(user()).get("/alerts/excused"))
        assert "1 limit " in page and "X-2" in page
        assert text(client(user()).get("/alerts/excused?page=999", follow_redirects=True)) == page
        assert "16 Feb 2026 105 days past reg 5(4)(d) 28 May 2026 4 days ago after the last day" in page

    def test_a_manager_sets_a_threshold_a_rule_and_cover_and_sees_what_the_rule_would_do(self, caseload, client, user):
        team = Team(name="North")
        db.session.add(team)
        manager, other = user(Role.MANAGER, name="Mo Manager"), user(name="Carl Cover")
        db.session.commit()
        browser = client(manager)
        browser.post("/alerts/settings/threshold", {"threshold-team": team.id, "threshold-percent": "35"})
        assert db.session.get(AlertThreshold, team.id).threshold == 0.35
        rule = {
            "rule-team": "",
            "rule-level": "breached",
            "rule-after_days": "0",
            "rule-escalates_to": "user",
            "rule-user": other.id,
        }
        asked = browser.post("/alerts/settings/rules", rule, status=200)
        breached = db.session.scalar(select(func.count()).where(Alert.level == "breached", Alert.closed_on.is_(None)))
        assert "The rule is not made yet." in text(asked) and f"it would escalate {breached} alert" in text(asked)
        assert text(asked).count(", to Carl Cover") == breached > 0
        form = html.fromstring(asked.text).xpath("//main//form")[0]
        kept = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
        changing = browser.post("/alerts/settings/rules", {**kept, "confirmed": "no"}, status=200)
        assert html.fromstring(changing.text).get_element_by_id("rule-after_days").get("value") == "0"
        assert "No rule has been made." in text(changing)
        browser.post("/alerts/settings/rules", {**kept, "confirmed": "yes"})
        again = html.fromstring(browser.post("/alerts/settings/rules", rule, status=200).text)
        assert "goes to Carl Cover already" in again.get_element_by_id("rule-after_days-error").text_content()
        both = {**rule, "rule-after_days": "5", "rule-escalates_to": "team_manager"}
        named = html.fromstring(browser.post("/alerts/settings/rules", both, status=200).text)
        assert "Choose nobody here" in named.get_element_by_id("rule-user-error").text_content()
        assert f"Today these would escalate {breached} alert" in text(browser.get("/alerts/settings"))
        due = text(browser.get("/alerts/settings/due"))
        assert f"would escalate {breached} alert" in due and due.count(", to Carl Cover") == breached
        assert db.session.scalar(select(func.count()).where(Alert.escalated_to_id.is_not(None))) == 0
        made = db.session.scalars(select(EscalationRule)).one()
        browser.post(f"/alerts/settings/rules/{made.id}/end")
        assert "No rule has been made." in text(browser.get("/alerts/settings"))
        away = {
            "cover-user": manager.id,
            "cover-covered_by": other.id,
            "cover-starts_on": ["2", "6", "2026"],
            "cover-ends_on": ["5", "6", "2026"],
            "cover-reason": "Leave",
        }
        browser.post("/alerts/settings/covers", away)
        assert "Mo Manager Carl Cover 2 Jun 2026 5 Jun 2026 Leave" in text(browser.get("/alerts/settings"))

    @pytest.mark.parametrize(
        ("path", "fields", "message"),
        [
            ("threshold", {"threshold-team": "", "threshold-percent": "35"}, "Choose a team"),
            ("threshold", {"threshold-percent": "lots"}, "Enter a whole number from 5 to 95"),
            ("threshold", {"threshold-percent": "1e1"}, "Enter a whole number from 5 to 95"),
            ("threshold", {"threshold-percent": "60.0"}, "Enter a whole number from 5 to 95"),
            ("threshold", {"threshold-percent": "٦٠"}, "Enter a whole number from 5 to 95"),
            ("threshold", {"threshold-percent": "96%"}, "Enter a whole number from 5 to 95"),
            ("rules", {"rule-level": "", "rule-after_days": "3"}, "Choose a level"),
            (
                "rules",
                {"rule-level": "breached", "rule-after_days": "3", "rule-escalates_to": "user"},
                "Choose who it goes to",
            ),
            ("covers", {"cover-starts_on": ["31", "2", "2026"]}, "Enter a real date"),
        ],
    )
    def test_what_is_wrong_in_the_settings_is_said(self, client, user, path, fields, message):
        answer = client(user(Role.MANAGER)).post(f"/alerts/settings/{path}", fields, status=200)
        assert message in text(answer)

    @pytest.mark.parametrize("typed", ["60", "60%", " 60 % "])
    def test_a_threshold_is_taken_with_the_sign_or_without_it(self, client, user, typed):
        team = Team(name="North")
        db.session.add(team)
        db.session.commit()
        fields = {"threshold-team": team.id, "threshold-percent": typed}
        client(user(Role.MANAGER)).post("/alerts/settings/threshold", fields)
        assert db.session.get_one(AlertThreshold, team.id).threshold == 0.6

    @pytest.mark.parametrize(
        ("changed", "field", "message"),
        [
            ({"cover-ends_on": ["1", "6", "2026"]}, "ends_on", "cannot be before the first"),
            ({"cover-ends_on": ["5", "6", "2036"]}, "ends_on", "a year at most"),
            ({"cover-covered_by": "manager"}, "covered_by", "nobody can stand in for themselves"),
        ],
    )
    def test_what_is_wrong_with_a_cover_is_said_beside_what_is_wrong(self, client, user, changed, field, message):
        people = {"manager": user(Role.MANAGER), "other": user()}
        fields = {
            "cover-user": "manager",
            "cover-covered_by": "other",
            "cover-starts_on": ["2", "6", "2026"],
            "cover-ends_on": ["5", "6", "2026"],
            **changed,
        }
        fields |= {name: people[fields[name]].id for name in ("cover-user", "cover-covered_by")}
        answer = client(people["manager"]).post("/alerts/settings/covers", fields, status=200)
        assert message in html.fromstring(answer.text).get_element_by_id(f"cover-{field}-error").text_content()

    def test_whether_we_were_right_is_told_by_week(self, client, user):
        assert "No warning has been given yet." in text(client(user()).get("/alerts/were-we-right"))
        factories.case(received_on=date(2026, 1, 19), reference="W-1")
        sweeps.sweep(on=TODAY, at=NOW)
        db.session.commit()
        assert db.session.scalar(select(func.count()).where(Alert.level == "will_breach")) > 0
        browser = client(user())
        page = browser.get("/alerts/were-we-right")
        assert "warned of, week from 1 Jun 2026 0 0 0" in text(page)
        links = html.fromstring(page.text).xpath("//main//table//a")
        assert links
        for link in links:
            number = link.text_content().partition(":")[0]
            opened = html.fromstring(browser.get(link.get("href")).text)
            assert len(opened.xpath("//main//tbody/tr")) == int(number)
        assert "W-1" in text(browser.get("/alerts/were-we-right/limits?what=flagged&week=2026-06-01"))
        past_the_end = "/alerts/were-we-right/limits?what=flagged&week=2026-06-01&page=999"
        assert "W-1" in text(browser.get(past_the_end, follow_redirects=True))
        for wrong in ("what=flagged&week=June", "what=nothing&week=2026-06-01", ""):
            browser.get(f"/alerts/were-we-right/limits?{wrong}", status=404)

    @pytest.mark.parametrize("role", [Role.CASEWORKER, Role.DATA_OFFICER, Role.ADMINISTRATOR])
    def test_only_managers_set_and_act(self, client, user, role):
        browser = client(user(role))
        acts = [f"do/{what}?alert=1" for what in ("acknowledge", "snooze", "escalate", "reopen")]
        sets = [f"settings/{what}" for what in ("threshold", "rules", "rules/1/end", "covers", "covers/1/end")]
        for path in (*acts, *sets):
            browser.post(f"/alerts/{path}", {}, status=403)

    @pytest.mark.parametrize(
        ("role", "status"), [(Role.CASEWORKER, 200), (Role.MANAGER, 200), (Role.DATA_OFFICER, 403)]
    )
    def test_those_who_see_alerts_see_all_the_pages_about_them(self, caseload, client, user, role, status):
        browser = client(user(role))
        for path in ("?state=to_act_on", f"/{min(ids())}", "/excused", "/were-we-right", "/settings", "/settings/due"):
            browser.get(f"/alerts{path}", status=status)
