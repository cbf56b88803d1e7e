"""The layers of the package, as import-linter's contracts in pyproject.toml put them; and that they can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import ROOT


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts in a folder that holds pyproject.toml and the package."""
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as check; check()", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
    )


def test_every_layer_knows_only_what_lies_beneath_it() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert " 0 broken" in answer.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("statute/openings.py", "import flask", "The statute is pure"),
        ("statute/openings.py", "from casetracker import models", "Each layer knows only the layers beneath it"),
        ("queries/__init__.py", "from casetracker import services", "Each layer knows only the layers beneath it"),
        ("tasks/__init__.py", "from casetracker import journeys", "Edges do not know one another"),
        ("services/__init__.py", "from casetracker import clock", "Only the edges read the clock"),
        ("services/__init__.py", "from flask import request", "Only views and permissions know about the request"),
    ],
)
def test_a_broken_layer_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "casetracker", tmp_path / "casetracker", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / "casetracker" / module
    broken.write_text(f"{broken.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    answer = lint(tmp_path)
    assert answer.returncode == 1
    assert f"{contract} BROKEN" in answer.stdout
