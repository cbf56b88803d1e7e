"""What a case history is made of, and which of it was known on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from casetracker.statute.happenings import Happening

NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case history."""

    seq: int
    """Its place in the history, from 1, in the order of recording."""
    happening: Happening
    occurred_on: date
    """The legal day: when it happened."""
    recorded_on: date
    """When we knew: the day, in London, on which it was recorded."""
    detail: Mapping[str, str] = field(default_factory=lambda: NOTHING_MORE)
    corrects: int | None = None
    """The `seq` of the entry this one stands in place of (or takes out, for `entry_withdrawn`)."""


def known_by(history: Iterable[Entry], on: date) -> tuple[Entry, ...]:
    """
    Return what was known at the close of the day `on`, in the order in which it happened.

    A correction stands in the place of what it corrects, from the day it was recorded and not before; an entry
    recorded later than `on`, or that happens later, is not known yet.
    """
    known = [entry for entry in history if entry.recorded_on <= on]
    place: dict[int, int] = {}
    standing: dict[int, Entry | None] = {}
    for entry in sorted(known, key=lambda e: e.seq):
        first = entry.seq if entry.corrects is None else place.get(entry.corrects, entry.corrects)
        place[entry.seq] = first
        withdrawn = entry.happening is Happening.ENTRY_WITHDRAWN
        if withdrawn:
            standing[first] = None
        else:
            standing[first] = entry if entry.corrects is None else replace(entry, seq=first, corrects=None)
    facts = [entry for entry in standing.values() if entry is not None and entry.occurred_on <= on]
    return tuple(sorted(facts, key=lambda e: (e.occurred_on, e.seq)))


def day_in(entry: Entry, word: str) -> date | None:
    """
    Return the day that a detail of an entry tells; None where it tells none.

    :raises ValueError: if what is there is no day
    """
    text = entry.detail.get(word)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{word}: “{text}” is not a day") from None
