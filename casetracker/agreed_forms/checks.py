"""Why a definition cannot be a form: every reason, each with the section and the question it is about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from casetracker.agreed_forms.parts import (
    FILE_TYPES,
    MOST_FILES,
    MOST_MEGABYTES,
    Choice,
    Column,
    Condition,
    Kind,
    Question,
    Section,
    Uploads,
)
from casetracker.agreed_forms.pictures import PICTURES

COLUMN_KINDS = frozenset({Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.ONE_OF})
MOST_QUESTIONS, MOST_CHOICES, MOST_COLUMNS, MOST_ROWS, MOST_STEPS = 300, 60, 8, 60, 20
LONGEST_LABEL, LONGEST_ANSWER, LARGEST_NUMBER, MOST_PLACES = 500, 200_000, 999_999_999, 6
_KEY = re.compile(r"[a-z][a-z0-9_]{0,58}")
_VALUE = re.compile(r"[a-z0-9][a-z0-9_-]{0,58}")
"""Of a choice: it goes into addresses of boxes and into conditions, where a space would end it."""
_WITH_CHOICES = frozenset({Kind.ONE_OF, Kind.MANY_OF})
_CAN_DECIDE = frozenset({Kind.ONE_OF, Kind.MANY_OF, Kind.YES_NO})


class Whole(Protocol):
    """A form, as far as it is checked."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def advice_kind(self) -> str:
        """Which advice is given on it."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Its sections."""

    @property
    def uploads(self) -> Uploads:
        """The files that may come with it."""


def problems(form: Whole) -> Iterator[str]:
    """Yield every reason why this cannot be a form."""
    questions = [question for section in form.sections for question in section.questions]
    yield from _of_key("The form", form.key)
    yield from _of_key("The kind of advice", form.advice_kind)
    yield from _of_words("The form", "title", form.title)
    if not questions:
        yield "The form asks nothing"
    if len(questions) > MOST_QUESTIONS:
        yield f"The form asks {len(questions)} questions: {MOST_QUESTIONS} is the most"
    yield from _of_uploads(form.uploads)
    yield from _repeated("section", [section.key for section in form.sections])
    yield from _repeated("question", [question.key for question in questions])
    earlier: dict[str, Question] = {}
    for section in form.sections:
        yield from _of_section(section, earlier, form.uploads)


def _of_section(section: Section, earlier: dict[str, Question], uploads: Uploads) -> Iterator[str]:
    yield from _of_key(f"Section {section.title!r}", section.key)
    yield from _of_words(f"Section {section.key!r}", "title", section.title)
    for question in section.questions:
        where = f"Section {section.title!r}, question {question.label or question.key!r}"
        for problem in _of_question(question, earlier):
            yield f"{where}: {problem}"
        if question.type is Kind.FILE and not uploads.allowed:
            yield f"{where}: it wants a file, and the form takes none"
        earlier[question.key] = question


def _of_key(what: str, key: str) -> Iterator[str]:
    if not _KEY.fullmatch(key):
        yield f"{what}: the key {key!r} needs lower case letters, figures and underscores, beginning with a letter"


def _of_words(what: str, name: str, words: str) -> Iterator[str]:
    if not words:
        yield f"{what} has no {name}"
    elif len(words) > LONGEST_LABEL:
        yield f"{what}: its {name} has {len(words):,} characters: {LONGEST_LABEL} is the most"


def _repeated(what: str, keys: Sequence[str]) -> Iterator[str]:
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1:
            yield f"The {what} key {key!r} is used {keys.count(key)} times"


def _of_uploads(uploads: Uploads) -> Iterator[str]:
    if not 1 <= uploads.most <= MOST_FILES:
        yield f"The number of files must be from 1 to {MOST_FILES}"
    if not 1 <= uploads.megabytes <= MOST_MEGABYTES:
        yield f"The size of a file must be from 1 to {MOST_MEGABYTES} MB"
    if uploads.allowed and not uploads.types:
        yield "The form takes files, and no type of file"
    for unknown in sorted(set(uploads.types) - set(FILE_TYPES)):
        yield f"Files of type {unknown!r} cannot be checked: choose from {', '.join(FILE_TYPES)}"


def _of_question(question: Question, earlier: Mapping[str, Question]) -> Iterator[str]:
    if not _KEY.fullmatch(question.key):
        yield f"its key {question.key!r} needs lower case letters, figures and underscores"
    yield from _of_words("it", "wording", question.label)
    if question.picture and question.picture not in PICTURES:
        yield f"there is no picture {question.picture!r}: choose from {', '.join(PICTURES)}"
    if not 0 <= question.longest <= LONGEST_ANSWER:
        yield f"its longest must be from 1 to {LONGEST_ANSWER:,} characters"
    if question.type in _WITH_CHOICES:
        yield from _of_choices(question.choices)
    if question.type is Kind.TABLE:
        yield from _of_table(question)
    if question.only_if is not None:
        yield from _of_condition(question.only_if, earlier)
    yield from _of_bounds(question)


def _of_bounds(question: Question) -> Iterator[str]:
    least, most = question.least, question.most
    if question.type is Kind.SCALE:
        yield from _of_scale(question)
    if least is not None and most is not None and least >= most:
        yield "its least must be below its most"
    if any(bound is not None and abs(bound) > LARGEST_NUMBER for bound in (least, most)):
        yield f"its least and its most must be within {LARGEST_NUMBER:,}"
    if not 0 <= question.places <= MOST_PLACES:
        yield f"its decimal places must be from none to {MOST_PLACES}"


def _of_scale(question: Question) -> Iterator[str]:
    if question.least is None or question.most is None:
        yield "a scale needs its least and its most"
    elif question.most - question.least >= MOST_STEPS:
        yield f"a scale has {MOST_STEPS} steps at most"
    if len(question.choices) not in (0, 2):
        yield "a scale has words for both of its ends, or for neither"


def _of_choices(choices: Sequence[Choice]) -> Iterator[str]:
    if not 2 <= len(choices) <= MOST_CHOICES:
        yield f"it needs two choices or more, and {MOST_CHOICES} at most"
    yield from _repeated("choice", [choice.value for choice in choices])
    for choice in choices:
        if not choice.label or len(choice.label) > LONGEST_LABEL:
            yield f"the choice {choice.value!r} has no words, or more than {LONGEST_LABEL} characters of them"
        if not _VALUE.fullmatch(choice.value):
            yield f"the choice {choice.label!r} needs a value of lower case letters, figures, dashes and underscores"


def _of_table(question: Question) -> Iterator[str]:
    if not 1 <= len(question.columns) <= MOST_COLUMNS:
        yield f"a table needs a column, and has {MOST_COLUMNS} at most"
    if not 0 <= question.rows_least <= question.rows_most <= MOST_ROWS or not question.rows_most:
        yield f"its rows must be from none to {MOST_ROWS}, the least not above the most"
    yield from _repeated("column", [column.key for column in question.columns])
    for column in question.columns:
        yield from _of_column(column)


def _of_column(column: Column) -> Iterator[str]:
    if not _KEY.fullmatch(column.key):
        yield f"the column key {column.key!r} needs lower case letters, figures and underscores"
    yield from _of_words(f"column {column.key!r}", "heading", column.label)
    if not 1 <= column.longest <= LONGEST_ANSWER:
        yield f"column {column.label!r} must hold from 1 to {LONGEST_ANSWER:,} characters"
    if column.type not in COLUMN_KINDS:
        yield f"column {column.label!r} cannot be a {column.type.value}"
    if column.type is Kind.ONE_OF:
        yield from (f"column {column.label!r}: {problem}" for problem in _of_choices(column.choices))


def _of_condition(condition: Condition, earlier: Mapping[str, Question]) -> Iterator[str]:
    deciding = earlier.get(condition.question)
    if deciding is None:
        yield f"it depends on {condition.question!r}, which is not asked before it"
        return
    if deciding.type not in _CAN_DECIDE:
        yield f"it depends on {deciding.label!r}, which has no choices"
        return
    unknown = set(condition.values) - {choice.value for choice in deciding.offered}
    if unknown or not condition.values:
        yield f"it depends on answers that {deciding.label!r} does not offer"
