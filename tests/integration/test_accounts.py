"""Signing in: passwords, guessing, sessions, and where people are sent."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import SignInAttempt, User
from casetracker.roles import Role
from casetracker.services import accounts

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough password"


def account(**more) -> User:
    made = accounts.create_user(email="Ada@Example.gov.uk", name="Ada", role=Role.CASEWORKER, password=PASSWORD, **more)
    db.session.commit()
    return made


def attempt(
    password: str = PASSWORD, *, email: str = "ada@example.gov.uk", at: datetime = AT, address: str = "10.0.0.1"
):
    return accounts.check_password(email=email, password=password, address=address, at=at)


class TestPasswords:
    def test_the_right_one_lets_in_and_a_wrong_one_does_not(self, session):
        account()
        assert attempt().name == "Ada"
        assert attempt("another password") is None
        assert [row.succeeded for row in db.session.scalars(select(SignInAttempt).order_by(SignInAttempt.id))] == [
            True,
            False,
        ]

    def test_it_is_kept_as_argon2id_alone(self, session):
        assert account().password_hash.startswith("$argon2id$")

    @pytest.mark.parametrize("state", [{"active": False}, {}], ids=["stopped", "known by name only"])
    def test_who_cannot_sign_in(self, session, state):
        made = account(**state)
        if not state:
            made.password_hash = None
        assert attempt() is None

    def test_nobody_by_that_name(self, session):
        assert attempt(email="nobody@example.gov.uk") is None

    def test_an_address_is_used_once(self, session):
        account()
        with pytest.raises(accounts.AccountExists):
            account()

    def test_five_wrong_in_fifteen_minutes_shut_the_account_and_then_it_opens(self, session):
        account()
        for second in range(5):
            attempt("wrong", at=AT + timedelta(seconds=second), address=f"10.0.0.{second}")
        with pytest.raises(accounts.TooManyAttempts):
            attempt(at=AT + timedelta(minutes=1))
        assert attempt(at=AT + timedelta(minutes=16)) is not None

    def test_one_address_cannot_try_many_accounts(self, session):
        for number in range(30):
            attempt("wrong", email=f"a{number}@example.gov.uk")
        with pytest.raises(accounts.TooManyAttempts):
            attempt("wrong", email="another@example.gov.uk")


class TestPages:
    def sign_in(self, browser, password: str = PASSWORD, **more):
        fields = {"email": "ada@example.gov.uk", "password": password, **more}
        return browser.post("/sign-in", fields, status=more.pop("status", 302))

    def test_a_person_is_sent_where_they_were_going(self, app, session, client):
        account()
        browser = client()
        answer = browser.get("/alerts?level=breached", status=302)
        assert answer.location == "/sign-in?next=/alerts?level%3Dbreached"
        answer = browser.post(
            "/sign-in", {"email": "ada@example.gov.uk", "password": PASSWORD, "next": "/alerts?level=breached"}
        )
        assert answer.location == "/alerts?level=breached"

    @pytest.mark.parametrize(
        "target", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
    )
    def test_nobody_is_sent_to_another_site(self, app, session, client, target):
        account()
        answer = client().post("/sign-in", {"email": "ada@example.gov.uk", "password": PASSWORD, "next": target})
        assert answer.location == "/"

    @pytest.mark.parametrize(
        ("role", "begins"),
        [(Role.CASEWORKER, "/cases"), (Role.MANAGER, "/overview"), (Role.DATA_OFFICER, "/cases")],
    )
    def test_everybody_begins_where_their_day_does(self, app, session, client, user, role, begins):
        assert client().get("/", status=302).location == "/sign-in"
        browser = client(user(role))
        assert browser.get("/sign-in", status=302).location == "/"
        assert browser.get("/", status=302).location == begins

    def test_a_wrong_password_says_no_more_than_that(self, app, session, client):
        account()
        answer = client().post("/sign-in", {"email": "ada@example.gov.uk", "password": "wrong"}, status=200)
        assert "The email address or password is not right" in answer.text
        assert "wrong" not in answer.text.replace("went wrong", "")

    def test_guessing_is_answered_with_429_and_when_to_come_back(self, app, session, client):
        account()
        browser = client()
        for _ in range(5):
            browser.post("/sign-in", {"email": "ada@example.gov.uk", "password": "wrong"}, status=200)
        answer = browser.post("/sign-in", {"email": "ada@example.gov.uk", "password": PASSWORD}, status=429)
        assert answer.headers["Retry-After"] == "900"

    def test_a_form_without_its_token_is_refused_and_nothing_happens(self, app, session, client):
        account()
        client().post("/sign-in", {"email": "ada@example.gov.uk", "password": PASSWORD}, token=None, status=400)
        assert db.session.scalars(select(SignInAttempt)).all() == []

    def test_signing_out_ends_the_session(self, app, session, client, user):
        browser = client(user())
        browser.get("/timeliness")
        cookie = browser.browser.get_cookie("session").value
        browser.post("/sign-out", {"csrf_token": "given below"})
        browser.get("/timeliness", status=302)
        browser.browser.set_cookie("session", cookie)  # a copy made before is worth nothing after
        browser.get("/timeliness", status=302)

    def test_a_changed_password_ends_the_sessions_there_were(self, app, client, user):
        who = user()
        browser = client(who)
        browser.get("/timeliness")
        with app.app_context():
            accounts.set_password(user=db.session.get_one(User, who.id), password="another long password")
            db.session.commit()
        browser.get("/timeliness", status=302)
