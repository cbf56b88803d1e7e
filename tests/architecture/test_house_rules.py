"""The rules of the house that a reader cannot see being broken: commits, labels, clocks, sizes."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from casetracker.permissions import needed_by
from casetracker.roles import Permission

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted((ROOT / "casetracker").rglob("*.py"))
LONGEST = 400
PUBLIC = {
    "static",
    "home",
    "healthz",
    "readyz",
    "accessibility",
    "api.openapi",
    "performance.index",
    "performance.easy_read",
    "account.sign_in",
    "digests.calendar",
    "links.open_link",
    "links.send_code",
    "links.enter_code",
    "links.closed",
}


def calls(path: Path) -> list[tuple[int, str]]:
    """Return each method called in a file, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [(node.lineno, node.func.attr) for node in found if isinstance(node.func, ast.Attribute)]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [p for p in PACKAGE if p.name != "transactions.py"], ids=name)
def test_nothing_but_transactions_commits(path):
    assert [line for line, method in calls(path) if method in {"commit", "begin_nested"}] == []


def test_the_reader_of_calls_sees_a_commit():
    assert "commit" in [method for _, method in calls(ROOT / "casetracker" / "transactions.py")]


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_no_module_outgrows_the_reader(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST, f"{name(path)} has {lines} lines: split it by noun"


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{name(path)} has no docstring"


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
class TestRoutes:
    def test_no_view_is_unlabelled(self, app: Flask):
        with app.app_context():
            assert [endpoint for endpoint in app.view_functions if needed_by(endpoint) is None] == []

    def test_exactly_these_views_are_public(self, app: Flask):
        with app.app_context():
            public = {endpoint for endpoint in app.view_functions if needed_by(endpoint) is Permission.PUBLIC}
        assert public == PUBLIC

    def test_a_stranger_is_sent_to_sign_in_from_every_other_page(self, app: Flask):
        browser = app.test_client()
        for rule in app.url_map.iter_rules():
            if rule.endpoint in PUBLIC:
                continue
            one_of_some = re.sub(r"<any\(['\"]?([^,'\")]+)[^>]*>", r"\1", rule.rule)
            path = re.sub(r"<[^>]+>", "1", one_of_some)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = browser.open(path, method=method)
                assert answer.status_code in (302, 401), f"{method} {path} answered a stranger {answer.status_code}"

    def test_numbers_in_addresses_are_typed(self, app: Flask):
        loose = [
            rule.rule
            for rule in app.url_map.iter_rules()
            for argument in rule.arguments
            if argument.endswith("id") and f"int:{argument}" not in rule.rule
        ]
        assert loose == []
