"""What is said of a file or a row that cannot be taken."""

from dataclasses import dataclass

LONGEST_VALUE = 200


class FileRefused(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


def printable(text: str) -> str:
    """Return what of a file can be shown: a file that is no text has characters that would do something instead."""
    return "".join(c for c in text if c.isprintable())


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be taken, with its true line in the file, the rule it breaks and the value that breaks it."""

    file: str
    line: int
    column: str
    rule: str
    value: str = ""
    is_query: bool = False
    """True for a row that is taken, and asked about."""


class BadValue(ValueError):
    """A cell cannot be what its column says it is; the message is the rule it breaks."""
