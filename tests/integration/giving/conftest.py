"""A case whose assessment has been agreed to, a service to ask, and browsers for those who answer."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from lxml import html

from casetracker.agreed_forms.definition import Form, Question
from casetracker.agreed_forms.shipped import shipped
from casetracker.extensions import db
from casetracker.services import agreed_forms
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY
from tests.house import HouseClient
from tests.integration.giving.post import code_in, delivered, link_in

RECEIVED, AGREED = date(2026, 4, 20), date(2026, 6, 1)
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ready:
    """What a test of giving advice begins with."""

    case_id: int
    service_id: int
    reference: str


@pytest.fixture
def ready(app: Flask, on_the_day, user) -> Ready:
    """A case being assessed, forms installed, a health service with a mailbox."""
    worker = user(email="worker@example.gov.uk")
    with app.app_context():
        agreed_forms.install_shipped(at=NOW, today=TODAY)
        service = factories.service(mailbox="Team@health.example", covers_authority=True)
        case = factories.case(received_on=RECEIVED, steps=[(H.ASSESSMENT_AGREED, AGREED)], worker=worker)
        db.session.commit()
        return Ready(case.id, service.id, case.reference)


@pytest.fixture
def caseworker(user, client) -> HouseClient:
    return client(user(name="Wilma Worker"))


def ask_for_medical(caseworker: HouseClient, ready: Ready, **more: str) -> None:
    """Ask the service for medical advice, on the page."""
    page = caseworker.get(f"/cases/{ready.case_id}/advice/ask")
    fields = {"version": _hidden(page.text, "version"), "medical_ask": "y", "medical_giver": str(ready.service_id)}
    for kind in ("parental", "educational", "psychological", "social_care"):
        fields[f"{kind}_giver"] = "else"
    caseworker.post(f"/cases/{ready.case_id}/advice/ask", {**fields, **more})


def _hidden(text: str, name: str) -> str:
    return str(html.fromstring(text).xpath(f"//input[@name='{name}']/@value")[0])


@pytest.fixture
def come_in(app: Flask, client) -> Callable[..., HouseClient]:
    """Let somebody in through the newest link in a mailbox: `come_in("team@health.example", "Gita Giver")`."""

    def make(mailbox: str, name: str = "Gita Giver", path: str = "") -> HouseClient:
        browser = client(None)
        link = path or link_in([mail for mail in delivered(app, to=mailbox) if "http://" in mail.get_content()][-1])
        browser.get(link)
        browser.post(link, token="real")
        code = code_in(delivered(app, to=mailbox)[-1])
        browser.post(f"{link}/code", {"code": code, "name": name, "role": "Paediatrician"})
        return browser

    return make


_EXAMPLES = {
    "short_text": lambda q: f"What was found about {q.key}",
    "long_text": lambda q: f"What was found about {q.key}",
    "one_of": lambda q: q.choices[0].value,
    "yes_no": lambda q: "yes",
    "many_of": lambda q: [q.choices[0].value],
    "date": lambda q: "2026-05-01",
    "number": lambda q: "5",
    "scale": lambda q: "5",
    "declaration": lambda q: "yes",
    "table": lambda q: [{c.key: c.choices[0].value if c.choices else f"{c.key} here" for c in q.columns}],
}


def shipped_form(key: str) -> Form:
    return next(form for form in shipped() if form.key == key)


def minimal(key: str = "medical") -> dict[str, object]:
    """Return answers that complete a shipped form."""
    return {q.key: _EXAMPLES[q.type](q) for q in shipped_form(key).questions() if q.type in _EXAMPLES}


def _as_sent(question: Question, answer: object) -> dict[str, object]:
    name = f"q-{question.key}"
    if question.type == "table":
        return {f"{name}-{row}-{key}": text for row, cells in enumerate(answer) for key, text in cells.items()}  # type: ignore[arg-type]
    if question.type == "date":
        return {name: list(reversed(str(answer).split("-")))}
    return {name: "y" if question.type == "declaration" else answer}


def as_fields(section_keys: set[str], answers: dict[str, object], form_key: str = "medical") -> dict[str, object]:
    """Return answers as a browser sends them, those of some sections."""
    asked = [q for section in shipped_form(form_key).sections if section.key in section_keys for q in section.questions]
    return {name: value for q in asked if q.key in answers for name, value in _as_sent(q, answers[q.key]).items()}


def fill_in(browser: HouseClient, *, sections: set[str] | None = None, form_key: str = "medical") -> None:
    """Fill in a whole form, section by section, as a person without JavaScript does."""
    form = next(form for form in shipped() if form.key == form_key)
    answers = minimal(form_key)
    for section in form.sections:
        if sections is not None and section.key not in sections:
            continue
        path = f"/giving/sections/{section.key}"
        version = _hidden(browser.get(path).text, "version")
        browser.post(path, {"version": version, **as_fields({section.key}, answers, form_key)})
