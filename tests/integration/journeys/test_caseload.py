"""The caseload: what is listed and in what order, found, filtered, kept, taken away as a file, and handed over."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Alert, AlertAction, Case, CaseEvent, SavedView, Setting, Team
from casetracker.queries import caseload
from casetracker.queries.caseload import CaseloadFilter
from casetracker.roles import Role
from casetracker.services import alerts, cover, people, sweeps, views
from casetracker.statute.advice import required_advice
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.usefixtures("session", "on_the_day")


def a_case(name: str = "Ada Lovell", *, weeks: int = 3, **options: object) -> Case:
    """Make a case received so many weeks ago."""
    forename, _, surname = name.partition(" ")
    child = options.pop("child", None) or factories.person(forename=forename, surname=surname)
    made = factories.case(received_on=TODAY - timedelta(weeks=weeks), child=child, **options)
    db.session.commit()
    return made


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def listed(answer) -> list[str]:
    """Return the names listed, in order."""
    return [words(cell) for cell in html.fromstring(answer.text).xpath("//tbody/tr/th/a")]


def found(**words_: str) -> list[str]:
    """Return the references a filter finds, in order."""
    wanted = CaseloadFilter.from_words(words_)
    return [row.reference for row in caseload.page(wanted, today=TODAY).rows]


class TestTheList:
    def test_the_most_urgent_is_first_with_its_week_stage_next_step_and_setting(self, client, user):
        a_case("Later One", weeks=1)
        urgent = a_case("Urgent One", weeks=9)
        urgent.setting = Setting(urn="123456", name="Hilltop School")
        db.session.commit()
        answer = client(user(Role.MANAGER)).get("/cases")
        assert listed(answer) == ["Urgent One", "Later One"]
        first = words(html.fromstring(answer.text).find(".//tbody/tr"))
        for part in ("Hilltop School", "9 of 20", "Deciding whether to assess", "Tell the family", "11 May 2026"):
            assert part in first
        assert "(21 days over)" in first

    def test_a_caseworker_begins_with_their_own_and_a_manager_with_all(self, client, user):
        me = user(name="Mo Mine")
        a_case("Mine One", worker=me)
        a_case("Other One")
        mine = client(me).get("/cases", follow_redirects=True)
        assert listed(mine) == ["Mine One"]
        assert "Named worker: Mo Mine" in mine.text
        assert listed(client(user(Role.MANAGER)).get("/cases")) == ["Mine One", "Other One"]

    def test_an_ended_case_is_shown_only_when_asked_for(self):
        a_case(reference="OPEN")
        a_case(reference="ENDED", steps=[(H.REQUEST_WITHDRAWN, TODAY - timedelta(days=3))])
        assert found(all="1") == ["OPEN"]
        assert sorted(found(closed="yes")) == ["ENDED", "OPEN"]

    def test_pages_hold_50_and_none_is_shown_twice_or_left_out(self, client, user):
        for n in range(53):
            factories.case(reference=f"P-{n:02d}", child=factories.person(forename=f"N{n}"))
        db.session.commit()
        browser = client(user(Role.MANAGER))
        first, second = browser.get("/cases?all=1"), browser.get("/cases?all=1&page=2")
        assert "Page 1 of 2" in words(html.fromstring(first.text))
        names = listed(first) + listed(second)
        assert len(listed(first)) == 50 and len(names) == len(set(names)) == 53

    @pytest.mark.parametrize(
        "query",
        [
            "page=-1", "page=0", "page=99999999999", "page=x", "worker=abc", "worker=99999999999999999999", "stage=x",
            "team=-5", "band=9-9", "waiting_for=magic", "due=never", "move=x", "alert=x", "setting=%25%5F\\", "q=%00",
            "q=" + "x" * 5000, "q='%3B--", "worker=²",
        ],
    )  # fmt: skip
    def test_a_query_that_means_nothing_does_no_harm(self, client, user, query):
        a_case()
        client(user(Role.MANAGER)).get(f"/cases?{query}")

    def test_a_page_asks_the_database_no_more_for_fifty_cases_than_for_one(self, client, user, queries_of):
        a_case()
        browser = client(user(Role.MANAGER))
        browser.get("/cases?all=1")
        with queries_of() as one:
            browser.get("/cases?all=1")
        for n in range(60):
            factories.case(reference=f"P-{n:02d}", child=factories.person(forename=f"N{n}"))
        db.session.commit()
        with queries_of() as many:
            browser.get("/cases?all=1")
        assert len(many) == len(one) <= 12


class TestWhatWasPromised:
    @pytest.fixture
    def promised(self, user):
        """Make a caseworker, and two alerts of others' cases on which they said they would act."""
        me, above = user(name="Mo Mine"), user(Role.MANAGER)
        for name, due_on in (("Later One", date(2026, 6, 12)), ("Sooner One", date(2026, 6, 3))):
            case = a_case(name, weeks=9)
            sweeps.sweep(on=TODAY, at=NOW)
            some = db.session.scalars(select(Alert.id).where(Alert.case_id == case.id)).all()
            alerts.acknowledge(
                alert_ids=some[:1],
                action_code=AlertAction.DECIDE_AT_PANEL,
                words=f"Ring about {name}",
                owner_id=me.id,
                due_on=due_on,
                by=above,
                today=TODAY,
                at=NOW,
            )
        db.session.commit()
        return me, above

    def said(self, answer) -> list[str]:
        lines = html.fromstring(answer.text).xpath("//ul[@aria-labelledby='promised']/li")
        return [" ".join(line.text_content().split()) for line in lines]

    def test_stands_above_ones_own_list_the_soonest_first(self, client, promised):
        me, _ = promised
        answer = client(me).get("/cases", follow_redirects=True)
        assert self.said(answer) == [
            "Ring about Sooner One, for Sooner One, by 3 June 2026",
            "Ring about Later One, for Later One, by 12 June 2026",
        ]

    def test_is_late_once_its_day_has_passed(self, client, promised, on_the_day):
        me, _ = promised
        on_the_day.move_to(datetime(2026, 6, 5, 9, 30, tzinfo=UTC))
        assert self.said(client(me).get(f"/cases?worker={me.id}"))[0].startswith("Overdue Ring about Sooner One")

    def test_is_in_nobody_elses_way_and_on_no_other_list(self, client, promised):
        me, above = promised
        assert self.said(client(above).get("/cases")) == []
        assert self.said(client(me).get(f"/cases?worker={above.id}")) == []
        assert self.said(client(me).get(f"/cases?worker={me.id}&due=overdue")) == []

    def test_beyond_some_the_rest_are_among_the_alerts(self, client, promised, monkeypatch):
        monkeypatch.setattr("casetracker.journeys.caseload.views.MOST_PROMISED", 1)
        me, _ = promised
        answer = client(me).get(f"/cases?worker={me.id}")
        assert len(self.said(answer)) == 2 and self.said(answer)[1] == "The rest are among your alerts"

    def test_whoever_stands_in_has_it_too(self, client, promised, user):
        me, above = promised
        other = user(name="Cora Cover")
        days = {"starts_on": TODAY, "ends_on": TODAY, "reason": "Leave"}
        cover.arrange(user_id=me.id, covered_by_id=other.id, **days, by=above, at=NOW)
        db.session.commit()
        first = self.said(client(other).get(f"/cases?worker={other.id}"))[0]
        assert first.endswith("by 3 June 2026 (promised by Mo Mine, for whom you stand in)")


class TestFilters:
    def test_worker_and_nobody(self, user):
        worker = user(name="Bea Busy")
        a_case(reference="HELD", worker=worker)
        a_case(reference="FREE")
        assert found(worker=str(worker.id)) == ["HELD"]
        assert found(worker="none") == ["FREE"]

    def test_team(self):
        north = Team(name="North")
        a_case(reference="N").team = north
        a_case(reference="S").team = Team(name="South")
        db.session.commit()
        assert found(team=str(north.id)) == ["N"]

    def test_stage(self):
        a_case(reference="REQUEST")
        a_case(reference="ASSESSING", steps=[(H.ASSESSMENT_AGREED, TODAY - timedelta(days=2))])
        assert found(stage="assessing") == ["ASSESSING"]

    @pytest.mark.parametrize(
        ("days", "band"),
        [(0, "0-6"), (42, "0-6"), (43, "6-12"), (84, "6-12"), (112, "12-16"), (140, "16-20"), (141, "20-30"),
         (364, "30-52"), (365, "52+")],
    )  # fmt: skip
    def test_week_band_over_the_first_up_to_and_with_the_second(self, days, band):
        factories.case(received_on=TODAY - timedelta(days=days), reference="X")
        db.session.commit()
        assert {name for name in caseload.BANDS if found(band=name)} == {band}

    def test_no_day_for_the_clock(self):
        a_case(reference="KNOWN")
        a_case(reference="NOT").clock_started_on = None
        db.session.commit()
        assert found(band="unknown") == ["NOT"]

    def test_setting_by_name_or_urn(self):
        a_case(reference="HERE").setting = Setting(urn="123456", name="Hilltop School, 100% Lane")
        a_case(reference="THERE").setting = Setting(urn="654321", name="Valley School")
        db.session.commit()
        assert found(setting="hilltop") == found(setting="123456") == found(setting="100%") == ["HERE"]
        assert found(setting="1_3456") == []

    def test_waiting_for_which_advice(self):
        agreed = TODAY - timedelta(days=10)
        steps = [(H.ASSESSMENT_AGREED, agreed), (H.ADVICE_ASKED, agreed, {"advice_kind": "psychological"})]
        a_case(reference="WAITS", steps=steps)
        a_case(reference="HAS", steps=[*steps, (H.ADVICE_RECEIVED, TODAY, {"advice_kind": "psychological"})])
        assert found(waiting_for="psychological") == ["WAITS"]

    def test_what_is_next_overdue_or_due_soon(self):
        a_case(reference="OVER", weeks=7)
        a_case(reference="TODAY", weeks=6)
        a_case(reference="SOON", weeks=4)
        a_case(reference="LATER", weeks=1)
        assert found(due="overdue") == ["OVER"]
        assert found(due="soon") == ["TODAY", "SOON"]

    def test_whose_move(self):
        a_case(reference="OURS")
        agreed = TODAY - timedelta(days=10)
        kinds = [need.kind for need in required_advice(born_on=date(2017, 3, 4), on=agreed)]
        asked = [(H.ADVICE_ASKED, agreed, {"advice_kind": kind}) for kind in kinds]
        a_case(reference="THEIRS", steps=[(H.ASSESSMENT_AGREED, agreed), *asked])
        assert found(move="authority") == ["OURS"]
        assert found(move="advice_giver") == ["THEIRS"]

    def test_alert(self):
        a_case(reference="BREACHED", weeks=8)
        a_case(reference="FINE", weeks=1)
        sweeps.sweep(on=TODAY, at=NOW)
        db.session.commit()
        assert found(alert="breached") == ["BREACHED"]

    def test_filters_narrow_each_other_and_each_can_be_taken_off(self, client, user):
        worker = user(name="Bea Busy")
        a_case("Both One", worker=worker, weeks=8)
        a_case("Only Hers", worker=worker, weeks=1)
        answer = client(worker).get(f"/cases?worker={worker.id}&band=6-12")
        assert listed(answer) == ["Both One"]
        chips = html.fromstring(answer.text).xpath("//ul[@aria-label='Filters that are on']//a/@href")
        assert sorted(chips) == sorted([f"/cases?worker={worker.id}", "/cases?band=6-12"])


class TestSearch:
    @pytest.fixture(autouse=True)
    def a_few_children(self, session, on_the_day):
        a_case(reference="EHC-1", child=factories.person(forename="Róisín", surname="Ó Súilleabháin"))
        a_case(reference="EHC-2", child=factories.person(forename="Mary-Jane", surname="Smith-Jones"))
        upn = factories.person(forename="Pat", surname="O’Brien", born_on=date(2015, 2, 3), upn="H931234512345")
        a_case(reference="B25-00017", child=upn)

    @pytest.mark.parametrize(
        ("typed", "reference"),
        [
            ("suilleabhain", "EHC-1"), ("Róisín", "EHC-1"), ("roisin o suill", "EHC-1"),
            ("Ó Súilleabháin Róisín", "EHC-1"),
            ("jones", "EHC-2"), ("mary smith", "EHC-2"), ("Smith-Jones, Mary-Jane", "EHC-2"),
            ("O'Brien", "B25-00017"), ("o brien", "B25-00017"), ("pat o'b", "B25-00017"),
            ("h931 2345 12345", "B25-00017"), ("b25-00017", "B25-00017"), ("B25-0", "B25-00017"),
            ("3/2/2015", "B25-00017"),
            ("3 February 2015", "B25-00017"), ("3 Feb 2015", "B25-00017"),
            ("2015-02-03", "B25-00017"), ("03.02.2015", "B25-00017"),
        ],
    )  # fmt: skip
    def test_finds(self, typed, reference):
        assert found(q=typed) == [reference]

    @pytest.mark.parametrize("typed", ["nobody", "31/2/2015", "rien", "%", "_", "B25-1", "👋"])
    def test_finds_nothing(self, typed):
        assert found(q=typed) == []

    def test_goes_by_the_name_as_it_is_now(self, user):
        case = db.session.scalars(select(Case).where(Case.reference == "EHC-2")).one()
        details = people.PersonDetails("Mary-Jane", "Featherstone", date(2017, 3, 4))
        people.change_details(case_id=case.id, details=details, by=user(), today=TODAY, at=NOW)
        db.session.commit()
        assert found(q="feather") == ["EHC-2"]
        assert found(q="smith") == found(q="jones") == []

    def test_ended_cases_are_found_from_the_page(self, client, user):
        a_case("Gone Away", steps=[(H.REQUEST_WITHDRAWN, TODAY)])
        page = html.fromstring(client(user()).get("/cases?all=1").text)
        form = page.xpath("//form[.//input[@name='q' and @type='search']]")[0]
        sent = "&".join(f"{box.get('name')}={box.get('value') or 'gone'}" for box in form.xpath(".//input"))
        assert listed(client(user()).get(f"/cases?{sent}")) == ["Gone Away"]


class TestFiles:
    @pytest.fixture(autouse=True)
    def cases_with_awkward_names(self, session, on_the_day):
        self.made = [
            a_case("=cmd|' /C calc'!A0 @SUM(1+1)", weeks=8),
            a_case("Zoë 👋🏽 O’Brien", weeks=4),
            a_case("+44 -1", weeks=2),
        ]
        a_case("Not Shown", weeks=20)

    def test_csv_is_what_is_shown_in_the_same_order_and_runs_nothing(self, client, user):
        browser = client(user(Role.MANAGER))
        shown = listed(browser.get("/cases?due=overdue"))
        answer = browser.get("/cases/caseload.csv?due=overdue")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert f"filename=caseload-{TODAY.isoformat()}.csv" in answer.headers["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [row["Name"].removeprefix("'") for row in rows] == shown and len(shown) == 2
        assert rows[1]["Name"] == "'=cmd|' /C calc'!A0 @SUM(1+1)"
        assert rows[1]["Due"] == "2026-05-18" and rows[1]["Week"] == "8"

    def test_xlsx_is_what_is_shown_with_text_as_text_and_days_as_days(self, client, user):
        browser = client(user(Role.MANAGER))
        answer = browser.get("/cases/caseload.xlsx?band=6-12")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        answer.close()
        header, *rows = sheet.iter_rows()
        at = {cell.value: place for place, cell in enumerate(header)}
        assert [row[at["Name"]].value for row in rows] == listed(browser.get("/cases?band=6-12"))
        name, due = rows[0][at["Name"]], rows[0][at["Due"]]
        assert (name.value, name.data_type) == ("=cmd|' /C calc'!A0 @SUM(1+1)", "s")
        assert due.is_date and due.value.date() == date(2026, 5, 18)

    def test_a_file_has_every_page(self, client, user):
        for n in range(60):
            factories.case(reference=f"P-{n:02d}", child=factories.person(forename=f"N{n}"))
        db.session.commit()
        answer = client(user(Role.MANAGER)).get("/cases/caseload.csv?all=1")
        assert len(answer.text.splitlines()) == 1 + 60 + 4

    def test_there_is_no_other_kind_of_file(self, client, user):
        client(user()).get("/cases/caseload.pdf", status=404)


class TestSavedViews:
    def test_is_kept_with_its_filter_opened_and_removed(self, client, user):
        me = user()
        browser = client(me)
        browser.post(
            "/cases/views", {"name": "  Overdue psychology ", "due": "overdue", "waiting_for": "psychological"}
        )
        page = html.fromstring(browser.get("/cases?all=1").text)
        (link,) = page.xpath("//ul[@aria-label='Saved views']//a")
        assert words(link) == "Overdue psychology"
        assert link.get("href") == "/cases?waiting_for=psychological&due=overdue"
        browser.get(link.get("href"))
        view = db.session.scalars(select(SavedView)).one()
        browser.post(f"/cases/views/{view.id}/remove")
        assert "Saved views" not in browser.get("/cases?all=1").text

    def test_the_same_name_again_replaces_it(self, client, user):
        browser = client(user())
        browser.post("/cases/views", {"name": "Mine", "due": "overdue"})
        browser.post("/cases/views", {"name": "Mine", "due": "soon"})
        assert [view.query for view in db.session.scalars(select(SavedView))] == ["due=soon"]

    @pytest.mark.parametrize(
        ("name", "message"), [("", "Enter a name for the view"), ("x" * 81, "Use 80 characters or fewer")]
    )
    def test_a_name_that_cannot_be_is_said_beside_the_field_and_kept(self, client, user, name, message):
        answer = client(user()).post("/cases/views", {"name": name, "due": "overdue"}, status=200)
        page = html.fromstring(answer.text)
        assert message in words(page.get_element_by_id("name-error"))
        assert page.get_element_by_id("name").get("value") == name
        assert "What is next is: Overdue" in words(page)
        assert db.session.scalar(select(func.count(SavedView.id))) == 0

    def test_there_is_an_end_to_how_many(self, client, user):
        me = user()
        for n in range(views.MOST):
            views.save(user=me, name=f"View {n}", query="all=1")
        db.session.commit()
        answer = client(me).post("/cases/views", {"name": "One more"}, status=200)
        assert "You have 30 saved views already: remove one first" in answer.text

    def test_one_persons_views_are_not_anothers(self, client, user):
        view = views.save(user=user(), name="Theirs", query="all=1")
        db.session.commit()
        browser = client(user())
        assert "Theirs" not in browser.get("/cases?all=1").text
        browser.post(f"/cases/views/{view.id}/remove")
        assert db.session.scalar(select(func.count(SavedView.id))) == 1


class TestHandingOver:
    def test_ticked_cases_go_to_another_worker_once_it_is_confirmed(self, client, user):
        worker, boss = user(name="Bea Busy"), user(Role.MANAGER, name="Mia Manager")
        one, two, other = (a_case(f"Child {n}") for n in range(3))
        browser = client(boss)
        chosen = {"case": [one.id, two.id], "to": worker.id, "band": "0-6"}
        asked = browser.post("/cases/reassign", chosen, status=200)
        assert "Hand over 2 cases to Bea Busy?" in asked.text
        db.session.expire_all()
        assert one.named_worker_id is None
        form = html.fromstring(asked.text).xpath("//main//form")[0]
        sent: dict[str, list[str]] = {}
        for box in form.xpath(".//input[@name!='csrf_token']"):
            sent.setdefault(box.get("name"), []).append(box.get("value"))
        answer = browser.post("/cases/reassign", sent)
        assert answer.headers["Location"] == "/cases?band=0-6"
        db.session.expire_all()
        assert [case.named_worker_id for case in (one, two, other)] == [worker.id, worker.id, None]
        last = db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == one.id).order_by(CaseEvent.seq)).all()[
            -1
        ]
        assert (last.happening, last.recorded_by_id, last.detail["worker"]) == (H.WORKER_ASSIGNED, boss.id, "Bea Busy")
        assert "2 cases handed to Bea Busy." in browser.get("/cases?all=1").text

    def test_all_that_a_filter_finds_on_every_page(self, client, user):
        worker = user()
        for n in range(55):
            factories.case(received_on=TODAY, reference=f"P-{n}", child=factories.person(forename=f"N{n}"))
        other = a_case(weeks=30)
        browser = client(user(Role.MANAGER))
        wanted = {"every": "y", "to": worker.id, "band": "0-6"}
        assert "Hand over 55 cases" in browser.post("/cases/reassign", wanted, status=200).text
        browser.post("/cases/reassign", {**wanted, "confirmed": "yes"})
        held = select(func.count(Case.id)).where(Case.named_worker_id == worker.id)
        assert db.session.scalar(held) == 55
        db.session.refresh(other)
        assert other.named_worker_id is None

    def test_twice_hands_over_once(self, client, user):
        worker, case = user(), a_case()
        browser = client(user(Role.MANAGER))
        for _ in range(2):
            browser.post("/cases/reassign", {"case": case.id, "to": worker.id, "confirmed": "yes"})
        handed = select(func.count(CaseEvent.id)).where(CaseEvent.happening == H.WORKER_ASSIGNED)
        assert db.session.scalar(handed) == 1

    def test_what_is_missing_is_said_beside_its_field_and_ticks_are_kept(self, client, user):
        case = a_case()
        browser = client(user(Role.MANAGER))
        page = html.fromstring(browser.post("/cases/reassign", {"case": case.id}, status=200).text)
        assert "Choose who is to have the cases" in words(page.get_element_by_id("to-error"))
        assert page.get_element_by_id(f"case-{case.id}").get("checked") is not None
        page = html.fromstring(browser.post("/cases/reassign", {"to": user().id, "case": "x"}, status=200).text)
        assert "Tick the cases to hand over" in words(page.get_element_by_id("every-error"))

    def test_not_to_somebody_who_has_left_or_does_not_exist(self, client, user):
        case, gone = a_case(), user(name="Left Long Ago")
        gone = db.session.merge(gone)
        gone.active = False
        db.session.commit()
        for to in (gone.id, 999_999, "x"):
            fields = {"case": case.id, "to": to, "confirmed": "yes"}
            client(user(Role.MANAGER)).post("/cases/reassign", fields, status=200)
        db.session.refresh(case)
        assert case.named_worker_id is None

    def test_not_too_many_at_once(self, client, user, monkeypatch):
        monkeypatch.setattr("casetracker.journeys.caseload.views.MOST_HANDED_OVER", 2)
        for n in range(3):
            a_case(f"Child {n}")
        answer = client(user(Role.MANAGER)).post("/cases/reassign", {"every": "y", "to": user().id}, status=200)
        assert "No more than 2 can be handed over at once" in answer.text

    def test_is_for_managers(self, client, user):
        case = a_case()
        browser = client(user(Role.CASEWORKER))
        assert "Hand over" not in browser.get("/cases?all=1").text
        browser.post("/cases/reassign", {"case": case.id, "to": 1, "confirmed": "yes"}, status=403)


def test_nothing_is_open_to_somebody_who_has_not_signed_in(client):
    for path in ("/cases", "/cases/caseload.csv", "/cases/caseload.xlsx"):
        assert "/sign-in" in client(None).get(path, status=302).headers["Location"]
