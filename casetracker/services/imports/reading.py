"""What every kind of import offers to whoever runs it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Protocol

from casetracker.services.imports.incoming import IncomingCase, Remark


class Reader(Protocol):
    """Files opened and understood, ready to be read once."""

    total: int
    """How many cases there are to read."""

    def cases(self, *, batch_id: int | None, today: date) -> Iterator[IncomingCase]:
        """Yield the cases, each with the rows it was made of."""
        ...

    def remarks(self) -> Iterator[Remark]:
        """Yield a remark for each row that never came to a case; complete once `cases` has been read."""
        ...

    def rows_refused(self) -> Counter[str]:
        """Return how many rows of each file never came to a case; complete once `cases` has been read."""
        ...

    def header(self) -> dict[str, str]:
        """Return what a SEN2 return says of itself, by column; nothing for files that have no header."""
        ...

    def notes(self) -> list[str]:
        """Return what to tell the person about the files as a whole, such as a column that was ignored."""
        ...
