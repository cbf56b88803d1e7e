"""From what was given to what a document says. Pure."""

from collections.abc import Mapping
from typing import Any

from casetracker.adapters.documents import Answered, Part
from casetracker.agreed_forms.answers import asked, in_words
from casetracker.agreed_forms.definition import Form, Kind


def parts_of(form: Form, answers: Mapping[str, Any]) -> list[Part]:
    """Return the sections of a form with what was answered, for printing; a question not answered says so."""
    there = asked(form, answers)
    return [
        Part(
            section.title,
            [
                Answered(question.label, (in_words(question, answers.get(question.key)) or "Not answered").split("\n"))
                for question in section.questions
                if question in there and question.type is not Kind.FILE
            ],
        )
        for section in form.sections
        if any(question in there for question in section.questions)
    ]
