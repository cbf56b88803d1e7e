"""Forms to fill in, made from their definition when they are asked for. For edges only."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from casetracker.agreed_forms.answers import is_empty, missing, wrong
from casetracker.agreed_forms.definition import Column, Form, Kind, Question, Section
from casetracker.forms import (
    DayField,
    RecordingForm,
    add_error,
    choice_field,
    day_field,
    long_field,
    radio_field,
    text_field,
    tick_field,
)

EMPTY_ROWS = 2
"""How many empty rows a table is shown with, beyond those that are filled."""
_UNLIMITED = 1_000_000
_PASTED = str.maketrans(
    {"\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u00ad": "", "\u200b": "", "\u200c": "", "\u2060": "", "\ufeff": "",
     "\x0b": "\n", "\x0c": "\n", "\u2028": "\n", "\u2029": "\n\n"}
)  # fmt: skip
_CELL = re.compile(r"q-(?P<key>[a-z0-9_]+)-(?P<row>\d{1,3})-(?P<column>[a-z0-9_]+)")


def tidy(text: str) -> str:
    """Return text as it was meant: what a word processor puts between the words, and nobody sees, made plain."""
    return text.translate(_PASTED).replace("\r\n", "\n").replace("\r", "\n").strip()


class AnswerForm(RecordingForm):
    """A form to fill in, whole or one section of it."""

    form: Form
    shown: tuple[Question, ...] = ()
    row_counts: Mapping[str, int] = {}
    table_errors: dict[str, list[str]]

    def of(self, question: Question) -> Field:
        """Return the field of a question."""
        return self[f"q-{question.key}"]

    def rows(self, question: Question) -> list[list[tuple[Column, Field]]]:
        """Return the rows of a table: for each cell its column and its field."""
        count = self.row_counts.get(question.key, 0)
        return [
            [(column, self[f"q-{question.key}-{row}-{column.key}"]) for column in question.columns]
            for row in range(count)
        ]

    def errors_of(self, question: Question) -> list[str]:
        """Return what is wrong with the answer to a question."""
        name = f"q-{question.key}"
        return list(self[name].errors) if name in self else list(self.table_errors.get(question.key, ()))

    def links(self) -> list[tuple[str, str]]:
        """Return each error with the id of the box it is about, in the order of the questions."""
        return [
            (target_of(self, question), str(error))
            for question in self.shown
            for error in dict.fromkeys(self.errors_of(question))
        ]


def target_of(bound: AnswerForm, question: Question) -> str:
    """Return the id of the first box of a question."""
    if question.type is Kind.TABLE:
        return f"q-{question.key}-0-{question.columns[0].key}"
    if question.type is Kind.FILE:
        return f"q-{question.key}-files"
    field = bound.of(question)
    if isinstance(field, DayField):
        return f"{field.name}-day"
    return f"{field.id}-0" if question.type is Kind.MANY_OF else str(field.id)


def answer_form(
    form: Form,
    *,
    answers: Mapping[str, Any],
    formdata: MultiDict[str, str] | None = None,
    version: int = 0,
    section: str | None = None,
    more_rows: str = "",
) -> AnswerForm:
    """
    Make the fields of a form, or of one of its sections, holding `answers` or what was just typed (`formdata`).

    `more_rows` names the table that somebody wants more rows in.
    """
    shown = tuple(question for part in form.sections if section in (None, part.key) for question in part.questions)
    counts = {q.key: _rows_of(q, answers, formdata, more_rows) for q in shown if q.type is Kind.TABLE}
    fields: dict[str, Any] = {"form": form, "shown": shown, "row_counts": counts}
    for question in shown:
        fields |= _fields_of(question, counts.get(question.key, 0))
    made: Any = type("AnswersTo" + form.key.title().replace("_", ""), (AnswerForm,), fields)
    bound: AnswerForm = made(formdata=formdata, data={**_values(shown, answers), "version": str(version)})
    bound.table_errors = {}
    return bound


def _rows_of(
    question: Question, answers: Mapping[str, Any], formdata: MultiDict[str, str] | None, more_rows: str
) -> int:
    filled = len(answers.get(question.key) or [])
    if formdata is not None:
        cells = (_CELL.fullmatch(name) for name in formdata)
        sent = [int(cell["row"]) for cell in cells if cell and cell["key"] == question.key]
        filled = max(sent, default=-1) + 1
        return min(question.rows_most, filled + (EMPTY_ROWS if more_rows == question.key else 0))
    return min(question.rows_most, max(question.rows_least, filled + EMPTY_ROWS))


def _fields_of(question: Question, rows: int) -> dict[str, Any]:
    if question.type is Kind.FILE:
        return {}
    if question.type is Kind.TABLE:
        return {
            f"q-{question.key}-{row}-{column.key}": _cell(column, row)
            for row in range(rows)
            for column in question.columns
        }
    return {f"q-{question.key}": _MAKE[question.type](question)}


def _label(question: Question) -> str:
    return question.label if question.required else f"{question.label} (optional)"


def _cell(column: Column, row: int) -> Field:
    label = f"{column.label}, row {row + 1}"
    if column.type is Kind.ONE_OF:
        return choice_field(label, [(choice.value, choice.label) for choice in column.choices])
    if column.type is Kind.SHORT_TEXT:
        return text_field(label, longest=_UNLIMITED)
    return long_field(label, longest=_UNLIMITED)


def _many_of(question: Question) -> Field:
    return SelectMultipleField(
        _label(question),
        description=question.hint,
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(choice.value, choice.label) for choice in question.choices],
    )


def _scale(question: Question) -> Field:
    least, most = question.least or 0, question.most or 10
    ends = {least: question.choices[0].label, most: question.choices[-1].label} if question.choices else {}
    listed = [(str(n), f"{n}: {ends[n]}" if n in ends else str(n)) for n in range(least, most + 1)]
    return radio_field(_label(question), listed, hint=question.hint)


_MAKE: Mapping[Kind, Callable[[Question], Field]] = {
    # The limits of an answer are checked by `wrong`, after what a word processor adds has been taken out.
    Kind.SHORT_TEXT: lambda q: text_field(_label(q), hint=q.hint, longest=_UNLIMITED),
    Kind.LONG_TEXT: lambda q: long_field(_label(q), hint=q.hint, longest=_UNLIMITED),
    Kind.ONE_OF: lambda q: radio_field(_label(q), [(c.value, c.label) for c in q.choices], hint=q.hint),
    Kind.YES_NO: lambda q: radio_field(_label(q), [(c.value, c.label) for c in q.offered], hint=q.hint),
    Kind.MANY_OF: _many_of,
    Kind.DATE: lambda q: day_field(_label(q), hint=q.hint),
    Kind.NUMBER: lambda q: text_field(
        f"{_label(q)}{f', in {q.unit}' if q.unit else ''}", hint=q.hint, longest=_UNLIMITED
    ),
    Kind.SCALE: _scale,
    Kind.DECLARATION: lambda q: tick_field(q.label, hint=q.hint),
}


def _values(shown: Collection[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for question in shown:
        answer: Any = answers.get(question.key)
        if is_empty(answer):
            continue
        if question.type is Kind.TABLE:
            for row, cells in enumerate(answer):
                values |= {f"q-{question.key}-{row}-{key}": text for key, text in cells.items()}
        else:
            values[f"q-{question.key}"] = _as_field(question, answer)
    return values


def _as_field(question: Question, answer: Any) -> Any:
    if question.type is Kind.DATE:
        try:
            return date.fromisoformat(str(answer))
        except ValueError:
            return None
    return answer == "yes" if question.type is Kind.DECLARATION else answer


def collected(bound: AnswerForm) -> dict[str, Any]:
    """Return the answers that were filled in, as an answer is kept; what is empty is there as empty."""
    return {question.key: _collected(bound, question) for question in bound.shown if question.type is not Kind.FILE}


def _collected(bound: AnswerForm, question: Question) -> Any:
    if question.type is Kind.TABLE:
        rows = [{column.key: tidy(field.data or "") for column, field in row} for row in bound.rows(question)]
        return [row for row in rows if any(row.values())]
    data = bound.of(question).data
    if question.type is Kind.DATE:
        return data.isoformat() if data else ""
    if question.type is Kind.DECLARATION:
        return "yes" if data else ""
    if question.type is Kind.MANY_OF:
        return list(data or [])
    text = tidy(data or "")
    return _number(text) if question.type is Kind.NUMBER else text


def _number(text: str) -> str:
    """Return a number as it is kept, without the zeros and commas people type; what is no number, as it was typed."""
    try:
        return format(Decimal(text.replace(",", "")).normalize(), "f")
    except InvalidOperation:
        return text


def problems(bound: AnswerForm, answers: Mapping[str, Any], *, files: Collection[str] = (), final: bool) -> bool:
    """
    Put what is wrong beside the questions shown, and return whether anything is.

    What is missing is wrong only when the form is to be sent (`final`).
    """
    found = [(question.key, error) for question in bound.shown for error in _misread(bound, question)]
    found += wrong(bound.form, answers)
    if final:
        found += missing(bound.form, answers, files=files)
    shown = {question.key: question for question in bound.shown}
    for key, message in found:
        if key in shown:
            _put(bound, shown[key], message)
    return any(key in shown for key, _ in found)


def _misread(bound: AnswerForm, question: Question) -> Iterator[str]:
    """Yield what the field itself could not make out: three boxes that are no date."""
    if question.type is Kind.DATE:
        yield from (str(error) for error in bound.of(question).process_errors)


def _put(bound: AnswerForm, question: Question, message: str) -> None:
    if question.type in (Kind.TABLE, Kind.FILE):
        errors = bound.table_errors.setdefault(question.key, [])
        if message not in errors:
            errors.append(message)
    elif message not in bound.of(question).errors:
        add_error(bound.of(question), message)


def section_of(form: Form, key: str) -> Section | None:
    """Return the section with this key, or None."""
    return next((section for section in form.sections if section.key == key), None)


def is_complete(form: Form, section: Section, answers: Mapping[str, Any], *, files: Collection[str] = ()) -> bool:
    """Return whether nothing is missing or wrong in one section."""
    keys = {question.key for question in section.questions}
    found = [*missing(form, answers, files=files), *wrong(form, answers)]
    return not any(key in keys for key, _ in found)
