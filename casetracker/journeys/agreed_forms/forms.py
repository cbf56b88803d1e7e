"""What is asked of somebody who writes a form, or settles what was agreed about one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import HiddenField
from wtforms.validators import Email

from casetracker.agreed_forms.definition import Choice, Column, Condition, Form, Kind, Question
from casetracker.forms import choice_field, day_field, long_field, text_field, tick_field
from casetracker.services.agreed_forms import FORUM

KINDS = tuple((kind.value, kind.value.replace("_", " ").capitalize()) for kind in Kind)
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


class DraftForm(FlaskForm):
    """A form that changes a draft, upon the revision it was opened on."""

    revision = HiddenField()

    @property
    def seen_revision(self) -> int:
        """The revision the draft had when it was opened."""
        text = str(self.revision.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class WholeForm(DraftForm):
    """What belongs to the form as a whole."""

    title = text_field("Title", needed="Enter a title")
    introduction = long_field("Introduction")
    uploads_allowed = tick_field("Files may come with it, or in its place")
    uploads_most = text_field("How many files at most", longest=3)
    uploads_megabytes = text_field("How large each may be, in MB", longest=3)


class SectionForm(DraftForm):
    """A section."""

    title = text_field("Title", needed="Enter a title")
    guidance = long_field("Guidance", hint="What those who fill it in should know")


class QuestionForm(DraftForm):
    """A question, of any kind."""

    label = text_field("Question", needed="Enter the question", longest=500)
    type = choice_field("Kind of answer", KINDS, needed="Choose the kind of answer")
    hint = text_field("Hint", longest=1_000)
    required = tick_field("It has to be answered")
    longest = text_field("Longest answer, in characters", hint="Leave empty for the usual length", longest=6)
    choices = long_field("Choices", hint="One to a line. A scale may have the words of its two ends.")
    unit = text_field("Unit", hint="For a number: hours a week, days, pounds")
    least = text_field("Least", longest=9)
    most = text_field("Most", longest=9)
    places = text_field("Decimal places", longest=1)
    columns = long_field("Columns of a table", hint="One to a line. An asterisk after one that has to be filled in.")
    only_if = choice_field("Ask it only if this was answered", (), blank="Always ask it")
    only_if_is = text_field("with one of these choices", hint="As they are worded, with a semicolon between")
    authority = text_field("What asks for it", hint="A regulation, or a paragraph of the Code")

    def offer(self, form: Form, before: str | None) -> None:
        """Offer the earlier questions that have choices."""
        earlier = _before(form, before)
        deciding = [q for q in earlier if q.offered]
        self.only_if.choices = [*self.only_if.choices, *((q.key, q.label) for q in deciding)]

    def question(self, form: Form, known: Question | None) -> Question:
        """
        Return the question that was filled in.

        :raises ValueError: if a number is none
        """
        kind = Kind(self.type.data)
        return Question(
            key=known.key if known else new_key(self.label.data, {q.key for q in form.questions()}),
            type=kind,
            label=self.label.data,
            hint=self.hint.data or "",
            required=bool(self.required.data),
            longest=int(self.longest.data or 0),
            authority=self.authority.data or "",
            picture=known.picture if known else "",
            choices=tuple(_choices(self.choices.data or "", known.choices if known else ())),
            unit=self.unit.data or "",
            least=_whole(self.least.data),
            most=_whole(self.most.data),
            places=int(self.places.data or 0),
            columns=tuple(_columns(self.columns.data or "", known.columns if known else ())),
            rows_least=known.rows_least if known else 0,
            rows_most=known.rows_most if known else 30,
            only_if=self._condition(form),
        )

    def _condition(self, form: Form) -> Condition | None:
        deciding = form.question(self.only_if.data or "")
        if deciding is None:
            return None
        wanted = [words.strip().casefold() for words in (self.only_if_is.data or "").split(";")]
        values = [choice.value for choice in deciding.offered if choice.label.casefold() in wanted]
        return Condition(deciding.key, tuple(values))


def _before(form: Form, key: str | None) -> Sequence[Question]:
    questions = form.questions()
    keys = [question.key for question in questions]
    return questions[: keys.index(key)] if key in keys else questions


def as_fields(question: Question, form: Form) -> dict[str, Any]:
    """Return a question as the editor shows it."""
    condition = question.only_if
    deciding = form.question(condition.question) if condition else None
    words = [c.label for c in deciding.offered if condition and c.value in condition.values] if deciding else []
    return {
        "label": question.label,
        "type": question.type.value,
        "hint": question.hint,
        "required": question.required,
        "longest": str(question.longest or ""),
        "choices": "\n".join(choice.label for choice in question.choices),
        "unit": question.unit,
        "least": "" if question.least is None else str(question.least),
        "most": "" if question.most is None else str(question.most),
        "places": str(question.places or ""),
        "columns": "\n".join(f"{column.label}{' *' if column.required else ''}" for column in question.columns),
        "only_if": deciding.key if deciding else "",
        "only_if_is": "; ".join(words),
        "authority": question.authority,
    }


def new_key(label: str, taken: set[str]) -> str:
    """Return a key for a new question or section, from its words, that no other has."""
    stem = _NOT_IN_KEYS.sub("_", label.casefold()).strip("_")[:40] or "question"
    stem = stem if stem[0].isalpha() else f"q_{stem}"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key


def _choices(text: str, known: Sequence[Choice]) -> Iterator[Choice]:
    """Yield the choices of the lines: one reworded in its place keeps its value, so that answers keep their meaning."""
    values = {choice.label: choice.value for choice in known}
    labels = [line.strip() for line in text.splitlines() if line.strip()]
    same_number = len(labels) == len(known)
    taken: set[str] = {values[label] for label in labels if label in values}
    for place, label in enumerate(labels):
        value = values.get(label)
        if value is None and same_number and known[place].value not in taken:
            value = known[place].value
        value = value or new_key(label, taken)
        taken.add(value)
        yield Choice(value, label)


def _columns(text: str, known: Sequence[Column]) -> Iterator[Column]:
    there = {column.label: column for column in known}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    taken: set[str] = set()
    for place, line in enumerate(lines):
        label, required = line.rstrip("* ").strip(), line.endswith("*")
        former = there.get(label) or (known[place] if len(lines) == len(known) else None)
        if former is not None and former.key not in taken:
            column = replace(former, label=label, required=required)
        else:
            column = Column(new_key(label, taken | {c.key for c in known}), label, Kind.LONG_TEXT, required)
        taken.add(column.key)
        yield column


def _whole(text: str | None) -> int | None:
    return int(text) if text else None


class ImportForm(FlaskForm):
    """A form as a file."""

    file = FileField("File", widget=GovFileInput(), validators=[FileRequired("Choose a file")])


class AgreementForm(FlaskForm):
    """That a body agreed."""

    body = text_field("With whom", default=FORUM, needed="Enter with whom it was agreed")
    is_forum = tick_field(f"This is the {FORUM}", default=True)
    agreed_on = day_field("When", needed="Enter the day it was agreed")
    spoken_for_by = text_field("Who spoke for them", needed="Enter who spoke for them")
    minutes = text_field("Reference of the minutes", needed="Enter the reference of the minutes")
    note = long_field("Note", longest=2_000)


class LiveForm(FlaskForm):
    """What changed, for those who meet the new version."""

    what_changed = long_field("What changed, and why", needed="Say what changed, and why", longest=4_000)


class ReviewForm(FlaskForm):
    """To whom a draft is sent."""

    body = text_field("Body", default=FORUM, needed="Enter whom it is sent to")
    is_forum = tick_field(f"This is the {FORUM}", default=True)
    mailbox = text_field(
        "Email address", needed="Enter an email address", longest=254, checks=(Email("Enter an email address"),)
    )
    until = day_field("Comments are wanted by", needed="Enter the day by which comments are wanted")


class AnswerForm(FlaskForm):
    """What was done about a comment."""

    answer = long_field("What was done about it", needed="Say what was done about it", longest=2_000)
