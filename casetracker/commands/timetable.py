"""`casetracker timetable`: what the law makes of any history, so that anyone can check it. Needs no database."""

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import click

from casetracker import clock
from casetracker.statute.counting import Reading
from casetracker.statute.details import DETAILS
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening
from casetracker.statute.history import replay
from casetracker.statute.standing import CaseStanding, Milestone
from casetracker.statute.timetable import Duty, Force, Mark, Route

EVENTS = ", ".join(sorted(set(Happening) - {Happening.ENTRY_WITHDRAWN}))
_NEXT_DETAIL = re.compile(r",(?=[a-z_]+=)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OPENS = frozenset({Happening.REQUEST_RECEIVED, Happening.MOVED_IN, Happening.BROUGHT_FORWARD})
_FIRST_YEAR, _LAST_YEAR = 1990, 2190
_SUBJECT = {Duty.RECEIVE_ADVICE: "advice_kind", Duty.SETTING_REPLY: "setting"}
"""What the subject of a milestone is, for the duties that there can be several of."""
_RIGHTS = frozenset({Duty.MEDIATION_WINDOW, Duty.APPEAL_WINDOW})


class Refused(click.ClickException):
    """What was typed cannot be so; one line says why."""

    exit_code = 2


@click.command("timetable", epilog=f"What can happen: {EVENTS}.")
@click.option("--received-on", metavar="DATE", help="The day the request was received.")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="WHAT=DATE[,DETAIL=VALUE...]",
    help="What happened and when; as often as needed. For example advice_asked=2026-02-10,advice_kind=medical.",
)
@click.option("--on", "on_text", metavar="DATE", help="The day to look at it; today if left out.")
@click.option(
    "--count-day-one",
    is_flag=True,
    envvar="COUNT_DAY_ONE",
    help="Count the day of receipt as day 1, so that each limit in weeks ends a day earlier.",
)
@click.option("--confirmed-only", is_flag=True, help="Leave out the rows of law that are not confirmed (docs/law.md).")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def timetable(
    received_on: str | None,
    events: tuple[str, ...],
    on_text: str | None,
    count_day_one: bool,
    confirmed_only: bool,
    as_json: bool,
) -> None:
    """Show the stage, the week and every milestone of a history, with the law behind each. Dates are YYYY-MM-DD."""
    on = _day(on_text, "--on") if on_text else clock.today()
    history = _history(received_on, events, on)
    reading = Reading(count_day_one=count_day_one, unconfirmed_rules=not confirmed_only)
    standing = replay(history, on=on, reading=reading)
    for objection in standing.objections:
        entry = history[objection.seq - 1]
        raise Refused(f"{entry.happening} on {entry.occurred_on}: {objection.rule}")
    click.echo(json.dumps(as_data(standing), indent=2, ensure_ascii=False) if as_json else as_text(standing))


def _history(received_on: str | None, events: Iterable[str], on: date) -> list[Entry]:
    history: list[Entry] = []
    if received_on is not None:
        day = _day(received_on, "--received-on")
        history.append(Entry(1, Happening.REQUEST_RECEIVED, day, day))
    for text in events:
        history.append(_entry(text, seq=len(history) + 1))
    first = min(history, key=lambda entry: (entry.occurred_on, entry.seq), default=None)
    if first is None or (received_on is None and first.happening not in _OPENS):
        raise Refused(
            "--received-on is needed, unless the first event is moved_in, request_received or brought_forward"
        )
    for entry in history:
        _refuse_if_untimely(entry, history[0] if received_on is not None else first, on)
    return history


def _entry(text: str, *, seq: int) -> Entry:
    step, *details = _NEXT_DETAIL.split(text.strip())
    word, equals, day_text = step.partition("=")
    if not equals:
        raise Refused(f"--event {text!r}: write it as what=YYYY-MM-DD")
    try:
        happening = Happening(word.strip())
    except ValueError:
        raise Refused(f"--event {text!r}: there is no event {word.strip()!r}; there are {EVENTS}") from None
    day = _day(day_text, f"--event {word.strip()}")
    pairs = (detail.partition("=") for detail in details)
    detail = {key.strip(): value.strip() for key, _, value in pairs}
    unknown = sorted(set(detail) - DETAILS)
    if unknown:
        raise Refused(f"--event {text!r}: there is no detail {unknown[0]!r}; there are {', '.join(sorted(DETAILS))}")
    return Entry(seq, happening, day, day, detail)


def _refuse_if_untimely(entry: Entry, opening: Entry, on: date) -> None:
    if entry.occurred_on > on:
        raise Refused(f"{entry.happening} on {entry.occurred_on} is in the future: this is as at {on}")
    if entry.occurred_on < opening.occurred_on:
        raise Refused(
            f"{entry.happening} on {entry.occurred_on} is before the request was received on {opening.occurred_on}"
        )


def _day(text: str, option: str) -> date:
    try:
        if not _ISO.fullmatch(text.strip()):
            raise ValueError
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f"{option}: {text.strip()!r} is not a day; write it as YYYY-MM-DD") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise Refused(f"{option}: {text.strip()!r} is out of reach: the year must be {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def as_data(standing: CaseStanding) -> dict[str, Any]:
    """Return a standing as the JSON that the command prints."""
    return {
        "on": standing.on.isoformat(),
        "received_on": _iso(standing.received_on),
        "week": standing.week,
        "day": standing.day,
        "stage": standing.stage.value,
        "whose_move": standing.whose_move.value,
        "milestones": [_milestone(m) for m in standing.milestones if _is_named(m)],
        "targets": [_milestone(m) for m in standing.milestones if m.force is Force.INTERNAL],
        "rights": [_milestone(m) for m in standing.milestones if m.duty in _RIGHTS],
        "exceptions": [
            {
                "paragraph": claim.ground.paragraph,
                "authority": claim.ground.authority,
                "from_on": claim.from_on.isoformat(),
                "until_on": _iso(claim.until_on),
                "advice_kind": claim.subject or None,
                "episode": claim.episode,
            }
            for claim in standing.exceptions
        ],
        "episodes": [
            {
                "number": episode.number,
                "basis": episode.basis.value,
                "route": episode.route.value,
                "started_on": _iso(episode.started_on),
                "ended_on": _iso(episode.ended_on),
            }
            for episode in standing.episodes
        ],
        "objections": [
            {"event": objection.happening.value, "rule": objection.rule} for objection in standing.objections
        ],
    }


def _is_named(milestone: Milestone) -> bool:
    """Return whether it belongs among the milestones proper: no target of our own, no window of appeal."""
    return milestone.force is not Force.INTERNAL and milestone.duty not in _RIGHTS


def _milestone(milestone: Milestone) -> dict[str, Any]:
    about = {_SUBJECT[milestone.duty]: milestone.subject} if milestone.duty in _SUBJECT else {}
    return {
        "duty": milestone.duty.value,
        **about,
        "due_on": milestone.due_on.isoformat(),
        "done_on": _iso(milestone.done_on),
        "standing": milestone.standing.value,
        "authority": milestone.authority,
        "force": milestone.force.value,
        "mark": milestone.mark.value,
        "excused_by": milestone.excused_by or None,
        "lapsed_on": _iso(milestone.lapsed_on),
        "episode": milestone.episode,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def as_text(standing: CaseStanding) -> str:
    """Return a standing as a table to read."""
    clock_on = standing.clock
    of_20 = " of 20" if clock_on is not None and clock_on.route is Route.REQUEST else ""
    head = [
        f"As at {standing.on}: {_words(standing.stage)}, week {standing.week}{of_20}, day {standing.day}.",
        f"Whose move: {_words(standing.whose_move)}.",
        "",
    ]
    rows = [("milestone", "due", "done", "standing", "authority"), *(_row(m) for m in standing.milestones)]
    widths = [max(len(row[n]) for row in rows) for n in range(4)]
    lines = ["  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[4]]) for row in rows]
    return "\n".join([*head, *lines])


def _row(milestone: Milestone) -> tuple[str, str, str, str, str]:
    about = f" ({_words(milestone.subject)})" if milestone.subject else ""
    again = f" [{milestone.episode}]" if milestone.episode > 1 else ""
    state = _words(milestone.standing) + (f" by {milestone.excused_by}" if milestone.excused_by else "")
    if milestone.lapsed_on is not None:
        state += f", lapsed {milestone.lapsed_on}"
    sure = " [not confirmed]" if milestone.mark is Mark.UNCONFIRMED else ""
    return (
        f"{_words(milestone.duty)}{about}{again}",
        milestone.due_on.isoformat(),
        _iso(milestone.done_on) or "-",
        state,
        f"{milestone.authority}{sure}" + (" (target)" if milestone.force is Force.INTERNAL else ""),
    )


def _words(name: str) -> str:
    return name.replace("_", " ")
