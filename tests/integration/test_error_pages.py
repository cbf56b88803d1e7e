"""What somebody sees when the fault is ours: a page in plain words, whatever else is broken."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from casetracker.extensions import db
from casetracker.models import User
from casetracker.roles import Role
from tests.house import HouseClient

Browser = Callable[[User | None], HouseClient]


@pytest.fixture
def away(app: Flask) -> Iterator[None]:
    """The database answers nothing."""

    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the server is away"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize("path", ["/accessibility", "/readyz", "/no-such-page"])
def test_somebody_signed_in_is_told_when_the_database_is_away(
    client: Browser, user: Callable[..., User], request: pytest.FixtureRequest, path: str
) -> None:
    browser = client(user(Role.MANAGER))
    request.getfixturevalue("away")
    answer = browser.get(path, status=503)
    assert "The tracker is away for a moment" in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert "the server is away" not in answer.text


def test_a_program_is_told_in_json_when_the_database_is_away(client: Browser, away: None) -> None:
    sent = {"Authorization": "Bearer ctr_" + "x" * 43}
    answer = client(None).get("/api/v1/figures", headers=sent, status=503)
    assert "away for a moment" in answer.json["error"] and answer.headers["Retry-After"] == "60"


@pytest.mark.parametrize(("path", "status"), [("/no-such-page", 404), ("/sign-out", 405)])
def test_a_page_that_is_not_there_says_so_with_a_reference(client: Browser, path: str, status: int) -> None:
    assert "give this reference" in client(None).get(path, status=status).text
