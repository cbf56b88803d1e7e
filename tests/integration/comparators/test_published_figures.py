"""Published figures in the database: once, restated by newer files, ranked without those that may not be."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from casetracker.commands import main
from casetracker.extensions import db
from casetracker.models import PublishedFigure, PublishedFile
from casetracker.published.measures import FIGURES, HEADLINE, TABLES
from casetracker.queries import comparators
from casetracker.services import comparators as keeping
from casetracker.transactions import unit_of_work
from tests.integration.comparators.releases import SUPPRESSED, cells, timeliness

AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
FIRST = {"931": cells(100, 40), "873": cells(50, 30), "919": cells(200, 90), "838": cells(10, 10)}


@pytest.fixture
def bring(session, tmp_path, user):
    """Bring in a small file of 2023, or of another year; of a release newer than what ships, unless told."""
    numbers: Iterator[int] = iter(range(1, 100))

    def bring_in(authorities, *, year=2023, release=2026):
        path = timeliness(tmp_path / f"{next(numbers)}.csv", authorities, year=year)
        return keeping.bring_in(path, at=AT, release=release)

    return bring_in


def ours(measure=HEADLINE, year=2023):
    return next(one for one in comparators.by_year(measure, "931") if one.year == year)


class TestBringingIn:
    def test_stores_each_figure_with_what_it_is_made_of(self, bring):
        done = bring(FIRST)
        assert (done.already, done.release, done.areas) == (False, 2026, 6)
        figure = ours().ours
        assert (figure.value, figure.numerator, figure.denominator, figure.release) == (40.0, 40.0, 100.0, 2026)
        assert figure.area == "Oxfordshire"

    def test_the_same_file_again_changes_nothing(self, bring, tmp_path):
        bring(FIRST)
        before = db.session.scalar(select(func.count()).select_from(PublishedFigure))
        again = keeping.bring_in(tmp_path / "1.csv", at=AT)
        assert (again.already, again.restated) == (True, 0)
        assert db.session.scalar(select(func.count()).select_from(PublishedFigure)) == before
        assert db.session.scalar(select(func.count()).select_from(PublishedFile)) == 1

    def test_a_newer_release_restates_and_the_older_figure_is_kept(self, bring):
        bring(FIRST)
        done = bring({**FIRST, "931": cells(100, 45)}, release=2027)
        assert done.restated == 12  # four figures of ours, and what they change in the region and the nation
        assert ours().ours.value == 45.0
        [restated] = comparators.restatements(HEADLINE, ["931"])
        assert (restated.before, restated.after) == (40.0, 45.0)
        assert (restated.release_before, restated.release_after) == (2026, 2027)

    def test_an_older_release_brought_in_later_does_not_take_the_place_of_a_newer(self, bring):
        bring({**FIRST, "931": cells(100, 45)}, release=2027)
        bring(FIRST, release=2026)
        assert ours().ours.value == 45.0

    def test_a_revised_file_of_one_release_counts_from_then_on(self, bring):
        bring(FIRST)
        bring({**FIRST, "931": SUPPRESSED})
        assert (ours().ours.value, ours().ours.mark) == (None, "c")
        [restated] = comparators.restatements(HEADLINE, ["931"])
        assert (restated.before, restated.after, restated.after_mark) == (40.0, None, "c")

    def test_what_does_not_add_up_is_kept_with_the_file(self, session, tmp_path):
        keeping.bring_in(timeliness(tmp_path / "t.csv", FIRST, nation=cells(500, 200)), at=AT)
        [file] = comparators.brought_in()
        assert any("the regions add up to 360, and not to 500" in remark for remark in file.remarks)


class TestRanking:
    def test_an_authority_stands_among_those_that_may_be_ranked(self, bring):
        bring(FIRST)
        beside = ours()
        assert (beside.place.rank, beside.place.of, beside.place.quarter) == (4, 4, 4)
        assert beside.nation.value == round(170 * 100 / 360, 1)
        assert beside.region.area == "South East"

    def test_suppressed_and_footnoted_authorities_are_left_out_of_rank_and_mean(self, bring):
        bring({**FIRST, "919": SUPPRESSED}, year=2024)  # and Dorset, 838, has a footnote for 2024 that ships
        beside = ours(year=2024)
        assert (beside.place.rank, beside.place.of) == (2, 2)
        assert {one.code for one in beside.left_out} == {"919", "838"}
        assert beside.neighbours_mean == 60.0

    def test_a_footnote_added_here_takes_an_authority_out(self, bring, user):
        bring(FIRST)
        assert ours().place.rank == 4
        keeping.add_footnote(
            area_code="838", year=2023, table="timeliness", note="Claimed for every plan", at=AT, by_id=user().id
        )
        assert (ours().place.rank, ours().place.of) == (3, 3)
        assert [one.footnote for one in ours().left_out] == ["Claimed for every plan"]

    def test_an_authority_with_no_figure_has_no_place(self, bring):
        bring({**FIRST, "931": SUPPRESSED})
        assert ours().place is None

    def test_neighbours_are_the_statistical_ones_until_others_are_chosen(self, bring, user):
        bring(FIRST)
        near = comparators.neighbours_of("931")
        assert near.codes == ("873", "919", "825", "937", "916", "850", "867", "938", "869", "803")
        assert ours().neighbours_mean == 52.5  # of the two that are there, each counting alike
        keeping.choose_neighbours(codes=["838", "873"], reason="As the forum agreed", at=AT, by_id=user().id)
        assert ours().neighbours_mean == 80.0
        keeping.choose_neighbours(codes=[], reason="Back", at=AT, by_id=user().id)
        assert comparators.neighbours_of("931") == near

    def test_an_authority_nobody_knows_cannot_be_a_neighbour(self, session, user):
        with pytest.raises(keeping.NotPossible, match="999"):
            keeping.choose_neighbours(codes=["873", "999"], reason="A slip", at=AT, by_id=user().id)


class TestWithNothingBroughtIn:
    def test_what_ships_stands_in(self, session):
        beside = ours(year=2025)
        assert (beside.ours.value, beside.nation.value) == (37.8, 46.1)
        assert beside.place is None
        assert len(comparators.by_year(HEADLINE, "931")) == 12

    def test_other_figures_are_none(self, session):
        assert comparators.by_year("request_assess_pc", "931") == []

    def test_a_file_counts_before_what_ships_of_the_same_release_or_an_older(self, bring):
        bring(FIRST, release=2025)
        assert ours().ours.value == 40.0

    def test_what_ships_counts_before_a_file_of_an_older_release(self, bring):
        bring(FIRST, release=2024)
        assert ours().ours.value == 53.7


def test_the_same_file_brought_in_twice_at_once_is_stored_once(app, tmp_path):
    path = timeliness(tmp_path / "t.csv", FIRST)
    ready = threading.Barrier(2)

    def bring_in(_number):
        with app.app_context():
            ready.wait()
            with unit_of_work():
                return keeping.bring_in(path, at=AT).already

    with ThreadPoolExecutor(2) as both:
        already = sorted(both.map(bring_in, range(2)))
    assert already == [False, True]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PublishedFile)) == 1
        assert len(comparators.latest("plans_issued_within_20_weeks")) == 6


def test_the_command_says_what_became_of_each_file(app, tmp_path, on_the_day):
    path = timeliness(tmp_path / "t.csv", FIRST)
    first = app.test_cli_runner().invoke(main, ["import", "comparators", str(path)])
    assert "Plans issued within 20 weeks, 2023, release of 2024" in first.output
    assert "0 restate an earlier file" in first.output
    again = app.test_cli_runner().invoke(main, ["import", "comparators", "--json", str(path)])
    assert '"already": true' in again.output
    wrong = tmp_path / "w.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    refused = app.test_cli_runner().invoke(main, ["import", "comparators", str(wrong)])
    assert refused.exit_code == 2 and "lacks the column" in refused.output


def test_every_figure_has_its_table():
    assert {table.key for table in TABLES.values()} == {comparators.table_of(key).key for key in FIGURES}
