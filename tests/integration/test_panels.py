"""The days of the panel: entered, called off, and what each has to decide."""

from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Alert, Panel
from casetracker.queries import panels as queries
from casetracker.roles import Role
from casetracker.services import panels, sweeps
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.alerts.conftest import forecast

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
THURSDAY = date(2026, 6, 4)
WEEK = timedelta(weeks=1)


@pytest.fixture
def manager(user):
    return user(Role.MANAGER, name="Morag Sinclair")


@pytest.fixture
def enter(manager):
    """Enter panels: every week for so many weeks, or one."""

    def make(first: date = THURSDAY, *, weeks: int = 0, apart: int = 1) -> int:
        until = first + weeks * WEEK if weeks else None
        return panels.enter(
            first=first, weeks_apart=apart if weeks else 0, until=until, by=manager, today=TODAY, at=NOW
        )

    return make


def text(answer) -> str:
    return " ".join(html.fromstring(answer.text).find(".//main").text_content().split())


class TestEntering:
    def test_a_series_is_entered_once_however_often_it_is_sent(self, enter):
        assert (enter(weeks=4), enter(weeks=5), enter()) == (5, 1, 0)
        assert [one.held_on for one in queries.upcoming(TODAY)] == [THURSDAY + n * WEEK for n in range(6)]

    def test_a_bank_holiday_in_a_series_is_left_out(self, enter):
        assert enter(first=date(2026, 12, 18), weeks=3) == 2  # neither Christmas Day nor New Year's
        assert [one.held_on for one in queries.upcoming(TODAY)] == [date(2026, 12, 18), date(2027, 1, 8)]

    def test_every_other_week(self, enter):
        assert enter(weeks=4, apart=2) == 3
        assert [one.held_on for one in queries.upcoming(TODAY)] == [THURSDAY + n * WEEK for n in (0, 2, 4)]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"first": TODAY - timedelta(days=1)}, "has passed already"),
            ({"first": date(2026, 6, 6)}, "6 June 2026 is a Saturday"),
            ({"first": date(2026, 12, 25)}, "25 December 2026 is a bank holiday"),
            ({"weeks": 60}, "no more than 60 at once"),
            ({"weeks": -1}, "cannot be before the first"),
        ],
    )
    def test_what_cannot_be_is_refused(self, enter, options, message):
        with pytest.raises(panels.NotPossible, match=message):
            enter(**options)
        assert queries.upcoming(TODAY) == []

    def test_one_that_is_called_off_is_kept_on_record_and_its_day_can_be_entered_again(self, enter, manager):
        enter()
        (first,) = queries.upcoming(TODAY)
        panels.call_off(panel_id=first.id, by=manager, at=NOW)
        panels.call_off(panel_id=first.id, by=manager, at=NOW + timedelta(days=1))
        assert queries.upcoming(TODAY) == [] and queries.next_panel(TODAY) is None
        assert enter() == 1
        kept = db.session.scalars(select(Panel).order_by(Panel.id)).all()
        assert [one.called_off_at for one in kept] == [NOW, None]


@pytest.fixture
def waiting(user):
    """
    Three cases to be decided about, with the last days of their limits.

    OVER: whether to assess, 25 May. SOON: whether to assess, 8 June. PLAN: all advice is in; no plan by 22 June.
    And two that wait for no panel: one whose advice is awaited, one already withdrawn.
    """
    worker = user(name="Wilma Worker")
    over = factories.case(received_on=date(2026, 4, 13), worker=worker, reference="OVER")
    soon = factories.case(received_on=date(2026, 4, 27), worker=worker, reference="SOON")
    received = date(2026, 3, 2)
    asked = [(H.ASSESSMENT_AGREED, date(2026, 4, 6)), (H.ADVICE_ASKED, date(2026, 4, 7), {"advice_kind": "medical"})]
    came = (H.ADVICE_RECEIVED, date(2026, 5, 11), {"advice_kind": "medical"})
    plan = factories.case(received_on=received, steps=[*asked, came], worker=worker, reference="PLAN")
    factories.case(received_on=received, steps=asked, reference="AWAITED")
    factories.case(
        received_on=date(2026, 4, 27), steps=[(H.REQUEST_WITHDRAWN, date(2026, 5, 4))], reference="WITHDRAWN"
    )
    return over, soon, plan


class TestAgenda:
    def test_a_case_belongs_to_the_last_panel_before_its_limit_and_to_the_next_where_that_has_passed(
        self, enter, waiting
    ):
        enter(weeks=3)  # 4, 11, 18 and 25 June
        found = queries.upcoming(TODAY)
        assert [one.cannot_wait for one in found] == [2, 0, 1, 0]
        for one in found:
            agenda = queries.agenda(one.id, today=TODAY)
            assert len(agenda.cannot_wait) == one.cannot_wait
            assert bool(agenda.can_wait) == (one is found[0])
        first = queries.agenda(found[0].id, today=TODAY)
        assert [(one.reference, one.duty, one.due_on) for one in first.cannot_wait] == [
            ("OVER", Duty.DECIDE_WHETHER_TO_ASSESS, date(2026, 5, 25)),
            ("SOON", Duty.DECIDE_WHETHER_TO_ASSESS, date(2026, 6, 8)),
        ]
        assert [(one.reference, one.duty) for one in first.can_wait] == [("PLAN", Duty.NOTIFY_NO_PLAN)]
        assert first.following == THURSDAY + WEEK

    def test_one_whose_limit_is_after_the_last_panel_entered_is_no_panels_last_chance(self, enter, waiting):
        enter()
        (only,) = queries.upcoming(TODAY)
        assert only.cannot_wait == 1  # SOON may still be given a panel by 8 June
        agenda = queries.agenda(only.id, today=TODAY)
        assert [one.reference for one in agenda.cannot_wait] == ["OVER"]
        assert [one.reference for one in agenda.can_wait] == ["SOON", "PLAN"]

    def test_one_that_is_over_or_called_off_has_none(self, enter, manager):
        enter()
        (panel,) = queries.upcoming(TODAY)
        assert queries.agenda(panel.id, today=THURSDAY + timedelta(days=1)) is None
        panels.call_off(panel_id=panel.id, by=manager, at=NOW)
        assert queries.agenda(panel.id, today=TODAY) is None

    def test_the_last_before_a_day(self, enter):
        enter(weeks=2)
        assert queries.last_before(THURSDAY + WEEK, today=TODAY) == THURSDAY + WEEK
        assert queries.last_before(THURSDAY + WEEK - timedelta(days=1), today=TODAY) == THURSDAY
        assert queries.last_before(THURSDAY - timedelta(days=1), today=TODAY) is None


class TestPages:
    def test_a_manager_enters_a_series_opens_an_agenda_and_calls_one_off(self, client, manager, waiting, session):
        session.commit()
        browser = client(manager)
        assert "No panel is entered." in text(browser.get("/panels"))
        fields = {"first": ["4", "6", "2026"], "weeks_apart": "1", "until": ["25", "6", "2026"]}
        browser.post("/panels/enter", fields)
        page = html.fromstring(browser.get("/panels").text)
        rows = [[" ".join(cell.text_content().split()) for cell in row][:2] for row in page.xpath("//tbody/tr")]
        assert rows[0] == ["Thursday 4 June 2026", "2"] and len(rows) == 4
        for row in page.xpath("//tbody/tr"):
            number = int(row.xpath("./td[1]")[0].text_content())
            opened = browser.get(row.xpath(".//a/@href")[0])
            assert f"Cannot wait: {number} case" in text(opened) if number else "No case has to be" in text(opened)
        agenda = page.xpath("//tbody//a/@href")[0]
        lines = browser.get(f"{agenda}.csv").text.splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == ["OVER", "SOON", "PLAN"]
        assert "2 cases have to be decided at it that cannot wait" in text(browser.get(f"{agenda}/call-off"))
        browser.get(agenda)
        browser.post(f"{agenda}/call-off")
        browser.get(agenda, status=404)
        browser.get(f"{agenda}/call-off", status=404)
        assert "Thursday 4 June" not in text(browser.get("/panels"))

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"first": ["", "", ""]}, "Enter the first day"),
            ({"first": ["31", "6", "2026"]}, "Enter a real date"),
            ({"first": ["6", "6", "2026"]}, "is a Saturday: choose a working day"),
            ({"weeks_apart": ""}, "Choose how often"),
            ({"until": ["", "", ""]}, "Enter the last day of the series"),
            ({"until": ["1", "6", "2026"]}, "The last day cannot be before the first"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(self, client, manager, changed, message):
        fields = {"first": ["4", "6", "2026"], "weeks_apart": "1", "until": ["25", "6", "2026"], **changed}
        page = client(manager).post("/panels/enter", fields, status=200)
        assert message in page.text
        assert html.fromstring(page.text).xpath("//input[@name='until']/@value") == fields["until"]

    @pytest.mark.parametrize(
        ("changed", "field", "message"),
        [
            ({"until": ["24", "6", "2036"]}, "until", "choose an earlier last day"),
            ({"weeks_apart": "0", "until": ["", "", ""]}, "first", "A panel is entered for that day already"),
            ({"until": ["11", "6", "2026"]}, "first", "A panel is entered for each of these days already"),
        ],
    )
    def test_a_refusal_stands_beside_the_day_it_is_of(self, client, manager, enter, session, changed, field, message):
        enter(weeks=1)
        session.commit()
        fields = {"first": ["4", "6", "2026"], "weeks_apart": "1", "until": ["25", "6", "2026"], **changed}
        page = html.fromstring(client(manager).post("/panels/enter", fields, status=200).text)
        assert message in page.get_element_by_id(f"{field}-error").text_content()

    def test_a_caseworker_sees_them_and_changes_none(self, client, user, enter, session):
        enter()
        session.commit()
        (panel,) = queries.upcoming(TODAY)
        browser = client(user())
        browser.get(f"/panels/{panel.id}")
        assert "Call off" not in text(browser.get("/panels"))
        browser.post("/panels/enter", {}, status=403)
        browser.post(f"/panels/{panel.id}/call-off", status=403)

    @pytest.mark.parametrize(
        ("first", "weeks", "safe", "said"),
        [
            (None, 0, None, "No panel is entered from today on: it takes a sitting that is not planned yet."),
            (
                4,
                0,
                3,
                "No panel sits by 3 June 2026: that takes an extra sitting. The next panel is on Thursday 4 June",
            ),
            (4, 0, 5, "Only the panel on Thursday 4 June 2026 sits by 5 June 2026."),
            (1, 3, None, "The next panel is on Monday 1 June 2026, and the last by 8 June 2026 on Monday 8 June 2026."),
        ],
        ids=["none entered", "none by the safe day", "one by the safe day", "several by the last day"],
    )
    def test_an_alert_of_the_panels_own_step_says_which_panel_can_still_decide(
        self, client, manager, enter, waiting, first, weeks, safe, said
    ):
        if first:
            enter(date(2026, 6, first), weeks=weeks)
        _, soon, _ = waiting
        safe_on = date(2026, 6, safe) if safe else None
        of_the_panel = {"limiting_step": "decide", "limiting_holder": "the panel", "latest_safe_on": safe_on}
        forecast(soon, TODAY, p_decision=0.9, **of_the_panel)
        sweeps.sweep(on=TODAY, at=NOW)
        db.session.commit()
        alert = db.session.scalars(select(Alert.id).where(Alert.case_id == soon.id, Alert.level == "likely")).first()
        page = text(client(manager).get(f"/alerts/{alert}"))
        assert "Decide whether to assess: the panel" in page
        assert said in page

    def test_alerts_that_a_panel_has_to_settle_say_when_it_sits(self, client, manager, enter, waiting, session):
        enter(weeks=3)
        sweeps.sweep(on=TODAY, at=NOW)
        session.commit()
        browser = client(manager)
        queue = browser.get("/alerts")
        assert "The panel, next on Thursday 4 June 2026" in text(queue)
        links = html.fromstring(queue.text).xpath("//main//table//a[starts-with(@href, '/alerts/')]/@href")
        told = [text(browser.get(link)) for link in links]
        assert any(
            "The next panel is on Thursday 4 June 2026; to decide sooner takes an extra sitting." in one for one in told
        )  # of OVER
        to_do = browser.get("/alerts/do/acknowledge?every=yes&remedy=decide_at_panel")
        days = html.fromstring(to_do.text).xpath("//input[starts-with(@name, 'action_due_on')]/@value")
        assert days == ["04", "06", "2026"]
