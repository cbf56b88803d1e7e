"""The directory: the register's file, mailboxes, people who leave, term dates."""

import io
from datetime import date

import pytest
from sqlalchemy import select

from casetracker.csvin.closures import read_closures
from casetracker.csvin.refusals import FileRefused
from casetracker.extensions import db
from casetracker.models import Closure, Service, ServiceType, Setting
from casetracker.queries import directory as queries
from casetracker.roles import Role
from casetracker.services import closures, directory
from casetracker.statute.advice import AdviceKind
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import TODAY

HEADER = (
    '"URN","LA (code)","EstablishmentNumber","EstablishmentName","TypeOfEstablishment (name)",'
    '"EstablishmentStatus (name)","OpenDate","CloseDate","PhaseOfEducation (name)","Street","Locality","Address3",'
    '"Town","County (name)","Postcode","TelephoneNum","HeadTitle (name)","HeadFirstName","HeadLastName",'
    '"HeadPreferredJobTitle"'
)


def line(urn: str, name: str, *, authority: str = "931", status: str = "Open", closed: str = "") -> str:
    return (
        f'"{urn}","{authority}","2001","{name}","Community school","{status}","01-09-1990","{closed}","Primary",'
        '"1 School Lane","","","Oxton","Thameshire","OX1 1AA","01632960000","Ms","Ada","Lovell","Headteacher"'
    )


def register(tmp_path, *lines: str):
    path = tmp_path / "edubasealldata.csv"
    path.write_text("\r\n".join([HEADER, *lines]), encoding="cp1252")
    return path


class TestTheRegister:
    def test_settings_are_brought_up_to_date_by_urn_and_the_same_file_twice_changes_nothing(self, session, tmp_path):
        db.session.add(Setting(urn="100001", name="Old name"))
        db.session.flush()
        path = register(tmp_path, line("100001", "St Anne’s"), line("100002", "Hill School"))
        counts = directory.import_register(path, on=TODAY)
        assert (counts.new, counts.changed, counts.unchanged) == (1, 1, 0)
        hill = db.session.scalars(select(Setting).where(Setting.urn == "100002")).one()
        assert (hill.head, hill.head_title, hill.postcode) == ("Ms Ada Lovell", "Headteacher", "OX1 1AA")
        assert (hill.address, hill.opened_on) == ("1 School Lane\nOxton\nThameshire", date(1990, 9, 1))
        counts = directory.import_register(path, on=TODAY)
        assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 2)

    def test_one_that_has_closed_is_shown_closed_and_never_removed(self, session, tmp_path):
        directory.import_register(register(tmp_path, line("100002", "Hill School")), on=TODAY)
        gone = line("100002", "Hill School", status="Closed", closed="31-08-2025")
        directory.import_register(register(tmp_path, gone), on=TODAY)
        hill = db.session.scalars(select(Setting)).one()
        assert (hill.status, hill.closed_on) == ("Closed", date(2025, 8, 31))

    def test_other_authorities_are_left_out_and_bad_rows_refused_with_their_line(self, session, tmp_path):
        path = register(tmp_path, line("100001", "Here"), line("100002", "There", authority="825"), line("12", "Short"))
        counts = directory.import_register(path, on=TODAY, authorities={"931"})
        assert (counts.new, counts.left_out) == (1, 1)
        assert [(one.line, one.column) for one in counts.refusals] == [(4, "URN")]

    def test_a_file_without_its_columns_is_refused_by_name(self, session, tmp_path):
        path = tmp_path / "x.csv"
        path.write_text("a,b\n1,2\n")
        with pytest.raises(FileRefused, match="EstablishmentName"):
            directory.import_register(path, on=TODAY)

    def test_a_setting_is_found_by_a_word_of_its_name_or_its_urn(self, session, tmp_path):
        directory.import_register(register(tmp_path, line("100002", "Hill Primary School")), on=TODAY)
        assert [s.urn for s in queries.settings("primary hill")] == ["100002"]
        assert [s.urn for s in queries.settings("100002")] == ["100002"]
        assert queries.settings("dale") == []


class TestGivers:
    def test_a_child_s_own_setting_comes_first_and_nobody_else_s(self, session):
        ours, theirs = Setting(urn="100001", name="Ours"), Setting(urn="100002", name="Theirs")
        db.session.add_all([ours, theirs])
        db.session.flush()
        own, _ = directory.service_for_setting(ours.id), directory.service_for_setting(theirs.id)
        factories.service(name="Education team", type=ServiceType.OTHER, kinds=["educational"])
        found = queries.givers_for(AdviceKind.EDUCATIONAL, setting_id=ours.id)
        assert [service.name for service in found] == [own.name, "Education team"]
        assert directory.service_for_setting(ours.id) is own

    def test_what_a_service_says_it_gives_counts_before_what_it_is(self, session):
        factories.service(name="A", kinds=["speech_language", "medical"])
        factories.service(name="B", kinds=["medical"])
        factories.service(name="C", kinds=[], type=ServiceType.HEALTH)
        factories.service(name="D", kinds=["medical"], active=False)
        assert [s.name for s in queries.givers_for(AdviceKind.MEDICAL, setting_id=None)] == ["B", "C", "A"]
        assert queries.givers_for(AdviceKind.PARENTAL, setting_id=None) == []


class TestClosures:
    def test_what_lies_between_two_terms_is_a_closure(self, session, tmp_path):
        path = tmp_path / "terms.csv"
        path.write_text(
            "name,first_day,last_day,what\nSpring,05/01/2026,27/03/2026,term\nSummer,2026-04-13,2026-07-21,term\n"
            "Autumn,2026-09-02,2026-12-18,term\nTraining,2026-06-08,2026-06-08,closure\nBad,never,2026-01-01,\n"
        )
        stored = closures.store(read_closures(path), source="terms.csv")
        assert (stored.new, [one.line for one in stored.refusals]) == (3, [6])
        days = [(c.starts_on, c.ends_on) for c in queries.closures_of(None)]
        assert (date(2026, 7, 22), date(2026, 9, 1)) in days
        assert closures.store(read_closures(path), source="terms.csv").new == 0

    def test_a_calendar_s_whole_days_are_taken_and_what_repeats_is_refused(self, session, tmp_path):
        path = tmp_path / "terms.ics"
        path.write_text(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
            "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Summer holiday\r\nDTSTART;VALUE=DATE:20260722\r\n"
            "DTEND;VALUE=DATE:20260902\r\n"
            "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Assembly\r\nDTSTART:20260708T090000Z\r\nEND:VEVENT\r\n"
            "BEGIN:VEVENT\r\nUID:3\r\nSUMMARY:Fridays\r\nDTSTART;VALUE=DATE:20260703\r\n"
            "RRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n"
            "END:VCALENDAR\r\n"
        )
        stored = closures.store(read_closures(path), source="terms.ics")
        (one,) = db.session.scalars(select(Closure))
        assert (one.name, one.ends_on) == ("Summer holiday", date(2026, 9, 1))
        assert len(stored.refusals) == 2

    def test_a_setting_s_own_calendar_takes_the_place_of_the_authority_s(self, session):
        setting = Setting(urn="100001", name="Ours")
        db.session.add(setting)
        db.session.flush()
        db.session.add(Closure(setting_id=None, name="all", starts_on=TODAY, ends_on=TODAY))
        db.session.add(Closure(setting_id=setting.id, name="own", starts_on=TODAY, ends_on=TODAY))
        db.session.flush()
        assert [c.name for c in queries.closures_of(setting.id)] == ["own"]
        assert [c.name for c in queries.closures_of(None)] == ["all"]

    def test_the_case_page_looks_ahead_to_the_summer(self, session, client, user, on_the_day):
        db.session.add(
            Closure(setting_id=None, name="summer closure", starts_on=date(2026, 7, 22), ends_on=date(2026, 9, 1))
        )
        case = factories.case(received_on=date(2026, 5, 18), steps=[(H.ASSESSMENT_AGREED, TODAY)])
        db.session.commit()
        page = client(user()).get(f"/cases/{case.id}").text
        assert "of this case fall in the summer closure (22 July to 1 September 2026)" in page


class TestThePages:
    def test_a_service_is_added_changed_and_its_people_come_and_go(self, session, client, user, on_the_day):
        browser = client(user(Role.CASEWORKER))
        fields = {"name": "Health", "type": "health", "mailbox": "H@x.example", "ladder": "-7 +1 +8!", "active": "y"}
        browser.post("/directory/services/new", fields)
        service = db.session.scalars(select(Service)).one()
        assert (service.mailbox, service.ladder) == ("h@x.example", ["-7", "+1", "+8!"])
        browser.post(f"/directory/services/{service.id}/people", {"name": "Gita", "role": "Nurse"})
        page = browser.get(f"/directory/services/{service.id}").text
        assert "Gita, Nurse" in page
        browser.post(f"/directory/people/{queries.people(service.id)[0].id}/left")
        assert "left 1 June 2026" in browser.get(f"/directory/services/{service.id}").text

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"name": ""}, "Enter a name"),
            ({"mailbox": "nowhere"}, "Enter an email address"),
            ({"ladder": "soon"}, "is not a step"),
            ({"type": ""}, "Choose what it is"),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field_and_kept(self, session, client, user, changed, said):
        fields = {
            "name": "Health",
            "type": "health",
            "mailbox": "h@x.example",
            "note": "Kept",
            "active": "y",
            **changed,
        }
        page = client(user()).post("/directory/services/new", fields, status=200).text
        assert said in page and "Kept" in page

    def test_files_are_brought_in_and_what_was_refused_is_listed(self, session, client, user, tmp_path, on_the_day):
        browser = client(user(Role.DATA_OFFICER))
        content = register(tmp_path, line("100002", "Hill School"), line("1", "Short")).read_bytes()
        fields = {"kind": "register", "file": (io.BytesIO(content), "all.csv")}
        page = browser.post("/directory/import", fields, status=200).text
        assert "1 new" in page and "Line 3, URN" in page
        setting = db.session.scalars(select(Setting)).one()
        assert "Ms Ada Lovell" in browser.get(f"/directory/settings/{setting.id}").text
        services = (
            b"name,type,mailbox,kinds,manager,manager_email\n"
            b"Therapies,health,t@x.example,physiotherapy,Lo,l@x.example\nX,none,y,,,\n"
        )
        page = browser.post(
            "/directory/import", {"kind": "services", "file": (io.BytesIO(services), "s.csv")}, status=200
        ).text
        assert "1 new" in page and "1 refused" in page
        page = browser.post(
            "/directory/import", {"kind": "closures", "file": (io.BytesIO(b"x"), "c.csv")}, status=200
        ).text
        assert "lacks the column" in page
