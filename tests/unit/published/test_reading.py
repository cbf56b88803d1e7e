"""Release files as they come: names in any case, marks for numbers, labels that change, totals that must add up."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetracker.csvin.refusals import FileRefused
from casetracker.published.checks import questions
from casetracker.published.measures import FIGURES, TABLES, Good, Unit
from casetracker.published.placing import mean, place
from casetracker.published.reading import ENGLAND, Level, read_release
from tests.integration.comparators.releases import COLUMNS, PLACE, cells, timeliness
from tests.integration.comparators.releases import place as where
from tests.services import require, shared_data

TWO = {"931": cells(100, 40), "873": cells(50, 30)}


class TestReading:
    def test_takes_whole_areas_by_year_with_their_numbers(self, tmp_path):
        read = read_release(timeliness(tmp_path / "t.csv", TWO))
        assert (read.table.key, read.years, read.refusals) == ("timeliness", [2023], [])
        nation, region, ours, other = (row.area for row in read.rows)
        assert (nation.code, nation.level) == (ENGLAND, Level.NATIONAL)
        assert (region.code, region.name) == ("E12000008", "South East")
        assert (ours.code, ours.name, ours.region_code) == ("931", "Oxfordshire", "E12000008")
        assert other.code == "873"
        assert read.rows[2].numbers["pc_plans_issued_20_weeks_ex"] == 40.0
        assert read.rows[0].numbers["plans_issued_den"] == 150

    @pytest.mark.parametrize("change", [str.lower, str.upper], ids=["lower", "upper"])
    def test_the_case_of_names_does_not_matter(self, tmp_path, change):
        read = read_release(timeliness(tmp_path / "t.csv", TWO, columns=change(COLUMNS)))
        assert read.rows[2].numbers["pc_plans_issued_20_weeks_ex"] == 40.0

    @pytest.mark.parametrize("topic", ["All EHC plans issued", "All EHC plans", "Total"])
    def test_the_words_of_the_total_may_change(self, tmp_path, topic):
        assert len(read_release(timeliness(tmp_path / "t.csv", TWO, topic=topic)).rows) == 4

    def test_rows_broken_down_are_left_out_and_counted(self, tmp_path):
        row = where("Local authority", "931").replace("All EHC plans issued,All EHC plans issued", "Sex,Female")
        read = read_release(timeliness(tmp_path / "t.csv", TWO, more=[f"{row},1,1,1,1,100,100"]))
        assert len(read.rows) == 4
        assert read.left_out == {"broken down by Sex": 1}

    @pytest.mark.parametrize("mark", ["x", "z", "c", ":", "low", "X", ""])
    def test_a_mark_is_not_a_number(self, tmp_path, mark):
        read = read_release(timeliness(tmp_path / "t.csv", {"931": (mark,) * 6, "873": cells(50, 30)}))
        ours = next(row for row in read.rows if row.area.code == "931")
        assert ours.numbers == {}
        assert set(ours.marks.values()) == {mark.lower() or "empty"}

    def test_what_is_neither_number_nor_mark_refuses_the_row(self, tmp_path):
        read = read_release(timeliness(tmp_path / "t.csv", {"931": ("many", 1, 1, 1, 1, 1), "873": cells(50, 30)}))
        assert [(r.line, r.column, r.value) for r in read.refusals] == [(4, "plans_issued_den", "many")]
        assert [row.area.code for row in read.rows[2:]] == ["873"]

    def test_numbers_may_have_commas(self, tmp_path):
        read = read_release(timeliness(tmp_path / "t.csv", {"931": ('"1,200"', 1200, 600, 600, 50, 50)}))
        assert read.rows[2].numbers["plans_issued_den"] == 1200

    def test_a_column_that_stands_twice_is_read_where_its_cells_agree(self, tmp_path):
        twice = f"{COLUMNS},plans_issued_den"
        rows = {"931": (*cells(100, 40), 100), "873": (*cells(50, 30), 51)}
        path = tmp_path / "t.csv"
        lines = [f"{PLACE},{twice}"] + [
            f"{where('Local authority', code)},{','.join(map(str, row))}" for code, row in rows.items()
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
        read = read_release(path)
        assert [row.area.code for row in read.rows] == ["931"]
        assert [(r.column, r.line) for r in read.refusals] == [("plans_issued_den", 3)]

    def test_an_area_and_year_that_stand_twice_are_taken_once(self, tmp_path):
        again = f"{where('Local authority', '931')},{','.join(map(str, cells(9, 9)))}"
        read = read_release(timeliness(tmp_path / "t.csv", TWO, more=[again]))
        assert [row.area.code for row in read.rows].count("931") == 1
        assert "line 4" in read.refusals[0].rule

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "empty"),
            ("a,b\n1,2\n", "lacks the column"),
            (f"{PLACE},number_of_pupils\n{where('National')},5\n", "none of the files"),
            (f"{PLACE},{COLUMNS}\n", "no row"),
        ],
        ids=["empty", "another file", "another table of the DfE", "header alone"],
    )
    def test_a_file_that_is_not_one_is_refused(self, tmp_path, text, said):
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FileRefused, match=said):
            read_release(path)


class TestAddingUp:
    def test_a_file_that_adds_up_raises_no_question(self, tmp_path):
        assert questions(read_release(timeliness(tmp_path / "t.csv", TWO))) == []

    def test_a_file_cut_off_is_asked_about(self, tmp_path):
        path = timeliness(tmp_path / "t.csv", TWO)
        path.write_text("\n".join(path.read_text(encoding="utf-8-sig").splitlines()[:-1]), encoding="utf-8")
        assert any("South East 2023, plans_issued_den: its authorities add up to 100" in q for q in _asked(path))

    def test_a_total_that_is_wrong_is_asked_about(self, tmp_path):
        path = timeliness(tmp_path / "t.csv", TWO, nation=cells(151, 70))
        assert "England 2023, plans_issued_den: the regions add up to 150, and not to 151" in _asked(path)

    def test_parts_beyond_their_whole_and_a_wrong_share_are_asked_about(self, tmp_path):
        path = timeliness(tmp_path / "t.csv", {"931": (100, 100, 40, 40, 41, 40)})
        assert [q for q in _asked(path) if q.startswith("pc_plans_issued_within_20_weeks: not the share")]

    def test_a_sum_over_an_area_that_is_suppressed_is_not_checked(self, tmp_path):
        path = timeliness(tmp_path / "t.csv", {"931": cells(100, 40), "873": ("c",) * 6}, nation=cells(100, 40))
        assert _asked(path) == []


def _asked(path):
    return questions(read_release(path))


@pytest.mark.parametrize("name", ["timeliness_20_week", "requests", "assessments", "annual_reviews"])
def test_the_release_of_2025_is_read_whole_and_adds_up(name):
    require("shared")
    folder = shared_data()
    assert folder is not None
    read = read_release(folder / "data" / "dfe-ehc-plans-2025" / f"{name}.csv")
    assert read.refusals == []
    assert read.left_out == {}
    assert len(read.rows) == read.read
    expected = 1 if name == "annual_reviews" else 0  # four authorities have a negative number
    assert len(questions(read)) == expected


class TestDefinitions:
    def test_every_sum_and_share_is_of_columns_that_are_read(self):
        for table in TABLES.values():
            assert table.signature in table.columns
            assert all({rule.whole, *rule.parts} <= table.columns for rule in table.sums)
            assert all(figure.numerator for figure in table.figures if figure.unit is Unit.PERCENT)

    def test_no_column_is_of_two_files(self):
        assert len(FIGURES) == sum(len(table.figures) for table in TABLES.values())


class TestPlacing:
    def test_the_best_comes_first_whichever_way_is_better(self):
        values = {"a": 10.0, "b": 20.0, "c": 30.0, "d": 40.0}
        assert [place(values, code, Good.MORE).rank for code in "abcd"] == [4, 3, 2, 1]
        assert [place(values, code, Good.FEWER).rank for code in "abcd"] == [1, 2, 3, 4]
        assert [place(values, code, Good.MORE).quarter for code in "abcd"] == [4, 3, 2, 1]

    def test_equals_share_a_place(self):
        values = {"a": 10.0, "b": 10.0, "c": 5.0}
        assert [place(values, code, Good.MORE).rank for code in "abc"] == [1, 1, 3]

    def test_one_that_is_not_there_has_no_place(self):
        assert place({"a": 1.0}, "b", Good.MORE) is None

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.integers(0, 100), min_size=1, max_size=20))
    def test_places_are_those_of_the_order_and_quarters_go_up_with_them(self, numbers):
        values = {str(at): float(number) for at, number in enumerate(numbers)}
        placed = {code: place(values, code, Good.MORE) for code in values}
        inorder = sorted(values.values(), reverse=True)
        for code, value in values.items():
            found = placed[code]
            assert found is not None
            assert found.rank == inorder.index(value) + 1
            assert 1 <= found.quarter <= 4
        quarters = [one.quarter for one in sorted(filter(None, placed.values()), key=lambda one: one.rank)]
        assert quarters == sorted(quarters)

    def test_a_mean_counts_each_alike(self):
        assert mean([10.0, 20.0, 31.0]) == 20.3
        assert mean([]) is None
