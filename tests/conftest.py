"""Fixtures: an application on each database, a client that holds every page to the house rules."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask, has_app_context
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

from casetracker import create_app
from casetracker.extensions import db
from casetracker.models import User
from casetracker.queries import remembered
from casetracker.roles import Role
from casetracker.services import accounts
from tests.compiling import Engines, RuleCompiledOnce
from tests.house import HouseClient
from tests.postgresql import LentDatabase
from tests.services import postgresql_url, require

pytest_plugins = ["tests.plugin"]

TODAY = date(2026, 6, 1)
"""The day it is in tests that need one: a Monday."""
NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
_numbers = itertools.count(1)


def settings(uri: str, folder: Path) -> dict[str, object]:
    """Return the settings of an application under test."""
    return {
        "TESTING": True,
        "ENVIRONMENT": "testing",
        "SECRET_KEY": "a key for the tests and for nothing else",
        "SQLALCHEMY_DATABASE_URI": uri,
        "COUNCIL_NAME": "Example County Council",
        "LOCAL_AUTHORITY_CODE": "931",
        "COUNT_DAY_ONE": False,
        "UNCONFIRMED_RULES": True,
        "TIMELINESS_COUNTS_REOPENED": False,
        "PUBLIC_FIGURES": False,
        "DATA_FOLDER": str(folder),
        "SESSION_COOKIE_SECURE": False,
        "PUBLIC_ADDRESS": "http://localhost",
        "MAIL": {"adapter": "folder", "folder": str(folder / "mail"), "from": "send@example.gov.uk"},
        "CLAMD_ADDRESS": "",
        "SEN2_FILES": [],
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_ADVICE_FORM_LENGTH": 16 * 1024 * 1024,
        "MAX_ADVICE_UPLOAD_LENGTH": 260 * 1024 * 1024,
        "CELERY": {"task_always_eager": True, "task_eager_propagates": True},
    }


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have every application of the run use what another compiled: that took more than half the time of most tests."""
    Flask.url_rule_class = RuleCompiledOnce
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))}


@pytest.fixture(scope="session")
def engines() -> Engines:
    """The engines of the run."""
    return Engines()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to be copied."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.db"
    migrate(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def lent_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LentDatabase]:
    """A migrated PostgreSQL database, to be emptied for each test."""
    require("postgresql")
    server = postgresql_url()
    assert server is not None
    folder = tmp_path_factory.mktemp("postgresql")
    database = LentDatabase(server, lambda address: migrate(address, folder))
    yield database
    database.drop()


def migrate(uri: str, folder: Path) -> None:
    """Bring the database at an address up to date."""
    app = create_app(settings(uri, folder))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_uri(request: pytest.FixtureRequest) -> str:
    """The address of a database that nothing is in yet, on each kind in turn."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = template.with_name("casetracker.db")
        for left in path.parent.glob(f"{path.name}-*"):  # what a killed program had not yet written into the database
            left.unlink()
        shutil.copy(template, path)
        return f"sqlite:///{path}"
    lent: LentDatabase = request.getfixturevalue("lent_postgresql")
    return lent.emptied()


@pytest.fixture
def app(database_uri: str, tmp_path: Path, engines: Engines) -> Iterator[Flask]:
    """The application, on a database of its own."""
    app = create_app(settings(database_uri, tmp_path))
    remembered.answers.cache_clear()  # an earlier test's database had the same address
    with app.app_context():
        db.engines[None] = engines.of(db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Session]]:
    """The database session, inside the application's context."""
    with app.app_context():
        yield db.session


@pytest.fixture
def on_the_day() -> Iterator[time_machine.Traveller]:
    """The clock at `NOW`; move it with `.move_to(...)`."""
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def user(app: Flask) -> Callable[..., User]:
    """Make a user: `user(Role.MANAGER)`. They have no password; `client(user)` signs them in."""

    def make(role: Role = Role.CASEWORKER, *, name: str = "Wilma Worker", email: str | None = None) -> User:
        with nullcontext() if has_app_context() else app.app_context():
            made = accounts.create_user(
                email=email or f"{role.value}{next(_numbers)}@example.gov.uk", name=name, role=role, password=None
            )
            db.session.commit()
            db.session.refresh(made)
            db.session.expunge(made)
            return made

    return make


@pytest.fixture
def client(app: Flask) -> Callable[[User | None], HouseClient]:
    """A browser for somebody: `client(user)` is signed in, `client(None)` is not."""

    def make(who: User | None = None) -> HouseClient:
        return HouseClient(app, who)

    return make


@pytest.fixture
def queries_of(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Count what is asked of the database: `with queries_of() as asked: ...`."""

    @contextmanager
    def listening() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            asked.append(statement)

        with nullcontext() if has_app_context() else app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        yield asked
        event.remove(engine, "before_cursor_execute", note)

    return listening
