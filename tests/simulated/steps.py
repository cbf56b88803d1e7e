"""What happened to one case, step by step, as a history file has it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H

_RANK = {happening: place for place, happening in enumerate(H)}


@dataclass(frozen=True, slots=True)
class Step:
    """One row of events.csv."""

    happening: H
    occurred_on: date
    advice_kind: str = ""
    advice_giver: str = ""
    reason: str = ""
    note: str = ""
    recorded_at: datetime = datetime(1900, 1, 1, tzinfo=UTC)

    @property
    def order(self) -> tuple[date, int]:
        """Its place in a history: by the day, and within a day in the order of the law."""
        return self.occurred_on, _RANK[self.happening]


def as_entries(steps: list[Step]) -> list[Entry]:
    """Return the history that loading these rows makes, as the statute reads it."""
    return [
        Entry(
            seq=seq,
            happening=step.happening,
            occurred_on=step.occurred_on,
            recorded_on=step.recorded_at.date(),
            detail=_detail(step),
        )
        for seq, step in enumerate(steps, start=1)
    ]


def _detail(step: Step) -> dict[str, str]:
    words = {
        "advice_giver": step.advice_giver,
        "paragraph" if step.happening is H.EXCEPTION_RECORDED else "reason": step.reason,
        "worker" if step.happening is H.WORKER_ASSIGNED else "note": step.note,
        "advice_kind": step.advice_kind,
    }
    return {word: text for word, text in words.items() if text}
