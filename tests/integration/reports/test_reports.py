"""Highlight reports: written, issued once and for all, restated by a version that says why, and read in three forms."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pypdf
import pytest
from lxml import html
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from casetracker.extensions import db
from casetracker.highlights import contents as kept
from casetracker.highlights.contents import HIDDEN
from casetracker.highlights.draft import Action, Draft, Risk, from_json, to_json
from casetracker.measures.shipped import BY_KEY
from casetracker.models import BoardFigure, FrozenFigure, HighlightReport, ReportVersion, User
from casetracker.periods import Span, twelve_months_to
from casetracker.queries import highlights as queries
from casetracker.roles import Role
from casetracker.services import board, highlights, histories
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import TODAY

AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
END = date(2026, 5, 31)
NASTY = '#set page(fill: red)\n=HYPERLINK("x") *bold* <b>"quoted"</b> \\ $x$'


def figure(key, top, bottom, *, known_on=END):
    """Keep a figure of twelve months, as a night would have, and as it was frozen with a day's knowledge."""
    share = (Decimal(top * 100) / bottom if bottom else Decimal(top)).quantize(Decimal("0.1"))
    numbers = {"version": BY_KEY[key].version, "numerator": top, "denominator": bottom, "value": share}
    db.session.merge(BoardFigure(measure=key, span=Span.ROLLING, ends_on=END, worked_out_at=AT, **numbers))
    year = twelve_months_to(END)
    frozen = {"measure": key, "span": year.span, "starts_on": year.starts_on, "ends_on": END, "known_on": known_on}
    by = db.session.scalar(select(func.min(User.id)))
    db.session.add(FrozenFigure(**frozen, **numbers, counts_reopened=False, frozen_at=AT, frozen_by_id=by))
    db.session.flush()


@pytest.fixture
def manager(user):
    return user(Role.MANAGER, name="Morag Sinclair")


@pytest.fixture
def report(session, manager):
    """A report of May with a share of 533 in 993, and three requests."""
    figure("plans_within_20_weeks", 533, 993)
    figure("requests", 3, None)
    begun = highlights.begin(month=date(2026, 5, 1), today=TODAY, at=AT, by_id=manager.id)
    draft = Draft(
        measures=("plans_within_20_weeks", "requests"),
        summary=NASTY,
        commentary={"requests": "Few"},
        actions=(Action("Look weekly", "Head of SEND", "2026-07-01"),),
        risks=(Risk("Advice comes late", "high", "Locums"),),
    )
    return highlights.save(report_id=begun.id, draft=draft, seen_version=1)


def issue(report, by, reason="", *, today=TODAY):
    council = "Example County Council"
    number = len(queries.versions(report.id)) + 1
    return highlights.issue(
        report_id=report.id, number=number, reason=reason, council=council, today=today, at=AT, by=by
    )


class TestIssuing:
    def test_keeps_the_figures_and_words_of_that_moment(self, report, manager):
        version = issue(report, manager)
        figure("plans_within_20_weeks", 1, 993, known_on=TODAY)
        made = kept.from_json(queries.version(report.id, 1).contents)
        assert (made.title, made.version) == ("SEND highlight report 1: May 2026", 1)
        share = made.rows[0]
        assert (share.shown, share.made_of, share.period) == ("53.7%", "533 of 993", "12 months to May 2026")
        assert share.target == "100%, by law"
        assert kept.sha256(version.contents) == version.sha256

    def test_hides_small_numbers_in_every_form(self, report, manager):
        figure("plans_within_20_weeks", 990, 993, known_on=TODAY)  # three that were late
        figure("requests", 3, None, known_on=TODAY)
        made = kept.from_json(issue(report, manager, today=TODAY + timedelta(days=1)).contents)
        assert [(row.shown, row.value, row.numerator, row.rating) for row in made.rows] == [
            (HIDDEN, None, None, "")
        ] * 2

    def test_hides_a_figure_that_would_tell_of_few_beside_another(self, report, manager):
        draft = from_json(report.draft)
        both = ("plans_within_20_weeks_including_exceptions", "plans_within_20_weeks")
        highlights.save(report_id=report.id, draft=replace(draft, measures=both), seen_version=2)
        figure("plans_within_20_weeks_including_exceptions", 538, 1001)
        assert [row.shown for row in highlights.preview(report)] == [HIDDEN, "53.7%"]
        made = kept.from_json(issue(report, manager).contents)
        assert [(row.shown, row.denominator) for row in made.rows] == [(HIDDEN, 1001), ("53.7%", 993)]

    def test_again_is_another_version_that_says_why_and_what_it_restates(self, report, manager):
        issue(report, manager)
        with pytest.raises(highlights.NotPossible, match="why"):
            issue(report, manager)
        figure("plans_within_20_weeks", 540, 993, known_on=TODAY)
        figure("requests", 3, None, known_on=TODAY)
        later = TODAY + timedelta(days=1)
        made = kept.from_json(issue(report, manager, "Seven plans were keyed late", today=later).contents)
        assert (made.version, made.reason) == (2, "Seven plans were keyed late")
        [restated] = made.restated
        assert (restated.before, restated.after) == ("53.7%", "54.4%")
        assert [one.version for one in queries.versions(report.id)] == [2, 1]
        assert kept.from_json(queries.version(report.id, 1).contents).rows[0].shown == "53.7%"

    def test_the_same_version_is_not_issued_twice_by_two_who_see_the_same(self, report, manager):
        issue(report, manager)
        for number in (0, 1, 3):
            with pytest.raises(highlights.ChangedMeanwhile, match="since you opened this page"):
                highlights.issue(
                    report_id=report.id, number=number, reason="Again", council="", today=TODAY, at=AT, by=manager
                )
        assert [one.version for one in queries.versions(report.id)] == [1]

    def test_its_figures_are_frozen_and_what_is_keyed_later_is_shown_as_a_restatement_with_its_cases(
        self, client, manager, session, on_the_day
    ):
        lifetime = factories.lifetime(date(2026, 1, 5))
        factories.case(received_on=date(2026, 1, 5), steps=lifetime)
        late = factories.case(received_on=date(2026, 1, 5), steps=lifetime[:-1])
        board.refresh(today=TODAY, at=AT)
        begun = highlights.begin(month=date(2026, 5, 1), today=TODAY, at=AT, by_id=manager.id)
        draft = Draft(measures=("plans_within_20_weeks", "plans_good_or_outstanding_by_hand"), summary="S")
        version = issue(highlights.save(report_id=begun.id, draft=draft, seen_version=1), manager)
        frozen = db.session.scalars(select(FrozenFigure)).one()
        assert (frozen.known_on, frozen.denominator, frozen.note) == (END, 1, "Highlight report 1, version 1")
        assert [row.frozen for row in kept.from_json(version.contents).rows] == [frozen.id, None]
        session.commit()
        browser, address = client(manager), f"/reports/{begun.id}/versions/1"
        assert "As frozen" in browser.get(address).text and "Restated since" not in browser.get(address).text
        issued = histories.NewEntry(H.FINAL_PLAN_ISSUED, date(2026, 5, 25), AT)
        histories.append(case_id=late.id, entries=[issued], today=TODAY)
        session.commit()
        page = html.fromstring(browser.get(address).text)
        [link] = page.xpath("//main//a[starts-with(normalize-space(), 'Restated since')]/@href")
        told = browser.get(link).text
        assert "Restated: 1 case counts otherwise" in told and f'href="/cases/{late.id}"' in told

    def test_everything_that_it_lacks_is_said_at_once(self, client, report, manager):
        issue(report, manager)
        highlights.save(report_id=report.id, draft=Draft(measures=()), seen_version=2)
        db.session.commit()
        browser, address = client(manager), f"/reports/{report.id}"
        shown = html.fromstring(browser.get(address).text)
        assert shown.xpath("//p[starts-with(text(), 'Before it can')]/following-sibling::ul[1]/li/a/text()") == [
            "write a summary", "choose at least one indicator"
        ]  # fmt: skip
        answer = html.fromstring(browser.post(address, {"version": "2", "reason": ""}, status=200).text)
        assert answer.xpath("//*[contains(@class, 'govuk-error-summary')]//li/a/text()") == [
            "Write a summary first", "Choose at least one indicator first", "Say why it is issued again"
        ]  # fmt: skip

    def test_wants_a_summary_and_an_indicator(self, report, manager):
        highlights.save(report_id=report.id, draft=Draft(summary=""), seen_version=2)
        with pytest.raises(highlights.NotPossible, match="summary"):
            issue(report, manager)
        highlights.save(report_id=report.id, draft=Draft(summary="Words", measures=()), seen_version=3)
        with pytest.raises(highlights.NotPossible, match="indicator"):
            issue(report, manager)

    @pytest.mark.parametrize("change", [update(ReportVersion).values(reason="other"), delete(ReportVersion)])
    def test_the_database_refuses_to_change_what_was_issued(self, report, manager, change):
        issue(report, manager)
        db.session.commit()
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(change)
        db.session.rollback()


class TestDrafts:
    def test_reports_are_numbered_one_after_another_and_begin_with_the_last_ones_indicators(self, report, manager):
        second = highlights.begin(month=date(2026, 4, 1), today=TODAY, at=AT, by_id=manager.id)
        assert (report.number, second.number) == (1, 2)
        draft = from_json(second.draft)
        assert list(draft.measures) == ["plans_within_20_weeks", "requests"]
        assert (draft.summary, list(draft.actions)) == ("", [])

    @pytest.mark.parametrize("month", [date(2026, 6, 1), date(2025, 5, 1), date(1900, 6, 1), date(2026, 4, 2)])
    def test_one_is_of_a_month_that_is_over_and_of_the_last_twelve(self, session, manager, month):
        with pytest.raises(highlights.NotPossible, match="one of the last 12 months"):
            highlights.begin(month=month, today=TODAY, at=AT, by_id=manager.id)

    def test_there_is_one_of_a_month(self, report, manager):
        with pytest.raises(highlights.NotPossible, match="Report 1 is of that month"):
            highlights.begin(month=date(2026, 5, 1), today=TODAY, at=AT, by_id=manager.id)

    def test_one_of_an_earlier_month_has_the_figures_to_the_end_of_that(self, session, manager, user):
        for received_on in (date(2025, 10, 6), date(2025, 11, 24)):  # plans of 23 February and of 13 April
            for _ in range(6):
                steps = factories.lifetime(received_on, weeks_to_plan=20)
                factories.case(received_on=received_on, steps=steps, child=factories.person())
        board.refresh(today=TODAY, at=AT)
        begun = highlights.begin(month=date(2026, 3, 1), today=TODAY, at=AT, by_id=manager.id)
        draft = Draft(measures=("plans", "open_cases"), summary="S")
        report = highlights.save(report_id=begun.id, draft=draft, seen_version=1)
        looked_at = [(row.shown, row.period) for row in highlights.preview(report)]
        made = kept.from_json(issue(report, manager).contents)
        assert looked_at == [("6", "12 months to March 2026"), ("6", "end of March 2026")]
        assert [(row.shown, row.period) for row in made.rows] == looked_at
        assert (made.month, made.up_to) == ("March 2026", "March 2026")

    def test_one_of_an_earlier_month_is_judged_by_the_target_that_had_been_agreed(self, report, manager):
        for value, agreed_on in ((65, date(2026, 5, 20)), (70, TODAY)):
            board.set_target(
                measure="plans_within_20_weeks", value=Decimal(value), due_on=None, agreed_by="SIAB",
                agreed_on=agreed_on, today=TODAY, at=AT, by_id=manager.id,
            )  # fmt: skip
        assert highlights.preview(report)[0].target.startswith("65.0%")

    def test_one_of_an_earlier_month_has_the_note_that_was_written_of_it(self, report, manager):
        report.month = date(2026, 4, 1)
        for words, at in (
            ("of March", datetime(2026, 4, 20, tzinfo=UTC)),
            ("of April", datetime(2026, 5, 31, 22, 59, tzinfo=UTC)),
            ("of May", datetime(2026, 5, 31, 23, 1, tzinfo=UTC)),  # London’s clocks say June
        ):
            board.write_note(measure="plans_within_20_weeks", owner="Head", text=words, at=at, by_id=manager.id)
        assert highlights.preview(report)[0].note == "of April"
        report.month = date(2026, 5, 1)
        assert highlights.preview(report)[0].note == "of May"

    def test_two_people_cannot_overwrite_each_other(self, report):
        highlights.save(report_id=report.id, draft=Draft(summary="Hers"), seen_version=2)
        with pytest.raises(highlights.ChangedMeanwhile):
            highlights.save(report_id=report.id, draft=Draft(summary="His"), seen_version=2)
        assert from_json(queries.report(report.id).draft).summary == "Hers"

    def test_a_draft_is_the_same_after_it_was_stored(self):
        draft = Draft(measures=("requests",), actions=(Action("a", "b", "2026-01-01"),), risks=(Risk("r"),))
        assert to_json(from_json(to_json(draft))) == to_json(draft)


class TestForms:
    @pytest.fixture
    def issued(self, report, manager):
        issue(report, manager)
        db.session.commit()
        return f"/reports/{report.id}/versions/1"

    def test_the_page_shows_what_was_written_as_it_was_written(self, client, user, issued):
        page = client(user()).get(issued).text
        assert "&lt;b&gt;&#34;quoted&#34;&lt;/b&gt;" in page and "#set page(fill: red)" in page
        assert "53.7%" in page and HIDDEN in page and "by 1 July 2026" in page

    def test_the_pdf_is_tagged_titled_and_in_english_and_reads_nothing_as_an_instruction(self, client, user, issued):
        answer = client(user()).get(f"{issued}/report.pdf")
        pdf = pypdf.PdfReader(io.BytesIO(answer.data))
        root = pdf.trailer["/Root"]
        assert bool(root["/MarkInfo"]["/Marked"])
        assert root["/Lang"] == "en-GB"
        assert pdf.metadata.title == "SEND highlight report 1: May 2026"
        assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
        text = "\n".join(page.extract_text() for page in pdf.pages)
        assert "#set page(fill: red)" in text and "533 of 993" in text and "Advice comes late" in text
        assert answer.data == client(user()).get(f"{issued}/report.pdf").data  # the same version is the same file

    def test_no_row_of_the_pdf_is_cut_between_two_pages(self, client, user, report, manager):
        risks = tuple(Risk(f"Begins{n} {'and goes on ' * 38} Ends{n}", "low") for n in range(12))
        draft = Draft(measures=("requests",), summary="S", risks=risks)
        issue(highlights.save(report_id=report.id, draft=draft, seen_version=2), manager)
        db.session.commit()
        pdf = pypdf.PdfReader(io.BytesIO(client(user()).get(f"/reports/{report.id}/versions/1/report.pdf").data))
        pages = [page.extract_text() for page in pdf.pages]
        for n in range(12):
            assert sum(f"Begins{n} " in page and re.search(rf"Ends{n}\b", page) is not None for page in pages) == 1, n

    def test_a_baseline_that_there_is_not_is_called_so(self, client, user, issued):
        assert kept.from_json(queries.version(1, 1).contents).rows[1].baseline == "none"
        assert "none" in [cell.value for cell in self.workbook(client(user()), issued)["Indicators"]["H"]]

    def workbook(self, browser, issued):
        return openpyxl.load_workbook(io.BytesIO(browser.get(f"{issued}/report.xlsx").data))

    def test_what_is_restated_has_a_sheet(self, client, user, issued, report, manager):
        figure("plans_within_20_weeks", 540, 993, known_on=TODAY)
        figure("requests", 3, None, known_on=TODAY)
        issue(report, manager, "Keyed late", today=TODAY + timedelta(days=1))
        db.session.commit()
        assert self.workbook(client(user()), f"{issued[:-1]}2")["Restated"]["B2"].value == "53.7%"

    def test_the_workbook_has_numbers_as_numbers_and_no_formula(self, client, user, issued):
        answer = client(user()).get(f"{issued}/report.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        assert book.sheetnames == ["About", "Indicators", "Actions", "Risks"]  # nothing is restated
        rows = list(book["Indicators"].iter_rows(min_row=2, values_only=True))
        assert rows[0][3:7] == (53.7, "53.7%", 533, 993)
        assert rows[1][3:7] == (None, HIDDEN, None, None)
        assert book["Actions"]["C2"].value == datetime(2026, 7, 1)  # noqa: DTZ001  (a day has no time zone)
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)

    def test_a_version_that_is_not_there_is_not_found(self, client, user, issued):
        client(user()).get(f"{issued[:-1]}9", status=404)


class TestWriting:
    def test_a_managers_month(self, app, client, manager, session, on_the_day):
        figure("plans_within_20_weeks", 533, 993)
        db.session.commit()
        browser = client(manager)
        future = browser.post("/reports/new", {"month": "2026-06-01"}, status=200)
        assert "Not a valid choice" in future.text
        browser.post("/reports/new", {"month": "2026-05-01"})
        again = browser.post("/reports/new", {"month": "2026-05-01"}, status=200)
        assert "Report 1 is of that month" in again.text
        chosen = {"measures": ["plans_within_20_weeks"], "public": ["requests"], "version": "1"}
        none = browser.post("/reports/1/measures", {"version": "1"}, status=200)
        assert "Choose at least one indicator" in none.text
        stray = browser.post("/reports/1/measures", chosen, status=200)
        assert "Only indicators that are in the report" in stray.text
        browser.post("/reports/1/measures", {**chosen, "public": ["plans_within_20_weeks"]})
        words = {
            "version": "2",
            "summary": "Better",
            "comment-plans_within_20_weeks": "More psychologists",
            "action-0-what": "Look weekly",
            "action-0-by": ["31", "2", "2026"],
            "action-1-what": "",
            "risk-0-risk": "Late advice",
            "risk-0-level": "high",
        }
        wrong = browser.post("/reports/1/write", {**words, "risk-1-risk": "", "risk-1-doing": "Asking"}, status=200)
        assert "Say what the risk is, or empty the rest" in wrong.text and 'value="Asking"' in wrong.text
        assert "Enter a real date" in wrong.text and "More psychologists" in wrong.text and 'value="31"' in wrong.text
        words["action-0-by"] = ["1", "7", "2026"]
        half = browser.post("/reports/1/write", {**words, "action-1-who": "Ann", "risk-0-risk": ""}, status=200)
        assert "Say what will be done, or empty the rest" in half.text and 'value="Ann"' in half.text
        assert "Say what the risk is, or empty the rest" in half.text
        empty = browser.get("/reports/1").text
        assert "write a summary" in empty and "Issue the report" not in empty and "53.7%" in empty
        browser.post("/reports/1/write", words)
        old = browser.post("/reports/1/write", {**words, "action-0-by": ["", "", ""]}, status=200)
        assert "Somebody else saved this report" in old.text
        browser.post("/reports/1", {"version": "1", "reason": ""})
        stale = browser.post("/reports/1", {"version": "1", "reason": "Twice"}, status=200)
        assert "A version has been issued since you opened this page" in stale.text and "Twice" in stale.text
        again = browser.post("/reports/1", {"version": "2", "reason": ""}, status=200)
        assert "Say why it is issued again" in again.text
        page = browser.get("/reports/1/versions/1").text
        assert "More psychologists" in page and "Late advice" in page and "53.7%" in page
        assert "Version 1" in browser.get("/reports").text
        with app.app_context():
            [stored] = db.session.scalars(select(HighlightReport))
            assert from_json(stored.draft).actions[0].by == "2026-07-01"

    def test_a_caseworker_reads_what_was_issued_and_no_draft(self, client, user, report, manager):
        issue(report, manager)
        db.session.commit()
        worker = client(user())
        assert "Report 1" in worker.get("/reports").text
        worker.get(f"/reports/{report.id}/versions/1")
        for path in ("", "/write", "/measures"):
            worker.get(f"/reports/{report.id}{path}", status=403)
