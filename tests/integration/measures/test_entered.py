"""Figures brought from elsewhere: typed or in a file, checked, with what stood before them kept."""

import io
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from casetracker.csvin.figures import read_figures
from casetracker.extensions import db
from casetracker.measures.bringing import Wrong, read
from casetracker.measures.shipped import BY_KEY
from casetracker.models import EnteredFigure
from casetracker.queries.measures import entered
from casetracker.roles import Role
from casetracker.services.measures import entering
from tests.conftest import NOW, TODAY

GRADED = BY_KEY["plans_good_or_outstanding_by_hand"]


def brought(value: str = "", numerator: str = "", denominator: str = "", **more: object):
    words = {"measure": GRADED, "as_at": date(2024, 6, 30), "source": "Invision 360", "note": "", "today": TODAY}
    return read(value=value, numerator=numerator, denominator=denominator, **{**words, **more})


class TestReading:
    @pytest.mark.parametrize(
        ("value", "numerator", "denominator", "expected"),
        [
            ("24.8", "", "", "24.8"),
            ("24.8%", "56", "226", "24.8"),
            ("", "56", "226", "24.8"),
            (" 34.40 ", "", "", "34.40"),
        ],
    )
    def test_takes_a_share_as_people_write_it(self, value, numerator, denominator, expected):
        assert brought(value, numerator, denominator).value == Decimal(expected)

    @pytest.mark.parametrize(
        ("value", "numerator", "denominator", "more", "field"),
        [
            ("", "", "", {}, "value"),
            ("many", "", "", {}, "value"),
            ("1e9", "", "", {}, "value"),
            ("-4", "", "", {}, "value"),
            ("−0.5%", "", "", {}, "value"),
            ("101", "", "", {}, "value"),
            ("24,8", "", "", {}, "value"),
            ("5.5", "", "", {"measure": BY_KEY["supported_internships"]}, "value"),
            ("30", "56", "226", {}, "value"),
            ("24.8", "227", "226", {}, "numerator"),
            ("24.8", "56", "", {}, "denominator"),
            ("", "0", "0", {}, "denominator"),
            ("24.8", "5.5", "226", {}, "numerator"),
            ("24.8", "", "", {"source": "  "}, "source"),
            ("24.8", "", "", {"as_at": date(2026, 6, 2)}, "as_at"),
        ],
    )
    def test_refuses_what_cannot_be_and_says_which_box(self, value, numerator, denominator, more, field):
        with pytest.raises(Wrong) as refused:
            brought(value, numerator, denominator, **more)
        assert ("decimals" in str(refused.value)) is (value in ("many", "1e9", "24,8"))
        assert refused.value.field == field and str(refused.value)


class TestKeeping:
    def test_the_newest_of_a_day_stands_and_the_rest_is_kept(self, session, user):
        who = user(Role.DATA_OFFICER)
        assert entering.enter(brought("24.8"), by=who, at=NOW) == "new"
        assert entering.enter(brought("24.8"), by=who, at=NOW) == "unchanged"
        assert entering.enter(brought("25.0"), by=who, at=NOW) == "changed"
        assert entering.enter(brought("34.4", as_at=date(2023, 7, 31)), by=who, at=NOW) == "new"
        stands = entered.standing(GRADED)[GRADED.key]
        assert [(one.as_at, one.value) for one in stands] == [
            (date(2024, 6, 30), Decimal("25.0")),
            (date(2023, 7, 31), Decimal("34.4")),
        ]
        assert len(entered.everything(GRADED)) == 3

    def test_what_is_taken_back_no_longer_stands(self, session, user):
        who = user(Role.DATA_OFFICER)
        entering.enter(brought("24.8"), by=who, at=NOW)
        back = {"measure": GRADED, "as_at": date(2024, 6, 30), "why": "Wrong year", "by": who, "at": NOW}
        assert entering.take_back(**back)
        assert not entering.take_back(**back)
        assert entered.standing() == {}
        assert entered.everything(GRADED)[0].note == "Wrong year"
        assert entering.enter(brought("24.8"), by=who, at=NOW) == "new"


class TestFile:
    TEXT = (
        "measure,as_at,value,numerator,denominator,source,note\n"
        "plans_good_or_outstanding,31/07/2023,34.4,21,61,Invision 360,\n"
        "Supported internships,2024-05-31,38,,,SEN2,\n"
        "neet,2024-05-31,108,,,SEN2,\n"
        "nonsense,2024-05-31,1,,,SEN2,\n"
        "neet,,8.6,,,SEN2,\n"
    )

    def test_takes_what_can_be_and_refuses_the_rest_by_line(self, tmp_path):
        path = tmp_path / "figures.csv"
        path.write_text(self.TEXT, encoding="utf-8")
        figures, refusals, _ = read_figures(path, today=TODAY)
        assert [one.measure.key for one in figures] == ["plans_good_or_outstanding_by_hand", "supported_internships"]
        assert [(one.line, one.column) for one in refusals] == [(4, "value"), (5, "measure"), (6, "as_at")]

    def test_of_two_figures_for_one_day_the_second_is_refused_with_the_line_of_the_first(self, tmp_path):
        path = tmp_path / "figures.csv"
        path.write_text("measure,as_at,value,source\nneet,2025-08-31,7.3,SEN2\nneet,31/8/2025,8,SEN2\n")
        figures, (refused,), _ = read_figures(path, today=TODAY)
        assert [one.value for one in figures] == [Decimal("7.3")]
        assert (refused.line, refused.column) == (3, "as_at") and "Line 2 has a figure" in refused.rule

    def test_a_file_to_fill_in_may_come_back_with_rows_left_as_they_were(self, client, user, session, on_the_day):
        browser = client(user(Role.DATA_OFFICER))
        template = browser.get("/measures/entered/template.csv").text
        filled = template.replace("neet,,,,", "neet,31/8/2025,,3,41", 1)
        file = (io.BytesIO(filled.encode()), "figures.csv")
        answer = browser.post("/measures/entered/upload", {"file": file}, status=200)
        assert "1 new, 0 changed, 0 there already, 0 refused" in answer.text
        assert "25 rows with no figure passed over." in answer.text

    @pytest.mark.parametrize(
        ("key", "hint", "parts"),
        [
            ("neet", "In %", True),
            ("supported_internships", "Such as 226", False),
            ("wait_physiotherapy", "In days", False),
        ],
    )
    def test_the_form_asks_in_the_unit_of_the_measure(self, client, user, session, on_the_day, key, hint, parts):
        browser = client(user(Role.DATA_OFFICER))
        page = browser.get(f"/measures/entered/{key}/add").text
        assert hint in page and ("Upper number" in page) is parts
        given = {"value": "12", "source": "A letter", "as_at": ["31", "8", "2025"]}
        browser.post(f"/measures/entered/{key}/add", given, status=302)
        assert entered.standing(BY_KEY[key])[key][0].value == 12

    def test_on_the_page_twice_changes_nothing_the_second_time(self, client, user, session, on_the_day):
        browser = client(user(Role.DATA_OFFICER))
        for said in ("2 new, 0 changed, 0 there already, 3 refused", "0 new, 0 changed, 2 there already, 3 refused"):
            file = (io.BytesIO(self.TEXT.encode()), "figures.csv")
            answer = browser.post("/measures/entered/upload", {"file": file}, status=200)
            assert said in answer.text
        assert db.session.scalar(select(func.count(EnteredFigure.id))) == 2

    def test_the_file_to_fill_in_is_one_that_can_be_read(self, client, user, tmp_path, on_the_day):
        path = tmp_path / "figures.csv"
        path.write_bytes(client(user(Role.DATA_OFFICER)).get("/measures/entered/template.csv").data)
        figures, refusals, notes = read_figures(path, today=TODAY)
        assert (figures, refusals, notes) == ([], [], ["26 rows with no figure passed over"])
