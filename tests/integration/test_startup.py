"""Production does not start where everybody knows a password."""

from casetracker import startup
from casetracker.extensions import db
from casetracker.roles import Role
from casetracker.services import accounts


def demonstrator(password: str | None) -> None:
    accounts.create_user(email="a@example.org", name="A", role=Role.MANAGER, password=password, demonstration=True)
    db.session.commit()


def test_production_refuses_a_database_with_demonstration_sign_ins(app, session):
    demonstrator("try-casetracker")
    app.config["ENVIRONMENT"] = "production"
    assert "demonstration users" in startup.problems(app)[0]


def test_people_of_the_demonstration_who_cannot_sign_in_do_no_harm(app, session):
    demonstrator(None)
    app.config["ENVIRONMENT"] = "production"
    assert startup.problems(app) == []


def test_elsewhere_they_are_welcome(app, session):
    demonstrator("try-casetracker")
    assert startup.problems(app) == []
