"""What an answer to a form is: which questions are asked of it, what is missing or wrong, and what it says."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casetracker.agreed_forms.definition import Column, Form, Kind, Question

Answers = Mapping[str, Any]
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")


def asked(form: Form, answers: Answers) -> tuple[Question, ...]:
    """Return the questions that are asked, given these answers; what depends on an unasked question is not asked."""
    found: dict[str, Question] = {}
    for question in form.questions():
        condition = question.only_if
        if condition is None or (
            condition.question in found and not _chosen(answers.get(condition.question)).isdisjoint(condition.values)
        ):
            found[question.key] = question
    return tuple(found.values())


def _chosen(answer: Any) -> set[str]:
    return {str(one) for one in answer} if isinstance(answer, list) else {str(answer)} if answer else set()


def is_empty(answer: Any) -> bool:
    """Return whether an answer says nothing."""
    if isinstance(answer, list):
        return not any(any(cell.values()) if isinstance(cell, dict) else cell for cell in answer)
    return answer is None or not str(answer).strip()


def settled(form: Form, answers: Answers) -> dict[str, Any]:
    """Return the answers to questions that are asked, leaving out what is empty, unknown or no longer asked."""
    return {
        question.key: answers[question.key]
        for question in asked(form, answers)
        if question.key in answers and not is_empty(answers[question.key])
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """Something missing or wrong: in which answer, and in a table in which row (of those filled in) and column."""

    key: str
    message: str
    row: int | None = None
    column: str = ""


def missing(form: Form, answers: Answers, *, files: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return the key and a message for each required question that has no answer; `files` names those with a file."""
    return [(fault.key, fault.message) for fault in gaps(form, answers, files=files)]


def wrong(form: Form, answers: Answers) -> list[tuple[str, str]]:
    """Return the key and a message for each answer that cannot be one to its question."""
    return [(fault.key, fault.message) for fault in slips(form, answers)]


def gaps(form: Form, answers: Answers, *, files: Collection[str] = ()) -> Iterator[Fault]:
    """Yield what is missing."""
    for question in asked(form, answers):
        answer = answers.get(question.key)
        has_answer = question.key in files if question.type is Kind.FILE else not is_empty(answer)
        if question.required and not has_answer:
            yield Fault(question.key, f"{_VERBS.get(question.type, 'Answer')}: {_short(question.label)}")
        elif question.type is Kind.TABLE:
            yield from _gaps_in_rows(question, rows_of(answer))


def slips(form: Form, answers: Answers) -> Iterator[Fault]:
    """Yield what cannot be an answer to its question."""
    for question in asked(form, answers):
        answer = answers.get(question.key)
        if question.type is Kind.TABLE:
            yield from _slips_in_rows(question, rows_of(answer))
        elif not is_empty(answer):
            yield from (Fault(question.key, problem) for problem in _SLIPS.get(question.type, _none)(question, answer))


def rows_of(answer: Any) -> list[dict[str, str]]:
    """Return the rows of a table that say something."""
    rows = answer if isinstance(answer, list) else []
    return [row for row in rows if isinstance(row, dict) and any(row.values())]


def _short(label: str) -> str:
    return label.rstrip("?.")


def _gaps_in_rows(question: Question, rows: list[dict[str, str]]) -> Iterator[Fault]:
    if len(rows) < question.rows_least:
        yield Fault(question.key, f"{_short(question.label)}: fill in {question.rows_least} or more rows")
    for number, row in enumerate(rows):
        for column in question.columns:
            if column.required and not row.get(column.key, "").strip():
                message = f"{_short(question.label)}, row {number + 1}: fill in “{column.label}”"
                yield Fault(question.key, message, number, column.key)


def _slips_in_rows(question: Question, rows: list[dict[str, str]]) -> Iterator[Fault]:
    if len(rows) > question.rows_most:
        yield Fault(question.key, f"{_short(question.label)}: use {question.rows_most} rows or fewer")
    for number, row in enumerate(rows):
        for column in question.columns:
            problem = _slip_in_cell(column, str(row.get(column.key, "")))
            if problem:
                message = f"{_short(question.label)}, row {number + 1}, “{column.label}”: {problem}"
                yield Fault(question.key, message, number, column.key)


def _slip_in_cell(column: Column, text: str) -> str:
    if column.type is Kind.ONE_OF and text and text not in {choice.value for choice in column.choices}:
        return "choose from the list"
    return f"use {column.longest:,} characters or fewer, not {len(text):,}" if len(text) > column.longest else ""


def _none(question: Question, answer: Any) -> Iterator[str]:
    yield from ()


def _of_text(question: Question, answer: Any) -> Iterator[str]:
    if len(str(answer)) > question.room:
        label = _short(question.label)
        yield f"Use {question.room:,} characters or fewer, not {len(str(answer)):,}: {label}"


def _of_choice(question: Question, answer: Any) -> Iterator[str]:
    if not _chosen(answer) <= {choice.value for choice in question.offered}:
        yield f"Choose from the list: {_short(question.label)}"


def _of_number(question: Question, answer: Any) -> Iterator[str]:
    text, label = str(answer), _short(question.label)
    if not _NUMBER.fullmatch(text) or len(text.partition(".")[2]) > question.places:
        yield f"{_number_wanted(question)}: {label}"
        return
    value = float(text)
    if question.least is not None and value < question.least:
        yield f"Enter {question.least:,} or more: {label}"
    if question.most is not None and value > question.most:
        yield f"Enter {question.most:,} or less: {label}"


def _number_wanted(question: Question) -> str:
    if not question.places:
        return "Enter a whole number, in figures"
    places = "one decimal place" if question.places == 1 else f"{question.places} decimal places"
    return f"Enter a number in figures, such as 2.5, with up to {places}"


def _of_date(question: Question, answer: Any) -> Iterator[str]:
    if not _is_day(str(answer)):
        yield f"Enter a real date: {_short(question.label)}"


def _of_declaration(question: Question, answer: Any) -> Iterator[str]:
    if answer != "yes":
        yield f"Confirm: {_short(question.label)}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_VERBS = {
    Kind.DECLARATION: "Confirm",
    Kind.FILE: "Add a file",
    Kind.TABLE: "Fill in",
    Kind.ONE_OF: "Choose an answer",
    Kind.MANY_OF: "Choose one or more answers",
    Kind.YES_NO: "Choose yes or no",
    Kind.SCALE: "Choose a number",
    Kind.DATE: "Enter a date",
}
_SLIPS: Mapping[Kind, Callable[[Question, Any], Iterator[str]]] = {
    Kind.SHORT_TEXT: _of_text,
    Kind.LONG_TEXT: _of_text,
    Kind.ONE_OF: _of_choice,
    Kind.MANY_OF: _of_choice,
    Kind.YES_NO: _of_choice,
    Kind.DATE: _of_date,
    Kind.NUMBER: _of_number,
    Kind.SCALE: _of_number,
    Kind.DECLARATION: _of_declaration,
}


def in_words(question: Question, value: Any) -> str:
    """Return an answer as a reader sees it; a table as lines of "column: cell"."""
    if is_empty(value):
        return ""
    return _WORDS.get(question.type, _as_it_is)(question, value)


def _as_it_is(question: Question, value: Any) -> str:
    return str(value)


def _chosen_words(question: Question, value: Any) -> str:
    labels = {choice.value: choice.label for choice in question.offered}
    return ", ".join(labels.get(one, one) for one in (value if isinstance(value, list) else [str(value)]))


def _scale_words(question: Question, value: Any) -> str:
    known = {str(number): words for number, words in question.ends.items()}
    words = f" ({known[str(value)]})" if str(value) in known else ""
    return f"{value} on a scale from {question.least} to {question.most}{words}"


def _number_words(question: Question, value: Any) -> str:
    return f"{value} {question.unit}" if question.unit else str(value)


def _date_words(question: Question, value: Any) -> str:
    return f"{date.fromisoformat(str(value)):%-d %B %Y}" if _is_day(str(value)) else str(value)


def _table_words(question: Question, value: Any) -> str:
    return "\n".join("; ".join(line) for line in table_words(question, value))


def _declared(question: Question, value: Any) -> str:
    return "Confirmed"


_WORDS: Mapping[Kind, Callable[[Question, Any], str]] = {
    Kind.ONE_OF: _chosen_words,
    Kind.MANY_OF: _chosen_words,
    Kind.YES_NO: _chosen_words,
    Kind.SCALE: _scale_words,
    Kind.NUMBER: _number_words,
    Kind.DATE: _date_words,
    Kind.TABLE: _table_words,
    Kind.DECLARATION: _declared,
}


def table_words(question: Question, rows: Any) -> list[list[str]]:
    """Return the filled rows of a table as "column: cell" words."""
    return [
        [f"{column.label}: {cell_words(question, column.key, row.get(column.key, ''))}" for column in question.columns]
        for row in rows_of(rows)
    ]


def cell_words(question: Question, key: str, value: str) -> str:
    """Return a cell of a table as a reader sees it."""
    column = next((column for column in question.columns if column.key == key), None)
    labels = {choice.value: choice.label for choice in column.choices} if column else {}
    return labels.get(value, value)


def plain_text(form: Form, answers: Answers) -> str:
    """Return everything that was answered, for a search to look in."""
    return "\n".join(
        in_words(question, answers.get(question.key))
        for question in asked(form, answers)
        if not is_empty(answers.get(question.key))
    )
