"""
What was known of a case, day by day, from one pass over its history.

`replay` says how a case stood on one day; this says what the entries amounted to on each of many, without beginning
anew for every day. A test holds it to what `replay` says.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casetracker.statute.claims import uphold
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.exceptions import Claim
from casetracker.statute.fold import Facts, fold


@dataclass(frozen=True, slots=True)
class Known:
    """What was known at the close of a day."""

    on: date
    entries: tuple[Entry, ...]
    """In the order in which they happened."""
    facts: Facts
    """What they amount to. To be read before the next day is asked for, which adds to it."""
    exceptions: tuple[Claim, ...]
    """Those whose dates satisfy their paragraphs."""
    refused: frozenset[int]
    """The entries, by number, that cannot be taken as they stand."""


def day_by_day(
    history: Sequence[Entry], days: Iterable[date], *, reading: Reading = ORDINARY_READING
) -> Iterator[Known]:
    """
    Yield what was known at the close of each of these days.

    A day that only adds entries after those known before it, as every day does on which nothing is keyed late or
    corrected, goes on from where the last one was.
    """
    facts = Facts()
    known: tuple[Entry, ...] = ()
    for on in days:
        before, known = known, known_by(history, on)
        only_adds = known[: len(before)] == before
        facts = fold(known[len(before) :], onto=facts) if only_adds else fold(known)
        upheld, objections = uphold(facts, on=on, reading=reading)
        refused = frozenset(objection.seq for objection in (*facts.objections, *objections))
        yield Known(on, known, facts, upheld, refused)
