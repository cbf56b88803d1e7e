"""The statute imports the standard library and itself, reads no clock, and touches nothing outside."""

import ast
import sys
from pathlib import Path

import pytest

import casetracker.statute as statute

MODULES = sorted(Path(statute.__file__).parent.glob("*.py"))
OUTSIDE = {"os", "io", "pathlib", "subprocess", "socket", "time", "random", "logging", "zoneinfo", "sqlite3"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what a module leans on"
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_nothing_but_the_standard_library_and_the_statute(path):
    for name in imported(path):
        top = name.partition(".")[0]
        assert top in sys.stdlib_module_names or name.startswith("casetracker.statute"), name
        assert top not in OUTSIDE, name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_reads_no_clock(path):
    called = {
        node.attr for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)
    }
    assert not called & {"today", "now", "utcnow", "fromtimestamp"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_can_be_read_in_one_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


def test_there_are_modules_to_look_at():
    assert {"history", "timetable", "exceptions", "rights"} <= {path.stem for path in MODULES}
