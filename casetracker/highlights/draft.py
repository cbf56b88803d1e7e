"""What people write in a report before it is issued, to and from the JSON that is stored. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from casetracker.board.indicators import REPORTED

LEVELS = {"high": "High", "medium": "Medium", "low": "Low"}
"""How grave a risk is."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that will be done."""

    what: str
    who: str = ""
    by: str = ""
    """The day, as ISO writes it, or empty."""


@dataclass(frozen=True, slots=True)
class Risk:
    """Something that may go wrong, and what is done about it."""

    risk: str
    level: str = ""
    """One of `LEVELS`."""
    doing: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as far as it is written."""

    measures: Sequence[str] = REPORTED
    """The indicators it has, by key, in their order."""
    public: Sequence[str] = ()
    """Those of them that the public page shows, once it is issued."""
    summary: str = ""
    progress: str = ""
    challenges: str = ""
    commentary: Mapping[str, str] = field(default_factory=dict)
    """What is said of each indicator, by key."""
    actions: Sequence[Action] = ()
    risks: Sequence[Risk] = ()


def to_json(draft: Draft) -> dict[str, Any]:
    """Return a draft as it is stored."""
    return asdict(draft)


def from_json(stored: Mapping[str, Any]) -> Draft:
    """Return a draft that was stored; what an earlier version did not have is empty."""
    return Draft(
        measures=tuple(stored.get("measures", REPORTED)),
        public=tuple(stored.get("public", ())),
        summary=stored.get("summary", ""),
        progress=stored.get("progress", ""),
        challenges=stored.get("challenges", ""),
        commentary=dict(stored.get("commentary", {})),
        actions=tuple(Action(**action) for action in stored.get("actions", ())),
        risks=tuple(Risk(**risk) for risk in stored.get("risks", ())),
    )


def day_of(action: Action) -> date | None:
    """Return the day an action is due, or None where none is."""
    return date.fromisoformat(action.by) if action.by else None
