"""The forecast knows numpy, the statute and what it is told, and no clock."""

import ast
import sys
from pathlib import Path

import pytest

import casetracker.forecast

FOLDER = Path(casetracker.forecast.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
MAY_KNOW = ("casetracker.forecast", "casetracker.statute", "casetracker.statistics", "casetracker.plurals", "numpy")
CLOCKS = {"today", "now", "utcnow", "time", "monotonic", "perf_counter"}


def imported(tree: ast.Module) -> list[str]:
    """Return the names of the modules that one imports."""
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return names + [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]


def may_know(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names or any(
        name == known or name.startswith(f"{known}.") for known in MAY_KNOW
    )


def reads_a_clock(tree: ast.Module) -> list[int]:
    """Return the lines on which something is called that tells the time."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_it_imports_nothing_else_and_asks_no_clock(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [name for name in imported(tree) if not may_know(name)] == []
    assert reads_a_clock(tree) == []


def test_what_it_may_not_do_would_be_found():
    wrong = ast.parse("from casetracker.models import Case\nimport flask\nfrom datetime import date\ndate.today()\n")
    assert [name for name in imported(wrong) if not may_know(name)] == ["casetracker.models", "flask"]
    assert reads_a_clock(wrong) == [4]
    assert len(MODULES) > 10
