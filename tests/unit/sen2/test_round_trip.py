"""What is written is what is read, through XML and through CSV, for any return and for a whole authority's."""

# ruff: noqa: E501  (rows of data, one to a line)

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from casetracker.csvin.table import Row
from casetracker.sen2.blade_out import file_name, write_blade
from casetracker.sen2.book import shipped
from casetracker.sen2.files import open_return
from casetracker.sen2.modules import CHILDREN, Field, Kind, Module, fields_in
from casetracker.sen2.records import Node, Tidier
from casetracker.sen2.schema import schema_for, schema_text
from casetracker.sen2.xml_out import SchemaBroken, check_schema, write_xml
from tests.services import require, shared_data
from tests.unit.sen2.trees import plain, tree

YEARS = sorted(shipped().versions)
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff\ufffd"), min_size=1, max_size=30
).map(str.strip).filter(bool)  # fmt: skip
DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31)).map(date.isoformat)
HEADER = {"collection": "SEN2", "lea": "931", "datetime": "2024-03-01T09:30:00", "serialno": "1", "dmo": "1"}


def cell(one: Field, year: int) -> st.SearchStrategy[str]:
    if one.kind is Kind.DAY:
        return DAYS
    if one.kind is Kind.FLAG:
        return st.sampled_from("01")
    if one.kind is Kind.NUMBER:
        return st.integers(10 ** (min(one.longest, 6) - 1), 10 ** min(one.longest, 6) - 1).map(str)
    codes = shipped().lists[one.codes].in_year(year) if one.codes else ()
    if codes:
        return st.sampled_from([code.code for code in codes])
    return TEXT.map(lambda text: text[: one.longest].strip() or "x")


@st.composite
def rows(draw: st.DrawFn, module: Module, year: int) -> Node:
    cells = {f.name: draw(cell(f, year)) for f in fields_in(module, year) if draw(st.booleans())}
    node = Node(module, Row("", 0, cells))
    for shape in CHILDREN[module]:
        children = draw(st.lists(rows(shape.module, year), max_size=2))
        if children:
            node.children[shape.module] = children
    return node


@st.composite
def returns(draw: st.DrawFn) -> tuple[int, list[Node]]:
    year = draw(st.sampled_from(YEARS))
    return year, draw(st.lists(rows(Module.PERSON, year), max_size=3))


def header_of(year: int) -> dict[str, str]:
    return {**HEADER, "year": str(year), "referencedate": shipped().version(year).census.isoformat()}


def read(path: Path, year: int) -> tuple[dict[str, str], list[Node]]:
    tidier = Tidier(year, shipped())
    with open_return(path) as file:
        return tidier.cells(Module.SEN2, file.header.cells), [tidier.tidy(person) for person in file.people()]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(returns())
def test_any_return_comes_back_from_xml_and_from_csv_as_it_went(tmp_path_factory, made):
    year, people = made
    folder = tmp_path_factory.mktemp("trip")
    with (folder / "return.xml").open("wb") as handle:
        written = write_xml(handle, header_of(year), people, year=year)
    assert written.total == 1 + sum(1 for person in people for _ in person.rows())
    check_schema(folder / "return.xml", year=year)
    write_blade(folder / "blade", header_of(year), people, year=year, on=date(2024, 3, 16))
    for path in (folder / "return.xml", folder / "blade"):
        header, back = read(path, year)
        assert header == header_of(year)
        assert [plain(person) for person in back] == [plain(person) for person in people]


def test_a_whole_authoritys_return_comes_back_as_it_went(tmp_path):
    require("shared")
    shared = shared_data()
    assert shared is not None
    source = shared / "data" / "sen2-oxfordshire-2023"
    header, people = read(source, 2024)
    with (tmp_path / "return.xml").open("wb") as handle:
        write_xml(handle, header, people, year=2024)
    check_schema(tmp_path / "return.xml", year=2024)
    write_blade(tmp_path / "blade", header, people, year=2024, on=date(2024, 3, 16))
    assert len(people) == 7340
    for path in (tmp_path / "return.xml", tmp_path / "blade"):
        assert read(path, 2024)[0] == header
        assert [plain(p) for p in read(path, 2024)[1]] == [plain(p) for p in people]
    name = file_name(Module.NAMED_PLAN, date(2024, 3, 16))
    given_lines = {line.split(",", 5)[5] for line in (source / name).read_text(encoding="utf-8-sig").splitlines()}
    assert {line.split(",", 5)[5] for line in (tmp_path / "blade" / name).read_text().splitlines()} == given_lines


@pytest.mark.parametrize("year", YEARS)
def test_each_year_has_the_fields_it_had(year):
    elements = set(re.findall(r'element name="(\w+)"', schema_text(year)))
    assert ("Sex" in elements) == (year >= 2024) and ("GenderCurrent" in elements) == (year < 2024)
    assert ("ReviewMeeting" in elements) == (year >= 2024)
    assert ("RequestSource" in elements) == (year >= 2025) and ("DSCO" in elements) == (year >= 2025)
    assert ("AttendancePattern" in elements) == (year < 2024)
    assert elements >= {"Person", "Requests", "Assessment", "NamedPlan", "PlanDetail", "ActivePlans", "SENneed"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"personbirthdate": "31/02/2015"}, "PersonBirthDate"),
        ({"requests": [{"rya": "perhaps"}]}, "RYA"),
        ({"requests": [{"activeplans": [{"senneed": [{"sentype": "DS"}]}]}]}, "SENtype"),
        ({"surname": "x" * 300}, "Surname"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused_by_name(tmp_path, said, words):
    with (tmp_path / "r.xml").open("wb") as handle:
        write_xml(handle, header_of(2024), [tree({"surname": "Good"}), tree(said)], year=2024)
    with pytest.raises(SchemaBroken, match=f"Element '{words}'"):
        check_schema(tmp_path / "r.xml", year=2024)


def test_the_schema_is_the_same_whoever_reads_the_file(tmp_path):
    with (tmp_path / "r.xml").open("wb") as handle:
        write_xml(handle, header_of(2025), [tree({"sex": "F"})], year=2025)
    schema_for(2025).assertValid(etree.parse(str(tmp_path / "r.xml")))


@pytest.mark.parametrize(
    ("cells", "tidied"),
    [
        ({"personbirthdate": "2015-Mar-04 00:00:00"}, {"personbirthdate": "2015-03-04"}),
        ({"personbirthdate": "04/03/2015"}, {"personbirthdate": "2015-03-04"}),
        ({"personbirthdate": "2015-02-31"}, {"personbirthdate": "2015-02-31"}),
        ({"sex": "female"}, {"sex": "F"}),
        ({"surname": "  O\x0bBrien\x00 "}, {"surname": "OBrien"}),
        ({"uniquelearnernumber": "1000000019.0"}, {"uniquelearnernumber": "1000000019"}),
        ({"upn": "   "}, {}),
    ],
)
def test_a_cell_is_brought_into_one_form(cells, tidied):
    assert Tidier(2024, shipped()).cells(Module.PERSON, cells) == tidied


@pytest.mark.parametrize(
    ("said", "code"), [("agreed", "Y"), ("y", "Y"), ("Withdrawn", "W"), ("outstanding", "A"), ("Q", "Q")]
)
def test_outcomes_are_taken_as_letters_in_any_case_and_as_words(said, code):
    assert Tidier(2024, shipped()).cells(Module.REQUESTS, {"requestoutcome": said}) == {"requestoutcome": code}


def test_misspelt_elements_are_read_and_never_written(tmp_path):
    xml = (
        "<Message><Header><CollectionDetails><Year>2024</Year></CollectionDetails></Header><Persons><Person>"
        "<Postcode>OX1 1ND</Postcode><Requests><Assessment><NamedPlan><PlanWPB>X</PlanWPB><Colour>red</Colour>"
        "</NamedPlan></Assessment></Requests></Person></Persons></Message>"
    )
    (tmp_path / "r.xml").write_text(xml)
    with open_return(tmp_path / "r.xml") as file:
        (person,) = file.people()
        assert file.notes == ["r.xml: not used: NamedPlan/Colour (1)"]
    plan = person.under(Module.REQUESTS)[0].under(Module.ASSESSMENT)[0].under(Module.NAMED_PLAN)[0]
    assert (person["postcode"], plan["planwbp"]) == ("OX1 1ND", "X")
    out = io.BytesIO()
    write_xml(out, {"year": "2024"}, [person], year=2024)
    assert b"<PlanWBP>X</PlanWBP>" in out.getvalue() and b"WPB" not in out.getvalue()


def test_nothing_of_the_writers_is_zipped_by_accident(tmp_path):
    write_blade(tmp_path, header_of(2024), [], year=2024, on=date(2024, 3, 16))
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(file_name(m, date(2024, 3, 16)) for m in Module)
    assert not any(zipfile.is_zipfile(path) for path in tmp_path.iterdir())
