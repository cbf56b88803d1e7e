"""What a form asks: sections, questions, conditions, limits. Made from data and turned back into it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from casetracker.agreed_forms.checks import COLUMN_KINDS, problems
from casetracker.agreed_forms.parts import (
    FILE_TYPES,
    LONGEST_TEXT,
    MOST_FILES,
    MOST_MEGABYTES,
    YES_NO,
    Choice,
    Column,
    Condition,
    Kind,
    Question,
    Section,
    Uploads,
)

__all__ = [
    "COLUMN_KINDS",
    "FILE_TYPES",
    "LONGEST_TEXT",
    "MOST_FILES",
    "MOST_MEGABYTES",
    "YES_NO",
    "Choice",
    "Column",
    "Condition",
    "DefinitionWrong",
    "Form",
    "Kind",
    "Question",
    "Section",
    "Uploads",
    "digest",
]
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters that no database keeps and nobody types."""


class DefinitionWrong(ValueError):
    """A definition cannot be a form. `problems` has one plain line for each reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


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
        if not isinstance(data, Mapping):
            raise DefinitionWrong(["This is not a form"])
        try:
            form = _read(data)
        except (AttributeError, KeyError, TypeError, ValueError) as wrong:
            raise DefinitionWrong([_why_unreadable(wrong)]) from None
        found = list(problems(form))
        if found:
            raise DefinitionWrong(found)
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
        return f"The form, or a part of it, has no {' and no '.join(map(repr, wrong.args[0]))}"
    return f"The form cannot be read: {wrong}"


def _read(data: Mapping[str, Any]) -> Form:
    _hold_to(Form, data, "the form")
    return Form(
        key=_text(data["key"]),
        title=_text(data["title"]),
        advice_kind=_text(data["advice_kind"]),
        sections=tuple(_section(section) for section in _list(data["sections"], "sections")),
        introduction=_text(data.get("introduction", "")),
        for_young_person=_flag(data.get("for_young_person"), usually=False),
        easy_read=_flag(data.get("easy_read"), usually=False),
        uploads=_uploads(data.get("uploads") or {}),
    )


def _uploads(data: Mapping[str, Any]) -> Uploads:
    _hold_to(Uploads, data, "the uploads")
    usual = Uploads()
    return Uploads(
        allowed=_flag(data.get("allowed"), usually=True),
        most=_whole(data.get("most"), usually=usual.most),
        megabytes=_whole(data.get("megabytes"), usually=usual.megabytes),
        types=tuple(_text(kind).lower() for kind in _list(data.get("types", usual.types), "types")),
    )


def _section(data: Mapping[str, Any]) -> Section:
    _hold_to(Section, data, f"the section {_named(data)}".strip())
    return Section(
        _text(data["key"]),
        _text(data["title"]),
        _text(data.get("guidance", "")),
        tuple(_question(question) for question in _list(data.get("questions", []), "questions")),
    )


def _question(data: Mapping[str, Any]) -> Question:
    _hold_to(Question, data, f"the question {_named(data)}".strip())
    return Question(
        key=_text(data["key"]),
        type=_kind(data["type"]),
        label=_text(data["label"]),
        hint=_text(data.get("hint", "")),
        required=_flag(data.get("required"), usually=False),
        longest=_whole(data.get("longest"), usually=0),
        authority=_text(data.get("authority", "")),
        picture=_text(data.get("picture", "")),
        choices=_choices(data),
        unit=_text(data.get("unit", "")),
        least=_bound(data.get("least")),
        most=_bound(data.get("most")),
        places=_whole(data.get("places"), usually=0),
        columns=tuple(_column(column) for column in _list(data.get("columns") or [], "columns")),
        rows_least=_whole(data.get("rows_least"), usually=0),
        rows_most=_whole(data.get("rows_most"), usually=30),
        only_if=_condition(data.get("only_if")),
    )


def _condition(data: Mapping[str, Any] | None) -> Condition | None:
    if not data:
        return None
    if set(data) != {"question", "is"}:
        raise ValueError("only_if needs a question, and what it is, and nothing else")
    return Condition(_text(data["question"]), tuple(_text(value) for value in _list(data["is"], "is")))


def _column(data: Mapping[str, Any]) -> Column:
    _hold_to(Column, data, f"the column {_named(data)}".strip())
    return Column(
        _text(data["key"]),
        _text(data["label"]),
        _kind(data.get("type", Kind.LONG_TEXT)),
        _flag(data.get("required"), usually=False),
        _whole(data.get("longest"), usually=4_000) or 4_000,
        _choices(data),
    )


def _choices(data: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(_choice(choice) for choice in _list(data.get("choices") or [], "choices"))


def _choice(data: Mapping[str, Any]) -> Choice:
    _hold_to(Choice, data, f"the choice {_named(data)}".strip())
    return Choice(_text(data["value"]), _text(data["label"]))


def _kind(word: Any) -> Kind:
    if not isinstance(word, str) or word not in set(Kind):
        raise ValueError(f"{word!r} is not a type of question")
    return Kind(word)


def _hold_to(made: Any, data: Mapping[str, Any], what: str) -> None:
    """Refuse what lacks a member, and one that nothing reads: a condition spelled wrongly would ask everybody."""
    if not isinstance(data, Mapping):
        raise TypeError(f"{what} should be an object with members")
    known = fields(made)
    absent = [one.name for one in known if one.default is one.default_factory and one.name not in data]
    if absent:
        raise KeyError(absent)
    unknown = sorted(set(data) - {one.name for one in known})
    if unknown:
        raise ValueError(f"{what} has {unknown[0]!r}, which is not known")


def _named(data: Any) -> str:
    return repr(data.get("label", data.get("title", ""))) if isinstance(data, Mapping) else ""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} should be text")
    if _UNREADABLE.search(value):
        raise ValueError(f"{value!r} has a character that cannot be read")
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def _list(value: Any, name: str) -> Sequence[Any]:
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
        raise TypeError(f"{name} should be a list")
    return value


def _flag(value: Any, *, usually: bool) -> bool:
    return _of(bool, value, "true or false") if value is not None else usually


def _whole(value: Any, *, usually: int) -> int:
    return _of(int, value, "a whole number") if value is not None else usually


def _bound(value: Any) -> int | None:
    return None if value is None else _of(int, value, "a whole number")


def _of(wanted: type, value: Any, words: str) -> Any:
    if type(value) is not wanted:
        raise TypeError(f"{value!r} should be {words}")
    return value
