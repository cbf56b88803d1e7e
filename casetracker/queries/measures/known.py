"""The facts as they were known at the close of a day, as one selectable: all that any measure reads."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, select, union_all
from sqlalchemy.orm import DeclarativeBase

from casetracker.measures.definition import Count, Measure
from casetracker.models import (
    AdviceFacts,
    AdviceFactsBefore,
    AuditFacts,
    AuditFactsBefore,
    CaseFacts,
    CaseFactsBefore,
    DisputeFacts,
    DisputeFactsBefore,
    ReviewFacts,
    ReviewFactsBefore,
)

_TABLES: dict[Count, tuple[type[DeclarativeBase], type[DeclarativeBase]]] = {
    Count.CASES: (CaseFacts, CaseFactsBefore),
    Count.ADVICE: (AdviceFacts, AdviceFactsBefore),
    Count.DISPUTES: (DisputeFacts, DisputeFactsBefore),
    Count.REVIEWS: (ReviewFacts, ReviewFactsBefore),
    Count.AUDITS: (AuditFacts, AuditFactsBefore),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure, and the day whose knowledge it is asked with."""

    measure: Measure
    known_on: date
    """At the close of this day. What was recorded later is not in it."""
    today: date
    counts_reopened: bool = False
    """The authority's setting: whether plans on a re-opened clock count for timeliness."""
    as_at: date | None = None
    """What happened after this day is left out, where that is an earlier one than the knowledge's own."""

    @property
    def day(self) -> date:
        """The last day that anything counted can have happened."""
        return min(self.as_at or self.known_on, self.known_on)

    @property
    def is_now(self) -> bool:
        """Whether that is all that is known."""
        return self.known_on >= self.today


def facts(asked: Asked) -> Subquery:
    """Return the facts that a measure counts, as they were known on the day: those of now come from one table."""
    now, before = _TABLES[asked.measure.count]
    return (_current(now, None) if asked.is_now else _as_known(now, before, asked.known_on)).subquery("facts")


def _current(now: Any, on: date | None) -> Select[Any]:
    query = select(*(column for column in now.__table__.columns if column.name != "known_from"))
    return query if on is None else query.where(now.known_from <= on)


def _as_known(now: Any, before: Any, on: date) -> Any:
    columns = [before.__table__.c[column.name] for column in _current(now, None).selected_columns]
    earlier = select(*columns).where(before.known_from <= on, before.known_until > on)
    return union_all(_current(now, on), earlier)
