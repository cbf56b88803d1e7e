"""What a form asks: sections, questions, conditions, limits. Made from data and turned back into it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_TEXT = 30_000
MOST_FILES, MOST_MEGABYTES = 20, 100
FILE_TYPES = ("pdf", "docx", "odt", "rtf", "txt", "jpg", "jpeg", "png", "xlsx", "ods")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,58}")


class Kind(StrEnum):
    """What kind of answer a question takes."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    ONE_OF = "one_of"
    MANY_OF = "many_of"
    YES_NO = "yes_no"
    DATE = "date"
    NUMBER = "number"
    SCALE = "scale"
    TABLE = "table"
    FILE = "file"
    DECLARATION = "declaration"


COLUMN_KINDS = frozenset({Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.ONE_OF})
_WITH_CHOICES = frozenset({Kind.ONE_OF, Kind.MANY_OF})
_CAN_DECIDE = frozenset({Kind.ONE_OF, Kind.MANY_OF, Kind.YES_NO})
_LONGEST = {Kind.SHORT_TEXT: 200, Kind.LONG_TEXT: LONGEST_TEXT}


class DefinitionWrong(ValueError):
    """A definition cannot be a form. `problems` has one plain line for each reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that can be chosen."""

    value: str
    label: str


YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a repeating table."""

    key: str
    label: str
    type: Kind = Kind.LONG_TEXT
    required: bool = False
    longest: int = 4_000
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is asked only if an earlier one was answered like this."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a form asks."""

    key: str
    type: Kind
    label: str
    hint: str = ""
    required: bool = False
    longest: int = 0
    """Of text, in characters; 0 for the usual length of its kind."""
    authority: str = ""
    """What asks for it: a regulation, a paragraph of the Code."""
    picture: str = ""
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    least: int | None = None
    most: int | None = None
    places: int = 0
    """Decimal places a number may have."""
    columns: tuple[Column, ...] = ()
    rows_least: int = 0
    rows_most: int = 30
    only_if: Condition | None = None

    @property
    def offered(self) -> tuple[Choice, ...]:
        """What can be chosen."""
        return YES_NO if self.type is Kind.YES_NO else self.choices

    @property
    def room(self) -> int:
        """How many characters its text may have."""
        return self.longest or _LONGEST.get(self.type, 200)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together."""

    key: str
    title: str
    guidance: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Uploads:
    """What files may come with the form, or in its place."""

    allowed: bool = True
    most: int = 10
    megabytes: int = 25
    types: tuple[str, ...] = ("pdf", "docx", "odt", "jpg", "jpeg", "png")


@dataclass(frozen=True, slots=True)
class Form:
    """A form as one version of it stands."""

    key: str
    title: str
    advice_kind: str
    sections: tuple[Section, ...]
    introduction: str = ""
    for_young_person: bool = False
    easy_read: bool = False
    uploads: Uploads = field(default_factory=Uploads)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Form":
        """
        Return the form that data defines.

        :raises DefinitionWrong: if it cannot be a form, with every reason
        """
        try:
            form = _read(data)
        except (AttributeError, KeyError, TypeError, ValueError) as wrong:
            raise DefinitionWrong([_why_unreadable(wrong)]) from None
        problems = list(_problems(form))
        if problems:
            raise DefinitionWrong(problems)
        return form

    def as_data(self) -> dict[str, Any]:
        """Return the data that defines this form: JSON can hold it, and `from_data` makes the same form of it."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        for section in data["sections"]:
            for question in section["questions"]:
                condition = question["only_if"]
                if condition is not None:
                    question["only_if"] = {"question": condition["question"], "is": condition["values"]}
        return data

    def questions(self) -> tuple[Question, ...]:
        """Return every question, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, key: str) -> Question | None:
        """Return the question with this key, or None."""
        return next((question for question in self.questions() if question.key == key), None)

    def section_of(self, key: str) -> Section | None:
        """Return the section a question is in, or None."""
        return next((s for s in self.sections if any(question.key == key for question in s.questions)), None)


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a definition: the same for the same form, however its data was written down."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _why_unreadable(wrong: Exception) -> str:
    if isinstance(wrong, KeyError):
        return f"The form, or a part of it, has no {wrong.args[0]!r}"
    return f"The form cannot be read: {wrong}"


def _read(data: Mapping[str, Any]) -> Form:
    sections = tuple(_section(section) for section in _list(data["sections"], "sections"))
    uploads = data.get("uploads") or {}
    return Form(
        key=_text(data["key"]),
        title=_text(data["title"]),
        advice_kind=_text(data["advice_kind"]),
        sections=sections,
        introduction=_text(data.get("introduction", "")),
        for_young_person=bool(data.get("for_young_person", False)),
        easy_read=bool(data.get("easy_read", False)),
        uploads=Uploads(
            allowed=bool(uploads.get("allowed", True)),
            most=int(uploads.get("most", 10)),
            megabytes=int(uploads.get("megabytes", 25)),
            types=tuple(_text(t).lower() for t in uploads.get("types", Uploads().types)),
        ),
    )


def _section(data: Mapping[str, Any]) -> Section:
    return Section(
        _text(data["key"]),
        _text(data["title"]),
        _text(data.get("guidance", "")),
        tuple(_question(question) for question in _list(data.get("questions", []), "questions")),
    )


def _question(data: Mapping[str, Any]) -> Question:
    condition = data.get("only_if")
    return Question(
        key=_text(data["key"]),
        type=_kind(data["type"]),
        label=_text(data["label"]),
        hint=_text(data.get("hint", "")),
        required=bool(data.get("required", False)),
        longest=int(data.get("longest") or 0),
        authority=_text(data.get("authority", "")),
        picture=_text(data.get("picture", "")),
        choices=_choices(data),
        unit=_text(data.get("unit", "")),
        least=_whole(data.get("least")),
        most=_whole(data.get("most")),
        places=int(data.get("places") or 0),
        columns=tuple(_column(column) for column in _list(data.get("columns") or [], "columns")),
        rows_least=int(data.get("rows_least") or 0),
        rows_most=int(data.get("rows_most") or 30),
        only_if=Condition(_text(condition["question"]), tuple(_text(v) for v in condition["is"]))
        if condition
        else None,
    )


def _column(data: Mapping[str, Any]) -> Column:
    return Column(
        _text(data["key"]),
        _text(data["label"]),
        _kind(data.get("type", Kind.LONG_TEXT)),
        bool(data.get("required", False)),
        int(data.get("longest") or 4_000),
        _choices(data),
    )


def _choices(data: Mapping[str, Any]) -> tuple[Choice, ...]:
    listed = _list(data.get("choices") or [], "choices")
    return tuple(Choice(_text(choice["value"]), _text(choice["label"])) for choice in listed)


def _kind(word: Any) -> Kind:
    if word not in set(Kind):
        raise ValueError(f"{word!r} is not a type of question")
    return Kind(word)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} should be text")
    return value.strip()


def _list(value: Any, name: str) -> Sequence[Any]:
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
        raise TypeError(f"{name} should be a list")
    return value


def _whole(value: Any) -> int | None:
    return None if value is None or value == "" else int(value)


def _problems(form: Form) -> Iterator[str]:
    yield from _of_key("The form", form.key)
    if not form.title:
        yield "The form has no title"
    if not form.questions():
        yield "The form asks nothing"
    yield from _of_uploads(form.uploads)
    yield from _repeated("section", [section.key for section in form.sections])
    yield from _repeated("question", [question.key for question in form.questions()])
    earlier: dict[str, Question] = {}
    for section in form.sections:
        yield from _of_section(section, earlier)


def _of_section(section: Section, earlier: dict[str, Question]) -> Iterator[str]:
    yield from _of_key(f"Section {section.title!r}", section.key)
    if not section.title:
        yield f"Section {section.key!r} has no title"
    for question in section.questions:
        for problem in _of_question(question, earlier):
            yield f"Section {section.title!r}, question {question.label or question.key!r}: {problem}"
        earlier[question.key] = question


def _of_key(what: str, key: str) -> Iterator[str]:
    if not _KEY.fullmatch(key):
        yield f"{what}: the key {key!r} needs lower case letters, figures and underscores, beginning with a letter"


def _repeated(what: str, keys: Sequence[str]) -> Iterator[str]:
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1:
            yield f"The {what} key {key!r} is used {keys.count(key)} times"


def _of_uploads(uploads: Uploads) -> Iterator[str]:
    if not 1 <= uploads.most <= MOST_FILES:
        yield f"The number of files must be from 1 to {MOST_FILES}"
    if not 1 <= uploads.megabytes <= MOST_MEGABYTES:
        yield f"The size of a file must be from 1 to {MOST_MEGABYTES} MB"
    for unknown in sorted(set(uploads.types) - set(FILE_TYPES)):
        yield f"Files of type {unknown!r} cannot be checked: choose from {', '.join(FILE_TYPES)}"


def _of_question(question: Question, earlier: Mapping[str, Question]) -> Iterator[str]:
    if not _KEY.fullmatch(question.key):
        yield f"its key {question.key!r} needs lower case letters, figures and underscores"
    if not question.label:
        yield "it asks nothing"
    if question.type in _WITH_CHOICES:
        yield from _of_choices(question.choices)
    if question.type is Kind.TABLE:
        yield from _of_table(question)
    if question.only_if is not None:
        yield from _of_condition(question.only_if, earlier)
    yield from _of_bounds(question)


def _of_bounds(question: Question) -> Iterator[str]:
    if question.type is Kind.SCALE and (question.least is None or question.most is None):
        yield "a scale needs its least and its most"
    if question.least is not None and question.most is not None and question.least >= question.most:
        yield "its least must be below its most"
    if not 0 <= question.longest <= 200_000:
        yield "its longest must be from 1 to 200,000 characters"


def _of_choices(choices: Sequence[Choice]) -> Iterator[str]:
    if len(choices) < 2:
        yield "it needs two choices or more"
    yield from _repeated("choice", [choice.value for choice in choices])
    if any(not choice.value or not choice.label for choice in choices):
        yield "a choice has no value or no words"


def _of_table(question: Question) -> Iterator[str]:
    if not question.columns:
        yield "a table needs a column"
    if not 0 <= question.rows_least <= question.rows_most <= 100:
        yield "its rows must be from none to 100, the least not above the most"
    yield from _repeated("column", [column.key for column in question.columns])
    for column in question.columns:
        if column.type not in COLUMN_KINDS:
            yield f"column {column.label!r} cannot be a {column.type.value}"
        if column.type is Kind.ONE_OF:
            yield from _of_choices(column.choices)


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
