"""What a form is made of: its kinds of question, its choices, columns, conditions, sections and limits."""

from dataclasses import dataclass
from enum import StrEnum

from casetracker.agreed_forms.pictures import PICTURES

LONGEST_TEXT = 30_000
MOST_FILES, MOST_MEGABYTES = 20, 100
FILE_TYPES = ("pdf", "docx", "odt", "rtf", "txt", "jpg", "jpeg", "png", "xlsx", "ods")


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


_LONGEST = {Kind.SHORT_TEXT: 200, Kind.LONG_TEXT: LONGEST_TEXT}


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

    @property
    def needed(self) -> bool:
        """Whether it has to be answered where it is asked."""
        return self.required or (self.type is Kind.TABLE and self.rows_least > 0)

    @property
    def picture_words(self) -> str:
        """What its picture shows, for somebody who cannot see it."""
        return PICTURES.get(self.picture, "")

    @property
    def steps(self) -> range:
        """The whole numbers of a scale."""
        return range(self.least or 0, (self.most or 0) + 1)

    @property
    def ends(self) -> dict[int, str]:
        """What the first and the last number of a scale mean, where that is said."""
        if self.type is not Kind.SCALE or not self.choices:
            return {}
        return {self.steps[0]: self.choices[0].label, self.steps[-1]: self.choices[-1].label}


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
