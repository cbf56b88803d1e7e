"""Forms to fill in, made from their definition when they are asked for. For edges only."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field

from casetracker.agreed_forms.answers import Fault, gaps, is_empty, missing, rows_of, slips, wrong
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
    ticks_field,
)

EMPTY_ROWS = 2
"""How many rows an empty table is shown with; one that has rows is shown with one more."""
ADD_ROW = "add-row"
"""The name of the button that asks for another row of a table; its value is the key of the question."""
_UNLIMITED = 1_000_000
# What a word processor puts between words, and nobody sees or can search for, made plain. Line and page breaks become
# line ends; the bullets of its symbol typefaces, which no other typeface has, become bullets.
_PASTED = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f", " "),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff\ufffc\u200e\u200f\u202a\u202b\u202c\u202d\u202e"),
        **dict.fromkeys("\u2066\u2067\u2068\u2069\x7f"),
        **dict.fromkeys(map(chr, (*range(9), *range(14, 32)))),
        **dict.fromkeys("\x0b\x0c\x85\u2028", "\n"),
        "\u2029": "\n\n",
        "\u2011": "-",
        **dict.fromkeys("\uf0b7\uf0a7\uf0a8\uf0d8", "•"),
    }
)
_JOINERS = re.compile("(?<![\u0600-\uffff\U0001f000-\U0001ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\U0001ffff])")
"""Joiners that join nothing: those within scripts that are written with them, and within emoji, are kept."""
_CELL = re.compile(r"q-(?P<key>[a-z0-9_]+)-(?P<row>[0-9]{1,3})-(?P<column>[a-z0-9_]+)")
_FIGURES = re.compile(r"[-+]?([0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{1,15})(\.[0-9]{1,15})?")


def tidy(text: str | None) -> str:
    """Return text as it was meant, whatever it was pasted from."""
    plain = (text or "").replace("\r\n", "\n").replace("\r", "\n").translate(_PASTED)
    return unicodedata.normalize("NFC", _JOINERS.sub("", plain)).strip()


def tidy_line(text: str | None) -> str:
    """Return text as it was meant, on one line."""
    return " ".join(tidy(text).split())


class AnswerForm(RecordingForm):
    """A form to fill in, whole or one section of it."""

    form: Form
    shown: tuple[Question, ...] = ()
    row_counts: Mapping[str, int] = {}
    table_errors: dict[str, list[str]]
    """What is wrong with a table as a whole, or with a file, which is no box of this page."""

    def of(self, question: Question) -> Field:
        """Return the field of a question."""
        return self[f"q-{question.key}"]

    def rows(self, question: Question) -> list[list[tuple[Column, Field]]]:
        """Return the rows of a table: for each cell its column and its field."""
        return [
            [(column, self[f"q-{question.key}-{row}-{column.key}"]) for column in question.columns]
            for row in range(self.row_counts.get(question.key, 0))
        ]

    def sections(self) -> list[tuple[Section, list[Question]]]:
        """Return the sections that are shown, with their questions."""
        keys = {question.key for question in self.shown}
        found = [(section, [q for q in section.questions if q.key in keys]) for section in self.form.sections]
        return [(section, questions) for section, questions in found if questions]

    def errors_of(self, question: Question) -> list[str]:
        """Return what is wrong with the answer to a question."""
        return [error for _, error in self._faults(question)]

    def links(self) -> list[tuple[str, str]]:
        """Return each error with the id of the box it is about, in the order of the questions."""
        return [fault for question in self.shown for fault in self._faults(question)]

    def _faults(self, question: Question) -> list[tuple[str, str]]:
        name = f"q-{question.key}"
        if name in self:
            found = [(target_of(self, question), str(error)) for error in self[name].errors]
        else:
            found = [(target_of(self, question), error) for error in self.table_errors.get(question.key, ())]
            cells = [field for row in self.rows(question) for _, field in row]
            found += [(str(cell.id), str(error)) for cell in cells for error in cell.errors]
        return list(dict.fromkeys(found))


def target_of(bound: AnswerForm, question: Question) -> str:
    """Return the id of the first box of a question, which an error in the summary leads to."""
    if question.type is Kind.TABLE:
        return f"q-{question.key}-0-{question.columns[0].key}"
    if question.type is Kind.FILE:
        return f"q-{question.key}-files"
    field = bound.of(question)
    return f"{field.name}-day" if isinstance(field, DayField) else str(field.id)


def row_wanted(formdata: Mapping[str, str]) -> str | None:
    """Return the key of the table somebody wants another row in, or None."""
    return formdata.get(ADD_ROW) or None


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

    `more_rows` names the table that somebody wants another row in; it is read from `formdata` where it is not given.
    """
    shown = tuple(question for part in form.sections if section in (None, part.key) for question in part.questions)
    more = more_rows or (row_wanted(formdata) if formdata is not None else None)
    counts = {q.key: _rows_of(q, answers, formdata, more) for q in shown if q.type is Kind.TABLE}
    fields: dict[str, Any] = {"form": form, "shown": shown, "row_counts": counts}
    for question in shown:
        fields |= _fields_of(question, counts.get(question.key, 0))
    made: Any = type("AnswersTo" + form.key.title().replace("_", ""), (AnswerForm,), fields)
    bound: AnswerForm = made(formdata=formdata, data={**_values(shown, answers), "version": str(version)})
    bound.table_errors = {}
    return bound


def _rows_of(
    question: Question, answers: Mapping[str, Any], formdata: MultiDict[str, str] | None, more: str | None
) -> int:
    if formdata is not None:
        cells = (_CELL.fullmatch(name) for name in formdata)
        sent = [int(cell["row"]) for cell in cells if cell and cell["key"] == question.key]
        wanted = max(sent, default=EMPTY_ROWS - 1) + 1 + (more == question.key)
    else:
        filled = len(rows_of(answers.get(question.key)))
        wanted = filled + 1 if filled else EMPTY_ROWS
    return min(question.rows_most, max(question.rows_least, wanted))


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
    label = question.label
    if question.type is Kind.NUMBER and question.unit and question.unit.casefold() not in label.casefold():
        label = f"{label}, in {question.unit}"
    return label if question.needed else f"{label} (optional)"


def _cell(column: Column, row: int) -> Field:
    label = f"{column.label}, row {row + 1}{'' if column.required else ' (optional)'}"
    if column.type is Kind.ONE_OF:
        return choice_field(label, [(choice.value, choice.label) for choice in column.choices])
    if column.type is Kind.SHORT_TEXT:
        return text_field(label, longest=_UNLIMITED, clean=tidy_line)
    return long_field(label, longest=_UNLIMITED, clean=tidy)


def _line(question: Question) -> Field:
    return text_field(_label(question), hint=question.hint, longest=_UNLIMITED, clean=tidy_line)


def _choices(question: Question) -> Field:
    return radio_field(_label(question), [(c.value, c.label) for c in question.offered], hint=question.hint)


def _scale(question: Question) -> Field:
    ends = question.ends
    listed = [(str(n), f"{n}: {ends[n]}" if n in ends else str(n)) for n in question.steps]
    return radio_field(_label(question), listed, hint=question.hint)


_MAKE: Mapping[Kind, Callable[[Question], Field]] = {
    # How long an answer may be is checked by `slips`, after what a word processor adds has been taken out.
    Kind.SHORT_TEXT: _line,
    Kind.LONG_TEXT: lambda q: long_field(_label(q), hint=q.hint, longest=_UNLIMITED, clean=tidy),
    Kind.ONE_OF: _choices,
    Kind.YES_NO: _choices,
    Kind.MANY_OF: lambda q: ticks_field(_label(q), [(c.value, c.label) for c in q.choices], hint=q.hint),
    Kind.DATE: lambda q: day_field(_label(q), hint=q.hint),
    Kind.NUMBER: _line,
    Kind.SCALE: _scale,
    Kind.DECLARATION: lambda q: tick_field(_label(q), hint=q.hint),
}


def _values(shown: Collection[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for question in shown:
        answer: Any = answers.get(question.key)
        if is_empty(answer):
            continue
        if question.type is Kind.TABLE:
            for row, cells in enumerate(rows_of(answer)):
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
        rows = [{column.key: str(field.data or "") for column, field in row} for row in bound.rows(question)]
        return rows_of(rows)
    data = bound.of(question).data
    if question.type is Kind.DATE:
        return data.isoformat() if data else ""
    if question.type is Kind.DECLARATION:
        return "yes" if data else ""
    if question.type is Kind.MANY_OF:
        return list(data or [])
    return _number(data or "", question.unit) if question.type is Kind.NUMBER else str(data or "")


def _number(text: str, unit: str) -> str:
    """Return a number as it is kept, without the signs, commas and zeros people type; anything else as it was typed."""
    figures = text.removeprefix("£").removesuffix("%").removesuffix(unit).strip()
    if not _FIGURES.fullmatch(figures):
        return text
    plain = format(Decimal(figures.replace(",", "")).normalize(), "f")
    return "0" if plain == "-0" else plain


def problems(bound: AnswerForm, answers: Mapping[str, Any], *, files: Collection[str] = (), final: bool) -> bool:
    """
    Put what is wrong beside the questions shown, and return whether anything is.

    What is missing is wrong only when the form is to be sent (`final`).
    """
    found = [*slips(bound.form, answers), *(gaps(bound.form, answers, files=files) if final else ())]
    shown = {question.key: question for question in bound.shown}
    for question in bound.shown:
        if question.type is Kind.DATE:  # three boxes that are no date, where nothing has validated them yet
            for error in bound.of(question).process_errors:
                _put(bound, question, Fault(question.key, str(error)))
    for fault in found:
        if fault.key in shown:
            _put(bound, shown[fault.key], fault)
    return any(bound.errors_of(question) for question in bound.shown)


def _put(bound: AnswerForm, question: Question, fault: Fault) -> None:
    field = _field_at(bound, question, fault)
    if field is None:
        errors = bound.table_errors.setdefault(question.key, [])
        if fault.message not in errors:
            errors.append(fault.message)
    elif fault.message not in field.errors:
        add_error(field, fault.message)


def _field_at(bound: AnswerForm, question: Question, fault: Fault) -> Field | None:
    """Return the box a fault is in; rows are counted as they are kept, so those left empty are passed over."""
    if question.type is Kind.FILE or (question.type is Kind.TABLE and fault.row is None):
        return None
    if question.type is not Kind.TABLE:
        return bound.of(question)
    filled = [row for row in bound.rows(question) if any(field.data for _, field in row)]
    here = filled[fault.row] if fault.row is not None and fault.row < len(filled) else []
    return next((field for column, field in here if column.key == fault.column), None)


def section_of(form: Form, key: str) -> Section | None:
    """Return the section with this key, or None."""
    return next((section for section in form.sections if section.key == key), None)


def is_complete(form: Form, section: Section, answers: Mapping[str, Any], *, files: Collection[str] = ()) -> bool:
    """Return whether nothing is missing or wrong in one section."""
    keys = {question.key for question in section.questions}
    found = [*missing(form, answers, files=files), *wrong(form, answers)]
    return not any(key in keys for key, _ in found)
