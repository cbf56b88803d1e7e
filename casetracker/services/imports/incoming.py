"""A case as a file brought it, and how its entries are made lawful: what cannot stand is set aside and reported."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from casetracker.sen2.kept import Kept
from casetracker.services import histories
from casetracker.services.histories import NewEntry
from casetracker.services.people import PersonDetails
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.happenings import Happening
from casetracker.statute.history import replay
from casetracker.statute.stages import MOVES
from casetracker.statute.standing import CaseStanding

REFUSED, QUERY = "refused", "query"
_MOVERS = frozenset(happening for _, happening in MOVES)


@dataclass(frozen=True, slots=True)
class Remark:
    """A row refused, or taken with a question."""

    severity: str
    file: str
    line: int
    column: str
    rule: str
    value: str


@dataclass(frozen=True, slots=True)
class Source:
    """The row an entry came from."""

    file: str
    line: int
    value: str = ""
    counts: bool = True
    """Whether the entry is its row (a history file), or one of several things a row says (a return)."""


@dataclass(frozen=True, slots=True)
class IncomingEntry:
    """An entry and the row it came from."""

    entry: NewEntry
    source: Source


@dataclass(slots=True)
class IncomingCase:
    """A case as a file brought it."""

    reference: str
    person_key: str
    person: PersonDetails
    entries: list[IncomingEntry]
    source: Source
    setting_urn: str = ""
    primary_need: str = ""
    request_source: str = ""
    worker_email: str = ""
    team: str = ""
    rows: Counter[str] = field(default_factory=Counter)
    """How many rows of each file the case is made of, the entries' own rows left out."""
    rows_refused: Counter[str] = field(default_factory=Counter)
    """How many rows of each file that belong to the case were refused before it was made of the rest."""
    remarks: list[Remark] = field(default_factory=list)
    kept: Kept | None = None
    """What a return tells of it that no history keeps."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What of an incoming case can stand."""

    entries: list[IncomingEntry]
    set_aside: list[tuple[IncomingEntry, str]]
    standing: CaseStanding | None
    """None where the whole case is refused."""


def in_order(entries: Sequence[IncomingEntry]) -> list[IncomingEntry]:
    """Return entries in the order in which they happened; what happened on one day stands in the order of the law."""
    rank = {happening: place for place, happening in enumerate(Happening)}
    return sorted(entries, key=lambda e: (e.entry.occurred_on, rank[e.entry.happening], e.source.line))


def settle(
    incoming: Sequence[IncomingEntry],
    *,
    already: Sequence[NewEntry] = (),
    on: date,
    reading: Reading = ORDINARY_READING,
) -> Settled:
    """
    Set aside the entries that cannot stand, and say whether what is left still makes a case.

    It does not when a step that moves a case falls because an earlier one did: then all that could be said of the
    case would be untrue, and the whole of it is refused.
    """
    kept, set_aside = list(incoming), []
    while True:
        history = histories.as_history([*already, *(item.entry for item in kept)])
        standing = replay(history, on=on, reading=reading)
        wrong = {o.seq - len(already): o.rule for o in standing.objections if o.seq > len(already)}
        if not wrong:
            break
        set_aside += [(item, wrong[n]) for n, item in enumerate(kept, start=1) if n in wrong]
        kept = [item for n, item in enumerate(kept, start=1) if n not in wrong]
    whole = bool(kept or already) and not _falls_apart(kept, set_aside)
    return Settled(kept, set_aside, standing if whole else None)


def _falls_apart(kept: Sequence[IncomingEntry], set_aside: Sequence[tuple[IncomingEntry, str]]) -> bool:
    moved = {item.entry.happening for item in kept}
    lost = {item.entry.happening for item, _ in set_aside} & _MOVERS - moved
    return len(lost) > 1 or Happening.REQUEST_RECEIVED in lost
