"""When settings are closed: brought in from files, once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from casetracker.csvin.closures import Read
from casetracker.csvin.refusals import Refusal
from casetracker.extensions import db
from casetracker.models import Closure, Setting
from casetracker.queries import directory
from casetracker.statute.closures import Ahead, Shut, joined, look_ahead


@dataclass(slots=True)
class Stored:
    """What became of a file of closures."""

    new: int = 0
    already: int = 0
    refusals: list[Refusal] = field(default_factory=list)


def store(read: Read, *, source: str, urn: str = "") -> Stored:
    """
    Store the closures of a file; those that are there already stay as they are.

    `urn` is the setting they are for where the file does not say; without either they are the authority's calendar.
    """
    done = Stored(refusals=list(read.refusals))
    for own, closures in read.closures.items():
        setting_id = None
        if own or urn:
            setting_id = db.session.scalar(select(Setting.id).where(Setting.urn == (own or urn)))
            if setting_id is None:
                done.refusals.append(
                    Refusal(source, 0, "urn", "no setting with this URN is in the directory", own or urn)
                )
                continue
        _store(done, setting_id, joined(closures), source)
    return done


def _store(done: Stored, setting_id: int | None, closures: Iterable[Shut], source: str) -> None:
    whose = Closure.setting_id == setting_id if setting_id is not None else Closure.setting_id.is_(None)
    there = {(c.starts_on, c.ends_on) for c in db.session.scalars(select(Closure).where(whose))}
    for shut in closures:
        if (shut.starts_on, shut.ends_on) in there:
            done.already += 1
            continue
        db.session.add(
            Closure(
                setting_id=setting_id,
                name=shut.name,
                starts_on=shut.starts_on,
                ends_on=shut.ends_on,
                source=source[:200],
            )
        )
        done.new += 1
    db.session.flush()


def shut(setting_id: int | None, *, after: date | None = None) -> list[Shut]:
    """Return when a setting is closed, as the statute reads it."""
    return [Shut(c.starts_on, c.ends_on, c.name) for c in directory.closures_of(setting_id, after=after)]


def ahead_of(*, received_on: date | None, setting_id: int | None, today: date) -> tuple[Ahead, ...]:
    """Return the long closures ahead of a case that was received on a day."""
    return look_ahead(received_on, shut(setting_id, after=today), today=today) if received_on is not None else ()
