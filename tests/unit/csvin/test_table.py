"""CSV files as councils have them: encodings, separators, headers, rows that do not fit."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.csvin.refusals import FileRefused
from casetracker.csvin.table import LONGEST_CELL, Table

TEXT = "reference,name\r\n1,Ó Súilleabháin\r\n2,O’Brien 😀\r\n"


def table(path: Path, content: bytes, **options) -> Table:
    path.write_bytes(content)
    return Table(path, frozenset({"reference", "name"}), frozenset({"reference"}), **options)


def names(found: Table) -> list[str]:
    return [row["name"] for row in found]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
    ],
    ids=["UTF-8", "byte order mark", "UTF-16", "LF", "CR"],
)
def test_the_same_rows_come_of_every_way_of_writing_them(tmp_path, content):
    assert names(table(tmp_path / "a.csv", content)) == ["Ó Súilleabháin", "O’Brien 😀"]


def test_windows_1252_is_read_and_said(tmp_path):
    found = table(tmp_path / "a.csv", "reference,name\n1,Ó Súilleabháin\n".encode("cp1252"))
    assert names(found) == ["Ó Súilleabháin"]
    assert any("Windows-1252" in note for note in found.notes)


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators_are_found_and_said(tmp_path, separator, word):
    found = table(tmp_path / "a.csv", f"reference{separator}name\n1{separator}Ada\n".encode())
    assert names(found) == ["Ada"]
    assert word in found.notes[0]


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b",,,\n"], ids=["nothing", "a mark", "blank lines", "commas"]
)
def test_an_empty_file_is_refused(tmp_path, content):
    with pytest.raises(FileRefused, match="is empty"):
        list(table(tmp_path / "a.csv", content))


def test_a_header_alone_is_no_rows(tmp_path):
    found = table(tmp_path / "a.csv", b"reference,name\n")
    assert names(found) == []
    assert found.read == 0


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(FileRefused, match="lacks the column reference; its header is: name"):
        list(table(tmp_path / "a.csv", b"name\nAda\n"))


def test_a_column_there_twice_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="has the column reference twice"):
        list(table(tmp_path / "a.csv", b"reference,Reference\n1,2\n"))


def test_columns_in_any_order_and_case_and_unknown_ones_said(tmp_path):
    found = table(tmp_path / "a.csv", b"Colour, NAME ,Reference\nred,Ada,1\n")
    assert [(row["reference"], row["name"]) for row in found] == [("1", "Ada")]
    assert found.notes == ["a.csv: not used: Colour"]


def test_a_row_of_another_length_is_refused_with_its_line(tmp_path):
    found = table(tmp_path / "a.csv", b'reference,name\n1,"two\nlines"\n2,Ada,surplus\n3\n4,Bea\n')
    assert names(found) == ["two\nlines", "Bea"]
    assert [(refusal.line, refusal.rule) for refusal in found.refusals] == [
        (4, "the row has 3 cells and the header has 2"),
        (5, "the row has 1 cell and the header has 2"),
    ]
    assert found.read == 4


def test_a_quotation_mark_not_closed_is_said_so(tmp_path):
    content = b'reference,name\n1,"never closed\n' + b"2,Ada\n" * (LONGEST_CELL // 4)
    with pytest.raises(FileRefused, match="beyond line 2: a cell has more than 100,000 characters"):
        list(table(tmp_path / "a.csv", content))


def test_nul_bytes_do_no_harm(tmp_path):
    assert names(table(tmp_path / "a.csv", b"reference,name\n1,A\0da\n")) == ["Ada"]


@given(
    names=st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip), max_size=8)
)
def test_what_is_written_is_what_is_read(names, tmp_path_factory):
    import csv

    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([("reference", "name"), *((n, name) for n, name in enumerate(names, start=1))])
    found = Table(path, frozenset({"reference", "name"}), frozenset({"reference"}))
    assert [row["name"] for row in found] == [name.strip() for name in names]


def test_a_quotation_mark_never_closed_near_the_end_loses_no_row_unsaid(tmp_path):
    with pytest.raises(FileRefused, match="beyond line 3: a quotation mark that opens in this row is never closed"):
        list(table(tmp_path / "a.csv", b'reference,name\n1,Ada\n2,"Bea\n3,Cy\n4,Di\n'))


def test_a_quotation_mark_inside_a_quoted_cell_costs_that_row_only(tmp_path):
    found = table(tmp_path / "a.csv", b'reference,name\n1,"Ada "the" first"\n2,Bea\n')
    assert names(found) == ["Bea"]
    assert [(refusal.line, "quotation mark" in refusal.rule) for refusal in found.refusals] == [(2, True)]
    assert found.read == 2


def test_a_row_that_swallowed_others_says_how_far_it_runs(tmp_path):
    found = table(tmp_path / "a.csv", b'reference,name\n1,"Ada\n2,Bea\n3,"Cy"\n4,Di\n')
    assert names(found) == ["Di"]
    assert found.refusals[0].line == 2
    assert found.refusals[0].rule.endswith("the row runs on to line 4")


def test_a_quotation_mark_in_the_middle_of_a_bare_cell_is_a_letter_like_any_other(tmp_path):
    assert names(table(tmp_path / "a.csv", b'reference,name\n1,Ada "A" B\n')) == ['Ada "A" B']


def test_a_header_that_never_ends_is_refused(tmp_path):
    with pytest.raises(FileRefused, match=r"the header row of a\.csv cannot be read"):
        list(table(tmp_path / "a.csv", b"x" * (LONGEST_CELL + 1) + b"\n1,2\n"))


def test_a_file_that_is_one_endless_line_is_refused_before_it_fills_the_memory(tmp_path):
    with pytest.raises(FileRefused, match=r"line 2 of a\.csv has more than 1,000,000 characters"):
        list(table(tmp_path / "a.csv", b"reference,name\n" + b"x,y;" * 300_000))


def test_a_character_that_cannot_be_read_is_said(tmp_path):
    found = table(tmp_path / "a.csv", b"reference,name\n1,Ad\xe9\n2,B\x81a\n")
    assert names(found) == ["Adé", "B\ufffda"]
    assert "the first in line 3" in found.notes[1]


@pytest.mark.parametrize("header", [b"reference,name,title", b"reference,title,name"])
def test_where_the_old_name_of_a_column_stands_beside_the_new_the_new_is_read(tmp_path, header):
    found = table(tmp_path / "a.csv", header + b"\n1,x,x\n", renamed={"title": "name"})
    assert names(found) == ["x"]
    assert found.notes == ["a.csv: not used: title"]


def test_the_old_name_of_a_column_alone_is_read(tmp_path):
    assert names(table(tmp_path / "a.csv", b"reference,Title\n1,Ada\n", renamed={"title": "name"})) == ["Ada"]
