"""The calendar at its private address: what is in it, who can read it, and who cannot."""

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from lxml import html
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Alert, AlertAction, AlertLevel, CalendarFeed, CalendarMiss, MilestoneRow, User
from casetracker.roles import Role
from casetracker.services import alerts, histories, sweeps
from casetracker.services.cover import arrange
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY
from tests.house import HouseClient

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
RECEIVED = date(2026, 5, 4)


@pytest.fixture
def worker(user) -> User:
    return user(Role.CASEWORKER, name="Wilma Worker")


@pytest.fixture
def browser(client, worker) -> HouseClient:
    return client(worker)


@pytest.fixture
def stranger(client) -> HouseClient:
    return client(None)


def address_shown(browser: HouseClient) -> str:
    """Make or renew the address, and return its path."""
    page = html.fromstring(browser.post("/digest/calendar", status=200, follow_redirects=True).text)
    return page.findtext(".//textarea").removeprefix("http://localhost")


def events(answer) -> dict[str, object]:
    """Return the events of a calendar by their titles."""
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(answer.data).walk("VEVENT")}


def one_case(worker: User, reference: str = "EHC26-0000042", **more: object):
    child = factories.person(forename="Zebedee", surname="Quillfeather")
    about = {"received_on": RECEIVED, **more}
    made = factories.case(worker=worker, child=child, reference=reference, **about)
    db.session.commit()
    return made


class TestWhatIsInIt:
    def test_every_open_milestone_of_ones_cases_is_an_all_day_event(self, browser, stranger, worker, user):
        case = one_case(worker)
        one_case(user(name="Somebody Else"), reference="EHC26-0000043")
        answer = stranger.get(address_shown(browser))
        assert answer.content_type == "text/calendar; charset=utf-8"
        found = events(answer)
        rows = db.session.scalars(select(MilestoneRow).where(MilestoneRow.case_id == case.id, MilestoneRow.is_open))
        due = sorted(row.due_on for row in rows)
        assert due and sorted(event.decoded("DTSTART") for event in found.values()) == due
        event = found["EHC26-0000042: Tell the family whether we will assess"]
        assert event.decoded("DTSTART") == date(2026, 6, 15)
        assert event.decoded("DTEND") == date(2026, 6, 16)
        assert "reg 5(1)" in event["DESCRIPTION"]
        assert event["URL"] == f"http://localhost/cases/{case.id}"
        assert event["CLASS"] == "PRIVATE"

    def test_it_names_no_child_and_no_setting(self, browser, stranger, worker):
        received = date(2026, 1, 5)
        consulted = (H.SETTING_CONSULTED, TODAY, {"setting": "Very Telling School"})
        one_case(worker, received_on=received, steps=[*factories.lifetime(received)[:-1], consulted])
        answer = stranger.get(address_shown(browser))
        assert "EHC26-0000042: Setting’s reply to consultation" in events(answer)
        assert not re.search("Zebedee|Quillfeather|Z\\.Q|Telling", answer.text)

    def test_a_moved_date_moves_the_event(self, browser, stranger, worker):
        case = one_case(worker)
        path = address_shown(browser)
        before = events(stranger.get(path))["EHC26-0000042: Final plan issued"]
        corrected = factories.entry((H.REQUEST_RECEIVED, RECEIVED - timedelta(days=2)))
        corrected = histories.NewEntry(corrected.happening, corrected.occurred_on, NOW, {}, corrects=1)
        histories.append(case_id=case.id, entries=[corrected], today=TODAY)
        db.session.commit()
        after = events(stranger.get(path))["EHC26-0000042: Final plan issued"]
        assert after["UID"] == before["UID"]
        assert after.decoded("DTSTART") == before.decoded("DTSTART") - timedelta(days=2)
        assert after["SEQUENCE"] > before["SEQUENCE"] and after.decoded("DTSTAMP") > before.decoded("DTSTAMP")

    def test_what_is_done_is_gone(self, browser, stranger, worker):
        case = one_case(worker)
        path = address_shown(browser)
        assert "EHC26-0000042: Tell the family whether we will assess" in events(stranger.get(path))
        histories.append(case_id=case.id, entries=[factories.entry((H.ASSESSMENT_AGREED, TODAY))], today=TODAY)
        db.session.commit()
        assert "EHC26-0000042: Tell the family whether we will assess" not in events(stranger.get(path))

    def test_a_promised_action_is_its_owners_on_its_day(self, browser, stranger, worker, user):
        holder, manager = user(name="Holder"), user(Role.MANAGER)
        factories.case(received_on=date(2026, 1, 5), worker=holder, reference="EHC26-0000050")
        sweeps.sweep(on=TODAY, at=NOW)
        alert = db.session.scalars(select(Alert).where(Alert.level == AlertLevel.BREACHED).limit(1)).one()
        promise(alert, by=manager, owner=worker, due_on=date(2026, 6, 4))
        found = events(stranger.get(address_shown(browser)))
        (title,) = found
        assert title == "EHC26-0000050: promised action, Tell the family whether we will assess"
        assert found[title].decoded("DTSTART") == date(2026, 6, 4)
        alert.closed_on, alert.closed_because = TODAY, "done_late"
        db.session.commit()
        assert events(stranger.get(address_shown(browser))) == {}

    def test_whoever_covers_sees_the_others_as_well_while_it_lasts(self, browser, stranger, worker, user, on_the_day):
        absent = user(name="Colin Colleague")
        one_case(absent)
        arrange(
            user_id=absent.id,
            covered_by_id=worker.id,
            starts_on=TODAY,
            ends_on=TODAY,
            reason="Leave",
            by=worker,
            at=NOW,
        )
        db.session.commit()
        path = address_shown(browser)
        event = events(stranger.get(path))["EHC26-0000042: Tell the family whether we will assess"]
        assert event["DESCRIPTION"].endswith("You cover Colin Colleague.")
        on_the_day.move_to(NOW + timedelta(days=1))
        assert events(stranger.get(path)) == {}


def promise(alert: Alert, *, by: User, owner: User, due_on: date) -> None:
    """Have somebody promise to act."""
    alerts.acknowledge(
        alert_ids=[alert.id],
        action_code=AlertAction.OTHER,
        words="See to it",
        owner_id=owner.id,
        due_on=due_on,
        by=by,
        today=TODAY,
        at=NOW,
    )
    db.session.commit()
    db.session.refresh(alert)


class TestTheLock:
    def test_only_a_hash_of_the_address_is_kept(self, browser):
        token = address_shown(browser).rpartition("/")[2].removesuffix(".ics")
        kept = db.session.scalars(select(CalendarFeed.token_hash)).one()
        assert len(token) == 43 and token not in kept and len(kept) == 64
        assert token not in browser.get("/digest").text

    def test_renewing_shuts_out_whoever_has_the_old_one(self, browser, stranger):
        old = address_shown(browser)
        new = address_shown(browser)
        assert old != new
        stranger.get(old, status=404)
        stranger.get(new)

    def test_switching_off_shuts_it(self, browser, stranger):
        path = address_shown(browser)
        browser.get("/digest/calendar/off")
        stranger.get(path)  # asking changes nothing
        browser.post("/digest/calendar/off")
        stranger.get(path, status=404)
        assert db.session.scalars(select(CalendarFeed)).all() == []

    @pytest.mark.parametrize("change", [{"active": False}, {"role": Role.DATA_OFFICER}], ids=["stopped", "other role"])
    def test_it_opens_nothing_once_its_owner_may_not_see_alerts(self, browser, stranger, worker, change):
        path = address_shown(browser)
        owner = db.session.get_one(User, worker.id)
        for name, value in change.items():
            setattr(owner, name, value)
        db.session.commit()
        stranger.get(path, status=404)

    def test_a_wrong_one_says_the_same_as_none(self, browser, stranger):
        path = address_shown(browser)
        wrong = stranger.get(path[:-5] + ("A" if path[-5] != "A" else "B") + ".ics", status=404)
        none = stranger.get("/calendar/999999/x.ics", status=404)
        assert wrong.data == none.data and "Set-Cookie" not in wrong.headers

    def test_guessing_is_stopped_for_that_feed_and_no_other(self, browser, stranger, client, user):
        path = address_shown(browser)
        others = address_shown(client(user()))
        number = path.split("/")[2]
        for guess in range(10):
            stranger.get(f"/calendar/{number}/guess{guess}.ics", status=404)
        stopped = stranger.get(f"/calendar/{number}/guess.ics", status=429)
        assert stopped.headers["Retry-After"] == "900"
        stranger.get(path, status=429)  # nor is the right one told apart
        stranger.get(others)

    def test_guessing_at_any_is_stopped_in_the_end_and_forgotten_after_a_quarter_of_an_hour(self, stranger, on_the_day):
        for number in range(100):
            stranger.get(f"/calendar/{number + 1000}/guess.ics", status=404)
        stranger.get("/calendar/5000/guess.ics", status=429)
        on_the_day.move_to(NOW + timedelta(minutes=16))
        stranger.get("/calendar/5000/guess.ics", status=404)
        on_the_day.move_to(NOW + timedelta(days=2))
        stranger.get("/calendar/5000/guess.ics", status=404)
        assert len(db.session.scalars(select(CalendarMiss)).all()) == 1

    def test_reading_it_all_the_time_is_stopped_until_the_hour_is_over(self, browser, stranger, on_the_day):
        path = address_shown(browser)
        for _ in range(60):
            stranger.get(path)
        assert stranger.get(path, status=429).headers["Retry-After"] == "3600"
        on_the_day.move_to(NOW + timedelta(hours=1))
        stranger.get(path)

    def test_the_page_says_when_it_was_read(self, browser, stranger):
        path = address_shown(browser)
        assert "No calendar has read it yet" in browser.get("/digest").text
        stranger.get(path)
        assert "A calendar last read it 1 June 2026 at 10:30am" in browser.get("/digest").text

    def test_it_is_shown_once_and_asking_again_makes_no_other(self, browser, stranger):
        path = address_shown(browser)
        again = browser.get("/digest/calendar/address", status=302)
        assert again.location == "/digest"
        page = browser.get("/digest").text
        assert "shown only once: if you have lost it, renew it" in page and path not in page
        stranger.get(path)

    def test_making_one_needs_the_pages_token(self, browser):
        browser.post("/digest/calendar", token=None, status=400)
        assert db.session.scalars(select(CalendarFeed)).all() == []


class TestKeepingIt:
    def test_it_may_be_kept_by_its_program_alone_which_asks_each_time(self, browser, stranger, worker):
        case = one_case(worker)
        path = address_shown(browser)
        first = stranger.get(path)
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = stranger.get(path, headers={"If-None-Match": first.headers["ETag"]}, status=304)
        assert again.data == b""
        histories.append(case_id=case.id, entries=[factories.entry((H.ASSESSMENT_AGREED, TODAY))], today=TODAY)
        db.session.commit()
        changed = stranger.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert changed.headers["ETag"] != first.headers["ETag"]

    def test_a_hundred_cases_cost_no_more_questions_than_one(self, browser, stranger, worker, queries_of):
        one_case(worker)
        path = address_shown(browser)
        with queries_of() as few:
            stranger.get(path)
        for number in range(12):
            one_case(worker, reference=f"EHC26-1{number:06}")
        with queries_of() as many:
            assert len(events(stranger.get(path))) > 12
        assert len(many) == len(few) <= 8
