"""Choosing when one's digest comes, and who heads the service; the words of both mails; the command."""

import re

import pytest
from lxml import html
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import WORST_FIRST, Digest, DigestChoice, Mail, User
from casetracker.roles import Role
from casetracker.services import digest_choices
from tests import factories
from tests.integration.digests.people import reader

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
CHOSEN = {"daily": "y", "hour": "10", "lowest": WORST_FIRST[1].value, "when_nothing_is_new": "y"}


def text(answer) -> str:
    return " ".join(html.fromstring(answer.text).find(".//main").text_content().split())


def choice_of(person: User) -> tuple[object, ...]:
    db.session.expire_all()
    chosen = digest_choices.of(person)
    return (chosen.daily, chosen.hour, chosen.lowest, chosen.when_nothing_is_new)


class TestChoices:
    def test_what_is_chosen_is_kept_and_shown(self, client, user):
        worker = user()
        browser = client(worker)
        browser.get("/digest")
        assert db.session.scalars(select(DigestChoice)).all() == []  # looking chooses nothing
        browser.post("/digest", CHOSEN)
        assert choice_of(worker) == (True, 10, WORST_FIRST[1], True)
        browser.post("/digest", {"hour": "6", "lowest": "all"})
        assert choice_of(worker) == (False, 6, None, False)

    @pytest.mark.parametrize(
        ("wrong", "field"), [({"hour": "13"}, "hour"), ({"hour": ""}, "hour"), ({"lowest": "dreadful"}, "lowest")]
    )
    def test_what_cannot_be_is_refused_beside_its_field_and_the_rest_kept(self, client, user, wrong, field):
        answer = client(user()).post("/digest", {**CHOSEN, **wrong}, status=200)
        page = html.fromstring(answer.text)
        assert page.xpath(f"//*[@id='{field}-error']")
        assert page.xpath(f"//*[contains(@class, 'govuk-error-summary')]//a[@href='#{field}']")
        kept = {"hour": "10", "lowest": WORST_FIRST[1].value} | wrong
        other = "lowest" if field == "hour" else "hour"
        assert page.xpath(f"//select[@id='{other}']/option[@selected]/@value") == [kept[other]]
        assert db.session.scalars(select(DigestChoice)).all() == []

    def test_it_says_what_the_calendar_holds_and_for_a_manager_what_it_does_not(self, client, user):
        worker, manager = user(), user(Role.MANAGER)
        factories.case(worker=worker)
        db.session.commit()
        own, of_manager = (text(client(one).get("/digest")) for one in (worker, manager))
        assert re.search(r"Today it holds \d+ days?\.", own) and "escalated to you" not in own
        assert "Today it is empty: you are the named worker of no open case" in of_manager
        assert "nor alerts that were escalated to you" in of_manager

    @pytest.mark.parametrize("role", [Role.DATA_OFFICER, Role.ADMINISTRATOR])
    def test_it_is_for_those_who_see_alerts(self, client, user, role):
        browser = client(user(role))
        browser.get("/digest", status=403)
        assert 'href="/digest"' not in browser.get("/timeliness").text

    def test_everybody_else_finds_it_by_their_name(self, client, user):
        for role in (Role.CASEWORKER, Role.MANAGER):
            assert 'href="/digest"' in client(user(role)).get("/alerts?worker=mine").text


class TestWhoHeadsTheService:
    def test_an_administrator_names_them_and_takes_it_back(self, client, user):
        browser = client(user(Role.ADMINISTRATOR))
        person = reader("head@example.gov.uk", Role.MANAGER)
        reader("gone@example.gov.uk", active=False)
        page = browser.get("/heads-of-service")
        assert "Nobody is named yet" in page.text and "Gone" not in page.text
        browser.post("/heads-of-service", {"user": str(person.id)})
        assert db.session.scalars(select(User.email).where(User.head_of_service)).all() == ["head@example.gov.uk"]
        assert "head@example.gov.uk" in text(browser.get("/heads-of-service"))
        browser.post(f"/heads-of-service/{person.id}/remove")
        assert db.session.scalars(select(User).where(User.head_of_service)).all() == []

    def test_nobody_in_particular_cannot_be_named(self, client, user):
        browser = client(user(Role.ADMINISTRATOR))
        for choice in ("", "999", "x"):
            assert "Error" in browser.post("/heads-of-service", {"user": choice}, status=200).text
        browser.post("/heads-of-service/999/remove", status=404)

    @pytest.mark.parametrize("role", [Role.CASEWORKER, Role.MANAGER, Role.DATA_OFFICER])
    def test_nobody_else_may(self, client, user, role):
        client(user(role)).get("/heads-of-service", status=403)

    def test_by_command(self, app):
        reader("head@example.gov.uk", Role.MANAGER)
        run = app.test_cli_runner()
        from casetracker.commands.accounts import users

        assert run.invoke(users, ["head", "--email", "head@example.gov.uk"]).output == "Head heads the service.\n"
        db.session.expire_all()
        assert db.session.scalars(select(User.email).where(User.head_of_service)).all() == ["head@example.gov.uk"]
        assert "Head  (heads the service)" in run.invoke(users, ["list"]).output
        run.invoke(users, ["head", "--email", "head@example.gov.uk", "--no-longer"])
        assert "heads the service" not in run.invoke(users, ["list"]).output
        db.session.expire_all()
        assert db.session.scalars(select(User).where(User.head_of_service)).all() == []


class TestTheCommand:
    def test_a_dry_run_shows_the_day_and_makes_nothing(self, app):
        from casetracker.commands.digest import digest

        factories.case(worker=reader(), reference="EHC26-0000042")
        reader("other@example.gov.uk")
        run = app.test_cli_runner()
        shown = run.invoke(digest, ["--dry-run", "--for", "WILMA@example.gov.uk"]).output
        assert shown.startswith("To wilma@example.gov.uk: Your cases today: changed 0")
        assert "other@example.gov.uk" not in shown
        assert db.session.scalars(select(Digest)).all() == [] and db.session.scalars(select(Mail)).all() == []
        assert run.invoke(digest, ["--for", "wilma@example.gov.uk"]).output == "Made: 1\n"
        assert db.session.scalars(select(Mail.to_address)).all() == ["wilma@example.gov.uk"]
        assert run.invoke(digest).output == "Made: 1\n"  # the other's
        assert run.invoke(digest, ["--dry-run"]).output.startswith("Nothing is left to go out to anybody today")


class TestTheWords:
    @pytest.mark.parametrize("key", ["digest", "weekly_summary"])
    def test_the_council_may_say_it_in_its_own(self, client, user, key):
        browser = client(user(Role.ADMINISTRATOR))
        assert "{{link}}" in browser.get(f"/mail/texts/{key}").text
        browser.post(f"/mail/texts/{key}", {"subject": "Morning", "body": "Dear {{name}}\n\n{{link}}"})
        assert "in our own words" in browser.get("/mail/texts").text

    def test_but_nothing_personal_goes_into_the_subject(self, client, user):
        browser = client(user(Role.ADMINISTRATOR))
        for field in ("name", "changes", "deadlines"):
            wrong = {"subject": f"For {{{{{field}}}}}", "body": "{{link}}"}
            answer = browser.post("/mail/texts/digest", wrong, status=200)
            assert "A subject must hold nothing personal" in answer.text
