"""What an answer to a form is: which questions are asked of it, what is missing or wrong, and what it says."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from casetracker.agreed_forms.definition import Form, Kind, Question

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
    return set(answer) if isinstance(answer, list) else {str(answer)} if answer else set()


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


def missing(form: Form, answers: Answers, *, files: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return the key and a message for each required question that has no answer; `files` names those with a file."""
    found = []
    for question in asked(form, answers):
        has_answer = question.key in files if question.type is Kind.FILE else not is_empty(answers.get(question.key))
        if question.required and not has_answer:
            found.append((question.key, _needed(question)))
        elif question.type is Kind.TABLE:
            found += [(question.key, text) for text in _missing_in_table(question, answers.get(question.key) or [])]
    return found


def _needed(question: Question) -> str:
    label = question.label.rstrip("?.")
    if question.type is Kind.DECLARATION:
        return f"Confirm: {label}"
    return f"{'Choose a file' if question.type is Kind.FILE else 'Answer'}: {label}"


def _missing_in_table(question: Question, rows: list[dict[str, str]]) -> Iterator[str]:
    filled = [row for row in rows if any(row.values())]
    if len(filled) < question.rows_least:
        yield f"{question.label.rstrip('?.')}: fill in {question.rows_least} or more rows"
    for number, row in enumerate(filled, start=1):
        for column in question.columns:
            if column.required and not row.get(column.key, "").strip():
                yield f"{question.label.rstrip('?.')}, row {number}: fill in {column.label.lower()}"


def wrong(form: Form, answers: Answers) -> list[tuple[str, str]]:
    """Return the key and a message for each answer that cannot be one to its question."""
    return [
        (question.key, problem)
        for question in asked(form, answers)
        if not is_empty(answers.get(question.key))
        for problem in _problems(question, answers[question.key])
    ]


def _problems(question: Question, answer: Any) -> Iterator[str]:
    if question.type in (Kind.SHORT_TEXT, Kind.LONG_TEXT) and len(str(answer)) > question.room:
        yield f"Use {question.room:,} characters or fewer: this has {len(str(answer)):,}"
    elif question.type in (Kind.ONE_OF, Kind.MANY_OF, Kind.YES_NO):
        if not _chosen(answer) <= {choice.value for choice in question.offered}:
            yield "Choose from the list"
    elif question.type in (Kind.NUMBER, Kind.SCALE):
        yield from _of_number(question, str(answer))
    elif question.type is Kind.DATE and not _is_day(str(answer)):
        yield "Enter a real date"
    elif question.type is Kind.TABLE:
        yield from _of_rows(question, answer)


def _of_number(question: Question, text: str) -> Iterator[str]:
    if not _NUMBER.fullmatch(text) or len(text.partition(".")[2]) > question.places:
        yield "Enter a whole number" if not question.places else "Enter a number, such as 2.5"
        return
    value = float(text)
    if question.least is not None and value < question.least:
        yield f"Enter {question.least:,} or more"
    if question.most is not None and value > question.most:
        yield f"Enter {question.most:,} or less"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _of_rows(question: Question, rows: Any) -> Iterator[str]:
    if len(rows) > question.rows_most:
        yield f"Use {question.rows_most} rows or fewer"
    for number, row in enumerate(rows, start=1):
        for column in question.columns:
            if len(row.get(column.key, "")) > column.longest:
                yield f"Row {number}, {column.label.lower()}: use {column.longest:,} characters or fewer"


def in_words(question: Question, value: Any) -> str:
    """Return an answer as a reader sees it; a table as lines of "column: cell"."""
    if is_empty(value):
        return ""
    labels = {choice.value: choice.label for choice in question.offered}
    if question.type is Kind.MANY_OF:
        return ", ".join(labels.get(one, one) for one in value)
    if question.type is Kind.TABLE:
        return "\n".join("; ".join(line) for line in table_words(question, value))
    if question.type is Kind.DATE and _is_day(str(value)):
        return f"{date.fromisoformat(value):%-d %B %Y}"
    if question.type is Kind.DECLARATION:
        return "Confirmed"
    text = labels.get(str(value), str(value))
    return f"{text} {question.unit}" if question.unit and question.type is Kind.NUMBER else text


def table_words(question: Question, rows: Any) -> list[list[str]]:
    """Return the filled rows of a table as "column: cell" words."""
    return [
        [f"{column.label}: {cell_words(question, column.key, row.get(column.key, ''))}" for column in question.columns]
        for row in rows
        if any(row.values())
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
