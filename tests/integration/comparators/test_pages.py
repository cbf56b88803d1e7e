"""The pages of published figures: for everybody to read, for some to bring in and choose."""

import io
from datetime import date

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import NeighbourChoice, PublishedFile, PublishedFootnote
from casetracker.roles import Role
from tests import factories
from tests.integration.comparators.releases import SUPPRESSED, cells, timeliness

THREE = {"931": cells(100, 40), "873": cells(50, 30), "919": SUPPRESSED}


def uploaded(path, name="timeliness_20_week.csv"):
    return (io.BytesIO(path.read_bytes()), name)


@pytest.fixture
def officer(client, user):
    return client(user(Role.DATA_OFFICER))


def test_with_nothing_brought_in_what_ships_is_shown(client, user):
    page = client(user()).get("/comparators").text
    assert "37.8%" in page and "46.1%" in page
    assert "No file has been brought in" in page
    assert "Bring in the files" not in page  # a caseworker may not


def test_a_file_is_brought_in_and_shown(app, officer, tmp_path):
    path = timeliness(tmp_path / "t.csv", THREE, year=2025)
    answer = officer.post("/comparators/import", {"files": uploaded(path), "release": "2026"}, status=200)
    assert "Plans issued within 20 weeks, 2025, release of 2026" in answer.text
    page = officer.get("/comparators").text
    assert "2 of 2" in page and "Cambridgeshire" in page and "suppressed" in page
    again = officer.post("/comparators/import", {"files": uploaded(path), "release": ""}, status=200)
    assert "nothing was stored" in again.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PublishedFile)) == 1


def test_of_two_files_one_of_which_is_wrong_none_is_stored(app, officer, tmp_path):
    path = timeliness(tmp_path / "t.csv", THREE)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    fields = {"files": [uploaded(path), uploaded(wrong, "wrong.csv")], "release": "2026"}
    answer = officer.post("/comparators/import", fields, status=200)
    assert "lacks the column" in answer.text
    assert 'value="2026"' in answer.text  # what was typed is kept
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PublishedFile)) == 0


def test_a_release_that_is_no_year_and_no_file_are_each_told_beside_their_box(officer, tmp_path):
    path = timeliness(tmp_path / "t.csv", THREE)
    assert (
        "Enter a year"
        in officer.post("/comparators/import", {"files": uploaded(path), "release": "soon"}, status=200).text
    )
    assert "Choose the files" in officer.post("/comparators/import", {"release": ""}, status=200).text


def test_neighbours_are_chosen_and_given_up_again(app, client, user):
    manager = client(user(Role.MANAGER))
    page = manager.post("/comparators/neighbours", {"codes": "873, 999", "reason": "The forum’s"}, status=200)
    assert "no authority with the code 999" in page.text and "873, 999" in page.text
    manager.post("/comparators/neighbours", {"codes": "873\n919", "reason": "The forum’s"})
    assert "Chosen here: The forum’s" in manager.get("/comparators").text
    manager.post("/comparators/neighbours", {"codes": "", "reason": "Back"})
    assert "The statistical neighbours" in manager.get("/comparators").text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(NeighbourChoice)) == 2  # each choice is kept


def test_an_authority_is_left_out_of_the_ranking_with_a_reason(app, officer, tmp_path):
    officer.post(
        "/comparators/import", {"files": uploaded(timeliness(tmp_path / "t.csv", THREE)), "release": "2026"}, status=200
    )
    fields = {"area_code": "873", "year": "2023", "table": "timeliness", "note": "Claimed for all"}
    assert "Enter a year" in officer.post("/comparators/not-ranked", {**fields, "year": "20"}, status=200).text
    assert "has figures" in officer.post("/comparators/not-ranked", {**fields, "area_code": "825"}, status=200).text
    officer.post("/comparators/not-ranked", fields)
    with app.app_context():
        assert db.session.scalars(select(PublishedFootnote.note)).all() == ["Claimed for all"]


def test_every_area_can_be_downloaded_and_an_unknown_figure_is_not_found(officer, tmp_path):
    officer.post(
        "/comparators/import", {"files": uploaded(timeliness(tmp_path / "t.csv", THREE)), "release": "2026"}, status=200
    )
    text = officer.get("/comparators/figures.csv?measure=pc_plans_issued_20_weeks_ex").text
    assert "2023,authority,873,Cambridgeshire,60.0,30.0,50.0,,2026," in text
    officer.get("/comparators?measure=nothing", status=404)


def test_the_published_row_stands_beside_our_own_count(officer, tmp_path):
    officer.post(
        "/comparators/import", {"files": uploaded(timeliness(tmp_path / "t.csv", THREE)), "release": "2026"}, status=200
    )
    page = officer.get("/comparators/own?year=2023").text
    assert "Plans issued, excluding exceptions" in page and "by 100" in page
    assert "plans_issued_den" not in page  # a column of the DfE's file
    assert "Decisions not to issue a plan within 16 weeks (number)" in page
    assert "those of relevant youth accommodation, of mediations and of appeals count" in page  # why they are not there
    assert "not in what was brought in" in officer.get("/comparators/own?year=2021").text


def test_how_far_shares_are_apart_is_in_percentage_points(session, officer, tmp_path):
    factories.case(received_on=date(2023, 1, 2), steps=factories.lifetime(date(2023, 1, 2)))
    db.session.commit()
    officer.post("/comparators/import", {"files": uploaded(timeliness(tmp_path / "t.csv", THREE))}, status=200)
    assert "by 60.0 percentage points" in officer.get("/comparators/own?year=2023").text


def test_what_no_file_has_is_not_said_to_be_unpublished(officer, tmp_path):
    officer.post("/comparators/import", {"files": uploaded(timeliness(tmp_path / "t.csv", THREE))}, status=200)
    rows = html.fromstring(officer.get("/comparators").text).xpath("//table[contains(caption, 'By calendar')]/tbody/tr")
    of = {row[0].text: [cell.text for cell in row] for row in rows}
    assert of["2025"][3] == "not in what was brought in"  # ships with the tracker, which has no regions
    assert of["2023"][3] == "46.7%"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("READ ME (2).md", b"a,b\n1,2\n", "READ ME (2).md lacks the column"),
        ("é\u202e.csv", b"\x00\x01\x7fPK\x03\xff,b\n", "é.csv lacks the column"),
        ("x." + "y" * 300, b"", "y is empty"),
    ],
)
def test_a_file_that_is_refused_is_named_as_it_was_sent_and_nothing_unprintable_shown(officer, name, content, said):
    answer = officer.post("/comparators/import", {"files": (io.BytesIO(content), name)}, status=200)
    error = " ".join(html.fromstring(answer.text).xpath("string(//*[@id='files-error'])").split())
    assert said in error and all(c.isprintable() for c in error)


def test_two_files_of_one_name_are_two(officer, tmp_path):
    first, second = timeliness(tmp_path / "a.csv", THREE), timeliness(tmp_path / "b.csv", THREE, year=2024)
    answer = officer.post("/comparators/import", {"files": [uploaded(first), uploaded(second)]}, status=200)
    assert "2023, release of 2024" in answer.text and "2024, release of 2025" in answer.text
    officer.get("/comparators/own?year=20x3", status=404)


def test_a_caseworker_may_look_and_change_nothing(client, user):
    worker = client(user())
    worker.get("/comparators/own")
    for path in ("/comparators/import", "/comparators/neighbours", "/comparators/not-ranked"):
        worker.get(path, status=403)


def test_a_page_asks_a_bounded_number_of_questions(officer, tmp_path, queries_of):
    officer.post(
        "/comparators/import", {"files": uploaded(timeliness(tmp_path / "t.csv", THREE)), "release": "2026"}, status=200
    )
    with queries_of() as asked:
        officer.get("/comparators")
    assert len(asked) <= 14
