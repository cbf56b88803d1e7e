"""A real browser on a real server: chromium, driven by Playwright, on a small demonstration county."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from casetracker import clock, create_app, jobs
from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from tests.conftest import settings
from tests.services import chromium_path, require

AXE = Path(__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CASES = 250
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Site:
    """A running tracker."""

    url: str
    app: Flask


@pytest.fixture(scope="session")
def county(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a small demonstration county in it, swept, to be copied."""
    folder = tmp_path_factory.mktemp("county")
    path = folder / "county.db"
    shutil.copy(sqlite_template, path)
    app = create_app(settings(f"sqlite:///{path}", folder))
    now = datetime.now(UTC)
    with app.app_context():
        demonstration.load(today=clock.today(), now=now, cases=CASES)
        db.session.commit()
        jobs.sweep()
        jobs.snapshot()
        db.session.remove()
        db.engine.dispose()
    return path


@pytest.fixture
def site(county: Path, tmp_path: Path) -> Iterator[Site]:
    """A tracker of the test's own, answering on a port of its own."""
    path = tmp_path / "site.db"
    shutil.copy(county, path)
    app = create_app({**settings(f"sqlite:///{path}", tmp_path), "TESTING": False, "PROPAGATE_EXCEPTIONS": False})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.port}", app)
    server.shutdown()
    thread.join()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of a fresh browser, that fails the test on a script error or a refusal of the security policy."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(6_000)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console",
        lambda message: said.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield page
    context.close()
    assert not said, f"the page complained: {said}"


@pytest.fixture
def sign_in(page: Page) -> Callable[[str], Page]:
    """Sign in as one of the demonstration people: `sign_in("manager")`."""

    def make(who: str = "caseworker") -> Page:
        page.goto("/sign-in")
        page.get_by_label("Email address").fill(f"{who}@{demonstration.DOMAIN}")
        page.get_by_label("Password", exact=True).fill(demonstration.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        return page

    return make


def check_accessible(page: Page) -> None:
    """Fail if axe finds anything against WCAG 2.2 AA on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
    faults = [f"{v['id']}: {v['help']} at {[node['target'] for node in v['nodes']][:3]}" for v in found["violations"]]
    assert not faults, f"{page.url} is not accessible:\n" + "\n".join(faults)
    assert found["passes"], f"axe checked nothing on {page.url}"
