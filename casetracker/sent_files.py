"""Files of figures set down while they are read, under the names they were sent by. For edges only."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug.datastructures import FileStorage

from casetracker.csvin.refusals import FileRefused
from casetracker.uploads.checks import clean_name

_LONGEST_NAME = 60
"""Characters, the last ones: a folder takes 255 bytes, and a character may need four."""


def name_of(file: FileStorage) -> str:
    """Return the name of a file as it was sent, fit to be shown and to be set down by."""
    return clean_name(file.filename or "")[-_LONGEST_NAME:]


@contextmanager
def set_down(file: FileStorage) -> Iterator[Path]:
    """Keep a file while it is read, in a folder of its own, so that two of one name are two."""
    with tempfile.TemporaryDirectory(prefix="casetracker-sent-") as folder:
        path = Path(folder) / name_of(file)
        file.save(path)
        yield path


def in_words(refused: FileRefused, files: Iterable[FileStorage]) -> str:
    """Return why a file was refused, as a sentence; a file's name that stands first stays as it is."""
    said = str(refused)
    return said if said.startswith(tuple(map(name_of, files))) else said[:1].upper() + said[1:]
