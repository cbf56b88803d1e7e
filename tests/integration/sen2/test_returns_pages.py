"""A return through the pages: built by the worker, put right, explained, signed off, and made again beside it."""

# ruff: noqa: E501  (rows of data, one to a line)

import csv
import hashlib
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker import returning
from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, Outcome, Person, ReviewFacts, Sen2Issue, Sen2Note, Sen2Return, Setting
from casetracker.queries import returns
from casetracker.roles import Role
from casetracker.sen2.kept import ATTENDED, Kept, Placed
from casetracker.services import histories
from casetracker.services.cases import NotPossible
from casetracker.services.returns import details, keeping, notes, running, signing
from casetracker.statute.happenings import Happening as H
from casetracker.tasks.returns import run_waiting
from tests import factories
from tests.conftest import NOW
from tests.integration.sen2.test_building import child, small_year

pytestmark = pytest.mark.usefixtures("session", "on_the_day")


def text(answer) -> str:
    return " ".join(" ".join(html.fromstring(answer.text).find(".//main").itertext()).split())


@pytest.fixture
def officer(client, user):
    return client(user(Role.DATA_OFFICER, name="Desmond Okoro"))


def build(browser, **fields) -> str:
    """Build a return from the page, let the worker make it, and return the address of its page."""
    answers = {"year": "2026", "dmo": "yes", "dco": "no", "dsco": "yes", **fields}
    page = browser.post("/sen2", answers).location
    assert run_waiting() == 1
    return page


def made(page: str) -> Sen2Return:
    db.session.expire_all()
    return db.session.get_one(Sen2Return, int(page.rpartition("/")[2]))


def beside_the_tracker(answer) -> dict[str, list[str]]:
    rows = html.fromstring(answer.text).xpath("//table[caption='Figures from both']/tbody/tr")
    return {row.find("th").text: [cell.text_content() for cell in row.findall("td")] for row in rows}


def explain_everything(browser, page: str) -> None:
    for rule in set(db.session.scalars(select(Sen2Issue.rule).where(Sen2Issue.return_id == made(page).id))):
        browser.post(f"{page}/rules/{rule}", {"text": "Looked at, and right as it stands"})


class TestBuilding:
    def test_a_return_waits_for_the_worker_and_then_shows_what_it_adds_up_to(self, officer):
        small_year()
        page = officer.post("/sen2", {"year": "2026"}).location
        assert "Waiting for the worker to begin" in text(officer.get(page))
        assert officer.get(f"{page}/progress").json == {"done": 0, "total": 0, "outcome": "waiting"}
        assert run_waiting() == 1
        shown = text(officer.get(page))
        assert "Requests received in the year 6" in shown and "Active plans on the census day 3" in shown
        assert officer.get(f"{page}/progress").json == {"done": 8, "total": 8, "outcome": "done"}
        assert "2026, build 1" in text(officer.get("/sen2")) and run_waiting() == 0

    def test_its_figures_stand_beside_the_timeliness_page_and_agree(self, officer):
        small_year()
        page = officer.get(build(officer))
        found = beside_the_tracker(page)
        assert found["Plans that count for timeliness"] == ["2", "2", "Yes"]
        assert found["Issued within 20 weeks, with no exception"] == ["1", "1", "Yes"]
        assert {cells[2] for cells in list(found.values())[:7]} == {"Yes"} and len(found) == 13

    def test_what_a_measure_counts_otherwise_stands_beside_it_with_how(self, officer):
        small_year()
        factories.case(
            child=child("Lea"),
            received_on=date(2025, 2, 3),
            steps=[
                (H.ASSESSMENT_REFUSED, date(2025, 3, 3)),
                (H.MEDIATION_ASKED, date(2025, 4, 1)),
                (H.APPEAL_REGISTERED, date(2025, 5, 1)),
                (H.CONCEDED, date(2025, 6, 1)),
                (H.ASSESSMENT_AGREED, date(2025, 6, 2)),
            ],
        )
        factories.case(
            child=child("Max"),
            received_on=date(2025, 2, 3),
            steps=[(H.ASSESSMENT_AGREED, date(2025, 3, 3)), (H.PLAN_REFUSED, date(2025, 5, 5))],
        )
        db.session.commit()
        found = beside_the_tracker(officer.get(build(officer)))
        assert found["Requests received in the year"][:2] == ["8", "8"]
        assert found["Decisions to assess made in the year"][:2] == ["6", "6"]
        assert found["Decisions whether to assess made in the year"][:2] == ["7", "7"]
        here, tracker, why = found["Decisions whether to assess, within 6 weeks"]
        assert (here, tracker) == ("6", "7")
        assert why.startswith("Differs by 1") and "the last outcome of each request" in why and "first decision" in why
        assert found["Decisions that there will be no plan, within 16 weeks"][:2] == ["1", "1"]

    def test_a_difference_from_the_timeliness_page_is_said(self, officer):
        small_year()
        page = build(officer)
        counts = made(page).counts
        made(page).counts = {**counts, "tracker": {**counts["tracker"], "plans_issued": 3}}
        db.session.commit()
        assert [cells[2] for cells in beside_the_tracker(officer.get(page)).values()].count("No") == 1

    def test_the_year_before_stands_beside_it(self, officer):
        small_year()
        build(officer, year="2025")
        shown = text(officer.get(build(officer)))
        assert "Beside the return of 2025, build 1, which was not signed off" in shown
        assert "Requests received in the year 6 2 +4" in shown
        assert shown.count("What it adds up to") == 1 and shown.count("Figures of 2026 and 2025") == 1

    def test_one_killed_half_way_is_begun_again_and_ends_the_same(self, officer, monkeypatch):
        small_year()
        page = officer.post("/sen2", {"year": "2026", "dmo": "yes", "dco": "no", "dsco": "yes"}).location
        real, calls = running.got_on, []

        def dies(*args, **kwargs):
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        monkeypatch.setattr(running, "got_on", dies)
        monkeypatch.setattr(returns.in_batches, "__kwdefaults__", {"size": 2})
        with pytest.raises(KeyboardInterrupt):
            run_waiting()
        assert made(page).outcome is Outcome.RUNNING
        assert running.claim(at=NOW) is None  # not yet: its worker may still be at it
        db.session.rollback()
        monkeypatch.setattr(running, "got_on", real)
        one = running.claim(at=NOW + running.KILLED_AFTER + timedelta(seconds=1))
        db.session.commit()
        returning.run(one)
        found = made(page)
        issues = db.session.scalar(select(func.count(Sen2Issue.id)).where(Sen2Issue.return_id == found.id))
        assert found.outcome is Outcome.DONE and issues == found.errors + found.queries > 0
        again = made(build(officer))
        assert (again.errors, again.queries, again.counts) == (found.errors, found.queries, found.counts)

    def test_a_record_that_does_not_fit_the_schema_keeps_no_file(self, officer):
        small_year()
        case_id = db.session.scalar(select(func.min(Case.id)))
        bad = Placed(ATTENDED, "1", "abc", entered_on=date(2025, 1, 1))
        keeping.keep({case_id: Kept(is_active=True, as_at=date(2026, 1, 16), placements=(bad,))}, at=NOW)
        db.session.commit()
        page = officer.post("/sen2", {"year": "2026"}).location
        run_waiting()
        shown = text(officer.get(page))
        assert "The return could not be built. A record does not fit the return’s schema" in shown and "'abc'" in shown
        assert not returning.folder_of(made(page)).exists()

    def test_two_who_ask_at_once_make_one_and_the_other_is_told(self, officer, monkeypatch):
        small_year()
        build(officer)
        monkeypatch.setattr(running, "next_number", lambda year: 1)
        answer = officer.post("/sen2", {"year": "2026"}, status=200)
        assert (
            "Somebody else has just asked for it"
            in html.fromstring(answer.text).get_element_by_id("year-error").text_content()
        )

    def test_a_later_build_takes_the_place_of_one_nobody_signed(self, officer):
        small_year()
        first, second = build(officer), build(officer)
        assert not returning.folder_of(made(first)).exists() and returning.folder_of(made(second)).exists()
        assert "A later build has taken the place of this one" in text(officer.get(first))
        officer.get(f"{first}/files/xml", status=404)
        assert "Only the latest build" in text(officer.get(f"{first}/sign"))

    def test_bad_input_is_said_beside_its_field(self, officer):
        answer = officer.post("/sen2", {"year": "2019"}, status=200)
        assert html.fromstring(answer.text).get_element_by_id("year-error") is not None
        assert db.session.scalar(select(func.count(Sen2Return.id))) == 0

    def test_before_its_census_day_it_is_a_rehearsal_and_the_pages_say_so(self, officer):
        small_year()
        index = officer.get("/sen2")
        assert "2027: the calendar year 2026, census 21 January 2027, still to come" in index.text
        assert "The census day of 2027 is 21 January 2027, which is still to come" in text(index)
        assert "The census day of 2026" not in text(index)
        page = build(officer, year="2027")
        assert "This is a rehearsal: the census day, 21 January 2027" in text(officer.get(page))
        assert "Rehearsal" in text(officer.get("/sen2"))

    def test_the_officers_are_asked_for_in_sight_until_all_are_told(self, officer):
        small_year()
        for fields, is_open in (({"dsco": ""}, True), ({}, False)):
            details = html.fromstring(officer.get("/sen2").text).xpath("//details")[0]
            assert details.get("open") is not None and "the return needs these" in details.text_content()
            build(officer, **fields)
            details = html.fromstring(officer.get("/sen2").text).xpath("//details")[0]
            assert (details.get("open") is not None) is is_open
            assert "CT105 and CT106" in details.text_content()


class TestFiles:
    def test_are_what_was_built_by_their_checksums(self, officer):
        small_year()
        page = build(officer)
        for kind, name in (("xml", returning.XML), ("csv", returning.CSV)):
            answer = officer.get(f"{page}/files/{kind}")
            told = made(page).files[name]
            assert (hashlib.sha256(answer.data).hexdigest(), len(answer.data)) == (told["sha256"], told["size"])
            assert f"sen2-2026-931-1.{'xml' if kind == 'xml' else 'zip'}" in answer.headers["Content-Disposition"]
        names = zipfile.ZipFile(io.BytesIO(officer.get(f"{page}/files/csv").data)).namelist()
        assert len(names) == 9 and all(re.fullmatch(r"Blade-Export_01-06-2026_\w+\.csv", name) for name in names)

    def test_the_header_says_what_was_asked(self, officer):
        small_year()
        xml = officer.get(f"{build(officer)}/files/xml").text
        assert "<DMO>1</DMO><DCO>0</DCO><DSCO>1</DSCO>" in xml and "<SerialNo>1</SerialNo>" in xml
        assert 'value="yes" checked' in officer.get("/sen2").text  # and it is remembered for the next


class TestIssues:
    def test_each_is_linked_to_its_case_and_to_where_it_is_put_right(self, officer, client, user):
        small_year()
        db.session.execute(
            db.update(factories.Person).where(factories.Person.forename == "Dot").values(upn_unknown="", ethnicity="")
        )
        ada = db.session.scalars(select(Case).order_by(Case.id)).first()
        db.session.execute(
            db.delete(factories.db.metadata.tables["placements"]).where(
                factories.db.metadata.tables["placements"].c.case_id == ada.id
            )
        )
        db.session.commit()
        page = build(officer)
        rows = html.fromstring(officer.get(f"{page}/issues?kind=error").text).xpath("//tbody/tr")
        links = {
            (row.find("td").text_content().split("(")[1].split(")")[0], row.xpath("th//a/@href")[0]): row.xpath(
                "td[4]/a/@href"
            )
            for row in rows
        }
        dot = db.session.scalar(select(Case.id).join(factories.Person).where(factories.Person.forename == "Dot"))
        back = f"?back={quote(page, safe='/')}/issues?kind%3Derror"
        assert links[("CT207", f"/cases/{dot}{back}")] == [f"/cases/{dot}/person{back}"]
        assert links[("CT602", f"/cases/{ada.id}{back}")] == [f"/sen2/cases/{ada.id}{back}"]

    def test_what_was_put_right_leads_back_to_the_list(self, officer):
        small_year()
        page = build(officer)
        case = db.session.scalars(select(Case).order_by(Case.id)).first()
        listed = f"{page}/issues?rule=CT311"
        found = html.fromstring(officer.get(listed).text)
        found.make_links_absolute("http://localhost")
        (address,) = {href for href in found.xpath("//td//a/@href") if f"/cases/{case.id}/details" in href}
        address = address.removeprefix("http://localhost")

        def back(shown) -> list[str]:
            return html.fromstring(shown.text).xpath("//a[text()='Back to the list']/@href")

        assert back(officer.get(address)) == [listed]
        saved = officer.post(address, {"source": "1", "version": str(case.version)}).location
        shown = officer.get(saved)
        assert back(shown) == [listed] and f"/cases/{case.id}/person?back=" in shown.text
        for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", ""):
            assert back(officer.get(f"/cases/{case.id}?back={elsewhere}")) == []

    def test_the_way_back_is_kept_on_the_pages_of_advice_and_on_a_past_day(self, client, user):
        browser = client(user(Role.CASEWORKER))
        case = factories.case(
            child=child("Ada"), received_on=date(2025, 3, 3), steps=[(H.ASSESSMENT_AGREED, date(2025, 4, 7))]
        )
        db.session.commit()
        listed = "/sen2/returns/1/issues?kind=error"

        def page(address: str):
            shown = html.fromstring(browser.get(address).text)
            assert shown.xpath("//a[text()='Back to the list']/@href") == [listed]
            return shown

        at_case = f"/cases/{case.id}?back={quote(listed, safe='/')}"
        shown = page(at_case)
        advice = shown.xpath(f"//main//a[starts-with(@href, '/cases/{case.id}/advice?')]/@href")[0]
        (case_again,) = page(advice).xpath("//a[starts-with(text(), 'Back to Ada')]/@href")
        page(case_again)
        (form,) = shown.xpath("//form[.//input[@id='known-on']]")
        page(f"/cases/{case.id}?{urlencode(form.form_values())}")
        (search,) = page(advice).xpath("//main//a[text()='Find words inside advice']/@href")
        assert search == "/advice/search"

    def test_an_address_of_an_earlier_build_leads_to_the_present_list(self, officer):
        small_year()
        first = build(officer)
        issue = db.session.scalars(select(Sen2Issue).where(Sen2Issue.rule == "CT311")).first().id
        second = build(officer)
        for address, rule in (
            (f"issues/{issue}", ""),
            ("rules/CT311", "&rule=CT311"),
            ("issues?rule=CT311", "&rule=CT311"),
            ("issues.csv", ""),
        ):
            assert officer.get(f"{first}/{address}", status=302).location == f"{second}/issues?page=1{rule}"
            assert "built again: this is what is wrong with build 2." in text(officer.get(f"{second}/issues"))
        officer.post(f"{first}/rules/CT311", {"text": "no"})
        assert "What you sent was not saved" in text(officer.get(f"{second}/issues"))
        officer.get(f"{second}/issues/999999", status=404)

    def test_building_and_signing_off_lead_to_one_another(self, officer):
        factories.case(child=child("Ada", upn_unknown=""), received_on=date(2025, 3, 3))
        db.session.commit()
        page = build(officer)
        assert f'href="{page}/sign"' in officer.get("/sen2").text
        shown = officer.get(f"{page}/sign").text
        assert 'href="/sen2">build it again' in shown and f'href="{page}/issues"' in shown
        assert 'href="/sen2">build it again' in officer.get(page).text

    def test_are_filtered_by_rule_kind_worker_and_note(self, officer, user):
        small_year()
        worker = user(Role.CASEWORKER, name="Wilma Worker")
        first = db.session.scalars(select(Case).order_by(Case.id)).first()
        db.session.execute(db.update(Case).where(Case.id == first.id).values(named_worker_id=worker.id))
        db.session.commit()
        page = build(officer)

        def shown(**words):
            query = "&".join(f"{name}={word}" for name, word in words.items())
            return int(re.search(r"([\d,]+) rows?", text(officer.get(f"{page}/issues?{query}")))[1])

        assert shown() == shown(kind="query") == shown(rule="CT311") == 6 and shown(kind="error") == 0
        assert shown(worker=worker.id) == 1 and shown(worker="nobody") == 6 and shown(worker="999") == 0
        officer.post(f"{page}/rules/CT311", {"text": "The source was not asked for then"})
        assert shown(explained="yes") == 6 and shown(explained="no") == 0
        rows = list(
            csv.DictReader(io.StringIO(officer.get(f"{page}/issues.csv?worker={worker.id}").data.decode("utf-8-sig")))
        )
        assert [(row["rule"], row["worker"], row["explained"]) for row in rows] == [
            ("CT311", "Wilma Worker", "The source was not asked for then")
        ]

    def test_a_mended_case_is_gone_from_the_next_build(self, officer):
        small_year()
        first = build(officer)
        before = made(first).queries
        db.session.execute(db.update(Case).values(request_source="1"))
        db.session.commit()
        assert before == 6 and made(build(officer)).queries == 0

    def test_the_questions_asked_do_not_grow_with_the_rows(self, officer, queries_of):
        small_year()
        page = build(officer)
        with queries_of() as asked:
            officer.get(f"{page}/issues")
        assert len(asked) <= 9


class TestExplaining:
    def test_a_note_stays_with_the_year_and_travels_with_the_return(self, officer):
        small_year()
        page = build(officer)
        issue = db.session.scalars(select(Sen2Issue).where(Sen2Issue.rule == "CT311").order_by(Sen2Issue.id)).first()
        officer.post(f"{page}/issues/{issue.id}", {"text": "=Asked for by a charity"})
        assert "=Asked for by a charity" in officer.get(f"{page}/issues?explained=yes").text
        again = build(officer)
        assert "Explained by Desmond Okoro: =Asked for by a charity" in text(
            officer.get(f"{again}/issues?explained=yes")
        )
        rows = list(csv.DictReader(io.StringIO(officer.get(f"{again}/files/notes.csv").data.decode("utf-8-sig"))))
        assert [(row["rule"], row["row"], row["note"]) for row in rows] == [
            ("CT311", "2025-01-06", "'=Asked for by a charity")
        ]

    def test_what_travels_names_nobody(self, officer):
        small_year()
        db.session.execute(db.update(factories.Person).where(factories.Person.forename == "Bea").values(ethnicity=""))
        db.session.commit()
        page = build(officer)
        explain_everything(officer, page)
        db.session.execute(
            db.update(Sen2Issue).where(Sen2Issue.rule == "CT311").values(fields="surname", value="Lovell")
        )
        db.session.commit()
        notes_file = officer.get(f"{page}/files/notes.csv").data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(notes_file)))
        assert [row["upn"] for row in rows if row["rule"] == "CT204"] == ["H801200001001"]
        references = db.session.scalars(select(Case.reference)).all()
        for name in ("Lovell", "Bea", "Ada", "Okoro", *references):
            assert name not in notes_file

    @pytest.mark.parametrize(
        ("note", "message"),
        [
            ("ada was ill", "“Ada” is the name of a child"),
            ("The Lovells: LOVELL’s letter", "“Lovell” is the name of a child"),
            ("See h801200001001", "There is a UPN in it"),
        ],
    )
    def test_a_note_that_names_the_child_is_refused_with_what_was_typed(self, officer, note, message):
        small_year()
        page = build(officer)
        issue = db.session.scalars(
            select(Sen2Issue).join(Case, Case.id == Sen2Issue.case_id).join(Case.person).where(Person.forename == "Ada")
        ).first()
        shown = html.fromstring(officer.post(f"{page}/issues/{issue.id}", {"text": note}, status=200).text)
        assert message in shown.get_element_by_id("text-error").text_content()
        assert shown.get_element_by_id("text").text.strip() == note
        assert db.session.scalar(select(func.count(Sen2Note.id))) == 0
        officer.post(
            f"{page}/issues/{issue.id}", {"text": "Bea’s was another: this one was asked for by adamant parents"}
        )

    def test_a_note_on_many_names_none_of_them(self, officer):
        small_year()
        names = db.update(Person).where(Person.forename == "Ada").values(forename="Mary-Jo", surname="O’Young")
        db.session.execute(names)
        db.session.commit()
        page = build(officer)
        for note in ("As Mary says", "O’Young’s school was asked", "Young, and all", "UPN H801200001001"):
            shown = html.fromstring(officer.post(f"{page}/rules/CT311", {"text": note}, status=200).text)
            assert shown.get_element_by_id("text-error") is not None, note
        officer.post(f"{page}/rules/CT311", {"text": "Not asked then, as the young person says, O"})

    def test_a_later_note_takes_the_place_of_an_earlier_which_stays_on_record(self, officer):
        small_year()
        page = build(officer)
        issue = db.session.scalars(select(Sen2Issue).where(Sen2Issue.rule == "CT311")).first()
        for note in ("by letter", "by telephone"):
            officer.post(f"{page}/issues/{issue.id}", {"text": note})
        shown = text(officer.get(f"{page}/issues?explained=yes"))
        assert "by telephone" in shown and "by letter" not in shown
        assert db.session.scalar(select(func.count(Sen2Note.id))) == 2

    def test_explaining_all_leaves_those_that_are_explained(self, officer):
        small_year()
        page = build(officer)
        issue = db.session.scalars(select(Sen2Issue).where(Sen2Issue.rule == "CT311")).first()
        officer.post(f"{page}/issues/{issue.id}", {"text": "mine"})
        officer.post(f"{page}/rules/CT311", {"text": "the rest"})
        assert sorted(db.session.scalars(select(Sen2Note.text))) == ["mine", *["the rest"] * 5]
        officer.post(f"{page}/rules/CT311", {"text": "again"})
        assert db.session.scalar(select(func.count(Sen2Note.id))) == 6

    def test_an_error_cannot_be_explained(self, officer, user):
        factories.case(child=child("Ada", upn_unknown=""), received_on=date(2025, 3, 3))
        db.session.commit()
        page = build(officer)
        issue = db.session.scalars(select(Sen2Issue).where(Sen2Issue.kind == "error")).first()
        answer = officer.post(f"{page}/issues/{issue.id}", {"text": "no"}, status=200)
        assert "An error has to be put right" in text(answer)
        officer.get(f"{page}/rules/{issue.rule}", status=404)
        with pytest.raises(NotPossible):
            notes.explain(issue=issue, text="no", by=user(Role.DATA_OFFICER), at=NOW)

    @pytest.mark.parametrize(
        ("note", "message"), [("", "Say why it is right"), ("x" * 1001, "Use 1,000 characters or fewer")]
    )
    def test_bad_input_is_said_beside_the_field_with_what_was_typed(self, officer, note, message):
        small_year()
        page = build(officer)
        answer = officer.post(f"{page}/rules/CT311", {"text": note}, status=200)
        box = html.fromstring(answer.text).get_element_by_id("text")
        assert message in text(answer) and (box.text or "").strip() == note


class TestSigningOff:
    def test_keeps_who_when_and_the_checksum_of_each_file(self, officer):
        small_year()
        page = build(officer)
        explain_everything(officer, page)
        assert "Sign off the return of 2026" in text(officer.get(f"{page}/sign"))
        officer.post(f"{page}/sign", {"sure": "y"})
        found = made(page)
        assert (found.submission, found.signed_at) == (1, NOW) and set(found.files) == {
            returning.XML,
            returning.CSV,
            returning.NOTES,
        }
        folder = returning.folder_of(found)
        assert returning.files_in(folder) == found.files
        with zipfile.ZipFile(io.BytesIO(officer.get(f"{page}/files/csv").data)) as file:
            assert len(file.namelist()) == 10 and file.testzip() is None
            assert file.read(returning.NOTES) == officer.get(f"{page}/files/notes.csv").data
        assert "Submission 1, by Desmond Okoro" in text(officer.get(page))

    def test_another_is_a_new_submission_and_the_first_stays_as_it_was(self, officer):
        small_year()
        first = build(officer)
        explain_everything(officer, first)
        officer.post(f"{first}/sign", {"sure": "y"})
        xml, notes_then = officer.get(f"{first}/files/xml").data, officer.get(f"{first}/files/notes.csv").data
        factories.case(child=child("Kay"), received_on=date(2025, 11, 3))
        db.session.commit()
        second = build(officer)
        explain_everything(officer, second)
        officer.post(f"{second}/sign", {"sure": "y"})
        assert (made(first).submission, made(second).submission) == (1, 2)
        assert officer.get(f"{first}/files/xml").data == xml != officer.get(f"{second}/files/xml").data
        assert officer.get(f"{first}/files/notes.csv").data == notes_then

    def test_is_refused_while_there_are_errors_or_queries(self, officer):
        factories.case(child=child("Ada", upn_unknown=""), received_on=date(2025, 3, 3))
        db.session.commit()
        page = build(officer)
        assert "It has 1 error to put right" in text(officer.get(f"{page}/sign"))
        officer.post(f"{page}/sign", {"sure": "y"}, status=200)
        db.session.execute(db.update(factories.Person).values(upn_unknown="UN1"))
        db.session.commit()
        page = build(officer)
        assert "1 query to explain" in text(officer.get(f"{page}/sign"))
        officer.post(f"{page}/sign", {"sure": "y"}, status=200)
        assert made(page).signed_at is None

    def test_is_refused_while_there_is_nobody_in_it(self, officer):
        page = build(officer, year="2023")
        explain_everything(officer, page)
        assert "There is nobody in it" in text(officer.get(page))
        assert "an empty return is not signed off" in text(officer.get(f"{page}/sign"))
        officer.post(f"{page}/sign", {"sure": "y"}, status=200)
        assert made(page).signed_at is None

    def test_is_refused_of_one_built_before_its_census_day(self, officer, client, user, on_the_day):
        small_year()
        page = build(officer, year="2027")
        explain_everything(officer, page)
        on_the_day.move_to(datetime(2027, 1, 22, 9, 0, tzinfo=UTC))
        later = client(user(Role.DATA_OFFICER))
        assert "21 January 2027, was still to come when it was built" in text(later.get(f"{page}/sign"))
        later.post(f"{page}/sign", {"sure": "y"}, status=200)
        assert made(page).signed_at is None
        assert not made(build(later, year="2027")).is_rehearsal

    def test_needs_the_tick(self, officer):
        small_year()
        page = build(officer)
        explain_everything(officer, page)
        answer = officer.post(f"{page}/sign", {}, status=200)
        assert "Tick the box" in html.fromstring(answer.text).get_element_by_id("sure-error").text_content()
        assert made(page).signed_at is None

    def test_is_refused_where_a_file_is_not_what_was_built(self, officer):
        small_year()
        page = build(officer)
        explain_everything(officer, page)
        with (returning.folder_of(made(page)) / returning.XML).open("a") as handle:
            handle.write(" ")
        answer = officer.post(f"{page}/sign", {"sure": "y"}, status=200)
        assert "A file of this return is not what was built" in text(answer) and made(page).signed_at is None

    def test_happens_once(self, officer, user):
        small_year()
        page = build(officer)
        explain_everything(officer, page)
        officer.post(f"{page}/sign", {"sure": "y"})
        officer.post(f"{page}/sign", {"sure": "y"}, status=200)
        with pytest.raises(NotPossible, match="signed off already"):
            signing.sign(return_id=made(page).id, files={}, by=user(Role.DATA_OFFICER), at=NOW)
        answer = officer.post(f"{page}/rules/CT311", {"text": "more"}, status=200)
        assert "has been signed off" in text(answer)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CASEWORKER, 403), (Role.MANAGER, 403), (Role.DATA_OFFICER, 200), (Role.ADMINISTRATOR, 200)],
)
def test_who_may_make_a_return(client, user, role, status):
    browser = client(user(role))
    for path in ("/sen2", "/sen2/placements"):
        browser.get(path, status=status)
    for path in ("/sen2/9", "/sen2/9/issues", "/sen2/9/sign", "/sen2/9/files/xml", "/sen2/9/files/notes.csv"):
        browser.get(path, status=404 if status == 200 else 403)


class TestPlanAndPlacements:
    FIELDS = {  # noqa: RUF012  (a form's answers, which no test changes)
        "attended_rows": "1", "attended0-rank": "1", "attended0-urn": "123456", "attended0-entered_on": ["1", "9", "2025"], "attended0-in_sen_unit": "y",
        "named_rows": "1", "named0-rank": "1", "named0-urn": "123456",
        "primary_need": "ASD", "secondary_need": "SLCN", "personal_budget": "y", "review_met_on": ["3", "11", "2025"], "review_outcome": "M",
    }  # fmt: skip

    def a_plan(self) -> Case:
        case = factories.case(
            child=child("Ada"), received_on=date(2025, 1, 6), steps=factories.lifetime(date(2025, 1, 6))
        )
        db.session.commit()
        return case

    def test_are_entered_and_go_into_the_return_and_the_history(self, officer):
        case = self.a_plan()
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "version": str(case.version)})
        page = build(officer)
        assert made(page).errors == 0
        xml = officer.get(f"{page}/files/xml").text
        assert (
            "<PlacementDetail><URN>123456</URN><PlacementRank>1</PlacementRank><EntryDate>2025-09-01</EntryDate><SENunitIndicator>1</SENunitIndicator>"
            in xml
        )
        assert "<SENneed><SENtype>SLCN</SENtype><SENtypeRank>2</SENtypeRank></SENneed>" in xml
        assert (
            "<ReviewMeeting>2025-11-03</ReviewMeeting><ReviewOutcome>M</ReviewOutcome>" in xml and "<PB>1</PB>" in xml
        )
        last = db.session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq.desc())
        ).first()
        assert last.happening is H.CASE_DETAILS_CHANGED
        assert last.detail["placements_attended_after"] == "123456 (1), from 2025-09-01, in a SEN unit"
        assert last.detail["needs_after"] == "ASD (1), SLCN (2)"
        assert "Placements attended" in text(officer.get(f"/cases/{case.id}"))

    def test_are_shown_again_and_saving_them_as_they_are_records_nothing(self, officer):
        case = self.a_plan()
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "version": str(case.version)})
        db.session.refresh(case)
        before = case.version
        shown = html.fromstring(officer.get(f"/sen2/cases/{case.id}").text)
        assert shown.get_element_by_id("attended0-urn").get("value") == "123456"
        assert shown.get_element_by_id("attended1-urn").get("value") in (None, "")
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "version": str(before)})
        db.session.refresh(case)
        assert case.version == before

    def test_one_is_taken_out_by_its_tick(self, officer):
        case = self.a_plan()
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "version": str(case.version)})
        db.session.refresh(case)
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "attended0-out": "y", "version": str(case.version)})
        assert made(build(officer)).errors == 1

    @pytest.mark.parametrize(
        ("changed", "field", "message"),
        [
            ({"attended0-urn": "12345"}, "attended0-urn", "A URN has 6 figures"),
            ({"attended0-urn": "", "attended0-rank": "1"}, "attended0-urn", "Enter a URN or a UKPRN"),
            ({"attended0-sen_setting": "EHE"}, "attended0-sen_setting", "has no other arrangement"),
            ({"attended0-urn": "", "attended0-sen_setting": "OTH"}, "attended0-sen_setting_other", "Say what the arrangement is"),
            ({"attended0-rank": ""}, "attended0-rank", "Choose whether it is the primary"),
            ({"attended0-entered_on": ["", "", ""]}, "attended0-entered_on", "Enter the day of entry"),
            ({"attended0-left_on": ["1", "8", "2025"]}, "attended0-left_on", "cannot have left before"),
            ({"attended0-left_on": ["31", "2", "2026"]}, "attended0-left_on", "Enter a real date"),
            ({"named0-ukprn": "2000"}, "named0-ukprn", "A UKPRN has 8 figures"),
            ({"secondary_need": "ASD"}, "secondary_need", "The second need is the same as the first"),
            ({"transfer_la": "KT1"}, "transfer_la", "3 figures"),
            ({"attended0-entered_on": ["2", "6", "2026"]}, "attended0-entered_on", "The day of entry cannot be in the future"),
            ({"attended0-left_on": ["2", "6", "2026"]}, "attended0-left_on", "The day of leaving cannot be in the future"),
            ({"named0-rank": "2"}, "named0-rank", "has to be the primary one"),
            ({"named_rows": "2", "named1-rank": "1", "named1-urn": "123457"}, "named1-rank", "only one can be"),
            ({"attended0-wbp": "-5"}, "attended0-wbp", "letters and figures only"),
            ({"direct_payments": "-5"}, "direct_payments", "letters and figures only"),
            ({"plan_wbp": "a/b"}, "plan_wbp", "letters and figures only"),
            ({"review_met_on": ["2", "6", "2026"]}, "review_met_on", "review meeting cannot be in the future"),
            ({"last_review_on": ["2", "6", "2026"]}, "last_review_on", "The day of the letter with the decision cannot be in the future"),
        ],
    )  # fmt: skip
    def test_bad_input_is_said_beside_its_field_and_what_was_typed_is_kept(self, officer, changed, field, message):
        case = self.a_plan()
        fields = {**self.FIELDS, **changed, "version": str(case.version)}
        shown = html.fromstring(officer.post(f"/sen2/cases/{case.id}", fields, status=200).text)
        assert message in shown.get_element_by_id(f"{field}-error").text_content()
        assert shown.get_element_by_id("named0-urn").get("value") == "123456"
        db.session.refresh(case)
        assert case.version == int(fields["version"])

    def entered(self, officer, case: Case, status: int = 302, **review: object) -> str:
        db.session.refresh(case)
        days = {name: [str(n) for n in (d.day, d.month, d.year)] for name, d in review.items() if isinstance(d, date)}
        fields = {**self.FIELDS, "review_met_on": ["", "", ""], "review_outcome": "", **review, **days}
        fields["version"] = str(case.version)
        return officer.post(f"/sen2/cases/{case.id}", fields, status=status).text

    def reviews_of(self, case: Case) -> list[tuple]:
        query = select(ReviewFacts).where(ReviewFacts.case_id == case.id, ReviewFacts.finished_on.is_not(None))
        return [
            (row.met_on, row.finished_on, row.outcome) for row in db.session.scalars(query.order_by(ReviewFacts.key))
        ]

    def test_a_finished_review_that_is_entered_is_an_entry_of_the_history(self, officer):
        case = self.a_plan()
        met, told = date(2025, 11, 3), date(2025, 11, 20)
        self.entered(officer, case, review_met_on=met, review_outcome="M", last_review_on=told)
        assert self.reviews_of(case) == [(met, told, "maintain")]
        self.entered(officer, case, review_met_on=met, review_outcome="M", last_review_on=told)
        assert self.reviews_of(case) == [(met, told, "maintain")]
        page = text(officer.get(f"/cases/{case.id}"))
        assert "Annual review finished: family told" in page

    @pytest.mark.parametrize(
        ("review", "known"),
        [
            ({"review_met_on": date(2025, 11, 3), "review_outcome": "A", "last_review_on": date(2025, 11, 20)},
             [(date(2025, 11, 3), date(2025, 11, 20), "amend")]),
            ({"review_met_on": date(2025, 11, 3), "review_outcome": "M", "last_review_on": date(2025, 11, 18)},
             [(date(2025, 11, 3), date(2025, 11, 18), "maintain")]),
            ({"review_met_on": date(2026, 5, 1), "review_outcome": "A", "last_review_on": date(2026, 5, 20)},
             [(date(2025, 11, 3), date(2025, 11, 20), "maintain"), (date(2026, 5, 1), date(2026, 5, 20), "amend")]),
            ({"review_met_on": date(2026, 5, 1), "review_outcome": "", "last_review_on": date(2025, 11, 20)},
             [(date(2025, 11, 3), date(2025, 11, 20), "maintain")]),
        ],
        ids=["put right", "told on another day", "the next one", "the next one has met"],
    )  # fmt: skip
    def test_what_is_entered_after_it_puts_it_right_or_is_the_next(self, officer, review, known):
        case = self.a_plan()
        first = {"review_met_on": date(2025, 11, 3), "review_outcome": "M", "last_review_on": date(2025, 11, 20)}
        self.entered(officer, case, **first)
        self.entered(officer, case, **review)
        assert self.reviews_of(case) == known
        kept = details.kept_of(case.id)
        told = (kept.review_met_on, kept.review_outcome, kept.last_review_on)
        assert told == tuple(review.values())

    @pytest.mark.parametrize(
        ("review", "field", "message"),
        [
            ({"last_review_on": ["", "", ""]}, "last_review_on", "20 November 2025 is on record"),
            ({"last_review_on": date(2025, 9, 1)}, "last_review_on", "take it out, in the history of the case"),
            ({"last_review_on": date(2025, 12, 1), "review_met_on": date(2025, 1, 10)}, "review_met_on", "before the plan was made"),
        ],
        ids=["cleared", "an earlier one", "met before the plan"],
    )  # fmt: skip
    def test_what_the_history_does_not_bear_out_is_said_beside_its_field(self, officer, review, field, message):
        case = self.a_plan()
        self.entered(officer, case, review_met_on=date(2025, 11, 3), last_review_on=date(2025, 11, 20))
        known = self.reviews_of(case)
        shown = html.fromstring(self.entered(officer, case, 200, **review))
        assert message in shown.get_element_by_id(f"{field}-error").text_content()
        assert self.reviews_of(case) == known

    def no_plan(self) -> Case:
        case = factories.case(child=child("Bea"), received_on=date(2026, 1, 5))
        db.session.commit()
        return case

    def register(self) -> None:
        """Bring in a register with one school in it."""
        db.session.add(Setting(urn="123456", name="Ash Tree School", registered_on=date(2026, 5, 1)))
        db.session.commit()

    def test_a_case_with_no_plan_has_no_placement_that_it_names(self, officer):
        case = self.no_plan()
        fields = {**self.FIELDS, "version": str(case.version)}
        shown = html.fromstring(officer.post(f"/sen2/cases/{case.id}", fields, status=200).text)
        said = "This case has no plan that could name a placement"
        assert said in shown.get_element_by_id("named0-rank-error").text_content()
        assert details.kept_of(case.id).placements == ()
        brought = self.bring_in(officer, f"{case.reference},named,1,123456,,,,,,")
        assert "0 taken, 1 refused" in brought and "part this case has no plan that could name" in brought
        officer.post(f"/sen2/cases/{case.id}", {**fields, "plan_started_on": ["1", "9", "2021"]})

    def test_a_urn_is_looked_up_once_there_is_a_register(self, officer):
        case = self.a_plan()
        self.register()
        other = {"attended0-urn": "123457", "version": str(case.version)}
        shown = html.fromstring(officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, **other}, status=200).text)
        assert "No setting in the directory" in shown.get_element_by_id("attended0-urn-error").text_content()
        assert shown.get_element_by_id("attended0-urn").get("value") == "123457"
        line = f"{case.reference},attended,1,123457,,,01/09/2025,,,"
        brought = self.bring_in(officer, line, line.replace("123457", "123456").replace(",1,", ",2,"))
        assert "2, urn no setting in the directory has this URN 123457" in brought and "0 taken, 2 refused" in brought
        assert "No URN was looked up" not in brought
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "version": str(case.version)})
        shown = text(officer.get(f"/sen2/cases/{case.id}"))
        assert "Placement 1: Ash Tree School" in shown and "No URN was looked up" not in shown

    def test_a_urn_that_is_kept_already_is_let_be(self, officer):
        case = self.a_plan()
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "version": str(case.version)})
        assert "No URN was looked up" in text(officer.get(f"/sen2/cases/{case.id}"))
        self.register()
        db.session.execute(db.update(Setting).values(urn="999999"))
        db.session.commit()
        db.session.refresh(case)
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "personal_budget": "", "version": str(case.version)})

    def test_without_a_register_a_file_is_taken_with_a_warning(self, officer):
        case = self.a_plan()
        brought = self.bring_in(officer, f"{case.reference},attended,1,123457,,,01/09/2025,,,")
        assert "1 taken, 0 refused" in brought and "No URN was looked up: the DfE’s register" in brought

    def test_somebody_elses_change_is_not_overwritten(self, officer):
        case = self.a_plan()
        seen = case.version
        histories.append(
            case_id=case.id,
            entries=[factories.entry((H.NOTE_ADDED, date(2026, 5, 1), {"note": "n"}))],
            today=date(2026, 6, 1),
        )
        db.session.commit()
        answer = officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "version": str(seen)}, status=200)
        page = html.fromstring(answer.text)
        (said,) = page.xpath("//*[contains(@class, 'govuk-error-summary__list')]/li")
        assert "Somebody else has changed this case" in said.text_content() and said.find("a") is None
        assert page.xpath("//*[contains(@class, 'govuk-error-message')]") == []
        officer.post(f"/sen2/cases/{case.id}", {**self.FIELDS, "version": page.xpath("//*[@name='version']/@value")[0]})

    def test_a_second_primary_placement_is_no_fault_once_the_first_has_been_left(self, officer):
        case = self.a_plan()
        left = {"attended0-left_on": ["31", "8", "2025"], "attended0-entered_on": ["1", "9", "2024"]}
        new = {"attended1-rank": "1", "attended1-urn": "123457", "attended1-entered_on": ["1", "9", "2025"]}
        fields = {**self.FIELDS, **left, **new, "attended_rows": "2", "version": str(case.version)}
        officer.post(f"/sen2/cases/{case.id}", fields)
        assert made(build(officer)).errors == 0

    def test_a_caseworker_reaches_them_from_the_case(self, client, user):
        case = self.a_plan()
        browser = client(user(Role.CASEWORKER))
        assert f"/sen2/cases/{case.id}" in browser.get(f"/cases/{case.id}").text
        browser.get(f"/sen2/cases/{case.id}")

    HEADER = "case_reference,part,rank,urn,ukprn,sen_setting,entered_on,left_on,in_sen_unit,wbp"

    def bring_in(self, officer, *lines) -> str:
        sent = {"file": (io.BytesIO("\n".join((self.HEADER, *lines)).encode()), "placements.csv")}
        return text(officer.post("/sen2/placements", sent, status=200, content_type="multipart/form-data"))

    def test_come_in_from_a_file_case_by_case(self, officer):
        case, other = self.a_plan(), self.a_plan()
        shown = self.bring_in(
            officer,
            f"{case.reference},attended,1,123456,,,01/09/2025,,1,",
            f"{case.reference},named,1,123456,,,,,0,",
            "nobody,attended,1,123456,,,01/09/2025,,,",
            f"{other.reference},named,1,123456,,,,,,",
            f"{other.reference},attended,3,123456,,,01/09/2025,,,",
        )
        assert "5 rows read: 2 taken, 3 refused" in shown
        assert "4, case_reference no case has this reference" in shown
        assert "5, case_reference line 6 cannot be taken, and none of a case is taken without the rest" in shown
        assert "6, rank choose whether it is the primary placement (1) or the secondary (2)" in shown
        kept = officer.get(f"/sen2/cases/{case.id}").text
        assert 'id="attended0-urn"' in kept and 'value="123456"' in kept and 'id="attended2-urn"' not in kept
        assert 'value="123456"' not in officer.get(f"/sen2/cases/{other.id}").text

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("attended,1,12345,,,01/09/2025,,,", "urn a URN has 6 figures"),
            ("attended,1,,20000000,,01/09/2025,,,", "ukprn a UKPRN has 8 figures and begins with 1"),
            ("attended,1,,,,01/09/2025,,,", "urn enter a URN or a UKPRN"),
            ("attended,1,123456,,EHE,01/09/2025,,,", "sen_setting a placement with a URN or UKPRN has no other"),
            ("attended,1,,,XYZ,01/09/2025,,,", "sen_setting this code is not in the list: OLA"),
            ("attended,1,123456,,,,,,", "entered_on enter the day of entry"),
            ("attended,1,123456,,,02/06/2026,,,", "entered_on the day of entry cannot be in the future"),
            ("attended,1,123456,,,01/09/2025,01/08/2025,,", "left_on they cannot have left before they entered"),
            ("attended,1,123456,,,01/09/2025,,,a/b", "wbp use letters and figures only"),
            ("attended,1,123456,,,01/09/2025,,,ninechars", "wbp use 8 characters or fewer"),
            ("attended,2,123456,,,01/09/2025,,,", "rank one of the placements has to be the primary one"),
            ("attended,1,123456,,,32/09/2025,,,", "entered_on there is no such day"),
        ],
    )
    def test_of_a_file_are_checked_as_those_that_are_typed_in(self, officer, row, message):
        case = self.a_plan()
        assert message in self.bring_in(officer, f"{case.reference},{row}")
        db.session.refresh(case)
        assert case.version == 1 + len(factories.lifetime(date(2025, 1, 6)))

    def test_two_primary_placements_of_a_file_are_refused(self, officer):
        case = self.a_plan()
        shown = self.bring_in(
            officer, *(f"{case.reference},attended,1,{urn},,,01/09/2025,,," for urn in ("123456", "123457"))
        )
        assert "3, rank another placement is the primary one already" in shown and "0 taken, 2 refused" in shown

    def test_a_reference_however_it_is_written_is_of_one_case(self, officer):
        case = self.a_plan()
        shown = self.bring_in(
            officer,
            f"{case.reference},named,1,123456,,,,,0,",
            f"{case.reference.lower()} ,attended,1,12345,,,01/09/2025,,,",
        )
        assert "0 taken, 2 refused" in shown

    @pytest.mark.parametrize("broken", ["{},attended,2", '{},attended,2,"123', ",attended,2,123457,,,01/09/2025,,,"])
    def test_a_row_that_may_be_of_a_case_is_not_left_out_of_it(self, officer, broken):
        case = self.a_plan()
        good = f"{case.reference},attended,1,123456,,,01/09/2025,,,"
        shown = self.bring_in(officer, good, broken.format(case.reference), good.replace("123456", "123458"))
        assert "0 taken" in shown or "cannot be read beyond line 3" in shown
        db.session.refresh(case)
        assert case.version == 1 + len(factories.lifetime(date(2025, 1, 6)))

    def test_a_file_that_is_not_one_is_refused_beside_the_field(self, officer):
        sent = {"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv")}
        answer = officer.post("/sen2/placements", sent, status=200, content_type="multipart/form-data")
        assert "x.csv lacks the column" in html.fromstring(answer.text).get_element_by_id("file-error").text_content()


def test_the_folder_of_a_return_is_outside_what_is_served(app, officer):
    small_year()
    folder = returning.folder_of(made(build(officer)))
    assert folder.parent == Path(app.config["DATA_FOLDER"]) / "returns"
    assert folder.stat().st_mode & 0o077 == 0
