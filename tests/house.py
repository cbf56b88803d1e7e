"""A client through which the house rules reach every page."""

import re
from collections.abc import Mapping
from typing import Any

import html5lib
from flask import Flask
from flask_login.utils import _create_identifier
from lxml import html
from werkzeug.test import TestResponse

from casetracker.extensions import db
from casetracker.models import User

AGENT = "casetracker tests"


class HouseClient:
    """
    A browser without JavaScript. Every HTML answer must be valid, titled, and carry the headers; every form posted
    carries the token of the page it came from, as a person's would.
    """

    def __init__(self, app: Flask, who: User | None = None) -> None:
        self.app = app
        self.browser = app.test_client()
        self.browser.environ_base["HTTP_USER_AGENT"] = AGENT
        if who is not None:
            self.sign_in(who)

    def sign_in(self, who: User) -> None:
        """Give this browser the session of somebody signed in."""
        with self.app.test_request_context(headers={"User-Agent": AGENT}, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            identifier = _create_identifier()
        with self.browser.session_transaction() as session:
            session.update(_user_id=who.get_id(), _fresh=True, _id=identifier)
            session.permanent = True

    def get(self, path: str, *, status: int = 200, **options: Any) -> TestResponse:
        """Open a page and hold it to the rules."""
        return self._opened("GET", path, status, **options)

    def post(
        self,
        path: str,
        fields: Mapping[str, Any] | None = None,
        *,
        status: int = 302,
        token: str | None = "real",
        **options: Any,
    ) -> TestResponse:
        """Post a form with a real token (`token=None` leaves it out)."""
        data = dict(fields or {})
        if token == "real":
            data["csrf_token"] = self.token()
        return self._opened("POST", path, status, data=data, **options)

    def token(self) -> str:
        """Return a token for this browser's session, from a page that has a form."""
        with self.app.app_context():
            answer = self.browser.get("/sign-in")
            if answer.location:  # of somebody signed in, whom every page lets sign out: so the quickest to make
                answer = self.browser.get("/no-such-page")
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
        assert found, "no page offered a form token"
        return found.group(1)

    def _opened(self, method: str, path: str, status: int, **options: Any) -> TestResponse:
        """Ask in a context of the request's own: one that a test holds open would lend it the last person's `g`."""
        with self.app.app_context():
            answer = self.browser.open(path, method=method, buffered=True, **options)
            assert not db.session.new and not db.session.dirty, "a view left changes uncommitted"
        return self._checked(answer, status)

    def _checked(self, answer: TestResponse, status: int) -> TestResponse:
        assert answer.status_code == status, f"{answer.request.path} answered {answer.status_code}, not {status}"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303, 308):
            check_page(answer.text, answer.request.path)
            cacheable = answer.status_code < 400 and answer.request.path.startswith("/performance")
            assert answer.headers["Cache-Control"] == ("public, max-age=3600" if cacheable else "no-store")
        return answer


def check_page(text: str, path: str) -> None:
    """Fail unless this is valid HTML, in English, with a title, one h1, no inline style and no repeated id."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    faults = [(position, code) for position, code, _ in parser.errors]
    assert not faults, f"{path} is not valid HTML: {faults[:5]}"
    page = html.fromstring(text)
    assert page.get("lang") == "en", f"{path} does not say that it is in English"
    assert page.findtext(".//title"), f"{path} has no title"
    assert len(page.findall(".//h1")) == 1, f"{path} has {len(page.findall('.//h1'))} first-level headings"
    assert not page.xpath("//*[@style]"), f"{path} styles an element inline, which the security policy refuses"
    assert not page.xpath("//script[not(@nonce) and not(@src)]"), f"{path} has a script without a nonce"
    ids = [element.get("id") for element in page.xpath("//*[@id]")]
    repeated = {name for name in ids if ids.count(name) > 1}
    assert not repeated, f"{path} repeats the id {repeated}"
